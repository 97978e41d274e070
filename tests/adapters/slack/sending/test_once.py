"""What is said arrives once, at the pace that Slack allows, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.manifest import manifest
from bot.adapters.slack.sending.api import Api
from bot.adapters.slack.sending.delivery import Sending
from bot.adapters.slack.settings import Slack
from bot.ports import TryLater, Unreachable
from tests.servers.slack import Drop, Garbage, Held, Limited, Limits, SlackServer, Status, slack
from tests.servers.slack.contents import Content as Words
from tests.servers.slack.state import Channel, Installation, User, Workspace
from tests.summit import StandingClock, at

NINE = at(16, 9)
SOON = NINE + timedelta(minutes=5)
CARD = Content(
    "Keynote &amp; more", [{"type": "section", "text": {"type": "plain_text", "text": "Keynote"}}]
)
POSTING = "chat.postMessage"


class There:
    """A workspace with the app and a channel of both; `process` is the app as it starts anew."""

    def __init__(self, server: SlackServer, session: ClientSession) -> None:
        self.server = server
        settings = Slack.model_validate({"app_token": "xapp-1", "bot_token": "xoxb-1"})
        app = server.slack.create_app(manifest(settings))
        self.team: Workspace = server.slack.create_workspace("T01")
        self.installed: Installation = app.install(self.team)
        self.ada = self.team.add_user("ada")
        self.channel = self.team.add_channel("summit", members=[self.ada, self.installed.bot_user])
        self.clock = StandingClock(NINE)
        self.revoked: list[str] = []
        self._session = session

    def process(self, rate: float = 50, burst: int = 5) -> Sending:
        api = Api(self._session, self.server.api_url, self.installed.bot_token, within=20)
        return Sending(
            api, self.clock, network="slack", team="T01", rate=rate, burst=burst,
            revoked=self.revoked.append,
        )  # fmt: skip

    def people(self, number: int) -> list[User]:
        return [self.team.add_user(f"person{n}") for n in range(number)]

    def keys_told(self, user: User) -> list[str]:
        """The keys of what somebody has in the chat with the app."""
        chat = self.team.find_dm(self.installed.bot_user, user)
        return [] if chat is None else _keys(chat)

    def called(self) -> list[str]:
        return [call.method for call in self.server.api.calls]


def _keys(channel: Channel) -> list[str]:
    return [m.metadata["event_payload"]["key"] for m in channel.messages if m.metadata]


@pytest.fixture
async def there(session: ClientSession) -> AsyncIterator[There]:
    async with slack() as server:
        yield There(server, session)


async def test_slack_takes_all_that_is_said(there: There) -> None:
    sending, me = there.process(), there.installed.bot_user
    question = there.server.slack.post(there.channel, there.ada, Words("next"))
    ts = await sending.answer(there.channel.id, CARD, "a", thread=question.ts, person="ada")
    await sending.whisper(there.channel.id, there.ada.id, CARD, thread=question.ts, person="ada")
    await sending.update(there.channel.id, ts, CARD, person="ada")
    await sending.post(there.channel.id, CARD, "p", again=False)
    await sending.notify(there.ada.id, CARD, "n", SOON, again=False)
    answer, post = there.channel.messages[1:]
    assert (answer.ts, answer.thread_ts, len(answer.revisions)) == (ts, question.ts, 2)
    assert [(m.author, m.text, m.blocks[0]["text"]["text"]) for m in (answer, post)] == 2 * [
        (me, "Keynote &amp; more", "Keynote")
    ]
    assert [m.seen_only_by for m in there.channel.ephemerals] == [there.ada]
    assert (_keys(there.channel), there.keys_told(there.ada)) == (["a", "p"], ["n"])


@pytest.mark.parametrize("fault", [Drop.BEFORE, Drop.AFTER, Status(503), Garbage(), Limited(0)])
@pytest.mark.parametrize("in_thread", [True, False])
async def test_an_answer_arrives_once(
    there: There, fault: Drop | Status | Garbage | Limited, in_thread: bool
) -> None:
    question = there.server.slack.post(there.channel, there.ada, Words("next"))
    there.server.faults.arm(POSTING, fault)
    ts = await there.process().answer(
        there.channel.id, CARD, "k", thread=question.ts if in_thread else None, person="ada"
    )
    assert (_keys(there.channel), there.channel.messages[-1].ts) == (["k"], ts)


@pytest.mark.parametrize("fault", [Drop.BEFORE, Drop.AFTER, Status(503), Garbage(), Limited(0)])
async def test_a_notice_arrives_once(
    there: There, fault: Drop | Status | Garbage | Limited
) -> None:
    sending = there.process()
    there.server.faults.arm(POSTING, fault)
    with pytest.raises(TryLater):
        await sending.notify(there.ada.id, CARD, "k", SOON, again=False)
    await sending.notify(there.ada.id, CARD, "k", SOON, again=True)
    assert there.keys_told(there.ada) == ["k"]


async def test_an_answer_in_a_long_thread_is_found(there: There) -> None:
    say = there.server.slack.post
    start = say(there.channel, there.ada, Words("hello"))
    for _ in range(40):
        say(there.channel, there.ada, Words("chat"), start.ts)
    question = say(there.channel, there.ada, Words("next"), start.ts)
    for again in (False, True):
        await there.process().answer(
            there.channel.id, CARD, "k", thread=start.ts, since=question.ts, person="ada",
            again=again,
        )  # fmt: skip
    assert _keys(there.channel) == ["k"]


async def test_who_gives_up_while_it_is_on_its_way_leaves_a_doubt(there: There) -> None:
    sending, held = there.process(), Held()
    there.server.faults.arm(POSTING, held)
    notice = asyncio.create_task(sending.notify(there.ada.id, CARD, "k", SOON, again=False))
    await held.reached()
    notice.cancel()
    await sending.notify(there.ada.id, CARD, "k", SOON, again=False)
    held.release()
    assert there.keys_told(there.ada) == ["k"]


async def test_a_wave_keeps_to_the_limit_to_the_message(there: There) -> None:
    there.server.api.limits = Limits(workspace_per_second=50)
    people = there.people(200)
    async with asyncio.timeout(20):
        await _told(there.process(), people)
    assert [there.keys_told(person) for person in people] == [[p.id] for p in people]
    assert dict(there.server.api.limited) == {}
    # However the server counts: no more than fifty in any second.
    came = [call.at for call in there.server.api.calls]
    assert min(later - earlier for earlier, later in zip(came, came[50:], strict=False)) > 0.99


async def test_after_a_crash_in_a_wave_each_message_is_looked_for(there: There) -> None:
    """Of fifty on their way thirty have arrived."""
    people = there.people(60)
    there.server.faults.arm(POSTING, Drop.AFTER, 30)
    there.server.faults.arm(POSTING, Drop.BEFORE, 20)
    fifty = there.process(rate=1000, burst=1000)
    results = await asyncio.gather(
        *(fifty.notify(p.id, CARD, p.id, SOON, again=False) for p in people[:50]),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == 50 * [TryLater]
    there.server.api.limits = Limits(workspace_per_second=50)
    async with asyncio.timeout(20):
        await _told(there.process(), people, in_doubt=50)
    assert [there.keys_told(person) for person in people] == [[p.id] for p in people]
    assert dict(there.server.api.limited) == {}
    assert len(there.server.api.of("conversations.history")) == 50


async def test_where_history_opens_once_a_minute_the_wave_does_not_wait(there: There) -> None:
    there.server.api.limits = Limits(workspace_per_second=50, history="external")
    people, sending = there.people(6), there.process()
    for person in people[:2]:
        await there.process().notify(person.id, CARD, person.id, SOON, again=False)
    outcomes = await asyncio.gather(
        *(sending.notify(p.id, CARD, p.id, SOON, again=n < 4) for n, p in enumerate(people)),
        return_exceptions=True,
    )
    # One was found. Three wait for a look, alone.
    assert [isinstance(o, TryLater) and o.personal for o in outcomes] == [
        False, True, True, True, False, False
    ]  # fmt: skip
    there.clock.advance(timedelta(minutes=4, seconds=45))
    for person in people[:4]:
        await sending.notify(person.id, CARD, person.id, SOON, again=True)
    assert [there.keys_told(person) for person in people] == [
        [p.id] * (2 if n == 1 else 1) for n, p in enumerate(people)
    ]
    assert dict(there.server.api.limited)["conversations.history"] <= 3
    assert len(there.server.api.of("conversations.history")) <= 4


async def test_who_removed_the_app_is_unreachable(there: There) -> None:
    there.server.slack.uninstall(there.installed)
    sending = there.process()
    for again in (False, True):
        with pytest.raises(Unreachable) as caught:
            await sending.notify(there.ada.id, CARD, f"{again}", SOON, again=again)
        assert caught.value.reason == "the app has been removed from the workspace"
    assert set(there.revoked) == {"account_inactive"}


async def test_who_cannot_be_reached(there: There) -> None:
    sending, robot = there.process(), there.team.add_user("weather", id="U0ROBOT")
    robot.is_bot = True
    there.team.deactivated = "user_disabled"
    there.server.slack.deactivate(there.ada)
    reasons = dict[str, str]()
    for id in (there.ada.id, robot.id, "U0NOBODY"):
        with pytest.raises(Unreachable) as caught:
            await sending.notify(id, CARD, id, SOON, again=True)
        reasons[id] = caught.value.reason
    assert reasons == {
        there.ada.id: "the account is deactivated",
        robot.id: "the account is a bot's",
        "U0NOBODY": "nobody of this id is in the workspace, or the app may not write there",
    }


async def test_a_channel_without_the_bot(there: There) -> None:
    sending = there.process()
    there.server.slack.leave(there.channel, there.installed.bot_user)
    for again in (False, True):
        with pytest.raises(Unreachable) as caught:
            await sending.post(there.channel.id, CARD, "k", again)
        assert caught.value.reason == "the bot is not in the channel: /invite it"


async def _told(sending: Sending, people: Sequence[User], in_doubt: int = 0) -> None:
    """A notice to each, fifty under way at a time, the first of them in doubt."""
    under_way = asyncio.Semaphore(50)

    async def tell(number: int, person: User) -> None:
        async with under_way:
            await sending.notify(person.id, CARD, person.id, SOON, again=number < in_doubt)

    await asyncio.gather(*(tell(number, person) for number, person in enumerate(people)))
