"""What organisers' commands are to everybody else: not offered, and politely refused."""

from dataclasses import replace

import pytest

from bot.commands import every
from bot.commands.info import COMMAND as INFO
from bot.organising import refusal
from bot.schedule import Schedule
from bot.suggestions import no_command
from bot.text import lines
from tests.commands.organising import Office
from tests.summit import Summit, folsom

_REFUSAL = "Sorry, only the organisers of the event can do that."
_NAMES = {"add", "announce", "cancel", "move", "restore", "status", "withdraw"}


def test_these_are_for_organisers() -> None:
    assert {command.name for command in every() if command.organising} == _NAMES


def test_of_these_only_one_looks_at_bookmarks() -> None:
    assert [c.name for c in every() if c.organising and c.personal] == ["add"]


@pytest.mark.parametrize(
    "line",
    [
        "announce Lunch!",
        "move 42 Marina",
        "move",
        "restore 42",
        "withdraw 42",
        "status",
        'add "Talk" Marina 14:30 25m',
    ],
)
async def test_others_are_refused_in_private(summit: Summit, line: str) -> None:
    assert await summit.say("ada", line) == [f"{_REFUSAL} What you can ask: ‘help’."]
    response = await summit.respond("ada", line, private=False)
    assert response.private


@pytest.mark.parametrize(
    ("line", "remove"),
    [("cancel 42", "42"), ("cancel", "12"), ("cancel swift quotas", "swift quotas")],
)
async def test_who_cancels_a_bookmark_is_told_how(summit: Summit, line: str, remove: str) -> None:
    await summit.say("ada", "bookmark 42")
    assert await summit.say("ada", line) == [
        f"{_REFUSAL} A bookmark is removed with ‘unbookmark {remove}’."
    ]
    assert len(await summit.say("ada", "bookmarks")) == 2


@pytest.mark.parametrize("line", ["add 60", "add swift quotas", 'add "swift quotas"'])
async def test_others_add_a_bookmark(summit: Summit, line: str) -> None:
    assert await summit.say("ada", line) == [
        "Bookmarked. I will remind you 5 minutes before, at Tuesday 8:55am.",
        "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews",
    ]
    assert await summit.say("ada", "bookmarks") == [
        "You have 1 bookmark:",
        "[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews · reminder at 8:55am",
    ]


async def test_others_who_add_nothing_are_asked_for_a_session(summit: Summit) -> None:
    assert await summit.say("ada", "add") == [
        "Which session? Give its number or its title, like ‘bookmark 12’."
    ]


async def test_the_help_shows_organisers_what_is_theirs(summit: Summit) -> None:
    others = await summit.say("ada", "help")
    organisers = Office().say("help")
    assert [line for line in others if "rganiser" in line] == []
    shown = [line for line in organisers if line not in others]
    assert shown == [
        "For organisers:",
        '‘add "title" <room, day, time> [length]’: add a session that is not published',
        "‘announce [id] <text>’: tell everybody something in the channels, or about a session"
        " also who bookmarked it",
        "‘cancel <id | title>’: say that a session does not take place",
        "‘move <id | title> <room, day, time>’: hold a session elsewhere, or at another time",
        "‘restore <id | title>’: say that a cancelled session takes place after all",
        "‘status’: the schedule's age, what is changed live, the next reminders, failures",
        "‘withdraw <id | title>’: take back what was changed live about a session",
    ]
    assert [line for line in others if line not in organisers] == []


async def test_help_for_organisers_shows_theirs_first_and_alone(summit: Summit) -> None:
    whole = Office().say("help")
    theirs = whole[: whole.index("The programme:")]
    assert (theirs[0], len(theirs)) == ("For organisers:", 1 + len(_NAMES))
    for line in ("help organisers", "help for organisers", "help Organiser?"):
        assert Office().say(line) == [*theirs, whole[-1]]
        assert await summit.say("ada", line) == [f"{_REFUSAL} What you can ask: ‘help’."]


@pytest.mark.parametrize(
    ("line", "number"), [("undo", 42), ("undo that!", 42), ("undo move 6", 6), ("undo #6", 6)]
)
async def test_undo_tells_organisers_how_things_are_taken_back(
    summit: Summit, line: str, number: int
) -> None:
    context = Office().context()
    assert lines(no_command(line, context), context.reader) == [
        f"What was moved or cancelled is taken back with ‘withdraw {number}’."
        " What is changed live: ‘status’."
    ]
    assert "withdraw" not in (await summit.say("ada", line))[0]


