"""Corrected commands: what the earlier wording had made is taken back, and nothing happens twice.

Events have names: `m` is a message, `e1` and so on are corrections of it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.document import reply, text
from bot.engine import Engine
from bot.fairness import Fairness
from bot.messages import AddBookmark, Answer, Channel, Invocation, Response, Snooze, User
from bot.record import Record, changes, read, write
from bot.rules import Rules
from bot.store.sql import SqlStore
from bot.text import lines
from tests.servers.away import read_only
from tests.summit import NETWORK, Summit, folsom

pytestmark = pytest.mark.every_database

RBAC = "[5] Mon 9:30am–10:25am · RBAC, again... · Seacliff C · Joseph Heck"
VOLUME = (
    "[6] Mon 9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya"
)
RYU = "[12] Mon 11:00am–11:25am · Ryu Network Operating System · Bayview B · Kazutaka Morita"
BOOKMARKED = "Bookmarked. I will remind you 5 minutes before, at 9:25am."
RBAC_REMOVED = "Bookmark of “RBAC, again...” removed."
VOLUME_REMOVED = "Bookmark of “Breakout of volume into its own service” removed."
WELCOME = ["On now:", "[1] 9:00am–9:25am · Welcome · Ballroom"]
NONE = ["You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"]
DELETED = ["Everything about you is deleted."]
TROUBLE = ["That did not work just now, and nothing was changed. Try again in a minute."]


async def respond(
    summit: Summit,
    line: str,
    id: str | None = None,
    corrects: str | None = None,
    *,
    by: str = "ada",
    private: bool = True,
    engine: Engine | None = None,
) -> Response:
    channel = Channel(NETWORK, by if private else "#summit", private)
    asked = Invocation(id, User(NETWORK, by, by), channel, line, corrects=corrects)
    return await (engine or summit.engine).respond(asked)


async def say(
    summit: Summit, line: str, id: str | None = None, corrects: str | None = None, by: str = "ada"
) -> list[str]:
    response = await respond(summit, line, id, corrects, by=by)
    return lines(response.reply, response.reader)


async def bookmarked(summit: Summit, name: str = "ada") -> dict[int, int]:
    """The sessions that somebody has bookmarked, with the minutes."""
    profile = await summit.store.load(User(NETWORK, name), bookmarks=True)
    return {bookmark.session_id: bookmark.before for bookmark in profile.bookmarks}


@contextmanager
def statements(summit: Summit) -> Iterator[list[str]]:
    """The first words of what the database is asked meanwhile, but for where it begins."""
    assert isinstance(summit.store, SqlStore)
    asked = list[str]()

    def asks(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.extend(word for word in statement.split()[:1] if word != "BEGIN")

    engine = summit.store._engine
    event.listen(engine, "before_cursor_execute", asks)
    yield asked
    event.remove(engine, "before_cursor_execute", asks)


# What is taken back.


async def test_a_bookmark_goes_where_the_new_wording_names_another_session(summit: Summit) -> None:
    assert await say(summit, "remind 5", "m") == [BOOKMARKED, RBAC]
    # The two overlap, which would be said if the first one were still there.
    assert await say(summit, "remind 6", "e1", "m") == [RBAC_REMOVED, BOOKMARKED, VOLUME]
    assert await say(summit, "bookmarks") == [
        "You have 1 bookmark:",
        f"{VOLUME} · reminder at 9:25am",
    ]


async def test_a_bookmark_stays_with_new_minutes_and_is_still_of_this_message(
    summit: Summit,
) -> None:
    await say(summit, "remind 12 20", "m")
    assert await say(summit, "remind 12 10", "e1", "m") == [
        "Bookmarked. I will remind you 10 minutes before, at 10:50am.",
        RYU,
    ]
    assert await bookmarked(summit) == {12: 10}
    assert await say(summit, "remind 12", "e2", "m") == [
        "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
        RYU,
    ]
    assert await bookmarked(summit) == {12: 5}
    assert await say(summit, "now", "e3", "m") == [
        "Bookmark of “Ryu Network Operating System” removed.",
        *WELCOME,
    ]
    assert await bookmarked(summit) == {}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("now", WELCOME),
        ("never mind 5", ["I do not know “never mind 5”. All commands: ‘help’."]),
        (
            "remind 999",
            ["There is no session 999. The numbers stand in brackets in ‘agenda’."],
        ),
        ("remind 5 121", ["Reminders can come 1 to 120 minutes before the start."]),
        ("bookmarks", NONE),
        ("unbookmark 5", ["You have not bookmarked “RBAC, again...”. Yours: ‘bookmarks’"]),
        ("snooze 5", ["You have not bookmarked “RBAC, again...”. First: ‘bookmark 5’"]),
        ("remind off", ["You have no bookmarks, so no reminders come anyway."]),
        ("", ["Ask me what is on: ‘now’, ‘next’ or ‘help’."]),
    ],
)
async def test_a_bookmark_goes_where_the_new_wording_makes_none(
    summit: Summit, line: str, answer: list[str]
) -> None:
    await say(summit, "remind 5", "m")
    assert await say(summit, line, "e1", "m") == [RBAC_REMOVED, *answer]
    assert await bookmarked(summit) == {}
    assert await say(summit, line, "e1", "m") == [RBAC_REMOVED, *answer]


async def test_what_was_bookmarked_before_stays(summit: Summit) -> None:
    await say(summit, "bookmark 5")
    await say(summit, "remind 5", "m")
    assert await say(summit, "now", "e1", "m") == WELCOME
    await say(summit, "remind 5 20", "e2", "m")
    assert (await say(summit, "remind 6", "e3", "m"))[0] == BOOKMARKED
    assert await bookmarked(summit) == {5: 20, 6: 5}


async def test_what_is_gone_already_is_not_taken_back(summit: Summit) -> None:
    await say(summit, "remind 5", "m")
    await say(summit, "unbookmark 5")
    assert await say(summit, "remind 6", "e1", "m") == [BOOKMARKED, VOLUME]


async def test_a_bookmark_comes_back_where_the_wording_does(summit: Summit) -> None:
    await say(summit, "remind 5", "m")
    await say(summit, "remind 6", "e1", "m")
    assert await say(summit, "remind 5", "e2", "m") == [VOLUME_REMOVED, BOOKMARKED, RBAC]
    assert await bookmarked(summit) == {5: 5}


async def test_a_title_that_was_corrected_moves_the_bookmark(summit: Summit) -> None:
    assert len(await say(summit, "remind swift", "m")) > 2
    assert (await say(summit, "remind swift quotas", "e1", "m"))[0].startswith("Bookmarked.")
    assert await bookmarked(summit) == {60: 5}
    await say(summit, "remind swift", "e2", "m")
    assert await bookmarked(summit) == {}


async def test_settings_are_not_taken_back(summit: Summit) -> None:
    await say(summit, "settings hours 24", "m")
    assert await say(summit, "remind 5", "e1", "m") == [
        "Bookmarked. I will remind you 5 minutes before, at 09:25.",
        RBAC.replace("9:30am–10:25am", "09:30–10:25"),
    ]
    assert await say(summit, "settings before 10", "e2", "m") == [
        RBAC_REMOVED,
        "Reminders come 10 minutes before from now on.",
    ]


async def test_what_was_bookmarked_is_not_shown_to_others_when_it_is_taken_back(
    summit: Summit,
) -> None:
    for line in ("now", "never mind"):
        await respond(summit, "remind 5", f"m {line}", private=False)
        response = await respond(summit, line, f"e {line}", f"m {line}", private=False)
        assert response.private
        assert not (await respond(summit, line, f"e2 {line}", f"m {line}", private=False)).private


async def test_what_is_taken_back_stands_before_what_is_left_for_later(database: str) -> None:
    summit = Summit(database, folsom(), "Monday 9:20", Rules(greets=False, page=3))
    whole = await say(summit, "lead Thierry")
    await say(summit, "remind 5", "m")
    assert await say(summit, "lead Thierry", "e1", "m") == [
        RBAC_REMOVED,
        whole[0],
        "… 8 more sessions: ‘more’",
    ]
    await summit.store.close()


async def test_who_has_been_reminded_is_not_promised_another_reminder(summit: Summit) -> None:
    await say(summit, "remind 5", "m")
    summit.go("Monday 9:26")
    assert len(await summit.notices()) == 1
    assert await say(summit, "remind 5 10", "e1", "m") == [
        "Bookmarked. It starts in 4 minutes; you have been reminded.",
        RBAC,
    ]
    assert await summit.notices() == []
    assert await say(summit, "remind 6", "e2", "m") == [
        RBAC_REMOVED,
        "Bookmarked. It starts in 4 minutes: the reminder comes at once.",
        VOLUME,
    ]


# What means the same.


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("remind test", "remind  test"),
        ("remind test", "alert me test"),
        ("remind 5", "Remind me of #5"),
        ("remind 5 20", "remind 5 in 20 minutes"),
        ("snooze 12", "snooze [12]"),
        ("remind off", "remind off all"),
        ("settings hours 24", "settings 24 hours"),
    ],
)
async def test_the_same_effect_is_not_applied_twice(summit: Summit, line: str, same: str) -> None:
    await say(summit, "bookmark 12")
    said = await say(summit, line, "m")
    await summit.notices()
    before = await summit.store.load(User(NETWORK, "ada"), bookmarks=True)
    assert await say(summit, same, "e1", "m") == said
    assert await summit.store.load(User(NETWORK, "ada"), bookmarks=True) == before
    assert await summit.notices() == []
    assert await say(summit, line, "e2", "m") == said
    assert await summit.notices() == []


async def test_what_was_removed_since_does_not_come_back_with_the_same_wording(
    summit: Summit,
) -> None:
    said = await say(summit, "remind 5", "m")
    await say(summit, "unbookmark 5")
    assert await say(summit, "remind 5!", "e1", "m") == said
    assert await bookmarked(summit) == {}


async def test_what_the_latest_wording_did_not_do_is_done(summit: Summit) -> None:
    await say(summit, "bookmark 5")
    await say(summit, "unbookmark 5", "m")
    assert await say(summit, "now", "e1", "m") == WELCOME
    await say(summit, "bookmark 5")
    assert (await say(summit, "unbookmark 5", "e2", "m"))[0].startswith("Bookmark removed")
    assert await bookmarked(summit) == {}


async def test_a_session_that_moved_meanwhile_is_told_anew(summit: Summit) -> None:
    await say(summit, "remind 12", "m")
    summit.change(12, at="Monday 11:30")
    said = await say(summit, "remind  12", "e1", "m")
    assert said[0] == "Bookmarked. I will remind you 5 minutes before, at 11:25am."
    assert await summit.notices() == []


# Delivered again.


async def test_whatever_comes_again_in_whatever_order_changes_nothing(summit: Summit) -> None:
    events = {"m": ("remind 5", None), "e1": ("remind 6", "m"), "e2": ("remind 12", "m")}
    for id, (line, corrects) in events.items():
        await say(summit, line, id, corrects)
    await summit.restart()
    latest = ["Bookmarked. I will remind you 5 minutes before, at 10:55am.", RYU]
    said = {
        "m": [VOLUME_REMOVED, *latest],
        "e1": [RBAC_REMOVED, BOOKMARKED, VOLUME],
        "e2": [VOLUME_REMOVED, *latest],
    }
    for id in ("m", "e1", "e2", "e1", "m", "e2", "m"):
        line, corrects = events[id]
        assert await say(summit, line, id, corrects) == said[id]
        assert await bookmarked(summit) == {12: 5}


async def test_a_wording_that_changed_nothing_takes_nothing_back_when_it_comes_again(
    summit: Summit,
) -> None:
    await say(summit, "nwo", "m")
    assert await say(summit, "now", "e1", "m") == WELCOME
    assert await say(summit, "bookmarks", "e2", "m") == NONE
    said = await say(summit, "remind 5", "e3", "m")
    for _ in range(2):
        for line, id in (("bookmarks", "e2"), ("now", "e1"), ("remind 5", "e3")):
            assert await say(summit, line, id, "m") == said
        assert await bookmarked(summit) == {5: 5}
        await summit.restart()


async def test_a_message_that_was_not_carried_out_is_not_when_it_comes_again_after_a_correction(
    summit: Summit,
) -> None:
    """As after an outage of the database."""
    said = await say(summit, "remind 6", "e1", "m")
    assert await say(summit, "remind 5", "m") == said
    assert await bookmarked(summit) == {6: 5}


async def test_two_corrections_at_once_leave_what_one_of_them_made(summit: Summit) -> None:
    await say(summit, "remind 5", "m")
    another = Engine(summit.schedule, summit.store, summit.clock, summit.rules)
    await asyncio.gather(
        *(
            respond(summit, f"remind {session}", f"e{session}", "m", engine=engine)
            for session in (6, 12)
            for engine in (summit.engine, another)
        )
    )
    assert len(await bookmarked(summit)) == 1


async def test_a_message_and_its_correction_at_once_leave_what_the_correction_made(
    summit: Summit,
) -> None:
    for number in range(5):
        await asyncio.gather(
            say(summit, "remind 5", f"m{number}"),
            say(summit, "remind 6", f"e{number}", f"m{number}"),
        )
        assert await bookmarked(summit) == {6: 5}
        await say(summit, "unbookmark 6")


# Whose.


async def test_what_somebody_else_said_is_not_corrected(summit: Summit) -> None:
    said = await say(summit, "remind 5", "m")
    assert await say(summit, "remind 6", "e1", "m", by="bob") == [BOOKMARKED, VOLUME]
    assert await say(summit, "remind 5", "e2", "m", by="bob") == [
        BOOKMARKED,
        RBAC,
        "It overlaps [6] Breakout of volume into its own service. All overlaps: ‘conflicts’",
    ]
    assert await say(summit, "remind 5", "m") == said
    assert (await say(summit, "now", "e3", "m"))[0] == RBAC_REMOVED
    assert await bookmarked(summit, "ada") == {}
    assert await bookmarked(summit, "bob") == {5: 5, 6: 5}


async def test_who_logs_in_corrects_what_they_said_as_a_guest(summit: Summit) -> None:
    await say(summit, "remind 5", "m", by="guest")
    await summit.store.adopt(User(NETWORK, "guest"), User(NETWORK, "ada"))
    assert await say(summit, "remind 6", "e1", "m") == [RBAC_REMOVED, BOOKMARKED, VOLUME]
    assert await bookmarked(summit) == {6: 5}


# Forgetting.


async def test_a_correction_into_forgetting_deletes_everything_once(summit: Summit) -> None:
    await say(summit, "remind 5", "m")
    assert await say(summit, "forget me yes", "e1", "m") == DELETED
    await say(summit, "bookmark 12")
    await summit.restart()
    assert await say(summit, "remind 5", "m") == DELETED
    assert await say(summit, "forget me yes", "e1", "m") == DELETED
    assert await bookmarked(summit) == {12: 5}


async def test_who_is_forgotten_may_correct_that_and_begins_anew(summit: Summit) -> None:
    await say(summit, "bookmark 12")
    assert await say(summit, "forget me yes", "m") == DELETED
    assert await say(summit, "remind 5", "e1", "m") == [BOOKMARKED, RBAC]
    await summit.restart()
    assert await say(summit, "forget me yes", "m") == DELETED
    assert await say(summit, "remind 5", "e1", "m") == [BOOKMARKED, RBAC]
    assert await bookmarked(summit) == {5: 5}


async def test_what_was_said_about_forgetting_is_true_each_time(summit: Summit) -> None:
    await say(summit, "forget me yes", "m")
    await say(summit, "bookmark 12")
    assert await say(summit, "forget me  yes", "e1", "m") == DELETED
    assert await bookmarked(summit) == {}
    await say(summit, "bookmark 12", by="bob")
    assert await say(summit, "forget me yes", "e2", "m", by="bob") == DELETED
    assert await bookmarked(summit, "bob") == {}


async def test_a_message_of_somebody_who_was_forgotten_since_has_nothing_to_take_back(
    summit: Summit,
) -> None:
    await say(summit, "remind 5", "m")
    await say(summit, "forget me yes", "another")
    await say(summit, "bookmark 5")
    assert await say(summit, "now", "e1", "m") == WELCOME
    assert await bookmarked(summit) == {5: 5}


# What it costs.


@pytest.mark.parametrize("line", ["now", "bookmarks", "remind 999", "what a day"])
async def test_a_correction_from_nothing_to_nothing_costs_one_look_at_what_it_corrects(
    summit: Summit, line: str
) -> None:
    await say(summit, "settings hours 12")
    await say(summit, "nwo", "m")
    with statements(summit) as plain:
        await say(summit, line, "e")
    with statements(summit) as corrected:
        await say(summit, line, "e1", "m")
    assert corrected == ["SELECT", *plain]
    assert {*corrected} == {"SELECT"}


async def test_a_correction_of_what_changes_nothing_any_more_writes_nothing(
    summit: Summit,
) -> None:
    await say(summit, "remind 5", "m")
    await say(summit, "now", "e1", "m")
    with statements(summit) as asked:
        assert await say(summit, "now", "e2", "m") == WELCOME
    assert asked == ["SELECT", "SELECT"]


async def test_what_is_no_correction_costs_what_it_did(summit: Summit) -> None:
    await say(summit, "settings hours 12")
    with statements(summit) as asked:
        await say(summit, "now", "m")
    assert asked == []


async def test_what_cannot_be_taken_back_now_is_not_answered_as_if_it_were(
    tmp_path: Path,
) -> None:
    summit = Summit(f"sqlite:///{tmp_path / 'summit.db'}", folsom(), "Monday 9:20")
    await say(summit, "remind 5", "m")
    with read_only(summit.store):
        for line in ("now", "remind 6"):
            assert await say(summit, line, "e1", "m") == TROUBLE
    assert await bookmarked(summit) == {5: 5}
    assert await say(summit, "remind 6", "e1", "m") == [RBAC_REMOVED, BOOKMARKED, VOLUME]
    await summit.store.close()


async def test_a_correction_counts_like_any_command(database: str) -> None:
    rules = Rules(greets=False, fairness=Fairness(burst=2))
    summit = Summit(database, folsom(), "Monday 9:20", rules)
    await say(summit, "remind 5", "m")
    await say(summit, "remind 6", "e1", "m")
    assert await say(summit, "remind 12", "e2", "m") == [
        "That is a lot at once. Ask me again in 1 s."
    ]
    assert await bookmarked(summit) == {6: 5}
    await summit.store.close()


async def test_a_newcomer_is_greeted_once_though_they_correct_themselves(database: str) -> None:
    summit = Summit(database, folsom(), "Monday 9:20", Rules(greets=True))
    greeted = await say(summit, "now", "m")
    assert greeted[:2] == WELCOME
    assert greeted[2].startswith("Hello! I know the programme of ")
    assert await say(summit, "now", "e1", "m") == WELCOME
    assert await say(summit, "remind 5", "e2", "m") == [BOOKMARKED, RBAC]
    assert await say(summit, "remind 6", "e3", "m") == [RBAC_REMOVED, BOOKMARKED, VOLUME]
    await summit.store.close()


# Records.


def test_a_record_is_kept_whole() -> None:
    schedule = folsom()
    session = schedule.sessions[4]
    effects = (AddBookmark(session.facts, 5, 10, True), Snooze(5, session.slot.start))
    record = Record(Answer(reply(text("Done.")), private=True), changes(effects), (5,))
    assert read(write(record), schedule) == record


def test_a_record_of_an_older_version_has_nothing_to_take_back() -> None:
    kept = '{"private": true, "blocks": [{"text": ["Bookmarked."]}]}'
    assert read(kept, folsom()) == Record(Answer(reply(text("Bookmarked.")), private=True))


def test_changes_are_equal_for_equal_effects_alone() -> None:
    facts = folsom().sessions[4].facts
    effects = [
        (),
        (AddBookmark(facts, 5, 10, True),),
        (AddBookmark(facts, 5, 10, False),),
        (AddBookmark(facts, 5, 10, True), Snooze(5, facts.slot.start)),
        (Snooze(5, facts.slot.start), AddBookmark(facts, 5, 10, True)),
    ]
    for one in effects:
        for other in effects:
            assert (changes(one) == changes(other)) == (one == other)
