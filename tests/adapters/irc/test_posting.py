"""What comes up is posted in few lines, also where very much does."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.schedule import Schedule, Session, Slot
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import BOT, person
from tests.servers.strict_irc import Rules, StrictServer
from tests.summit import at

START = at(16, 18)


def crowded(sessions: int) -> Schedule:
    """So many sessions at the same time."""
    slots = [Slot(START, START + timedelta(hours=1), (f"Room {n}",)) for n in range(sessions)]
    return Schedule("Large Summit", ZoneInfo("UTC"), [
        Session(n + 1, f"g{n}", f"A talk about the subject number {n}", slot)
        for n, slot in enumerate(slots)
    ])  # fmt: skip


async def test_much_at_once_is_posted_once_in_four_lines() -> None:
    async with (
        StrictServer(Rules(first_is_op=True)) as server,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        async with bot_on(
            server, schedule=crowded(70), at="2012-04-16T17:00Z", coming_up=[CHANNEL]
        ) as bot:
            server.set_mode(CHANNEL, "+v", BOT)
            bot.go("2012-04-16T17:56Z")
            await bot.logs("posted")
            lines = [line for line in server.sent_by(BOT) if line.startswith("PRIVMSG")]
    assert len(lines) == 4
    assert lines[0].startswith(
        f"PRIVMSG {CHANNEL} :Starts in 4 minutes: [1] 6:00pm\N{EN DASH}7:00pm"
    )
    shown = sum(line.count("A talk about") for line in lines)
    assert lines[3].endswith(f" | \N{HORIZONTAL ELLIPSIS} {70 - shown} more: \u2018!next\u2019")
    assert server.kills == []


async def test_without_a_voice_the_channel_counts_as_a_recipient() -> None:
    async with (
        StrictServer(Rules(new_targets=3)) as server,
        bot_on(server, schedule=crowded(2), at="2012-04-16T17:00Z", coming_up=[CHANNEL],
               recipients=3) as bot,
    ):  # fmt: skip
        bot.go("2012-04-16T17:56Z")
        await bot.logs("posted")
        assert bot.adapter._link is not None
        recipients = bot.adapter._link.connection.standing._recipients
        assert recipients is not None
        assert recipients.seconds_to_wait(CHANNEL, 0, kept=3) == 0
