"""Who is seen where, under which mask and account: told by whole dialogues, and by any nonsense."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.people.roster import Appeared, Change, LoggedIn, Renamed, Roster
from bot.adapters.irc.wire import Heard
from tests.adapters.irc.hearing import heard

ISUPPORT = Isupport().told(["PREFIX=(qov)~@+", "CHANMODES=b,k,l,imnst", "BOT=B"])
JOINED = [":me!m@h JOIN #c", ":srv 353 me = #c :@me ada +bob"]


def roster(*lines: str) -> Roster:
    """After the bot has joined #c, where ada and bob are, and these lines."""
    known = Roster("me", ISUPPORT)
    for line in (*JOINED, *lines):
        known.hear(heard(line))
    return known


def people(known: Roster) -> dict[str, tuple[str, str | None, str]]:
    """Mask, account and channels of everybody, by nick."""
    return {
        person.nick: (person.mask, person.account, " ".join(sorted(person.channels)))
        for person in known._people.values()
    }


def told(changes: Iterable[Change]) -> list[str]:
    lines: list[str] = []
    for change in changes:
        match change:
            case Appeared(person):
                lines.append(f"seen {person.nick}")
            case Renamed(person, before, _):
                lines.append(f"renamed {before} to {person.mask}")
            case LoggedIn(person, account):
                lines.append(f"{person.nick} had {account!r}, has {person.account!r}")
    return lines


ADA, BOB = ("", None, "#c"), ("", None, "#c")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {"ada": ADA, "bob": BOB}),
        ([":carl!c@h JOIN #c"], {"ada": ADA, "bob": BOB, "carl": ("carl!c@h", None, "#c")}),
        ([":carl!c@h JOIN #c Carl :Real"],
         {"ada": ADA, "bob": BOB, "carl": ("carl!c@h", "Carl", "#c")}),
        ([":carl!c@h JOIN #c * :Real"], {"ada": ADA, "bob": BOB, "carl": ("carl!c@h", "", "#c")}),
        ([":carl!c@h JOIN #elsewhere"], {"ada": ADA, "bob": BOB}),
        ([":srv 353 me = #C :~@+ada!a@h +bob!b@h me!m@h"],
         {"ada": ("ada!a@h", None, "#c"), "bob": ("bob!b@h", None, "#c")}),
        ([":srv 352 me #c a h srv ADA H@ :0 Ada"], {"ada": ("ADA!a@h", None, "#c"), "bob": BOB}),
        ([":srv 354 me 912 a h ada H Ada", ":srv 354 me 912 b h bob H 0",
          ":srv 354 me 913 x x ada H Eve"],
         {"ada": ("ada!a@h", "Ada", "#c"), "bob": ("bob!b@h", "", "#c")}),
        ([":srv 352 me #c x h srv stranger H :0 X", ":srv 354 me 912 x h stranger H 0"],
         {"ada": ADA, "bob": BOB}),
        ([":ada!a@h ACCOUNT Ada"], {"ada": ("ada!a@h", "Ada", "#c"), "bob": BOB}),
        ([":ada!a@h ACCOUNT Ada", ":ada!a@h ACCOUNT *"],
         {"ada": ("ada!a@h", "", "#c"), "bob": BOB}),
        ([":ada!a@h NICK Countess"], {"Countess": ("Countess!a@h", None, "#c"), "bob": BOB}),
        ([":ada NICK Countess"], {"Countess": ("", None, "#c"), "bob": BOB}),
        ([":ada!a@h NICK ADA"], {"ADA": ("ADA!a@h", None, "#c"), "bob": BOB}),
        ([":ada!a@h CHGHOST x cloak"], {"ada": ("ada!x@cloak", None, "#c"), "bob": BOB}),
        ([":Ada!a@h QUIT :bye"], {"bob": BOB}),
        ([":op!o@h KICK #c ADA :out"], {"bob": BOB}),
        ([":ada!a@h PART #C"], {"bob": BOB}),
        ([":ada!a@h PART #d"], {"ada": ADA, "bob": BOB}),
        ([":me!m@h PART #c"], {}),
        ([":op!o@h KICK #c Me"], {}),
        ([":me!m@h JOIN #c"], {}),
        ([":me!m@h NICK I", ":I!m@h PART #c"], {}),
        ([":ada!a@h NICK bob"], {"bob": ("bob!a@h", None, "#c")}),
        ([":me!m@h NICK ada"], {"bob": BOB}),
        ([":ada!a@h NICK Me"], {"bob": BOB}),
    ],
)  # fmt: skip
def test_who_is_seen(lines: list[str], expected: dict[str, object]) -> None:
    assert people(roster(*lines)) == expected


