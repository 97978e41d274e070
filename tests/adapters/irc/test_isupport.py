"""What servers say of themselves: real ones, odd ones, and ones that make no sense."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.isupport import NO_LIMIT, ChannelModes, Isupport, ModeChange

FOR_PEOPLE = "are supported by this server"
SOLANUM = (
    "WHOX MONITOR=100 SAFELIST ELIST=CMNTU ETRACE FNC CALLERID=g KNOCK "
    "CHANTYPES=# EXCEPTS INVEX CHANMODES=eIbq,k,flj,CFLMPQRSTcgimnprstuz CHANLIMIT=#:250 "
    "PREFIX=(ov)@+ MAXLIST=bqeI:100 MODES=4 NETWORK=Libera.Chat STATUSMSG=@+ CASEMAPPING=rfc1459 "
    "NICKLEN=16 MAXNICKLEN=16 CHANNELLEN=50 TOPICLEN=390 DEAF=D "
    "TARGMAX=NAMES:1,LIST:1,KICK:1,WHOIS:1,PRIVMSG:4,NOTICE:4,ACCEPT:,MONITOR:"
)
INSPIRCD = (
    r"AWAYLEN=200 BOT=B CASEMAPPING=ascii CHANMODES=b,k,l,imnpst CHANTYPES=# LINELEN=512 "
    r"MAXTARGETS=20 MONITOR=30 NETWORK=Summit\x20Net\x5c PREFIX=(qaohv)~&@%+ STATUSMSG=~&@%+ "
    r"USERMODES=,,s,Biow WHOX"
)


def told(*arguments: str) -> Isupport:
    return Isupport().told(arguments)


def test_a_server_like_libera_s() -> None:
    tokens = SOLANUM.split()
    first, second = tokens[:13], tokens[13:]
    known = told(*first, FOR_PEOPLE).told([*second, FOR_PEOPLE])
    assert known == Isupport(
        tokens={token.partition("=")[0]: token.partition("=")[2] for token in tokens},
        casemapping="rfc1459",
        prefixes={"@": "o", "+": "v"},
        chanmodes=ChannelModes("eIbq", "k", "flj", "CFLMPQRSTcgimnprstuz"),
        chantypes="#",
        statusmsg="@+",
        targmax={
            "NAMES": 1, "LIST": 1, "KICK": 1, "WHOIS": 1, "PRIVMSG": 4, "NOTICE": 4,
            "ACCEPT": None, "MONITOR": None,
        },
        maxtargets=1,
        monitor=100,
        nicklen=16,
        linelen=512,
        bot=None,
    )  # fmt: skip
    assert known.whox


def test_a_server_like_inspircd() -> None:
    known = told(*INSPIRCD.split(), FOR_PEOPLE)
    assert known == Isupport(
        tokens={
            "AWAYLEN": "200", "BOT": "B", "CASEMAPPING": "ascii", "CHANMODES": "b,k,l,imnpst",
            "CHANTYPES": "#", "LINELEN": "512", "MAXTARGETS": "20", "MONITOR": "30",
            "NETWORK": "Summit Net\\", "PREFIX": "(qaohv)~&@%+", "STATUSMSG": "~&@%+",
            "USERMODES": ",,s,Biow", "WHOX": "",
        },
        casemapping="ascii",
        prefixes={"~": "q", "&": "a", "@": "o", "%": "h", "+": "v"},
        chantypes="#",
        statusmsg="~&@%+",
        maxtargets=20,
        monitor=30,
        bot="B",
    )  # fmt: skip
    assert list(known.prefixes) == ["~", "&", "@", "%", "+"]


def test_a_server_that_says_nothing_is_one_of_rfc_1459() -> None:
    assert told() == told(FOR_PEOPLE) == Isupport()
    assert not Isupport().whox


def test_what_is_taken_back_is_as_if_it_had_never_been_said() -> None:
    known = told("WHOX", "NICKLEN=30", "MONITOR=5", "PREFIX=(o)@", "BOT=B")
    assert known.told(["-WHOX", "-NICKLEN", "-MONITOR", "-PREFIX", "-NOSUCH", "-"]) == told("BOT=B")


@pytest.mark.parametrize("token", [
    "PREFIX=(ov)@", "PREFIX=ov@+", "PREFIX=(ov", "PREFIX=(oo)@@", "PREFIX=(1)@", "PREFIX=(o)a",
    "CHANMODES=b,k,l", "CHANMODES=", "CHANMODES=b,k,l,1", "CHANMODES",
    "CHANTYPES=abc", "CHANTYPES=#,", "STATUSMSG=ov",
    "TARGMAX=PRIVMSG", "TARGMAX=:4", "TARGMAX=PRIVMSG:x", "TARGMAX=PRIVMSG:-4",
    "MAXTARGETS=many", "MAXTARGETS=-1", "MONITOR=x", "MONITOR=1e3", "MONITOR=\u0663",
    "NICKLEN=", "NICKLEN=0", "NICKLEN", "NICKLEN=99999999999", "LINELEN=100", "LINELEN=x",
    "BOT", "BOT=", "BOT=BB", "BOT=1", "=", "=x", "", " ", "\u00e9=1", "two words=1",
])  # fmt: skip
def test_a_malformed_token_changes_nothing(token: str) -> None:
    before = told("PREFIX=(h)%", "NICKLEN=30", "TARGMAX=PRIVMSG:3", "MONITOR=9", "BOT=b")
    assert before.told([token, "WHOX"]) == before.told(["WHOX"])


@pytest.mark.parametrize(("tokens", "changed"), [
    (["prefix="], Isupport(prefixes={})),
    (["PREFIX"], Isupport(prefixes={})),
    (["CHANTYPES="], Isupport(chantypes="")),
    (["MONITOR"], Isupport(monitor=NO_LIMIT)),
    (["MONITOR=0"], Isupport(monitor=0)),
    (["LINELEN=2048"], Isupport(linelen=2048)),
    (["CHANMODES=b,k,l,i,x,y"], Isupport(chanmodes=ChannelModes("b", "k", "l", "i"))),
    (["CHANMODES=,,,"], Isupport(chanmodes=ChannelModes("", "", "", ""))),
    (["NICKLEN=20", "NICKLEN=30"], Isupport(nicklen=30)),
])  # fmt: skip
def test_odd_but_sensible(tokens: list[str], changed: Isupport) -> None:
    known = told(*tokens)
    assert known == replace(changed, tokens=known.tokens)


@pytest.mark.parametrize(("tokens", "limits"), [
    ([], [1, 1, 1]),
    (["TARGMAX=PRIVMSG:4,NOTICE:,WHOIS:3"], [4, None, 3]),
    (["TARGMAX=PRIVMSG:0"], [None, 1, 1]),
    (["TARGMAX="], [1, 1, 1]),
    (["MAXTARGETS=5"], [5, 5, 1]),
    (["MAXTARGETS=0"], [None, None, 1]),
    (["MAXTARGETS="], [None, None, 1]),
    (["MAXTARGETS=5", "TARGMAX=privmsg:4"], [4, 5, 1]),
])  # fmt: skip
def test_how_many_targets_a_line_may_have(tokens: list[str], limits: list[int | None]) -> None:
    known = told(*tokens)
    assert [known.targets(command) for command in ("PRIVMSG", "notice", "WHOIS")] == limits


@pytest.mark.parametrize(("token", "folded"), [
    ("ascii", "az09[]\\~{}|^_\u00c4"),
    ("rfc1459", "az09{}|^{}|^_\u00c4"),
    ("rfc1459-strict", "az09{}|~{}|^_\u00c4"),
    ("strict-rfc1459", "az09{}|~{}|^_\u00c4"),
    ("RFC1459", "az09{}|^{}|^_\u00c4"),
    ("rfc7613", "az09[]\\~{}|^_\u00c4"),
    ("", "az09[]\\~{}|^_\u00c4"),
])  # fmt: skip
def test_case_mappings(token: str, folded: str) -> None:
    assert told(f"CASEMAPPING={token}").fold("AZ09[]\\~{}|^_\u00c4") == folded


def test_nobody_said_how_case_is_mapped() -> None:
    assert Isupport().fold("Ada[]") == "ada{}"


@pytest.mark.parametrize(("target", "channel"), [
    ("#summit", "#summit"), ("@#summit", "#summit"), ("@+#summit", "#summit"),
    ("+summit", None), ("ada", None), ("@", None), ("", None), ("&summit", None),
])  # fmt: skip
def test_which_channel_a_message_is_for(target: str, channel: str | None) -> None:
    assert told("CHANTYPES=#", "STATUSMSG=@+").channel(target) == channel


def test_channels() -> None:
    assert [Isupport().is_channel(name) for name in ("#a", "&a", "+a", "a", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("arguments", "changes"), [
    (["+v", "summitbot"], [ModeChange(True, "v", "summitbot")]),
    (["+o-v", "ada", "bob"], [ModeChange(True, "o", "ada"), ModeChange(False, "v", "bob")]),
    (["+ntl-k+b", "50", "key", "*!*@host"], [
        ModeChange(True, "n"), ModeChange(True, "t"), ModeChange(True, "l", "50"),
        ModeChange(False, "k", "key"), ModeChange(True, "b", "*!*@host"),
    ]),
    (["-lv", "ada"], [ModeChange(False, "l"), ModeChange(False, "v", "ada")]),
    (["b"], [ModeChange(True, "b")]),
    (["+oo", "ada"], [ModeChange(True, "o", "ada"), ModeChange(True, "o")]),
    (["+Zv", "ada"], [ModeChange(True, "Z"), ModeChange(True, "v", "ada")]),
    (["+-+"], []),
    ([""], []),
    ([], []),
])  # fmt: skip
def test_changes_of_modes(arguments: list[str], changes: list[ModeChange]) -> None:
    known = told(*SOLANUM.split())
    assert known.mode_changes(arguments) == changes


NAMES = st.sampled_from([
    "CASEMAPPING", "PREFIX", "CHANMODES", "CHANTYPES", "STATUSMSG", "TARGMAX", "MAXTARGETS",
    "MONITOR", "NICKLEN", "LINELEN", "BOT", "NETWORK", "WHOX",
])  # fmt: skip
VALUES = st.text(max_size=12) | st.text("(ov)@+=,:#-0123456789\\x2", max_size=12)
TOKENS = (
    st.text(max_size=12)
    | st.tuples(NAMES, VALUES).map("=".join)
    | NAMES.map(lambda name: f"-{name}")
)


@given(st.lists(TOKENS, max_size=12), st.lists(st.text(max_size=8), max_size=4), st.text())
def test_nothing_that_a_server_says_breaks_it(
    tokens: list[str], arguments: list[str], text: str
) -> None:
    known = told(*tokens)
    assert known == Isupport().told(tokens[:6]).told(tokens[6:])
    assert isinstance(known.tokens, MappingProxyType)
    known.mode_changes(arguments)
    assert known.fold(known.fold(text)) == known.fold(text)
    assert known.channel(text) is None or known.is_channel(known.channel(text) or "")
    assert known.linelen >= 512
    assert (known.targets(text) or 1) >= 1
    if all(token.isprintable() for token in tokens):
        assert all(value.isprintable() for value in known.tokens.values())
