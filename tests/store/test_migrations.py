"""Upgrades: a new database, an older one, several programs at once, and a newer one."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, text

from bot.live import Added, LiveChange
from bot.messages import (
    AddBookmark,
    Audit,
    Bookmark,
    ChangeLive,
    ChangePreferences,
    Preferences,
    Profile,
    User,
)
from bot.schedule import Facts, Slot
from bot.store import migrations, opening
from bot.store.opening import StoreFailed
from bot.store.sql import SqlStore
from bot.store.tables import metadata
from bot.storing import Lease
from bot.versions import Head, Heads
from tests.databases import without_tables
from tests.servers.away import locked
from tests.servers.postgres import empty
from tests.summit import StandingClock, at

pytestmark = pytest.mark.every_database

CLOCK = StandingClock(at(16, 9))
ROOT = Path(__file__).parents[2]
ADA, BOB, CYD = User("irc", "ada", "Ada"), User("irc", "bob", "Bob"), User("irc", "cyd", "Cyd")


@pytest.fixture
def database(database: str) -> str:
    return without_tables(database)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Looks into the database beside the store."""
    engine = create_engine(database)
    yield engine
    engine.dispose()


async def open_and_close(database: str) -> None:
    await SqlStore(database, CLOCK).close()


async def test_the_revisions_make_the_tables_that_the_program_uses(
    database: str, engine: Engine
) -> None:
    await open_and_close(database)
    with engine.connect() as connection:
        assert migrations.revision(connection) == migrations.HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_head_is_the_last_revision() -> None:
    versions = sorted(migrations._known())
    assert versions[-1] == migrations.HEAD


# What revision 0001 wrote, word for word: later ones have to read it, whatever they write.
WRITTEN_BY_0001 = """
INSERT INTO users (network, ident, name, met, before, timezone, hours, plain, trial, trial_lease)
VALUES
  ('irc', 'ada', 'Ada', TRUE, 10, 'Europe/Berlin', 24, TRUE, NULL, 0),
  ('irc', 'bob', 'Bob', FALSE, NULL, NULL, NULL, FALSE,
   '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e001', 0);

INSERT INTO bookmarks (
  user_id, session_id, network, before, own_before, muted, snoozed_until, told, told_key,
  told_until, reminded, reminded_at, message, message_facts, message_moves, message_announces,
  lease_until, failure)
SELECT id, 1, 'irc', 10, FALSE, FALSE, 0,
  '["Panel", 1334593440000, 1334596800000, ["Marina"], false]',
  '9a2d9ff8dd6948311cdc42e50ad1f080', 1334596800000, 0, 0, NULL, NULL, FALSE, FALSE, 0, NULL
FROM users
UNION ALL SELECT id, 2, 'irc', 20, TRUE, TRUE, 1334593200000,
  '["“Žluťoučký” – 会議: it''s", 1334593440000, 0, [], false]',
  'fc1b76d766fce7503c11320f0a602733', 1334593440000, 0, 0, NULL, NULL, FALSE, FALSE, 0,
  'nobody is there'
FROM users WHERE ident = 'ada'
UNION ALL SELECT id, 3, 'irc', 10, FALSE, FALSE, 0,
  '["Talk", 1334593440000, 1334596800000, ["A", "B"], true]',
  'ffc284d247e7e549bacdbd3724787e06', 1334596800000, 1334593440000, 1334593200000,
  '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e002',
  '["Talk", 1334595600000, 1334599200000, ["A", "B"], false]', TRUE, TRUE, 1334593220000, NULL
FROM users WHERE ident = 'ada';

INSERT INTO invocations (network, ident, user_id, reply, at)
SELECT 'irc', 'event 1', id, 'Bookmarked.', 1334593200000 FROM users WHERE ident = 'ada';

INSERT INTO kept (owner, key, value) VALUES ('irc', 'position', '7');
"""

