"""The networks that the behaviour suite runs on, and what they cannot do."""

from tests.adapters.behaviour import console, irc, matrix, slack
from tests.adapters.behaviour.network import Ability, Network

_EVERYBODY_LOGS_IN = "everybody is logged in"
_ONLY_MENTIONS = "in a channel only mentions are heard"

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
    }),
    Network("ngircd", irc.on_server, "ngircd", lacks={
        Ability.BOTS: "only WHOIS tells of a bot that it is one",
    }),
    Network("inspircd", irc.on_server, "inspircd"),
    Network("strict, without voice", irc.without_voice),
    Network("strict, with voice", irc.with_voice),
    Network("matrix", matrix.plain, "synapse", lacks={
        Ability.MASKS: _EVERYBODY_LOGS_IN,
    }),
    Network("matrix, encrypted", matrix.encrypted, "synapse", lacks={
        Ability.MASKS: _EVERYBODY_LOGS_IN,
    }),
    Network("slack, socket", slack.over_sockets, lacks={
        Ability.MARKS: _ONLY_MENTIONS,
        Ability.MASKS: _EVERYBODY_LOGS_IN,
    }),
    Network("slack, http", slack.over_http, lacks={
        Ability.MARKS: _ONLY_MENTIONS,
        Ability.MASKS: _EVERYBODY_LOGS_IN,
    }),
)  # fmt: skip
