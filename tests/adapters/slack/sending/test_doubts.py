"""What may have arrived is looked for before it is said again, as far as Slack lets it."""

import asyncio
from datetime import timedelta

import pytest
import structlog

from bot.adapters.slack.sending import delivery
from bot.ports import TryLater, Unreachable
from tests.adapters.slack.sending.saying import (
    CARD,
    NINE,
    OTHERS,
    POSTING,
    SOON,
    Workspace,
    in_history,
)
from tests.adapters.slack.sending.scripted import TS, Cut, Says, Scripted, limited, no


async def test_an_answer_that_arrived_without_our_knowing_is_found(
    workspace: Workspace, server: Scripted
) -> None:
    server.first[POSTING] = [Cut()]
    server.messages = [*OTHERS, in_history("k", "1.9")]
    assert await workspace.sending.answer("C1", CARD, "k", person="ada") == "1.9"
    assert server.methods() == [POSTING, "conversations.history"]
    assert server.asked[1].arguments == {
        "channel": "C1", "limit": "200", "include_all_metadata": "1"
    }  # fmt: skip


async def test_an_answer_that_never_arrived_is_given_again(
    workspace: Workspace, server: Scripted
) -> None:
    server.first[POSTING] = [Cut(), Says("Bad Gateway", 502)]
    server.messages = OTHERS
    assert await workspace.sending.answer("C1", CARD, "k", person="ada") == TS
    assert server.methods() == [
        POSTING, "conversations.history", POSTING, "conversations.history", POSTING
    ]  # fmt: skip


async def test_an_answer_of_another_life_is_looked_for_in_its_thread(
    workspace: Workspace, server: Scripted
) -> None:
    server.messages = [in_history("k", "1.9")]
    said = await workspace.sending.answer(
        "C1", CARD, "k", thread="1.0", since="1.8", person="ada", again=True
    )
    assert said == "1.9"
    assert [(asked.method, asked.arguments) for asked in server.asked] == [
        ("conversations.replies", {
            "channel": "C1", "ts": "1.0", "oldest": "1.8", "limit": "200",
            "include_all_metadata": "1",
        })
    ]  # fmt: skip


async def test_what_was_refused_for_certain_is_not_looked_for(
    workspace: Workspace, server: Scripted
) -> None:
    server.first[POSTING] = [limited(0), limited(0)]
    await workspace.sending.answer("C1", CARD, "k", person="ada")
    server.first[POSTING] = [no("no_text"), limited(0)]
    with pytest.raises(Unreachable):
        await workspace.sending.notify("U1", CARD, "n", SOON, again=False)
    with pytest.raises(TryLater):
        await workspace.sending.notify("U1", CARD, "n", SOON, again=True)
    await workspace.sending.notify("U1", CARD, "n", SOON, again=True)
    assert server.methods() == 6 * [POSTING]


async def test_what_is_known_to_have_arrived_is_neither_said_again_nor_looked_for(
    workspace: Workspace, server: Scripted
) -> None:
    for again in (False, True):
        assert await workspace.sending.answer("C1", CARD, "a", person="ada", again=again) == TS
        await workspace.sending.notify("U1", CARD, "n", SOON, again)
        await workspace.sending.post("C1", CARD, "p", again)
    assert server.methods() == 3 * [POSTING]


async def test_a_notice_without_an_answer_is_looked_for_also_if_nobody_knows(
    workspace: Workspace, server: Scripted
) -> None:
    server.first[POSTING] = [Cut()]
    with pytest.raises(TryLater) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert (caught.value.after, caught.value.personal) == (None, False)
    server.messages = [in_history("k")]
    await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    assert [(asked.method, asked.arguments) for asked in server.asked[1:]] == [
        ("conversations.open", {"users": "U1"}),
        ("conversations.history", {"channel": "D1", "limit": "200", "include_all_metadata": "1"}),
    ]


async def test_a_notice_of_another_life_goes_out_if_it_is_not_there(
    workspace: Workspace, server: Scripted
) -> None:
    server.messages = OTHERS
    await workspace.sending.notify("U1", CARD, "k", SOON, again=True)
    await workspace.sending.notify("U1", CARD, "k", SOON, again=True)
    assert server.methods() == ["conversations.open", "conversations.history", POSTING]


async def test_the_chat_of_somebody_who_was_written_to_is_known(
    workspace: Workspace, server: Scripted
) -> None:
    await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    await workspace.sending.notify("U1", CARD, "l", SOON, again=True)
    assert server.methods() == [POSTING, "conversations.history", POSTING]


