"""What is said when something fails or takes long: within the time that Slack waits, or afterwards;
and how much is taken in at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.slack.hearing import turn
from bot.adapters.slack.hearing.acknowledging import Acknowledged, Answered
from bot.adapters.slack.hearing.heard import Heard, Pressed, Slash
from bot.adapters.slack.sending import responses
from tests.adapters.slack.hearing.ears import (
    ACKNOWLEDGED,
    AGAIN,
    PATIENCE,
    Ears,
    Gate,
    ResponseUrls,
    ears,
    lines,
    only,
    response_urls,
    sentence,
)
from tests.adapters.slack.hearing.payloads import (
    TRIGGER,
    TS,
    Payload,
    button,
    event,
    message,
    pressed,
    pressed_in,
    shortcut,
    slash,
    submitted,
    user_change,
    view,
)

FAILED = "That did not work just now; try again."
INTERRUPTED = "That was interrupted: look whether it has worked before you try again."
LATE = "That takes too long just now; try again."
SOON = "One moment: the answer follows."


@pytest.fixture(autouse=True)
def what_matters_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


@pytest.fixture
async def bot() -> AsyncIterator[Ears]:
    async with ears() as bot:
        yield bot


@pytest.fixture
async def urls() -> AsyncIterator[ResponseUrls]:
    async with response_urls() as urls:
        yield urls


@asynccontextmanager
async def hurried(urls: ResponseUrls) -> AsyncIterator[Ears]:
    """Does not wait for an answer."""
    async with ears(within=0.02, api_url=urls.url) as bot:
        yield bot


async def breaks(_heard: Heard) -> Answered | None:
    raise RuntimeError("what somebody said: secret")


def after(
    gate: Gate, answer: Callable[[Heard], Awaitable[Answered | None]]
) -> Callable[[Heard], Awaitable[Answered | None]]:
    async def late(heard: Heard) -> Answered | None:
        await gate.passes(heard)
        return await answer(heard)

    return late


async def echo(heard: Heard) -> Answered | None:
    assert isinstance(heard, Slash)
    return Acknowledged(f"You said: {heard.text}")


# What fails.


async def test_an_event_that_failed_is_not_acknowledged(
    bot: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answer = breaks
    assert await bot.takes(event(message())) == AGAIN
    assert lines(caplog) == [
        {"event": "not answered", "key": "message T01 D07 1700000000.000100",
         "error": "RuntimeError"},
    ]  # fmt: skip
    assert "secret" not in caplog.text


async def test_whoever_used_a_command_reads_that_it_failed(
    bot: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    bot.answer = breaks
    assert await bot.takes(slash()) == sentence(FAILED)
    assert lines(caplog) == [{"event": "not answered", "key": TRIGGER, "error": "RuntimeError"}]


async def test_whoever_confirmed_a_modal_reads_that_it_failed(bot: Ears) -> None:
    bot.answer = breaks
    values = {"first": {"words": {"type": "plain_text_input", "value": "x"}}}
    assert await bot.takes(submitted(values)) == (
        200, {"response_action": "errors", "errors": {"first": FAILED}},
    )  # fmt: skip
    # Where there is no place for words Slack says itself that it failed.
    assert await bot.takes(submitted({})) == AGAIN


@pytest.mark.parametrize("made", [pressed, shortcut])
async def test_whoever_pressed_something_on_a_message_reads_that_it_failed(
    urls: ResponseUrls, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "_PATIENCE", 2 * PATIENCE)
    urls.hold()
    async with ears(api_url=urls.url) as bot:
        bot.answer = breaks
        # The acknowledgement does not wait until this has been said.
        async with asyncio.timeout(PATIENCE):
            assert await bot.takes(made(response_url=urls.url)) == ACKNOWLEDGED
        assert await urls.posted() == only(FAILED)


async def test_who_pressed_in_a_thread_reads_it_there(urls: ResponseUrls) -> None:
    async with ears(api_url=urls.url) as bot:
        bot.answer = breaks
        there = {"type": "message", "ts": TS, "thread_ts": "1.5", "blocks": []}
        assert await bot.takes(pressed(response_url=urls.url, message=there)) == ACKNOWLEDGED
        assert await urls.posted() == {**only(FAILED), "thread_ts": "1.5"}


async def test_an_apology_goes_to_slack_alone(
    urls: ResponseUrls, caplog: pytest.LogCaptureFixture
) -> None:
    async with ears() as bot:
        bot.answer = breaks
        assert await bot.takes(pressed(response_url=urls.url)) == ACKNOWLEDGED
        await bot.asked(0)
    assert urls.nothing_more()
    assert lines(caplog)[-1] == {
        "event": "could not say afterwards what has become of it", "key": TRIGGER,
        "error": "Refused",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["home", "modal"])
async def test_a_press_on_a_view_that_failed_gets_slack_s_own_sign(bot: Ears, kind: str) -> None:
    bot.answer = breaks
    assert await bot.takes(pressed_in(view(kind))) == AGAIN


# What takes long.


async def test_a_command_that_takes_long_is_answered_afterwards(urls: ResponseUrls) -> None:
    gate = Gate()
    async with hurried(urls) as bot:
        bot.answer = after(gate, echo)
        assert await bot.takes(slash("now", response_url=urls.url)) == sentence(SOON)
        gate.opened.set()
        assert await urls.posted() == only("You said: now")


async def test_an_answer_for_all_is_for_all_afterwards_too(urls: ResponseUrls) -> None:
    gate, blocks = Gate(), [{"type": "divider"}]

    async def shared(_heard: Heard) -> Answered | None:
        return Acknowledged("Now: nothing", blocks, in_channel=True)

    async with hurried(urls) as bot:
        bot.answer = after(gate, shared)
        assert await bot.takes(slash(response_url=urls.url)) == sentence(SOON)
        gate.opened.set()
        assert await urls.posted() == {
            **only("Now: nothing"), "blocks": blocks, "response_type": "in_channel",
        }  # fmt: skip


async def test_a_command_that_waits_for_its_turn_is_carried_out_then(urls: ResponseUrls) -> None:
    gate = Gate()
    async with hurried(urls) as bot:
        bot.answer = gate.passes
        assert await bot.takes(pressed()) == ACKNOWLEDGED
        assert await bot.takes(slash("bookmark 42", response_url=urls.url)) == sentence(SOON)
        assert await bot.takes(pressed(button("third"))) == ACKNOWLEDGED
        # What comes after it waits for what came before it.
        assert [type(heard) for heard in bot.heard] == [Pressed]
        bot.answer = echo_of_commands
        gate.opened.set()
        assert await urls.posted() == only("You said: bookmark 42")
        await bot.asked(0)
        assert [type(heard) for heard in bot.heard] == [Pressed, Slash, Pressed]


async def echo_of_commands(heard: Heard) -> Answered | None:
    return await echo(heard) if isinstance(heard, Slash) else None


async def test_a_press_is_acknowledged_in_time_and_goes_on(urls: ResponseUrls) -> None:
    gate, ended = Gate(), list[str]()

    async def done(_heard: Heard) -> Answered | None:
        ended.append("done")
        return None

    async with hurried(urls) as bot:
        bot.answer = after(gate, done)
        assert await bot.takes(pressed(response_url=urls.url)) == ACKNOWLEDGED
        gate.opened.set()
        await bot.asked(0)
    assert ended == ["done"]
    assert urls.nothing_more()


@pytest.mark.parametrize("made", [pressed, shortcut, slash])
async def test_what_fails_after_it_was_acknowledged_is_told(
    urls: ResponseUrls, made: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    async with hurried(urls) as bot:
        bot.answer = after(gate, breaks)
        status, _ = await bot.takes(made(response_url=urls.url))
        assert status == 200
        gate.opened.set()
        assert await urls.posted() == only(FAILED)
    assert lines(caplog) == [{"event": "not answered", "key": TRIGGER, "error": "RuntimeError"}]


@pytest.mark.parametrize("made", [pressed, shortcut, slash])
async def test_what_has_no_end_is_ended_and_nobody_is_told_that_nothing_happened(
    urls: ResponseUrls, made: Any, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(turn, "LONGEST", timedelta(seconds=0.05))
    async with hurried(urls) as bot:
        bot.answer = Gate().passes
        status, _ = await bot.takes(made(response_url=urls.url))
        assert status == 200
        assert await urls.posted() == only(INTERRUPTED)
        await bot.asked(0)
    assert lines(caplog) == [{"event": "ended: it took too long", "key": TRIGGER}]


async def test_a_press_on_a_view_that_takes_long_is_acknowledged(
    urls: ResponseUrls, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    async with hurried(urls) as bot:
        bot.answer = after(gate, breaks)
        assert await bot.takes(pressed_in(view("home"))) == ACKNOWLEDGED
        gate.opened.set()
        await bot.asked(0)
    assert [line["event"] for line in lines(caplog)] == ["not answered"]


async def test_who_looks_for_something_too_long_may_look_again(urls: ResponseUrls) -> None:
    values = {"first": {"words": {"type": "plain_text_input", "value": "x"}}}
    async with hurried(urls) as bot:
        bot.answer = Gate().passes
        assert await bot.takes(submitted(values)) == (
            200, {"response_action": "errors", "errors": {"first": LATE}},
        )  # fmt: skip


async def test_an_event_that_takes_long_goes_on_and_is_acknowledged_next_time(
    urls: ResponseUrls,
) -> None:
    gate = Gate()
    async with hurried(urls) as bot:
        bot.answer = gate.passes
        for payload in (event(message()), event(user_change(), "Ev2")):
            assert await bot.takes(payload) == AGAIN
            # It does not begin twice.
            assert await bot.takes(payload) == AGAIN
        gate.opened.set()
        await bot.asked(0)
        assert await bot.takes(event(message())) == ACKNOWLEDGED
        assert len(bot.heard) == 2


# One after the other, and how much at once.


async def test_what_one_person_asks_is_done_in_turn_and_holds_up_nobody_else(bot: Ears) -> None:
    gate = Gate()

    async def answer(heard: Heard) -> Answered | None:
        assert isinstance(heard, Slash)
        if heard.text == "first":
            await gate.passes(heard)
        return Acknowledged(heard.text)

    bot.answer = answer
    first = asyncio.create_task(bot.takes(slash("first")))
    await gate.reached()
    second = asyncio.create_task(bot.takes(slash("second")))
    assert await bot.takes(slash("other", user_id="U08")) == sentence("other")
    assert [getattr(heard, "text", None) for heard in bot.heard] == ["first", "other"]
    gate.opened.set()
    assert await first == sentence("first")
    assert await second == sentence("second")


async def test_more_than_can_be_taken_in_at_once_is_turned_away(urls: ResponseUrls) -> None:
    async with ears(most=2, within=0.02, api_url=urls.url) as bot:
        gate = Gate()
        bot.answer = gate.passes
        # Acknowledged or not, they are still under way.
        assert await bot.takes(slash(user_id="U1")) == sentence(SOON)
        assert await bot.takes(event(message(user="U2"))) == AGAIN
        busy = "Too much is asked at once just now; try again in a moment."
        assert await bot.takes(slash()) == sentence(busy)
        for payload in (event(message(ts="2.5")), pressed(), submitted({}), shortcut()):
            assert await bot.takes(payload) == AGAIN
        assert len(bot.heard) == 2
        gate.opened.set()
        await bot.asked(0)
        assert await bot.takes(event(message(ts="2.5"))) == ACKNOWLEDGED


async def test_who_asks_without_end_is_told_so(bot: Ears) -> None:
    gate = Gate()
    bot.answer = gate.passes
    asked = [asyncio.create_task(bot.takes(slash())) for _ in range(150)]
    await bot.asked(150)
    assert await bot.takes(slash()) == sentence(
        "You ask faster than I can answer; wait a moment, and try again."
    )
    assert await bot.takes(event(message())) == ACKNOWLEDGED
    gate.opened.set()
    assert await asyncio.gather(*asked) == [ACKNOWLEDGED] * 150
    assert len(bot.heard) == 150


async def test_what_is_under_way_ends_when_nobody_listens_any_more() -> None:
    async with ears(within=2 * PATIENCE) as bot, asyncio.timeout(PATIENCE):
        gate = Gate()
        bot.answer = gate.passes
        payloads: list[Payload] = [slash(), slash("waits"), event(message(user="U08"))]
        taken = [asyncio.create_task(bot.takes(one)) for one in payloads]
        await bot.asked(3)
        await gate.reached()
        await bot.hearing.close()
        assert await asyncio.gather(*taken) == [sentence(INTERRUPTED), sentence(FAILED), AGAIN]