# The same by revision 0002, and what it added.
WRITTEN_BY_0002 = """
INSERT INTO users (network, ident, name, met, before, timezone, hours, plain, trial, trial_lease)
VALUES
  ('irc', 'ada', 'Ada', TRUE, 10, 'Europe/Berlin', 24, TRUE, NULL, 0),
  ('irc', 'bob', 'Bob', FALSE, NULL, NULL, NULL, FALSE,
   '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e001', 0);

INSERT INTO bookmarks (
  user_id, session_id, network, before, own_before, muted, snoozed_until, told, told_key,
  told_start, told_until, reminded, reminded_at, message, message_facts, message_moves,
  message_announces, lease_until, failures, failure)
SELECT id, 1, 'irc', 10, FALSE, FALSE, 0,
  '["Panel", 1334593440000, 1334596800000, ["Marina"], false]',
  '9a2d9ff8dd6948311cdc42e50ad1f080', 1334593440000, 1334596800000, 0, 0, NULL, NULL, FALSE,
  FALSE, 0, 0, NULL
FROM users
UNION ALL SELECT id, 2, 'irc', 20, TRUE, TRUE, 1334593200000,
  '["“Žluťoučký” – 会議: it''s", 1334593440000, 0, [], false]',
  'fc1b76d766fce7503c11320f0a602733', 1334593440000, 1334593440000, 0, 0, NULL, NULL, FALSE,
  FALSE, 0, 2, 'nobody is there'
FROM users WHERE ident = 'ada'
UNION ALL SELECT id, 3, 'irc', 10, FALSE, FALSE, 0,
  '["Talk", 1334593440000, 1334596800000, ["A", "B"], true]',
  'ffc284d247e7e549bacdbd3724787e06', 1334593440000, 1334596800000, 1334593440000, 1334593200000,
  '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e002',
  '["Talk", 1334595600000, 1334599200000, ["A", "B"], false]', TRUE, TRUE, 1334593220000, 1, NULL
FROM users WHERE ident = 'ada';

INSERT INTO invocations (network, ident, user_id, reply, at)
SELECT 'irc', 'event 1', id, 'Bookmarked.', 1334593200000 FROM users WHERE ident = 'ada';

INSERT INTO kept (owner, key, value) VALUES ('irc', 'position', '7');

INSERT INTO holders (network, process, lease_until)
VALUES ('irc', '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e003', 1334593220000);

INSERT INTO posts (network, channel, start, message, posted, lease_until, failures)
VALUES ('irc', '#summit', 1334593440000, '6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e004', TRUE, 0, 0);
"""

# And by revision 0005: the version that counts, the one that is held back, and what a channel is
# told.
WRITTEN_BY_0005 = (
    WRITTEN_BY_0002
    + """
INSERT INTO versions (
  state, number, at, seen, event, schedule, digest, etag, modified, why)
VALUES
  ('current', 3, 1334593200000, 1334593260000, 'Summit', '{"schedule": {"conference": {"days": [
    {"rooms": {"Marina": [{"id": 7}, {"id": 42}], "": [{"id": 9}]}}, {"rooms": {}},
    {"rooms": {"Seacliff": [{"id": 8}]}}]}}}', 'digest 3', '"3"', 'Monday', ''),
  ('held', 4, 1334593300000, 1334593300000, 'Summit', '{"schedule": {"conference": {"days": [
    {"rooms": {"Marina": [{"id": 43}, {"id": "x"}]}}]}}}', 'digest 4', NULL, NULL, 'removes much');

INSERT INTO bulletins (
  message, network, channel, reply, useful_until, posted, lease_until, tries)
VALUES
  ('6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e005', 'irc', '#ops', '[["t","News"]]', 1334600000000, FALSE,
   0, 0);
"""
)
WRITTEN = {"0001": WRITTEN_BY_0001, "0002": WRITTEN_BY_0002, "0005": WRITTEN_BY_0005}
PANEL = Facts("Panel", Slot(at(16, 16, 24), at(16, 17, 20), ("Marina",)), False)
IN_DOUBT = Facts("Talk", Slot(at(16, 17), at(16, 18), ("A", "B")), False)
WHAT_IT_SAYS = {
    ADA: Profile(
        True,
        Preferences(10, ZoneInfo("Europe/Berlin"), 24, plain=True),
        (
            Bookmark(1, PANEL, 10),
            Bookmark(
                2,
                Facts("“Žluťoučký” – 会議: it's", Slot(at(16, 16, 24), None, ()), False),
                20,
                own_before=True,
                muted=True,
                snoozed_until=at(16, 16, 20),
                failure="nobody is there",
            ),
            Bookmark(
                3,
                Facts("Talk", Slot(at(16, 16, 24), at(16, 17, 20), ("A", "B")), True),
                10,
                reminded=at(16, 16, 24),
                message="6a3b7e0c-7e43-4a38-9c4f-b2a7d8c9e002",
                message_facts=IN_DOUBT,
                message_moves=True,
                message_announces=True,
            ),
        ),
    ),
    BOB: Profile(bookmarks=(Bookmark(1, PANEL, 10),)),
}


