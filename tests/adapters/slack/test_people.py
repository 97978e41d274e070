"""Where people live: what is known of whom, and for how long."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

from bot.adapters.slack import people as module
from bot.adapters.slack.hearing.heard import Person, ProfileChanged
from bot.adapters.slack.people import People
from bot.adapters.slack.sending.api import Api
from bot.messages import Forget, User
from bot.store.sql import SqlStore
from bot.storing import StoreAway
from tests.adapters.slack.sending.scripted import Says, Scripted, Silent, limited, no, scripted
from tests.databases import new_database
from tests.summit import StandingClock, at

ADA, BOB = Person("T1", "U1", "ada"), Person("T1", "U2", "bob")
OWNER = "slack/T1/U1"
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
ASKING = "users.info"


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as server:
        yield server


@pytest.fixture
async def api(server: Scripted) -> AsyncIterator[Api]:
    async with ClientSession() as session:
        yield Api(session, f"{server.url}/api", "xoxb-1", within=20)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = SqlStore(new_database(tmp_path), StandingClock(at(16, 9)))
    yield store
    await store.close()


@pytest.fixture
async def people(store: SqlStore) -> AsyncIterator[People]:
    people = People("slack", store)
    yield people
    await people.close()


def lives(zone: object, **more: object) -> Says:
    """What Slack says of somebody."""
    return Says({"ok": True, "user": {"id": "U1", "deleted": False, "tz": zone, **more}})


async def test_the_profile_is_asked_once_and_kept(
    people: People, api: Api, server: Scripted, store: SqlStore
) -> None:
    server.always[ASKING] = lives("Europe/Berlin")
    assert [await people.timezone(api, ADA) for _ in range(3)] == [BERLIN] * 3
    assert [(asked.method, asked.arguments) for asked in server.asked] == [(ASKING, {"user": "U1"})]
    assert await store.read(OWNER, "timezone") == "Europe/Berlin"


async def test_many_questions_at_once_ask_once(people: People, api: Api, server: Scripted) -> None:
    server.always[ASKING] = lives("Europe/Berlin")
    zones = await asyncio.gather(*(people.timezone(api, ADA) for _ in range(20)))
    assert (zones, server.methods()) == ([BERLIN] * 20, [ASKING])


async def test_what_was_kept_is_known_at_once_and_looked_at_again(
    people: People, api: Api, server: Scripted, store: SqlStore
) -> None:
    await store.keep(OWNER, "timezone", "Europe/Berlin")
    server.always[ASKING] = lives("Asia/Tokyo")
    assert await people.timezone(api, ADA) == BERLIN
    await server.until_asked(1)
    await _until_fetched(people)
    assert await people.timezone(api, ADA) == TOKYO
    assert await store.read(OWNER, "timezone") == "Asia/Tokyo"
    assert server.methods() == [ASKING]


async def test_nobody_waits_long_and_the_next_question_knows(
    people: People, api: Api, server: Scripted, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    server.waits = asyncio.Event()
    server.always[ASKING] = lives("Europe/Berlin")
    async with asyncio.timeout(20):
        assert await people.timezone(api, ADA) is None
    async with asyncio.timeout(20):
        assert await people.timezone(api, ADA) is None
    server.waits.set()
    await _until_fetched(people)
    assert await store.read(OWNER, "timezone") is None
    assert await people.timezone(api, ADA) == BERLIN
    assert await store.read(OWNER, "timezone") == "Europe/Berlin"
    assert server.methods() == [ASKING]


@pytest.mark.parametrize(
    "profile",
    [
        lives("Mars/Olympus"), lives(""), lives(None), lives(7), lives("../etc/passwd"),
        lives("Europe"), lives("Europe/Berlin", deleted=True), lives("Europe/Berlin", is_bot=True),
        Says({"ok": True}), Says({"ok": True, "user": []}),
    ],
)  # fmt: skip
async def test_who_lives_nowhere(
    people: People, api: Api, server: Scripted, store: SqlStore, profile: Says
) -> None:
    server.always[ASKING] = profile
    assert [await people.timezone(api, ADA) for _ in range(2)] == [None, None]
    assert (await store.read(OWNER, "timezone"), server.methods()) == (None, [ASKING])


@pytest.mark.parametrize("says", [no("missing_scope"), limited(9), Says("no", 503)])
async def test_a_profile_that_cannot_be_read_is_left_alone_for_a_while(
    people: People, api: Api, server: Scripted, says: Says
) -> None:
    server.always[ASKING] = says
    assert [await people.timezone(api, ADA) for _ in range(3)] == [None] * 3
    assert server.methods() == [ASKING]


async def test_it_is_asked_for_again_then(
    people: People, api: Api, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FAILED", 0.0)
    server.first[ASKING] = [Says("no", 503)]
    server.always[ASKING] = lives("Europe/Berlin")
    assert [await people.timezone(api, ADA) for _ in range(2)] == [None, BERLIN]


async def test_one_refusal_spares_all_others(people: People, api: Api, server: Scripted) -> None:
    server.always[ASKING] = limited(60)
    assert await people.timezone(api, ADA) is None
    assert await people.timezone(api, BOB) is None
    assert server.methods() == [ASKING]


async def test_no_more_are_asked_for_than_slack_allows(
    people: People, api: Api, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_A_MINUTE", 3)
    monkeypatch.setattr(module, "_PATIENCE", 60.0)
    server.always[ASKING] = lives("Europe/Berlin")
    crowd = [Person("T1", f"U{number}") for number in range(5)]
    async with asyncio.timeout(20):
        zones = [await people.timezone(api, person) for person in crowd]
    assert zones == [BERLIN, BERLIN, BERLIN, None, None]
    assert await people.timezone(api, Person("T2", "U1")) == BERLIN


async def test_not_too_many_at_a_time(
    people: People, api: Api, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    server.always[ASKING] = Silent()
    crowd = [Person("T1", f"U{number}") for number in range(5)]
    assert await asyncio.gather(*(people.timezone(api, person) for person in crowd)) == [None] * 5
    assert len(server.asked) == 2


async def test_a_change_is_noted_of_those_who_are_known(
    people: People, api: Api, server: Scripted, store: SqlStore
) -> None:
    server.always[ASKING] = lives("Europe/Berlin")
    await people.timezone(api, ADA)
    for person in (ADA, BOB):
        await people.changed(ProfileChanged(person, TOKYO))
    assert await people.timezone(api, ADA) == TOKYO
    assert await store.read(OWNER, "timezone") == "Asia/Tokyo"
    assert await store.read("slack/T1/U2", "timezone") is None


async def test_a_change_in_the_life_of_another_process(
    people: People, store: SqlStore, api: Api, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FRESH", -1.0)
    server.always[ASKING] = lives("Europe/Berlin")
    assert await people.timezone(api, ADA) == BERLIN
    await People("slack", store).changed(ProfileChanged(ADA, TOKYO))
    assert await people.timezone(api, ADA) == TOKYO


@pytest.mark.parametrize("change", [ProfileChanged(ADA, None), ProfileChanged(ADA, TOKYO, True)])
async def test_who_lives_nowhere_any_more(
    people: People, api: Api, server: Scripted, store: SqlStore, change: ProfileChanged
) -> None:
    server.always[ASKING] = lives("Europe/Berlin")
    await people.timezone(api, ADA)
    await people.changed(change)
    assert await people.timezone(api, ADA) is None
    assert await store.read(OWNER, "timezone") is None


async def test_what_comes_late_does_not_undo_a_change(
    people: People, api: Api, server: Scripted, store: SqlStore
) -> None:
    server.waits = asyncio.Event()
    server.always[ASKING] = lives("Europe/Berlin")
    asking = asyncio.create_task(people.timezone(api, ADA))
    await server.until_asked(1)
    await people.changed(ProfileChanged(ADA, TOKYO))
    server.waits.set()
    assert await asking == TOKYO
    assert await store.read(OWNER, "timezone") == "Asia/Tokyo"


async def test_who_is_forgotten_does_not_come_back_by_themselves(
    people: People, api: Api, server: Scripted, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    server.waits = asyncio.Event()
    server.always[ASKING] = lives("Europe/Berlin")
    await store.keep(OWNER, "timezone", "Asia/Tokyo")
    assert await people.timezone(api, ADA) == TOKYO
    await store.apply(User("slack", "T1/U1"), [Forget()], None)
    server.waits.set()
    await server.until_asked(1)
    await _until_fetched(people)
    await people.changed(ProfileChanged(ADA, TOKYO))
    assert await people.kept(ADA) == TOKYO  # in memory, for a minute
    assert await store.read(OWNER, "timezone") is None
    assert await People("slack", store).kept(ADA) is None


async def test_what_was_kept_is_known_without_asking_slack(
    people: People, api: Api, server: Scripted, store: SqlStore
) -> None:
    await store.keep(OWNER, "timezone", "Europe/Berlin")
    assert [await people.kept(ADA), await people.kept(ADA), await people.kept(BOB)] == [
        BERLIN, BERLIN, None
    ]  # fmt: skip
    assert server.asked == []
    server.always[ASKING] = lives("Asia/Tokyo")
    assert await people.timezone(api, BOB) == TOKYO


async def test_while_the_database_is_away_nobody_is_asked(
    people: People, api: Api, server: Scripted, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise StoreAway("The database is away.")

    monkeypatch.setattr(store, "keep", away)
    server.always[ASKING] = lives("Europe/Berlin")
    assert await people.timezone(api, ADA) == BERLIN
    monkeypatch.setattr(store, "read", away)
    assert await people.timezone(api, ADA) == BERLIN
    assert await people.timezone(api, BOB) is None
    assert await people.kept(BOB) is None
    with pytest.raises(StoreAway):
        await people.changed(ProfileChanged(BOB, TOKYO))
    assert server.methods() == [ASKING]


async def test_at_the_end_nothing_is_fetched(
    people: People, api: Api, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    server.always[ASKING] = Silent()
    assert await people.timezone(api, ADA) is None
    before = len(asyncio.all_tasks())
    await people.close()
    assert len(asyncio.all_tasks()) < before


async def _until_fetched(people: People) -> None:
    """Wait until nothing is fetched in the background."""
    async with asyncio.timeout(20):
        await asyncio.gather(*(task for task, _ in people._fetches.values()))
