"""A small IRC server that is as strict as Solanum, and does to its clients what a test tells it.

    rules = Rules(speed=10)
    async with StrictServer(rules, accounts=[Account("ada", "sesame")]) as server:
        ...  # connect to server.host, server.port
        server.kick("#summit", "ada", "be polite")

Its limits are read from Solanum's source; each rule says from which file. By hand:
`python -m tests.servers.strict_irc --port 6667`.
"""

from tests.servers.strict_irc.network import Dropped, Kill, Sent
from tests.servers.strict_irc.rules import CAPABILITIES, Account, Rules
from tests.servers.strict_irc.server import StrictServer

__all__ = ["CAPABILITIES", "Account", "Dropped", "Kill", "Rules", "Sent", "StrictServer"]
