"""What organisers have changed themselves says so on every network, in replies and notices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.console.drawing import drawn
from bot.adapters.irc.sending import writing as irc
from bot.adapters.matrix.sending import writing as matrix
from bot.adapters.slack.cards.lines import line as slack_line
from bot.document import Item, Reply, reply
from bot.notices import Moved, Notice, Reminder, written
from bot.schedule import Live, Session, Slot
from bot.text import lines
from bot.times import Reader
from tests.summit import Summit, folsom

_READER = Reader(folsom().timezone)


def _session(live: Live | None, **facts: object) -> Session:
    known = folsom().session(42)
    assert known is not None
    return replace(known, live=live, **facts)  # type: ignore[arg-type]  # as the test says


def _irc(shown: Reply) -> str:
    return "".join(run.text for line in irc.written(shown, _READER) for run in line)


def _console(shown: Reply) -> str:
    fragments = drawn(shown, _READER, 200, notice=False, colour=True)
    return "".join(fragment[1] for fragment in fragments)


def _slack(shown: Reply) -> str:
    (item,) = (block for block in shown if isinstance(block, Item))
    drawn = slack_line(item, _READER, "")
    assert drawn.text.count("live") == "".join(e["text"] for e in drawn.elements).count("live")
    return drawn.text


@pytest.mark.parametrize(
    "write",
    [
        lambda shown: "\n".join(lines(shown, _READER)),
        _irc,
        lambda shown: matrix.written(shown, _READER).body,
        lambda shown: matrix.written(shown, _READER).html,
        _slack,
        _console,
    ],
    ids=["plain", "irc", "matrix", "matrix html", "slack", "console"],
)
@pytest.mark.parametrize("live", Live)
def test_a_session_that_is_live_says_so_on_every_network(
    write: Callable[[Reply], str], live: Live
) -> None:
    shown = write(reply(Item(_session(live, cancelled=True), note=("on now",))))
    assert f"Monty Taylor · CANCELLED · {live.value} · on now" in shown
    assert "live" not in write(reply(Item(_session(None))))


def test_notices_say_it_too() -> None:
    told = _session(None)
    slot = Slot(told.slot.start + timedelta(hours=1), told.slot.until, ("Marina",))
    session = _session(Live.CHANGED, slot=replace(slot, end=slot.start + timedelta(minutes=25)))
    notices: list[Notice] = [Moved(session, told.facts), Reminder(_session(Live.ADDED))]
    assert lines(written(notices, told.slot.start - timedelta(minutes=5)), _READER) == [
        "Starts in 5 minutes:",
        "[42] 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor · added live",
        "Moved from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina, starts in 1 hour 5 minutes:",
        "[42] Mon 5:30pm–5:55pm · Jenkins jclouds plugin · Marina · Monty Taylor · changed live",
    ]


async def test_others_read_what_an_organiser_has_changed(summit: Summit) -> None:
    summit.network.organisers = ("olga",)
    await summit.say("ada", "bookmark 42")
    said = await summit.say("olga", "move 42 Marina 17:30")
    assert said[:2] == [
        "Moved from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina."
        " Those who bookmarked it are told.",
        "[42] Mon 5:30pm–5:55pm · Jenkins jclouds plugin · Marina · Monty Taylor · changed live",
    ]
    assert (await summit.say("bob", "info 42"))[0] == said[1]
    assert (await summit.say("bob", "next jclouds"))[1:] == [said[1].replace("Mon ", "")]
    assert await summit.notices("ada") == [
        [
            "Moved from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina:",
            said[1],
            "Remove: ‘unbookmark 42’",
        ]
    ]
