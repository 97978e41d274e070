"""Limnoria's plugin: the same answer as Summit Bot's, and a wave of reminders."""
# Limnoria is not installed where types are checked.
# mypy: disable-error-code="import-not-found, misc"

from typing import Any

from supybot import callbacks, ircmsgs

from benchmarks.irc.wording import ANSWER, PEOPLE, REMINDER, person


class Programme(callbacks.Plugin):
    """What Limnoria is asked for."""

    def now(self, irc: Any, msg: Any, args: Any) -> None:
        """Say what is on now."""
        for line in ANSWER:
            irc.reply(line)

    def wave(self, irc: Any, msg: Any, args: Any) -> None:
        """Remind everybody."""
        for number in range(1, PEOPLE + 1):
            irc.queueMsg(ircmsgs.privmsg(person(number), REMINDER))
        irc.noReply()


Class = Programme
