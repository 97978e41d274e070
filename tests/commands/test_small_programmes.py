"""Commands about programmes that the summit's is not: breaks in every room, rooms nobody knows."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.schedule import Kind, Session, Slot
from tests.summit import Summit, at, small_schedule


def _session(
    id: int, title: str, hour: int, room: str, kind: Kind = Kind.SESSION, minute: int = 0
) -> Session:
    start = at(16, hour, minute)
    return Session(
        id, f"guid {id}", title, Slot(start, start + timedelta(hours=1), (room,)), kind=kind
    )


_BREAKS = (
    _session(1, "Lunch", 12, "Red", Kind.LUNCH),
    _session(2, "Lunch", 12, "Green", Kind.LUNCH),
    _session(3, "Lunch", 12, "Blue", Kind.LUNCH),
    _session(4, "Birds", 13, "Red"),
    _session(5, "Birds", 13, "Green"),
)

Start = Callable[[tuple[Session, ...], str], Summit]


@pytest.fixture
async def start(database: str) -> AsyncIterator[Start]:
    """Makes a summit of these sessions at a time of 16 April 2012, UTC."""
    made: list[Summit] = []

    def make(sessions: tuple[Session, ...], clock: str) -> Summit:
        made.append(Summit(database, small_schedule(*sessions), f"2012-04-16T{clock}+00:00"))
        return made[-1]

    yield make
    for summit in made:
        await summit.store.close()


_LUNCH = "12:00pm–1:00pm · Lunch · Blue"
_BIRDS = ["[5] 1:00pm–2:00pm · Birds · Green", "[4] 1:00pm–2:00pm · Birds · Red"]


@pytest.mark.parametrize(
    ("clock", "line", "said"),
    [
        ("11:50", "next", ["Next, at 12:00pm, in 10 minutes:", f"[3] {_LUNCH}"]),
        ("12:10", "now", ["On now:", f"[3] {_LUNCH}"]),
        ("12:10", "next", ["Next, at 1:00pm, in 50 minutes:", *_BIRDS]),
        ("13:10", "now", ["On now:", *_BIRDS]),
        ("11:50", "agenda", ["Today, Monday 16 April:", f"[3] {_LUNCH}", *_BIRDS]),
        (
            "13:10",
            "agenda",
            [
                "Today, Monday 16 April (1 is over):",
                f"[3] {_LUNCH} · over",
                *(f"{bird} · on now" for bird in _BIRDS),
            ],
        ),
        ("11:50", "at 12:30pm", ["Monday 12:30pm:", f"[3] {_LUNCH}"]),
        ("11:50", "where red", ["Red: the schedule does not say where it is."]),
        ("11:50", "hi", [
            "Hello! I know the programme of Small Summit. Try ‘now’, ‘next Green’, ‘bookmark 5’"
            " (I remind you before it starts), or ‘help’ for all commands."
        ]),
    ],
)  # fmt: skip
async def test_a_break_in_several_rooms_is_shown_once_and_anything_else_for_each(
    start: Start, clock: str, line: str, said: list[str]
) -> None:
    assert await start(_BREAKS, clock).ask(line) == said


async def test_an_empty_programme_is_called_empty(start: Start) -> None:
    summit = start((), "09:00")
    for line in ("now", "next", "agenda", "at 9am", "tomorrow", "bookmark next", "hi"):
        assert await summit.ask(line)
