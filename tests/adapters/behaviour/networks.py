"""The networks that the behaviour suite runs on, and what they cannot do."""

from tests.adapters.behaviour import console, irc, matrix, slack
from tests.adapters.behaviour.network import Ability, Network

_EVERYBODY_LOGS_IN = "everybody is logged in"
_ONLY_MENTIONS = "in a channel only mentions are heard"
_GONE = "whoever logs out is gone"
_IRC = {
    Ability.AGAIN: "a server sends each line once",
    Ability.ONCE: "no server remembers what it has passed on",
}

NETWORKS = (
    Network("console", console.in_a_pipe, lacks={
        Ability.CHANNEL: "one person sits at a terminal",
        Ability.MARKS: "one person sits at a terminal",
        Ability.CROWD: "one person sits at a terminal",
        Ability.PAGES: "a terminal scrolls",
        Ability.EMPHASIS: "what a pipe leads to may not show it",
        Ability.BOTS: "whoever types is taken for a person",
        Ability.POSTS: "a terminal has no channels",
        Ability.MASKS: "whoever sits at a terminal says who they are",
        Ability.LOGOUT: "whoever sits at a terminal says who they are",
        Ability.AGAIN: "a line that was typed comes once",
        Ability.ONCE: "a terminal does not remember what it shows",
    }),
    Network("ngircd", irc.on_server_without_accounts, "ngircd", lacks={
        Ability.BOTS: "only WHOIS tells of a bot that it is one",
        Ability.PROOF: "the server has no accounts",
        Ability.LOGOUT: "the server has no accounts",
        **_IRC,
    }),
    Network("inspircd", irc.on_server, "inspircd_with_account", lacks=_IRC),
    Network("strict, without voice", irc.without_voice, lacks=_IRC),
    Network("strict, with voice", irc.with_voice, lacks=_IRC),
    Network("matrix", matrix.plain, "synapse", lacks={
        Ability.MASKS: _EVERYBODY_LOGS_IN,
        Ability.LOGOUT: _GONE,
    }),
    Network("matrix, encrypted", matrix.encrypted, "synapse", lacks={
        Ability.MASKS: _EVERYBODY_LOGS_IN,
        Ability.LOGOUT: _GONE,
    }),
    Network("slack, socket", slack.over_sockets, lacks={
        Ability.MARKS: _ONLY_MENTIONS,
        Ability.MASKS: _EVERYBODY_LOGS_IN,
        Ability.LOGOUT: _GONE,
    }),
    Network("slack, http", slack.over_http, lacks={
        Ability.MARKS: _ONLY_MENTIONS,
        Ability.MASKS: _EVERYBODY_LOGS_IN,
        Ability.LOGOUT: _GONE,
    }),
)  # fmt: skip