def test_somebody_in_two_channels_is_one_person_until_the_last() -> None:
    known = roster(":me!m@h JOIN #D", ":ada!a@h JOIN #d")
    assert [place.name for place in known.shared("Ada")] == ["#c", "#D"]
    known.hear(heard(":ada!a@h PART #c"))
    assert people(known) == {"ada": ("ada!a@h", None, "#d"), "bob": BOB}
    known.hear(heard(":me!m@h PART #D"))
    assert people(known) == {"bob": BOB}
    assert known.shared("ada") == []


def test_names_compare_as_the_server_says() -> None:
    known = roster(":x[\\]!x@h JOIN #c")
    assert known.person("X{|}") is known.person("x[\\]") is not None
    assert known.is_me("ME")
    ascii_only = Roster("me", Isupport().told(["CASEMAPPING=ascii"]))
    for line in (*JOINED, ":x[!x@h JOIN #C"):
        ascii_only.hear(heard(line))
    assert ascii_only.person("x{") is None
    assert ascii_only.person("X[") is not None


def test_a_netsplit_of_many() -> None:
    joins = [f":n{number}!n@h JOIN #c" for number in range(300)]
    quits = [f":n{number}!n@h QUIT :*.net *.split" for number in range(300)]
    known = roster(*joins, *quits)
    assert people(known) == {"ada": ADA, "bob": BOB}
    place = known.channel("#c")
    assert place is not None
    assert place.members == {"ada", "bob"}


@pytest.mark.parametrize(
    ("lines", "modes"),
    [
        ([], "o"),
        ([":srv 353 me = #c :~@+me"], "oqv"),
        ([":srv 353 me = #c :me"], ""),
        ([":op!o@h MODE #c +v me"], "ov"),
        ([":op!o@h MODE #C -o+v ME me"], "v"),
        ([":op!o@h MODE #c +bvk *!*@* ada key"], "o"),
        ([":op!o@h MODE #c -o"], "o"),
        ([":op!o@h MODE #c +b me"], "o"),
        ([":op!o@h MODE me +i", ":op!o@h MODE #d -o me"], "o"),
        ([":me!m@h JOIN #c"], ""),
    ],
)
def test_our_own_modes(lines: list[str], modes: str) -> None:
    place = roster(*lines).channel("#c")
    assert place is not None
    assert "".join(sorted(place.modes)) == modes


@pytest.mark.parametrize(
    ("before", "line", "changes"),
    [
        ([], ":carl!c@h JOIN #c", ["seen carl"]),
        ([], ":carl!c@h JOIN #c Carl :Real", ["carl had None, has 'Carl'", "seen carl"]),
        ([], ":carl!c@h JOIN #c * :Real", ["seen carl"]),
        ([], ":ada!a@h NICK countess", ["renamed ada!a@h to countess!a@h", "seen countess"]),
        ([":srv 353 me = #c :ada!a@old"], ":ada!a@h NICK countess",
         ["renamed ada!a@old to countess!a@h", "seen countess"]),
        ([], ":ada NICK countess", ["seen countess"]),
        ([], ":ada!a@h NICK ADA", ["seen ADA"]),
        ([], ":ada!a@h CHGHOST x cloak", ["renamed ada!a@h to ada!x@cloak"]),
        ([":srv 353 me = #c :ada!a@old"], ":ada!a@h CHGHOST x cloak",
         ["renamed ada!a@old to ada!x@cloak"]),
        ([], ":ada CHGHOST x cloak", []),
        ([], ":ada!a@h ACCOUNT Ada", ["ada had None, has 'Ada'"]),
        ([":ada!a@h ACCOUNT *"], ":ada!a@h ACCOUNT Ada", ["ada had '', has 'Ada'"]),
        ([":ada!a@h ACCOUNT Ada"], ":ada!a@h ACCOUNT Bob", ["ada had 'Ada', has 'Bob'"]),
        ([":ada!a@h ACCOUNT Ada"], ":ada!a@h ACCOUNT *", ["ada had 'Ada', has ''"]),
        ([":ada!a@h ACCOUNT Ada"], ":ada!a@h ACCOUNT Ada", []),
        ([":ada!a@h ACCOUNT Ada"], ":srv 352 me #c x h srv ada H :0 A",
         ["renamed ada!a@h to ada!x@h", "seen ada"]),
        ([], ":srv 353 me = #c :ada bob", ["seen ada", "seen bob"]),
        ([], ":ada!a@h PART #c", []),
        ([], ":ada!a@h PRIVMSG #c :hi", []),
    ],
)  # fmt: skip
def test_what_changes(before: list[str], line: str, changes: list[str]) -> None:
    assert told(roster(*before).hear(heard(line))) == changes


