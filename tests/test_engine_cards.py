"""Cards: which of the sessions shown somebody has bookmarked, and the reply a button stands on."""

from datetime import timedelta

import pytest

from bot.document import Block, Heading, Item, Reply, Text, Typed, heading, reply, text
from bot.fairness import Fairness
from bot.messages import Channel, Invocation, Response, User
from bot.record import packed
from bot.rules import Rules
from bot.storing import StoreAway
from bot.text import lines
from tests.summit import NETWORK, Summit, folsom

FOLSOM = folsom()
NONE = set[int]()


def card(*ids: int) -> Reply:
    """What a button of such a card stands on."""
    sessions = [session for id in ids if (session := FOLSOM.session(id)) is not None]
    return reply(heading("Monday:"), *(Item(session, day=True) for session in sessions))


CARD = card(6, 12)


def shows(response: Response) -> list[int]:
    return [session.id for session in response.reply.sessions()]


def marked(response: Response) -> set[int]:
    return set(response.bookmarked)


async def press(summit: Summit, line: str, **more: object) -> Response:
    """Ada presses a button on a card."""
    given: dict[str, object] = {"marks": True, "card": packed(CARD)} | more
    return await summit.respond("ada", line, **given)  # type: ignore[arg-type]  # passed on


@pytest.fixture
def loads(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether bookmarks were asked for, at each question to the store who somebody is."""
    asked, load = list[bool](), summit.store.load

    async def counted(user: object, bookmarks: bool) -> object:
        asked.append(bookmarks)
        return await load(user, bookmarks)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(summit.store, "load", counted)
    return asked


async def test_a_session_is_marked_from_its_bookmark_on_until_that_is_dropped(
    summit: Summit,
) -> None:
    for line, marks in [
        ("info 12", NONE),
        ("bookmark 12", {12}),
        ("info 12", {12}),
        ("info 13", {12}),
        ("remind 6 10", {6, 12}),
        ("remind off", {6, 12}),
        ("now", {6, 12}),
        ("unbookmark 12", {6}),
        ("forget me yes", NONE),
    ]:
        assert (line, marked(await press(summit, line))) == (line, marks)


async def test_what_is_marked_are_the_sessions_shown_and_those_of_the_asker(
    summit: Summit,
) -> None:
    for id in (6, 12, 60):
        await summit.say("ada", f"bookmark {id}")
    response = await press(summit, "info 60", card=None)
    assert (shows(response), marked(response)) == ([60], {60})
    response = await press(summit, "info 60")
    assert (shows(response), marked(response)) == ([60], {6, 12, 60})
    response = await summit.respond("bob", "info 60", marks=True, card=packed(CARD))
    assert (shows(response), marked(response)) == ([60], NONE)
    assert marked(await press(summit, "help", card=None)) == NONE


async def test_sessions_that_wait_for_more_are_not_marked_yet(database: str) -> None:
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=False, page=3))
    for id in (6, 12, 60):
        await summit.say("ada", f"bookmark {id}")
    response = await press(summit, "bookmarks", card=None)
    assert (shows(response), marked(response)) == ([6], {6})
    await summit.store.close()


async def test_nothing_is_marked_or_read_unless_that_is_asked_for(
    summit: Summit, loads: list[bool]
) -> None:
    await summit.say("ada", "bookmark 12")
    loads.clear()
    assert marked(await press(summit, "info 12", marks=False)) == NONE
    assert marked(await press(summit, "help", card=None)) == NONE
    assert loads == []
    assert marked(await press(summit, "help")) == {12}
    assert loads == [True]


async def test_an_answer_without_marks_is_as_it_was(summit: Summit) -> None:
    response = await summit.respond("ada", "info 12")
    assert (marked(response), response.card) == (NONE, None)


async def test_a_card_comes_back_with_the_sessions_of_today(summit: Summit) -> None:
    assert (await press(summit, "bookmark 12")).card == CARD
    summit.change(12, room="Marina")
    summit.publish(session for session in summit.schedule.sessions if session.id != 6)
    moved = summit.schedule.session(12)
    assert moved is not None
    assert moved.slot.rooms == ("Marina",)
    assert (await press(summit, "now")).card == reply(CARD.blocks[0], Item(moved, day=True))


async def test_a_card_of_vanished_sessions_marks_none_of_them(summit: Summit) -> None:
    await summit.say("ada", "bookmark 6")
    summit.publish(session for session in summit.schedule.sessions if session.id not in (6, 12))
    response = await press(summit, "help")
    assert (response.card, marked(response)) == (reply(CARD.blocks[0]), NONE)


@pytest.mark.parametrize("nonsense", ["", "{", "[[", '["<!channel>"]', "[1e999]"])
async def test_what_is_no_card_changes_nothing_about_the_answer(
    summit: Summit, nonsense: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await press(summit, "bookmark 12", card=nonsense)
    assert (shows(response), response.card, marked(response)) == ([12], None, {12})
    assert caplog.records == []


async def test_a_press_that_comes_again_brings_the_card_of_now(summit: Summit) -> None:
    first = await press(summit, "bookmark 12", id="press 1")
    await summit.say("ada", "unbookmark 12")
    await summit.say("ada", "bookmark 6")
    again = await press(summit, "bookmark 12", id="press 1")
    assert (again.reply, again.card) == (first.reply, CARD)
    assert (marked(first), marked(again)) == ({12}, {6})


async def test_marks_are_unknown_while_the_database_is_away(
    summit: Summit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await summit.say("ada", "settings hours 24")
    await summit.say("ada", "bookmark 12")

    async def away(*_: object, **__: object) -> None:
        raise StoreAway("The database cannot be used now (it is away).")

    monkeypatch.setattr(summit.store, "load", away)
    response = await press(summit, "info 12")
    assert (shows(response), response.card, marked(response)) == ([12], CARD, NONE)
    assert response.reader.hours == 24
    stranger = await summit.respond("bob", "info 12", marks=True, again=True)
    assert (shows(stranger), marked(stranger)) == ([12], NONE)
    assert caplog.records == []


async def test_what_was_not_carried_out_brings_no_card(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Rules(greets=False, fairness=Fairness(burst=1, interval=timedelta(seconds=10)))
    summit = Summit(database, FOLSOM, "Monday 9:20", rules)
    assert (await press(summit, "now")).card == CARD
    refused = await press(summit, "now")
    assert (refused.reply, refused.card, marked(refused)) == (
        reply(text("That is a lot at once. Ask me again in 10 s.")), None, NONE,
    )  # fmt: skip
    summit.wait(1)

    async def away(*_: object, **__: object) -> None:
        raise StoreAway("The database cannot be used now (it is away).")

    monkeypatch.setattr(summit.store, "load", away)
    failed = await press(summit, "bookmarks")
    assert (failed.command, failed.card, marked(failed)) == ("bookmarks", None, NONE)
    await summit.store.close()


async def test_what_nobody_typed_counts_for_nothing(database: str) -> None:
    rules = Rules(page=3, fairness=Fairness(burst=1, interval=timedelta(minutes=1)))
    summit = Summit(database, FOLSOM, "Monday 9:00", rules)
    for _ in range(3):
        shown = await summit.respond("ada", "agenda", beside=True)
        assert len(shown.reply.blocks) > 3, "it is shown whole"
    greeted = await summit.say("ada", "now")
    assert any(line.startswith("Hello!") for line in greeted), "they had not been greeted before"
    assert await summit.say("ada", "now") == ["That is a lot at once. Ask me again in 60 s."]
    await summit.respond("ada", "agenda", beside=True)
    await summit.store.close()


async def pressed(summit: Summit, line: str) -> list[str]:
    """What Ada reads when she presses something."""
    channel = Channel(NETWORK, "ada", private=True)
    response = await summit.engine.respond(
        Invocation(None, User(NETWORK, "ada"), channel, line, pressed=True)
    )
    return lines(response.reply, response.reader)


async def test_a_press_leaves_the_rest_of_the_answer_that_it_stands_on(database: str) -> None:
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=False, page=4))
    [*_, offer] = await summit.say("ada", "lead Thierry")
    assert offer == "… 6 more sessions: ‘more’"
    await pressed(summit, "bookmark 12")
    await pressed(summit, "unbookmark 12")
    [*_, offer] = await summit.say("ada", "more")
    assert offer == "… 3 more sessions: ‘more’"
    # A press with a long answer has a rest of its own, and the rest itself may be pressed.
    [*_, offer] = await pressed(summit, "help")
    assert offer.endswith("more lines: ‘more’")
    while (await pressed(summit, "more"))[-1].endswith("‘more’"):
        pass
    assert await summit.say("ada", "more") == [
        "There is nothing more to show. Ask something: ‘help’"
    ]
    await summit.store.close()


@pytest.mark.parametrize("page", [2, 3, 4, 5, 6])
async def test_no_page_ends_with_a_heading_and_none_is_lost(database: str, page: int) -> None:
    unpaged = Summit(f"{database}2", FOLSOM, "Monday 9:20", Rules(greets=False))
    whole = (await unpaged.respond("ada", "help")).reply.blocks
    await unpaged.store.close()
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=False, page=page))
    shown, line = list[Block](), "help"
    while True:
        *said, last = (await summit.respond("ada", line)).reply.blocks
        if not is_offer(last):
            shown += [*said, last]
            break
        # On the shortest ones there is room for nothing else.
        assert page <= 3 or not isinstance(said[-1], Heading), said
        shown += said
        line = "more"
    assert tuple(shown) == whole
    await summit.store.close()


def is_offer(block: Block) -> bool:
    return isinstance(block, Text) and Typed("more") in block.spans