@pytest.mark.parametrize("known", [True, False])
async def test_an_organiser_who_removes_a_bookmark_reads_how_a_session_is_cancelled(
    summit: Summit, known: bool
) -> None:
    summit.network.organisers = ["ada"]
    for name in ("ada", "bob"):
        if known:
            await summit.say(name, "bookmark 42")
    hint = "The session itself is cancelled with ‘cancel 42’."
    said = [await summit.say(name, "delete 42") for name in ("bob", "ada")]
    assert said[1] == [*said[0], hint]
    await summit.say("ada", "cancel 42")
    assert hint not in await summit.say("ada", "delete 42")


def test_a_refusal_says_how_to_prove_that_one_may() -> None:
    proof = "Organisers are known by their account: log in."
    office = Office(proof=proof)
    said = [lines(answer.reply, office.context().reader) for answer in (
        office.others("cancel 42"), office.others('add "Talk" Marina 15:00'),
        refusal(proof=proof), refusal(),
    )]  # fmt: skip
    assert said == [
        [f"{_REFUSAL} A bookmark is removed with ‘unbookmark 42’. {proof}"],
        [f"{_REFUSAL} What you can ask: ‘help’. {proof}"],
        [f"{_REFUSAL} What you can ask: ‘help’. {proof}"],
        [f"{_REFUSAL} What you can ask: ‘help’."],
    ]


@pytest.mark.parametrize(
    ("lines_before", "said"),
    [
        (["move 42 Marina 17:00"], "Published: Monday 4:30pm to 4:55pm, Bayview B."),
        (["cancel 42"], "Published: Monday 4:30pm to 4:55pm, Bayview B."),
        (["cancel 42", "restore 42"], None),
        (["move 42 17:00", "move 42 16:30"], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("organiser", [True, False])
def test_info_says_what_is_published_instead(
    organiser: bool, lines_before: list[str], said: str | None
) -> None:
    office = Office()
    for line in lines_before:
        office.say(line)
    context = office.context(organiser=organiser)
    read = lines(INFO.run("42", context).reply, context.reader)
    assert read[1:2] == [said] if said else not [s for s in read if s.startswith("Published")]


def test_info_says_what_is_not_published() -> None:
    office = Office()
    office.say('add "Fire drill" Ballroom 15:00 15m')
    assert office.say("info 160")[1] == "Not in the published schedule."


@pytest.mark.parametrize(
    ("removed", "said"),
    [
        (True, "Not in the published schedule."),
        (False, "Published: Monday 4:30pm to 4:55pm, Bayview B, cancelled."),
    ],
)
def test_info_says_that_what_takes_place_is_published_as_cancelled(
    removed: bool, said: str
) -> None:
    known = folsom()
    sessions = (
        replace(s, cancelled=True, removed=removed) if s.id == 42 else s for s in known.sessions
    )
    office = Office(Schedule(known.event, known.timezone, sessions, rooms=known.rooms.values()))
    office.say("restore 42")
    assert office.say("info 42")[1] == said


async def test_help_about_one_says_that_it_is_for_organisers(summit: Summit) -> None:
    said = [
        "‘cancel <id | title>’: say that a session does not take place.",
        "This is for organisers.",
        "For example ‘cancel 42’",
    ]
    assert await summit.say("ada", "help cancel") == said
    assert Office().say("help cancel") == said


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cancle 42", "cancel 42"),
        ("cancel42", "cancel 42"),
        ("announcee Hello", "announce Hello"),
        ("statu", "status"),
        ("move42", "move 42"),
    ],
)
async def test_a_slip_of_the_finger_offers_it_to_organisers_alone(
    summit: Summit, line: str, offered: str
) -> None:
    context = Office().context()
    assert lines(no_command(line, context), context.reader) == [
        f"I do not know “{line}”. Did you mean ‘{offered}’?"
    ]
    (said,) = await summit.say("ada", line)
    assert f"‘{offered.split()[0]}" not in said


async def test_other_slips_are_offered_to_all_as_before(summit: Summit) -> None:
    assert await summit.say("ada", "bookmark42") == [
        "I do not know “bookmark42”. Did you mean ‘bookmark 42’?"
    ]