def test_a_message_tells_mask_and_account() -> None:
    known = roster()
    assert told(known.note("ada!a@h", "")) == []
    assert told(known.note("ada!a@h", "Ada")) == ["ada had '', has 'Ada'"]
    assert told(known.note("ada!a@h")) == []
    assert told(known.note("stranger!a@h", "Ada")) == []


def test_who_is_logged_in() -> None:
    known = roster(":ada!a@h ACCOUNT Ada", ":bob!b@h ACCOUNT ADA")
    assert [person.nick for person in known.logged_in("aDa")] == ["ada", "bob"]
    known.hear(heard(":ada!a@h NICK zoe"))
    assert [person.nick for person in known.logged_in("ada")] == ["bob", "zoe"]
    known.hear(heard(":bob!b@h QUIT"))
    known.hear(heard(":zoe!b@h ACCOUNT *"))
    assert known.logged_in("ada") == []
    assert known._by_account == {}


def test_bots_are_known_by_their_flag() -> None:
    known = roster(":srv 352 me #c a h srv ada HB :0 A", ":srv 354 me 912 b h bob H 0")
    assert [person.nick for person in known._people.values() if person.bot] == ["ada"]


nicks = st.sampled_from(["", "me", "Me", "ada", "ADA", "bob", "x[", "x{"])
channels = st.sampled_from(["", "#c", "#C", "#d"])
texts = st.one_of(nicks, channels, st.sampled_from(["*", "0", "912", "=", "+v", "-o", "@ada me!m@h",
                                                    "H", "HB", "Ada", "~@+me x[!u@h bob"]),
                  st.text(max_size=3))  # fmt: skip
events = st.builds(
    Heard,
    st.sampled_from(["join", "part", "kick", "quit", "nick", "account", "chghost", "mode", "353",
                     "352", "354"]),
    st.one_of(nicks, nicks.map("{}!u@h".format), nicks.map("{}!u@g".format)),
    texts,
    st.lists(texts, max_size=7).map(tuple),
    st.just({}),
)  # fmt: skip
plausible = st.one_of(
    st.builds(lambda n, c: heard(f":{n}!u@h JOIN {c}"), nicks, channels),
    st.builds(lambda n, c: heard(f":{n}!u@h JOIN {c} Acc :R"), nicks, channels),
    st.builds(lambda n, m: heard(f":{n}!u@h NICK {m}"), nicks, nicks),
    st.builds(lambda n: heard(f":{n}!u@h ACCOUNT Acc"), nicks),
    st.builds(lambda n, c: heard(f":{n}!u@h PART {c}"), nicks, channels),
    st.builds(lambda n: heard(f":{n}!u@h QUIT"), nicks),
)


@given(st.lists(st.one_of(events, plausible), max_size=40))
def test_whatever_is_heard_everything_fits_together(heards: list[Heard]) -> None:
    known = roster(":me!m@h JOIN #d", ":ada!u@h JOIN #d")
    for one in heards:
        known.hear(one)
        known.note(one.source, "Acc" if one.arguments else None)
        by_account: dict[str, set[str]] = {}
        members: dict[str, set[str]] = {channel: set() for channel in known._joined}
        for folded, person in known._people.items():
            assert known.fold(person.nick) == folded
            assert person.channels
            assert not known.is_me(person.nick)
            for channel in person.channels:
                members[channel].add(folded)
            if person.account:
                by_account.setdefault(known.fold(person.account), set()).add(folded)
        assert by_account == known._by_account
        assert members == {channel: place.members for channel, place in known._joined.items()}
