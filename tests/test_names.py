"""What somebody meant when they wrote a name from memory: tables over the summit's schedule."""

import random
import string
from collections.abc import Iterator

import pytest

from bot.names import EVERY_RULE, Finder, How, Names, allowed_distance, words
from tests.summit import folsom

_FOLSOM = Finder(folsom())
_JO = [
    "John Griffith", "Joseph Heck", "John Garbutt", "Jordan Rinke", "Joe Savak", "Joshua Harlow",
    "Jorge Williams",
]  # fmt: skip
_SEACLIFFS = ["Seacliff AB", "Seacliff C", "Seacliff D"]
_ORDINARY = (
    "table", "window", "bottle", "garden", "yellow", "thunder", "pencil", "kitchen", "blanket",
    "orange", "tractor", "volcano", "feather", "hammer", "island", "jacket", "ladder", "mirror",
    "needle", "ocean", "pepper", "quarter", "rabbit", "saddle", "ticket", "umbrella", "velvet",
    "whistle", "zebra", "apple", "bridge", "candle", "dolphin", "engine", "forest", "glacier",
    "harvest", "insect",
)  # fmt: skip


def people(question: str, *how: How) -> list[str]:
    """The names of the people that are found."""
    return [person.name for person in _FOLSOM.people.find(question, how or EVERY_RULE)]


def rooms(question: str, *how: How) -> list[str]:
    """The names of the rooms that are found."""
    return [room.name for room in _FOLSOM.rooms.find(question, how or EVERY_RULE)]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Thierry Carrez", ["Thierry Carrez"]),
        ("thierrycarrez", ["Thierry Carrez"]),
        ("  THIERRY   carrez! ", ["Thierry Carrez"]),
        ("carrez, thierry", ["Thierry Carrez"]),
        ("carrez", ["Thierry Carrez"]),
        ("Theirry", ["Thierry Carrez"]),
        ("Theirry Carez", ["Thierry Carrez"]),
        ("Theirry Dutta", []),
        ("ttx", ["Thierry Carrez"]),
        ("carrezz", ["Thierry Carrez"]),
        ("carrezx", ["Thierry Carrez"]),
        ("pages", []),
        ("princess", []),
        ("macgown", ["Christopher MacGown"]),
        ("MacGown", ["Christopher MacGown"]),
        ("gown", ["Christopher MacGown"]),
        ("ChristopherMacGown", ["Christopher MacGown"]),
        ("Mc Loughlin", ["Mark McLoughlin"]),
        ("Dan", ["Dan Prince", "Dan Wendlandt", "Dan Bode"]),
        ("Dan W", ["Dan Wendlandt"]),
        ("Mark", ["Mark McLoughlin", "Mark Carlson"]),
        ("jo", _JO),
        ("joe", ["Joe Savak"]),
        ("linus", []),
        ("linus torvalds", []),
        ("dewolf", ["Lloyd Dewolf"]),
        ("wolf", ["Lloyd Dewolf"]),
        ("olf", []),
        ("william", ["Jorge Williams"]),
        ("Williams", ["Jorge Williams"]),
        ("Debo~ Dutta", ["Debo Dutta"]),
        ("adam_g", ["Adam Gandelman"]),
        ("hub cap", ["Michael Basnight"]),
        ("Magaña", ["Edgar Magana Perdomo"]),
        ("THIÉRRY", ["Thierry Carrez"]),
        ("Ｔｈｉｅｒｒｙ", ["Thierry Carrez"]),
        ("", []),
        ("  ?! _", []),
        ("\x00", []),
        ("🎉", []),
    ],
)
def test_people(question: str, found: list[str]) -> None:
    assert sorted(people(question)) == sorted(found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("SeacliffAB", ["Seacliff AB"]),
        ("seacliff-ab", ["Seacliff AB"]),
        ("Seacliff A", ["Seacliff AB"]),
        ("seacliff", _SEACLIFFS),
        ("Seacliff C", ["Seacliff C"]),
        ("seacliffd", ["Seacliff D"]),
        ("Seaclif C", ["Seacliff C"]),
        ("Seaclfif", _SEACLIFFS),
        ("Seacliff E", []),
        ("SeacliffE", _SEACLIFFS),
        ("goldengate", ["Golden Gate"]),
        ("GoldenGate", ["Golden Gate"]),
        ("gate golden", ["Golden Gate"]),
        ("golden gat", ["Golden Gate"]),
        ("goldne gate", ["Golden Gate"]),
        ("minna", ["111 Minna Street Gallery"]),
        ("111", ["111 Minna Street Gallery"]),
        ("112", []),
        ("bayview", ["Bayview B"]),
        ("view", ["Bayview B"]),
        ("marnia", ["Marina"]),
        ("second floor", []),
    ],
)
def test_rooms(question: str, found: list[str]) -> None:
    assert rooms(question) == found