async def test_who_gives_up_before_it_is_sent_leaves_no_doubt(
    workspace: Workspace, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_A_CHANNEL", (1, 0.3))
    await workspace.sending.notify("U1", CARD, "k", SOON, again=False)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await workspace.sending.notify("U1", CARD, "l", SOON, again=False)
    await workspace.sending.notify("U1", CARD, "l", SOON, again=True)
    assert server.methods() == [POSTING, POSTING]


async def test_a_look_that_has_to_wait_puts_off_this_notice_alone(
    workspace: Workspace, server: Scripted
) -> None:
    server.always["conversations.history"] = limited(60)
    with pytest.raises(TryLater) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=True)
    assert (caught.value.after, caught.value.personal) == (timedelta(seconds=60), True)
    with pytest.raises(TryLater) as caught:
        await workspace.sending.notify("U1", CARD, "k", SOON, again=True)
    assert caught.value.personal
    await workspace.sending.notify("U2", CARD, "l", SOON, again=False)
    assert server.methods() == ["conversations.open", "conversations.history", POSTING]


@pytest.mark.parametrize(
    ("speed", "left", "looks"),
    [(1, 71, True), (1, 69, False), (60, 4000, False), (60, 4300, True)],
)
async def test_a_notice_goes_out_when_there_is_no_time_left_to_look(
    workspace: Workspace, server: Scripted, speed: float, left: int, looks: bool
) -> None:
    workspace.clock.speed = speed
    server.always["conversations.history"] = limited(60)
    until = NINE + timedelta(seconds=left)
    if looks:
        with pytest.raises(TryLater):
            await workspace.sending.notify("U1", CARD, "k", until, again=True)
    else:
        await workspace.sending.notify("U1", CARD, "k", until, again=True)
    assert server.methods()[2:] == ([] if looks else [POSTING])


async def test_somebody_who_waits_gets_the_answer_twice_rather_than_never(
    workspace: Workspace, server: Scripted
) -> None:
    server.always["conversations.history"] = limited(60)
    await workspace.sending.answer("C1", CARD, "k", person="ada", again=True)
    assert server.methods() == ["conversations.history", POSTING]


async def test_what_may_not_be_looked_for_goes_out_again_and_is_said_once(
    workspace: Workspace, server: Scripted
) -> None:
    server.always["conversations.history"] = no("missing_scope", needed="channels:history")
    with structlog.testing.capture_logs() as logs:
        await workspace.sending.post("C1", CARD, "k", again=True)
        await workspace.sending.post("C2", CARD, "l", again=True)
    assert server.methods() == ["conversations.history", POSTING, "conversations.history", POSTING]
    assert logs == [{
        "event": "cannot look whether a message has arrived", "log_level": "warning",
        "network": "slack", "team": "T1", "code": "missing_scope", "needed": "channels:history",
    }]  # fmt: skip


async def test_somebody_who_is_gone_when_looked_for_is_written_to_to_hear_why(
    workspace: Workspace, server: Scripted
) -> None:
    server.always["conversations.open"] = no("user_disabled")
    server.always[POSTING] = no("channel_not_found")
    with pytest.raises(Unreachable):
        await workspace.sending.notify("U1", CARD, "k", SOON, again=True)
    assert server.methods() == ["conversations.open", POSTING]


async def test_while_slack_is_away_nobody_can_look(workspace: Workspace, server: Scripted) -> None:
    server.always["conversations.history"] = Cut()
    with pytest.raises(TryLater):
        await workspace.sending.post("C1", CARD, "k", again=True)
    with pytest.raises(TryLater):
        await workspace.sending.notify("U1", CARD, "k", SOON, again=True)


async def test_what_another_process_may_have_sent_meanwhile_is_looked_for(
    workspace: Workspace, server: Scripted
) -> None:
    workspace.sending.share(2)
    server.first[POSTING] = [limited(0)]
    with pytest.raises(TryLater):
        await workspace.sending.notify("U1", CARD, "n", SOON, again=False)
    server.first[POSTING] = [limited(0)]
    with pytest.raises(TryLater):
        await workspace.sending.post("C1", CARD, "p", again=False)
    # The other one has claimed them, sent them, and died.
    server.messages = [in_history("n", "1.9"), in_history("p", "1.8")]
    posts = server.methods().count(POSTING)
    await workspace.sending.notify("U1", CARD, "n", SOON, again=True)
    await workspace.sending.post("C1", CARD, "p", again=True)
    assert server.methods().count(POSTING) == posts


async def test_what_a_process_that_has_died_may_have_sent_is_looked_for(
    workspace: Workspace, server: Scripted
) -> None:
    workspace.sending.share(2)
    server.first[POSTING] = [limited(0)]
    with pytest.raises(TryLater):
        await workspace.sending.notify("U1", CARD, "n", SOON, again=False)
    workspace.sending.share(1)
    server.messages = [in_history("n", "1.9")]
    await workspace.sending.notify("U1", CARD, "n", SOON, again=True)
    assert server.methods().count(POSTING) == 1
