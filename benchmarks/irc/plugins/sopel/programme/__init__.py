"""Sopel's plugin: the same answer as Summit Bot's, and a wave of reminders."""
# Sopel is not installed where types are checked.
# mypy: disable-error-code="import-not-found, misc, untyped-decorator"

from typing import Any

from sopel import plugin

from benchmarks.irc.wording import ANSWER, PEOPLE, REMINDER, person


@plugin.command("now")
def now(bot: Any, trigger: Any) -> None:
    """Say what is on now."""
    for line in ANSWER:
        bot.say(line)


@plugin.command("wave")
def wave(bot: Any, trigger: Any) -> None:
    """Remind everybody."""
    for number in range(1, PEOPLE + 1):
        bot.say(REMINDER, person(number))
