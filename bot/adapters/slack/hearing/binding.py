"""Says why the bot cannot listen where the settings say."""

import errno
import os

from bot.adapters.slack.settings import Slack


def cannot_listen(settings: Slack, problem: OSError) -> str:
    """A sentence that says what to do. asyncio words the error of a bind itself, and at length."""
    code = problem.errno
    why = os.strerror(code) if code and code > 0 else "no such host"
    otherwise = ", or end what uses it" if code == errno.EADDRINUSE else ""
    return (
        f"The bot cannot listen on {settings.host}:{settings.port}: {why}. Change host or port"
        f"{otherwise}."
    )
