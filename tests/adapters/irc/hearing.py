"""Lines of a server as the parts of the adapter hear them."""

from bot.adapters.irc.wire import Heard
from tests.adapters.irc.lines import parsed


def heard(line: str) -> Heard:
    """`:source COMMAND target first :the rest`."""
    source = line.partition(" ")[0].removeprefix(":") if line.startswith(":") else ""
    command, target, arguments = parsed(line)
    return Heard(command, source, target, tuple(arguments), {})
