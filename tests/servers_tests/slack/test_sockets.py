"""Socket Mode of the double: what Slack does to apps, and what it does to those that err.

https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from tests.servers.slack import Delivering, Person, SlackServer, slack
from tests.servers.slack.channels import Channel
from tests.servers.slack.delivering import Acknowledged, Failed
from tests.servers.slack.people import CommandFailed
from tests.servers_tests.slack.apps_there import Line, SocketApp, manifest, socket_app

HASTY = Delivering(ack_within=0.1, retries=(0.0, 0.05, 0.05), warning=0.05, grace=0.05)
"""For apps that do not acknowledge."""


@dataclass
class Talk:
    server: SlackServer
    app: SocketApp
    ada: Person
    channel: Channel

    def says(self, *texts: str) -> None:
        for text in texts:
            self.ada.says(self.channel, text)

    @property
    def attempts(self) -> list[list[tuple[int, str, str]]]:
        """Of each delivery: number, reason and way."""
        return [
            [(one.number, one.reason, one.way) for one in delivery.attempts]
            for delivery in self.server.deliveries.log
        ]


@asynccontextmanager
async def talk(delivering: Delivering | None = None) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(slack(delivering=delivering or Delivering.quick()))
        team = server.slack.create_workspace("T1")
        installed = server.slack.create_app(manifest()).install(team)
        ada = await server.person("ada")
        channel = team.add_channel("summit", members=[ada.user, installed.bot_user])
        app = await stack.enter_async_context(socket_app(server, installed.app))
        yield Talk(server, app, ada, channel)


def text(envelope: dict[str, Any]) -> str:
    found: str = envelope["payload"]["event"]["text"]
    return found


async def test_socket_begins_with_hello() -> None:
    async with talk() as it:
        line = await it.app.dials()
        assert await line.next() == {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {
                "host": "applink-double-1",
                "build_number": 54,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": it.app.app.id},
        }
        second = await it.app.dials()
        assert (await second.next())["num_connections"] == 2


async def test_ticket_opens_one_socket() -> None:
    async with talk() as it:
        ticket = it.server.slack.issue_ticket(it.app.app)
        await it.app.dials(ticket)
        for wrong in (ticket, "made-up"):
            with pytest.raises(WSServerHandshakeError) as refused:
                await it.app.dials(wrong)
            assert refused.value.status == 404


async def test_eleventh_socket_is_turned_away_and_ten_stay() -> None:
    async with talk() as it:
        ten = [await it.app.opens() for _ in range(10)]
        eleventh = await it.app.dials()
        assert (await eleventh.next())["reason"] == "too_many_websockets"
        await eleventh.ends()
        await ten[0].close()
        await it.server.bell.until(
            lambda: len(it.server.sockets.open_of(it.app.app)) == 9, lambda: "one to be closed"
        )
        assert (await (await it.app.dials()).next())["type"] == "hello"


async def test_event_comes_in_an_envelope_that_takes_no_answer() -> None:
    async with talk() as it:
        line = await it.app.opens()
        message = it.ada.says(it.channel, "hello")
        envelope = await line.next()
        await line.acknowledges(envelope)
        payload = envelope["payload"]
        assert envelope == {
            "envelope_id": envelope["envelope_id"],
            "payload": payload,
            "type": "events_api",
            "accepts_response_payload": False,
            "retry_attempt": 0,
            "retry_reason": "",
        }
        assert payload["event"]["ts"] == message.ts
        assert (payload["type"], payload["team_id"]) == ("event_callback", "T1")
        await it.server.settled()
        assert it.attempts == [[(0, "", "socket 1")]]


async def test_each_envelope_goes_to_one_socket() -> None:
    async with talk() as it:
        lines = [await it.app.opens(), await it.app.opens()]
        it.says("a", "b", "c", "d")
        heard = [await line.hears(2) for line in lines]
        for line, envelopes in zip(lines, heard, strict=True):
            for envelope in envelopes:
                await line.acknowledges(envelope)
        await it.server.settled()
        assert sorted(text(one) for envelopes in heard for one in envelopes) == list("abcd")
        assert [len(line.frames) for line in lines] == [3, 3]


async def test_event_that_nobody_acknowledges_comes_four_times() -> None:
    async with talk(HASTY) as it:
        line = await it.app.opens()
        it.says("hello")
        envelopes = await line.hears(4)
        await it.server.settled()
        assert [(one["retry_attempt"], one["retry_reason"]) for one in envelopes] == [
            (0, ""), (1, "timeout"), (2, "timeout"), (3, "timeout"),
        ]  # fmt: skip
        assert len({one["payload"]["event_id"] for one in envelopes}) == 1
        assert len(line.frames) == 5


async def test_redelivery_waits_as_long_as_it_is_told() -> None:
    async with talk(Delivering(ack_within=0.05, retries=(0.0, 0.3))) as it:
        line = await it.app.opens()
        it.says("hello")
        await line.hears(3)
        await it.server.settled()
        at = [attempt.at for attempt in it.server.deliveries.log[0].attempts]
        assert at[1] - at[0] < 0.3 <= at[2] - at[1]


async def test_event_is_not_redelivered_once_it_was_acknowledged() -> None:
    async with talk() as it:
        line = await it.app.opens()
        it.server.deliveries.lose(it.app.app)
        it.says("hello")
        envelope = await line.next()
        await line.acknowledges(envelope)
        await it.server.settled()
        assert envelope["retry_attempt"] == 1
        assert it.attempts == [[(0, "", "lost"), (1, "timeout", "socket 1")]]


async def test_event_of_a_time_without_sockets_exists_only_as_a_redelivery() -> None:
    async with talk(Delivering(retries=(0.0, 1.0))) as it:
        it.says("hello")
        await it.server.bell.until(
            lambda: len(it.server.deliveries.log[0].attempts) == 2, lambda: "two tries"
        )
        line = await it.app.opens()
        envelope = await line.next()
        await line.acknowledges(envelope)
        await it.server.settled()
        assert (text(envelope), envelope["retry_attempt"]) == ("hello", 2)
        assert [way for _, _, way in it.attempts[0]] == ["nobody", "nobody", "socket 1"]


async def test_command_that_is_not_acknowledged_fails_and_is_not_sent_again() -> None:
    async with talk(HASTY) as it:
        line = await it.app.opens()
        with pytest.raises(CommandFailed, match=r"^operation_timeout$"):
            await it.ada.slash("/summit now", it.channel)
        await it.server.settled()
        assert [frame["type"] for frame in line.frames] == ["hello", "slash_commands"]
        assert "retry_attempt" not in line.frames[1]
        assert line.frames[1]["accepts_response_payload"] is True


async def test_command_without_a_socket_fails() -> None:
    async with talk() as it:
        with pytest.raises(CommandFailed, match=r"^dispatch_failed$"):
            await it.ada.slash("/summit now", it.channel)


async def test_acknowledgement_that_comes_too_late_does_not_count() -> None:
    async with talk(HASTY) as it:
        line = await it.app.opens()
        with pytest.raises(CommandFailed):
            await it.ada.slash("/summit now", it.channel)
        await line.acknowledges((await line.hears())[0], {"text": "late"})
        await line.pings()
        assert it.ada.sees(it.channel) == []
        assert it.server.mistakes == []


async def test_acknowledgement_carries_the_answer_of_a_command() -> None:
    async with talk() as it:
        line = await it.app.opens()
        asking = asyncio.create_task(it.ada.slash("/summit now", it.channel))
        await line.acknowledges(await line.next(), {"text": "Keynote"})
        message = await asking
        assert message is not None
        assert (message.text, message.seen_only_by) == ("Keynote", it.ada.user)


async def test_what_an_app_says_amiss_is_noted() -> None:
    async with talk() as it:
        line = await it.app.opens()
        await line.says({"envelope_id": "made-up"})
        await line.says("no JSON")
        await line.says({"payload": {}})
        it.says("hello")
        await line.acknowledges(await line.next(), {"text": "an event takes no answer"})
        await it.server.settled()
        assert it.server.mistakes == [
            "acknowledged an envelope that does not exist",
            "said what is no acknowledgement on a socket",
            "said what is no acknowledgement on a socket",
            "answered an envelope that accepts no response payload",
        ]
        assert it.server.deliveries.log[0].attempts[0].answer == Acknowledged(None)


async def test_another_socket_may_acknowledge() -> None:
    async with talk() as it:
        first, second = await it.app.opens(), await it.app.opens()
        it.says("a", "b")
        envelopes = [await first.next(), await second.next()]
        for envelope in envelopes:
            await first.acknowledges(envelope)
        await it.server.settled()
        assert [len(attempts) for attempts in it.attempts] == [1, 1]
        assert it.server.mistakes == []


async def test_another_socket_may_not_acknowledge_where_that_is_assumed() -> None:
    async with talk(Delivering(ack_within=0.1, retries=(), acknowledge_anywhere=False)) as it:
        first, second = await it.app.opens(), await it.app.opens()
        it.says("a", "b")
        envelopes = [await first.next(), await second.next()]
        await first.acknowledges(envelopes[1])
        await it.server.settled()
        assert [one.acknowledged for one in it.server.deliveries.log] == [False, False]
        assert it.server.mistakes == ["acknowledged an envelope of another socket"]


async def test_warning_comes_before_the_refresh() -> None:
    async with talk() as it:
        line = await it.app.opens()
        [socket] = it.server.sockets.open_of(it.app.app)
        await socket.warn()
        it.says("between")
        warning, envelope, refresh = await line.hears(3)
        assert warning == {
            "type": "disconnect", "reason": "warning", "debug_info": {"host": "applink-double-1"},
        }  # fmt: skip
        assert text(envelope) == "between"
        assert refresh["reason"] == "refresh_requested"
        assert await line.ends() == 1000


async def test_refreshed_socket_hears_nothing_more_but_may_acknowledge() -> None:
    async with talk(Delivering(grace=20.0)) as it:
        old = await it.app.opens()
        it.says("before")
        before = await old.next()
        [socket] = it.server.sockets.open_of(it.app.app)
        await socket.refresh()
        new = await it.app.opens()
        it.says("after")
        after = await new.next()
        await new.acknowledges(after)
        await old.acknowledges(before)
        await it.server.settled()
        assert [text(before), text(after)] == ["before", "after"]
        assert [attempts[0][2] for attempts in it.attempts] == ["socket 1", "socket 2"]
        assert [len(attempts) for attempts in it.attempts] == [1, 1]


async def test_app_that_does_not_reconnect_after_a_refresh_loses_what_it_did_not_acknowledge() -> (
    None
):
    async with talk(HASTY) as it:
        line = await it.app.opens()
        [socket] = it.server.sockets.open_of(it.app.app)
        await socket.refresh()
        it.says("after")
        await it.server.settled()
        assert await line.ends() == 1000
        assert {way for attempts in it.attempts for _, _, way in attempts} == {"nobody"}


async def test_disabled_socket_mode_ends_all_sockets_and_those_to_come() -> None:
    async with talk(HASTY) as it:
        lines = [await it.app.opens(), await it.app.opens()]
        await it.server.sockets.disable(it.app.app)
        assert [(await line.next())["reason"] for line in lines] == ["link_disabled"] * 2
        assert [await line.ends() for line in lines] == [1000, 1000]
        third = await it.app.dials()
        assert (await third.next())["reason"] == "link_disabled"
        await third.ends()
        it.server.sockets.enable(it.app.app)
        await it.app.opens()


async def test_aborted_socket_ends_without_a_word_and_another_gets_the_envelope_again() -> None:
    async with talk(Delivering(ack_within=0.2, retries=(0.2, 0.2, 0.2))) as it:
        line = await it.app.opens()
        it.says("hello")
        await line.next()
        [socket] = it.server.sockets.open_of(it.app.app)
        socket.abort()
        assert await line.ends() == 1006
        other = await it.app.opens()
        envelope = await other.next()
        assert (text(envelope), envelope["retry_attempt"] > 0) == ("hello", True)


async def test_silent_socket_answers_no_pings_and_hears_no_acknowledgements() -> None:
    async with talk(Delivering(ack_within=0.2, retries=())) as it:
        line = await it.app.opens()
        await line.pings()
        [socket] = it.server.sockets.open_of(it.app.app)
        socket.mute()
        with pytest.raises(TimeoutError):
            await line.pings()
        it.says("hello")
        await line.acknowledges(await line.next())
        await it.server.settled()
        assert not it.server.deliveries.log[0].acknowledged


@pytest.mark.parametrize(("deaf", "stays"), [(True, False), (False, True)])
async def test_slack_pings_and_drops_who_does_not_answer(deaf: bool, stays: bool) -> None:
    async with talk(Delivering(ping=0.02, pong_within=0.02 if deaf else 10.0)) as it:
        line = await it.app.dials(deaf=deaf)
        assert (await line.next())["type"] == "hello"
        if stays:
            await line.pings()
            assert line.ended is None
        else:
            assert await line.ends() == 1006


async def test_same_envelope_can_be_delivered_twice() -> None:
    async with talk() as it:
        first, second = await it.app.opens(), await it.app.opens()
        it.says("hello")
        heard = await _whichever(first, second)
        await it.server.settled()
        again = asyncio.create_task(it.server.deliveries.again(it.server.deliveries.log[0]))
        assert await _whichever(first, second) == heard
        assert await again == Acknowledged(None)


async def _whichever(*lines: Line) -> dict[str, Any]:
    """The next envelope on any of the lines, acknowledged."""
    waiting = {asyncio.create_task(line.next()): line for line in lines}
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    [task] = done
    await waiting[task].acknowledges(task.result())
    return task.result()


async def test_events_go_to_apps_of_the_workspace_that_may_know_of_them() -> None:
    async with talk() as it:
        line = await it.app.opens()
        private = it.ada.workspace.add_channel("secret", members=[it.ada.user], private=True)
        it.ada.says(private, "not for the bot")
        elsewhere = it.server.slack.create_workspace("T2")
        bob = await it.server.person("bob", elsewhere)
        there = elsewhere.add_channel("there", members=[bob.user])
        it.server.slack.post(there, bob.user, it.ada.says(it.channel, "for the bot").content)
        envelope = await line.next()
        await line.acknowledges(envelope)
        await it.server.settled()
        assert text(envelope) == "for the bot"
        assert len(it.server.deliveries.log) == 1


async def test_what_came_of_a_delivery_stands_in_the_log() -> None:
    async with talk(HASTY) as it:
        it.says("hello")
        await it.server.settled()
        [delivery] = it.server.deliveries.log
        assert (delivery.name, delivery.over, delivery.acknowledged) == ("message", True, False)
        assert delivery.attempts[-1].answer == Failed("dispatch_failed", "timeout")