@pytest.fixture(params=WRITTEN)
async def upgraded(
    request: pytest.FixtureRequest, database: str, engine: Engine
) -> AsyncIterator[SqlStore]:
    """A store on a database that an older revision has written."""
    migrations.upgrade(engine, request.param)
    with engine.begin() as connection:
        for statement in WRITTEN[request.param].split(";\n\n"):
            connection.exec_driver_sql(statement)
    store = SqlStore(database, CLOCK)
    yield store
    await store.close()


async def test_what_an_older_revision_wrote_reads_as_before(upgraded: SqlStore) -> None:
    for user, profile in WHAT_IT_SAYS.items():
        assert await upgraded.load(user, bookmarks=True) == profile
    assert await upgraded.recall(ADA, "event 1") == "Bookmarked."
    assert await upgraded.read("irc", "position") == "7"


async def test_what_an_older_revision_kept_takes_longer_names_beside_it(
    upgraded: SqlStore,
) -> None:
    """A user's `network/id`."""
    owner = f"irc/{'x' * 255}"
    for value in ("1", "2"):
        await upgraded.keep(owner, "position", value)
    assert await upgraded.read_all("irc", "position") == {"irc": "7", owner: "2"}


@pytest.mark.parametrize("named", [False, True])
async def test_nobody_of_an_older_revision_is_named_before_they_say_so(
    upgraded: SqlStore, named: bool
) -> None:
    if named:
        wanted = replace(WHAT_IT_SAYS[ADA].preferences, named=True)
        await upgraded.apply(ADA, [ChangePreferences(wanted, 10)], None)
    for user, of_them in ((ADA, named), (BOB, False)):
        profile = await upgraded.load(user, bookmarks=False)
        assert profile.preferences.named == of_them


@pytest.mark.parametrize("upgraded", ["0002", "0005"], indirect=True)
async def test_what_was_posted_to_a_channel_is_not_posted_again(upgraded: SqlStore) -> None:
    lease = Lease(at(16, 16, 20), at(16, 16, 21))
    channels = ["#summit", "#hallway"]
    posts = await upgraded.claim_posts("irc", [(c, PANEL.slot.start) for c in channels], lease)
    assert [post.channel for post in posts] == ["#hallway"]


CURRENT = Head(3, at(16, 16, 20), at(16, 16, 21), "digest 3", '"3"', "Monday")
HELD = Head(
    4,
    at(16, 16, 21) + timedelta(seconds=40),
    at(16, 16, 21) + timedelta(seconds=40),
    "digest 4",
    why="removes much",
)


@pytest.mark.parametrize("upgraded", ["0005"], indirect=True)
async def test_organisers_go_on_from_the_versions_of_an_older_revision(upgraded: SqlStore) -> None:
    assert await upgraded.heads() == Heads(CURRENT, HELD, acts=0, highest=43)
    assert [
        (version.head, version.event, version.highest)
        for version in (await upgraded.version(), await upgraded.version(held=True))
        if version is not None
    ] == [(CURRENT, "Summit", 42), (HELD, "Summit", 43)]
    slot = Slot(at(16, 17), None, ())
    for number, is_new in ((43, False), (44, True)):
        added = ChangeLive(LiveChange(number, Added("Clinic", slot)))
        assert await upgraded.apply(BOB, [added, Audit("added")], None) is is_new
    claims = await upgraded.claim_bulletins("irc", [], Lease(at(16, 16), at(16, 17)))
    assert [claim.bulletin.channel for claim in claims] == ["#ops"]


def test_what_is_no_schedule_keeps_no_upgrade_from_being_made(
    database: str, engine: Engine
) -> None:
    migrations.upgrade(engine, "0005")
    with engine.begin() as connection:
        for number, document in enumerate(("", "[]", '{"schedule": null}', "{", '"days"')):
            connection.execute(
                text(
                    "INSERT INTO versions (state, number, at, seen, event, schedule, digest, why)"
                    " VALUES (:state, 1, 1, 1, '', :document, '', '')"
                ),
                {"state": f"odd {number}", "document": document},
            )
    migrations.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT highest FROM versions")).scalars().all()
    assert found == [0] * 5