@pytest.mark.parametrize(
    ("rule", "question", "found"),
    [
        (How.NAME, "thierry carrez", ["Thierry Carrez"]),
        (How.NAME, "thierry", []),
        (How.NAME, "ttx", ["Thierry Carrez"]),
        (How.WORDS, "thier car", ["Thierry Carrez"]),
        (How.WORDS, "hierry", []),
        (How.WORDS, "william", ["Jorge Williams"]),
        (How.SUBSTRING, "hierry", ["Thierry Carrez"]),
        (How.SUBSTRING, "hie", []),
        (How.SUBSTRING, "hierry carr", ["Thierry Carrez"]),
        (How.SUBSTRING, "theirry", []),
        (How.SPELLING, "theirry", ["Thierry Carrez"]),
        (How.SPELLING, "theirry car", ["Thierry Carrez"]),
        (How.SPELLING, "william", []),
        (How.SPELLING, "williams", []),
        (How.SPELLING, "hierry", []),
        (How.SPELLING, "dna", []),
        (How.SPELLING, "jeo", []),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: How, question: str, found: list[str]) -> None:
    assert people(question, rule) == found


def test_surest_rule_that_finds_anything_decides() -> None:
    names = Names([("ann", ("Ann",)), ("anna", ("Anna",)), ("joan", ("Joanna",))])

    assert names.find("ann") == ["ann"]
    assert names.find("an") == ["ann", "anna"]
    assert names.find("oanna") == ["joan"]
    assert names.find("jaonna") == ["joan"]
    assert names.find("ann", (How.WORDS,)) == ["ann", "anna"]


def test_a_plural_that_finds_nothing_is_asked_in_the_singular() -> None:
    entries = [
        ("one", ("Boot from volume",)),
        ("two", ("Class of news",)),
        ("three", ("Statuses",)),
    ]
    names = Names(entries, plurals=True)

    assert names.find("volumes") == ["one"]
    assert names.find("boots volumes") == ["one"]
    assert names.find("VOLUMES", (How.WORDS,)) == ["one"]
    assert names.find("statuses") == ["three"]
    assert names.find("clas") == ["two"]
    assert names.find("new's") == []
    assert Names(entries).find("volumes", (How.WORDS,)) == []
    assert people("pages") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("swift", "quotas"), [60]),
        (("quotas", "swift"), [60]),
        (("swift", "quota"), []),
        (("ryu",), [12]),
        (("rbac",), [5, 72]),
        (("nothing",), []),
        ((), []),
    ],
)
def test_whole_words_alone_are_found(asked: tuple[str, ...], found: list[int]) -> None:
    assert [session.id for session in _FOLSOM.titles.with_words(asked)] == found


def test_names_without_words_are_never_found() -> None:
    names = Names([("dashes", ("---", "")), ("ann", ("Ann", ""))])

    assert [names.find(asked) for asked in ("", "-", "%", "ann")] == [[], [], [], ["ann"]]
    assert [names.nearest(asked) for asked in ("", "-", "anm")] == [[], [], ["ann"]]
    assert names.with_words(("",)) == []


def test_no_name_is_suggested_for_the_word_session_alone() -> None:
    names = Names([("welcome", ("A welcome session for all of you",))])

    assert names.nearest("sesion") == []
    assert names.nearest("welcom") == ["welcome"]


def test_entries_are_found_in_their_order_each_once() -> None:
    names = Names([("b", ("Reed Lake", "lake")), ("a", ("Lake Reed", "reed lake"))])

    assert names.find("reed") == ["b", "a"]
    assert names.find("Reed Lake") == ["b", "a"]
    assert names.find("lake lake lake") == ["b", "a"]


