"""The engine: always an answer, effects once, greetings once, long answers page by page."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.command import Command
from bot.commands import by_alias, now
from bot.document import Button, Item, Typed, heading, reply, text
from bot.engine import Engine
from bot.messages import Answer, Channel, Invocation, User
from bot.record import Record, read, write
from bot.rules import Rules
from bot.text import lines
from tests.summit import Summit, folsom

GREETING = (
    "Hello! I know the programme of OpenStack Folsom Design Summit. Try ‘now’, ‘next Bayview B’,"
    " ‘bookmark 4’ (I remind you before it starts), or ‘help’ for all commands."
)
VOLUME = (
    "[6] Mon 9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya"
)
RYU = "[12] Mon 11:00am–11:25am · Ryu Network Operating System · Bayview B · Kazutaka Morita"
WELCOME = ["On now:", "[1] 9:00am–9:25am · Welcome · Ballroom"]

FOLSOM = folsom()

ODD = [
    "",
    "   ",
    "x" * 5000,
    "next " + "y " * 2500,
    "find " + "\u202e" + "abc",
    "\x00\x07\x1b[31mnow\r\nQUIT :bye",
    "<b>now</b> & <script>",
    "*now* _now_ `now`",
    "שלום עולם",
    "找 openstack",
    "👩‍👩‍👧‍👦 💥",
    "at 99:99",
    "at -1",
    "info -1",
    "info 0",
    "info 99999999999999999999",
    "remind 12 99999999999999999999",
    "remind 12 -5",
    "snooze 12 0",
    "agenda 9999-12-31",
    "agenda 0001-01-01",
    "at 0001-01-01 0:00",
    "agenda 31 february",
    "settings timezone ../../etc/passwd",
    "settings before ²",
    "info ②",
    "remind off \u0660",
    "lead ...",
    "find ---",
    "where %s {0} %(x)s",
]


@pytest.fixture
async def greeting_summit(database: str) -> AsyncIterator[Summit]:
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=True))
    yield summit
    await summit.store.close()


@pytest.mark.parametrize("line", ODD, ids=lambda line: ascii(line[:20]))
async def test_whatever_is_typed_gets_a_printable_answer(
    summit: Summit, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = await summit.ask(line)
    assert said
    assert all(text.isprintable() or "\u200d" in text for text in said)
    assert all(len(text) < 600 for text in said)
    assert caplog.records == []


COMMAND_WORDS = st.sampled_from(sorted(by_alias()))
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["monday", "tue", "9:30", "2pm", "12", "#60", "marina", "dan", "off", "on", "test", "me",
         "next", "before", "timezone", "24", "plain", "10 minutes", "day 2", "4/17", "yes"]
    ),
)  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(command=COMMAND_WORDS, words=st.lists(WORDS, max_size=4), day=st.integers(13, 20))
def test_no_arguments_break_a_command(
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    command: str,
    words: list[str],
    day: int,
) -> None:
    async def play() -> None:
        database = tmp_path_factory.getbasetemp() / "no-arguments.db"
        summit = Summit(f"sqlite:///{database}", FOLSOM, f"2012-04-{day}T11:11")
        assert await summit.ask(" ".join((command, *words)))
        await summit.store.close()

    asyncio.run(play())
    assert caplog.records == []


async def test_a_command_that_fails_is_answered_and_logged(
    summit: Summit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> Answer:
        raise ZeroDivisionError

    broken = Command("now", "", "", fail, ())
    monkeypatch.setattr(now, "COMMAND", broken)
    assert await summit.ask("now secret") == [
        "That did not work just now, and nothing was changed. Try again in a minute."
    ]
    assert [record.getMessage() for record in caplog.records] == ["invocation None failed: now"]


async def test_the_same_invocation_twice_has_one_effect_and_one_reply(summit: Summit) -> None:
    first = await summit.say("ada", "remind 12 10", id="event 1")
    await summit.say("ada", "unbookmark 12", id="event 2")
    assert await summit.say("ada", "remind 12 10", id="event 1") == first
    assert await summit.say("ada", "bookmarks", id="event 3") == [
        "You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"
    ]


async def test_the_same_invocation_at_once_has_one_effect(summit: Summit) -> None:
    replies = await asyncio.gather(
        *(
            summit.say("ada", "remind 6 10" if i % 2 else "remind 12 10", id="event")
            for i in range(8)
        )
    )
    (bookmarked,) = {said[1] for said in replies}
    assert bookmarked in (VOLUME, RYU)
    reminder = "9:20am" if bookmarked == VOLUME else "10:50am"
    assert await summit.say("ada", "bookmarks") == [
        "You have 1 bookmark:",
        f"{bookmarked} · reminder at {reminder}",
    ]


async def test_an_invocation_is_remembered_across_a_restart(summit: Summit) -> None:
    first = await summit.say("ada", "bookmark 6", id="event 1")
    await summit.restart()
    summit.go("Monday 9:28")
    assert await summit.say("ada", "bookmark 6", id="event 1") == first


async def test_the_same_ids_on_two_networks_and_of_two_users_are_not_the_same(
    summit: Summit,
) -> None:
    async def say(network: str, name: str, line: str, id: str) -> list[str]:
        channel = Channel(network, name, private=True)
        response = await summit.engine.respond(Invocation(id, User(network, name), channel, line))
        return lines(response.reply, response.reader)

    assert (await say("irc", "ada", "bookmark 6", "event 1"))[1] == VOLUME
    assert (await say("slack", "ada", "bookmark 12", "event 1"))[1] == RYU
    assert (await say("irc", "bob", "bookmarks", "event 2"))[0].startswith("You have no bookmarks")
    assert await say("irc", "ada", "bookmarks", "event 3") == [
        "You have 1 bookmark:",
        f"{VOLUME} · reminder at 9:25am",
    ]
    assert await say("slack", "ada", "bookmarks", "event 3") == [
        "You have 1 bookmark:",
        f"{RYU} · reminder at 10:55am",
    ]


async def test_a_newcomer_is_greeted_once(greeting_summit: Summit) -> None:
    assert await greeting_summit.say("ada", "now") == [*WELCOME, GREETING]
    assert await greeting_summit.say("ada", "now") == WELCOME
    await greeting_summit.restart()
    assert await greeting_summit.say("ada", "now") == WELCOME
    assert await greeting_summit.say("bob", "now") == [*WELCOME, GREETING]


async def test_nobody_is_greeted_in_front_of_others(greeting_summit: Summit) -> None:
    assert await greeting_summit.say("ada", "now", private=False) == WELCOME
    assert await greeting_summit.say("ada", "now") == [*WELCOME, GREETING]


async def test_who_asked_to_be_forgotten_is_a_newcomer(greeting_summit: Summit) -> None:
    await greeting_summit.say("ada", "now")
    assert await greeting_summit.say("ada", "forget me yes") == ["Everything about you is deleted."]
    assert await greeting_summit.say("ada", "now") == [*WELCOME, GREETING]


async def test_personal_answers_are_private(summit: Summit) -> None:
    for line, private in [
        ("now", False), ("find chef", False), ("help", False), ("bookmark 12", True),
        ("bookmark nothing", True), ("bookmarks", True), ("remind", True), ("remind x", True),
        ("unbookmark 99", True), ("snooze 12", True), ("conflicts", True), ("settings", True),
        ("settings hours 24", True), ("forget me", True), ("more", False),
    ]:  # fmt: skip
        response = await summit.respond("ada", line, private=False)
        assert (line, response.private) == (line, private)


async def test_a_long_answer_comes_page_by_page(database: str) -> None:
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=False, page=4))
    unpaged = Summit(f"{database}2", FOLSOM, "Monday 9:20")
    whole = await unpaged.say("ada", "lead Thierry")
    await unpaged.store.close()
    assert await summit.say("ada", "lead Thierry") == [*whole[:3], "… 6 more sessions: ‘more’"]
    assert await summit.say("bob", "more") == [
        "There is nothing more to show. Ask something: ‘help’"
    ]
    assert await summit.say("ada", "more") == [*whole[3:6], "… 3 more sessions: ‘more’"]
    assert await summit.say("ada", "more") == whole[6:]
    assert await summit.say("ada", "more") == [
        "There is nothing more to show. Ask something: ‘help’"
    ]
    await summit.store.close()


async def test_another_answer_ends_the_old_one(database: str) -> None:
    summit = Summit(database, FOLSOM, "Monday 9:20", Rules(greets=False, page=4))
    await summit.say("ada", "lead Thierry")
    await summit.say("ada", "now")
    assert await summit.say("ada", "more") == [
        "There is nothing more to show. Ask something: ‘help’"
    ]
    await summit.store.close()


def test_an_answer_is_kept_whole() -> None:
    schedule = FOLSOM
    session = schedule.sessions[11]
    answer = Answer(
        reply(
            heading("A ", Typed("now")),
            text("in words"),
            Item(session, day=True, note=("on ", Typed("now"))),
            Button("Press", "bookmark 12"),
        ),
        private=True,
    )
    assert read(write(Record(answer)), schedule) == Record(answer)


async def test_a_newcomer_who_says_hello_is_greeted_once(greeting_summit: Summit) -> None:
    said = await greeting_summit.say("ada", "hi")
    assert said.count(GREETING) <= 1
    assert len(said) == len(set(said))
    assert await greeting_summit.say("ada", "now") == WELCOME


async def test_settings_made_in_another_process_hold_here_soon(summit: Summit) -> None:
    other = Engine(summit.schedule, summit.store, summit.clock, summit.rules)
    user = User("test", "ada", "ada")
    here = Channel("test", "ada", private=True)
    assert (await summit.say("ada", "next marina"))[0].startswith("Next in Marina, at 9:30am")
    await other.respond(Invocation(None, user, here, "settings hours 24"))
    summit.wait(0.5)
    assert (await summit.say("ada", "next marina"))[0].startswith("Next in Marina, at 09:30,")


async def test_a_network_is_told_who_may_be_named(summit: Summit) -> None:
    await summit.say("ada", "settings named on")
    for name, named in (("ada", True), ("bob", False)):
        assert (await summit.respond(name, "now")).reader.named is named


async def test_who_logs_in_to_an_account_has_their_bookmarks_at_once(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "settings hours 24")
    await summit.say("account", "settings hours 12")
    await summit.store.adopt(User("test", "ada"), User("test", "account"))
    assert await summit.say("account", "bookmarks") == [
        "You have 1 bookmark:",
        f"{RYU} · reminder at 10:55am",
    ]
    assert await summit.say("ada", "bookmarks") == [
        "You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"
    ]


async def test_who_logs_in_to_a_new_account_has_their_settings_within_half_a_minute(
    summit: Summit,
) -> None:
    await summit.say("ada", "settings hours 24")
    assert (await summit.say("account", "next marina"))[0].startswith("Next in Marina, at 9:30am")
    await summit.store.adopt(User("test", "ada"), User("test", "account"))
    summit.wait(0.5)
    assert (await summit.say("account", "next marina"))[0].startswith("Next in Marina, at 09:30,")


async def test_who_logs_in_to_a_new_account_changes_one_setting_of_theirs(summit: Summit) -> None:
    await summit.say("ada", "settings hours 24")
    await summit.say("account", "now")
    await summit.store.adopt(User("test", "ada"), User("test", "account"))
    assert await summit.say("account", "settings before 10") == [
        "Reminders come 10 minutes before from now on."
    ]
    assert (await summit.say("account", "settings"))[1:4:2] == [
        "Reminders: 10 minutes before (usual: 5 minutes). Change: ‘settings before 10’",
        "Clock: 24 hours. Change: ‘settings hours 12’",
    ]


async def test_who_takes_the_name_of_somebody_who_logged_in_has_nothing_of_theirs(
    greeting_summit: Summit,
) -> None:
    await greeting_summit.say("ada", "bookmark 12")
    await greeting_summit.store.adopt(User("test", "ada"), User("test", "account"))
    greeting_summit.wait(0.5)
    assert await greeting_summit.say("ada", "now") == [*WELCOME, GREETING]
    assert await greeting_summit.say("account", "now") == WELCOME


async def test_the_setting_to_be_named_is_shown_only_where_people_are_named(
    summit: Summit,
) -> None:
    shown = await summit.say("ada", "settings")
    assert shown[-1] == "Named in channels: off. Change: ‘settings named on’"
    assert await summit.say("ada", "settings", names_people=False) == shown[:-1]
    assert await summit.say("ada", "settings named on", names_people=False) == [
        "On this network nobody is named in channels."
    ]
    assert await summit.say("ada", "settings") == shown