@pytest.mark.parametrize("revision", [*WRITTEN, "0006"])
def test_whoever_only_looks_sees_what_an_older_revision_wrote_and_leaves_it(
    database: str, engine: Engine, revision: str
) -> None:
    written = max(known for known in WRITTEN if known <= revision)
    migrations.upgrade(engine, written)
    with engine.begin() as connection:
        for statement in WRITTEN[written].split(";\n\n"):
            connection.exec_driver_sql(statement)
    migrations.upgrade(engine, revision)
    for whole in (False, True):
        found = opening.looked_into(database, whole=whole)
        assert found.revision == revision
        assert found.kept == {("irc", "position"): "7"}
        highest = 43 if revision == "0006" else 0
        has_versions = revision >= "0005"
        assert found.heads == (Heads(CURRENT, HELD, 0, highest) if has_versions else Heads())
        assert (found.version is not None) == (whole and has_versions)
        if found.version is not None:
            assert (found.version.head, found.version.event) == (CURRENT, "Summit")
            assert found.version.highest == (42 if revision == "0006" else 0)
    with engine.connect() as connection:
        assert migrations.revision(connection) == revision


async def test_a_bookmark_of_an_older_revision_is_like_one_of_today(
    upgraded: SqlStore, engine: Engine
) -> None:
    await upgraded.apply(CYD, [AddBookmark(PANEL, 1, 10, False)], None)
    of = text("SELECT b.* FROM bookmarks b JOIN users u ON u.id = b.user_id WHERE u.ident = :ident")
    with engine.connect() as connection:
        old, new = (
            dict(connection.execute(of, {"ident": user.id}).mappings().one()) for user in (BOB, CYD)
        )
    assert old.pop("user_id") != new.pop("user_id")
    assert old == new


async def test_an_upgrade_may_wait_longer_than_a_statement(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(postgresql)
    monkeypatch.setattr(opening, "_LONGEST_STATEMENT", 100)
    with psycopg.connect(postgresql.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [migrations._LOCK])
        opens = asyncio.create_task(asyncio.to_thread(SqlStore, postgresql, CLOCK))
        done, _ = await asyncio.wait([opens], timeout=0.5)
        assert not done
        other.rollback()
        store = await opens
    await store.close()


START = """
import asyncio, sys
from tests.store.test_migrations import open_and_close
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(open_and_close(sys.argv[1]))
"""


def test_programs_that_start_together_upgrade_once(database: str) -> None:
    with ExitStack() as ended:
        programs = [
            ended.enter_context(subprocess.Popen(
                (sys.executable, "-W", "error", "-c", START, database), cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            ))
            for _ in range(4)
        ]  # fmt: skip
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("\n")
            program.stdin.flush()
        assert [program.communicate()[1] for program in programs] == [""] * 4
        assert [program.returncode for program in programs] == [0] * 4


async def test_the_start_waits_for_another_program_that_writes_to_the_new_file(
    tmp_path: Path,
) -> None:
    database = f"sqlite:///{tmp_path / 'summit.db'}"
    with locked(database):
        opens = asyncio.create_task(asyncio.to_thread(SqlStore, database, CLOCK))
        done, _ = await asyncio.wait([opens], timeout=0.2)
        assert not done
    store = await opens
    await store.close()


async def test_a_newer_database_is_refused(database: str, engine: Engine) -> None:
    await open_and_close(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreFailed) as refused:
        SqlStore(database, CLOCK)
    assert str(refused.value) == (
        "The database was written by a newer Summit Bot (revision 9999):"
        " start that one, or name another database."
    )


def test_what_a_newer_program_upgrades_in_the_meantime_is_refused(
    database: str, engine: Engine
) -> None:
    migrations.upgrade(engine, "0001")
    begun = list[Connection]()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        begun.append(connection)
        if len(begun) == 2:
            newer = create_engine(database)
            with newer.begin() as writes:
                writes.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            newer.dispose()

    with pytest.raises(migrations.TooNew):
        migrations.upgrade(engine)
    assert len(begun) == 2


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite:////no/where/x.db",
        "sqlite:///{}/",
        "postgresql+psycopg://ada:secret@127.0.0.1:1/summit",
        "postgresql+psycopg://ada:secret@/summit?host={}",
    ],
)
def test_a_database_that_cannot_be_opened_is_refused_in_one_sentence(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(StoreFailed) as refused:
        SqlStore(url.format(tmp_path), CLOCK)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
    remedies = ("URL", "may be written", "server runs")
    assert any(remedy in str(refused.value) for remedy in remedies)