def test_every_word_must_match_the_same_entry() -> None:
    assert people("thierry dutta") == []
    assert people("dan bode prince") == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Café-Bar", ("cafe", "bar")),
        ("Straße", ("strasse",)),
        ("İSTANBUL", ("istanbul",)),
        ("Łódź", ("łodz",)),
        ("hub_cap", ("hub", "cap")),
        ("O'Reed & Söhne (2nd)", ("o", "reed", "sohne", "2nd")),
        ("GoldenGate", ("goldengate",)),
        ("日本 語", ("日本", "語")),
        ("", ()),
        ("—", ()),
    ],
)
def test_words_lose_case_accents_and_punctuation(written: str, read: tuple[str, ...]) -> None:
    assert words(written) == read


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("Åsa Nyström", "asa nystrom"),
        ("Asa Nystrom", "Åsa Nyström"),
        ("HTTPRequest", "request"),
        ("openCloud Day", "cloud"),
        ("Seacliff AB", "seacliffAB"),
        ("R2-D2's room", "r2d2s room"),
    ],
)
def test_accents_camel_case_and_punctuation_do_not_count(name: str, question: str) -> None:
    assert Names([(1, (name,))]).find(question) == [1]


@pytest.mark.parametrize(
    ("word", "slips"),
    [("", 0), ("dan", 0), ("mark", 1), ("thierry", 1), ("boudjnah", 2), ("venkatesan", 2)],
)
def test_longer_words_may_have_more_slips(word: str, slips: int) -> None:
    assert allowed_distance(word) == slips


@pytest.mark.parametrize("word", ["dna", "adn", "dqn", "jod", "kri", "yn"])
def test_words_of_less_than_four_letters_are_never_found_by_spelling(word: str) -> None:
    assert people(word) == []


def test_nearest_names_are_suggested_likeliest_first() -> None:
    assert [p.name for p in _FOLSOM.people.nearest("Carres", 1)] == ["Thierry Carrez"]
    assert [r.name for r in _FOLSOM.rooms.nearest("Seacliff E")] == _SEACLIFFS
    assert _FOLSOM.people.nearest("") == []
    assert _FOLSOM.people.nearest("xqzzw") == []


def test_sessions_are_found_by_title_and_by_whatever_is_written_about_them() -> None:
    assert [s.id for s in _FOLSOM.titles.find("dependency management")] == [2]
    assert [s.id for s in _FOLSOM.titles.find("markmc")] == []
    assert [s.id for s in _FOLSOM.texts.find("markmc")] == [2, 8, 28, 38]


def test_names_of_an_empty_programme_are_nobody() -> None:
    nobody: Names[str] = Names(())

    assert (nobody.find("ada"), nobody.find("adalovelace"), nobody.nearest("ada")) == ([], [], [])


def test_nearly_every_slip_of_the_finger_is_forgiven() -> None:
    slips = set(_slips(random.Random(2012)))
    missed = [(typed, name) for typed, name in slips if name not in people(typed)]

    assert 2_900 <= len(slips) <= 3_100
    assert len(missed) <= 0.03 * len(slips), (len(missed), missed)


def test_words_that_are_nobodys_name_find_hardly_anybody() -> None:
    assert len(_ORDINARY) == 38
    assert len([word for word in _ORDINARY if people(word)]) <= 2


def _slips(dice: random.Random) -> Iterator[tuple[str, str]]:
    """Words of people's names with one slip of each sort, several times, and whom they mean."""
    for name in _FOLSOM.schedule.people:
        for word in (word for word in words(name) if len(word) >= 4):
            for _ in range(7):
                at, letter = dice.randrange(len(word)), dice.choice(string.ascii_lowercase)
                into, pair = dice.randrange(len(word) + 1), dice.randrange(len(word) - 1)
                for typed in (
                    word[:at] + word[at + 1 :],
                    word[:into] + letter + word[into:],
                    word[:at] + letter + word[at + 1 :],
                    word[:pair] + word[pair + 1] + word[pair] + word[pair + 2 :],
                ):
                    if typed != word:
                        yield typed, name
