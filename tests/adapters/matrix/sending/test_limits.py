"""A homeserver that limits: the bot keeps below it, and one refusal slows all that it says."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters.matrix.sending.limits import Limit
from bot.messages import AddBookmark, User
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.crowd import crowd
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER
from tests.servers.synapse import Synapse, Wanted
from tests.servers.synapse import synapse as start_synapse

PEOPLE = 25
RATE, BURST = 5.0, 10
# Enough for those who come: what is limited here is what is said.
_OTHERS: dict[str, Any] = {
    name: {"per_second": 1000, "burst_count": 1000}
    for name in ("rc_registration", "rc_room_creation", "rc_joins_per_room", "rc_profile")
} | {
    "rc_joins": {"local": {"per_second": 1000, "burst_count": 1000}},
    "rc_login": {"address": {"per_second": 1000, "burst_count": 1000}},
}
TOO_MANY = "More reminders than the network can carry before the start: some will not be sent."


@pytest.fixture(scope="module")
def limited() -> Iterator[Synapse]:
    """As by default, but quicker."""
    message = {"rc_message": {"per_second": RATE, "burst_count": BURST}}
    with start_synapse(Wanted(limits=True, settings=_OTHERS | message)) as server:
        yield server


@pytest.mark.parametrize("told", [True, False])
async def test_a_wave_arrives_whole_below_the_limit_and_after_refusals(
    limited: Synapse, told: bool
) -> None:
    """The bot is told the limit, or has a wrong idea of it."""
    account = await limited.accounts.register("summitbot")
    limit = {"rate": RATE * 0.8, "burst": BURST // 2} if told else {"rate": 0}
    async with (
        bot_on(limited, account=account, **limit) as bot,
        crowd(limited, account.user, PEOPLE) as people,
    ):
        await people.all_say("bookmark 6")
        await people.all_have(1)
        bot.go("Monday 9:25")
        await people.all_have(2)
        assert await people.said() == {(BOOKMARKED, REMINDER): PEOPLE}
        # Who is told is refused as well, if rarely: what joining costs counts too, and on a busy
        # machine what was held up comes at once.
        refused = [line for line in bot.log if "slows down" in line.event]
        assert told or refused


async def test_a_wave_that_does_not_fit_is_logged_with_the_remedy(limited: Synapse) -> None:
    account = await limited.accounts.register("summitbot")
    async with bot_on(limited, account=account, at="Monday 8:40", rate=0.01, burst=1) as bot:
        session = bot.schedule.session(6)
        assert session is not None
        for number in range(40):
            somebody = User("matrix", f"@nobody-{number}:summit.test")
            wish = AddBookmark(session.facts, session.id, 5, own_before=False)
            await bot.store.apply(somebody, [wish], None)
        said = await bot.logs(TOO_MANY)
        assert said.event == (
            f"{TOO_MANY} An administrator of the homeserver can lift the bot's limit: curl -X POST"
            " -H 'Authorization: Bearer <a token of theirs>'"
            ' -d \'{"messages_per_second": 0, "burst_count": 0}\''
            f" {limited.url}/_synapse/admin/v1/users/{account.user}/override_ratelimit; then set"
            " rate = 0 for matrix."
        )


async def test_the_limit_is_known_at_the_start(synapse: Synapse, limited: Synapse) -> None:
    for server, settings, said in (
        (limited, {}, Limit(0.2, 10).said()),
        (limited, {"rate": 2.0, "burst": 20}, Limit(2.0, 20).said()),
        (synapse, {"rate": 0}, "May send messages without a limit."),
    ):
        async with bot_on(server, **settings) as bot:
            assert (await bot.logs("May send")).event == said


def test_limits_in_words() -> None:
    assert [Limit(rate, burst).said() for rate, burst in ((0.2, 10), (2.0, 20), (200.0, 200))] == [
        "May send 10 messages at once and one more each 5 seconds: 70 reminders fit into 5"
        " minutes.",
        "May send 20 messages at once and 2 a second: 620 reminders fit into 5 minutes.",
        "May send messages without a limit.",
    ]
