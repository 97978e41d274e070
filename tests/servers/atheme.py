"""Atheme's services for an inspircd: NickServ with accounts, and SASL."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.programs import MACHINE, NOBODY, installed, libraries, running

NAME = "services.example.org"
LINK_PASSWORD = "link-password"
# What others need stands before them: atheme looks for it nowhere but where it was built to be.
_MODULES = (
    "transport/rfc1459", "protocol/base36uid", "protocol/inspircd",
    "backend/corestorage", "backend/opensex",
    "nickserv/main", "nickserv/set_core", "nickserv/cert", "nickserv/drop", "nickserv/enforce",
    "nickserv/ghost", "nickserv/group", "nickserv/identify", "nickserv/info", "nickserv/logout",
    "nickserv/register", "nickserv/status",
    "chanserv/main", "chanserv/flags", "chanserv/register", "chanserv/voice",
    "saslserv/main", "saslserv/plain", "saslserv/external",
)  # fmt: skip
_CONFIGURATION = """
serverinfo {{
    name = "{name}"; desc = "Services for tests"; numeric = "00A"; netname = "Summit";
    adminname = "Summit Bot"; adminemail = "summit@example.org";
    registeremail = "summit@example.org"; auth = none; casemapping = rfc1459; recontime = 1;
    maxlogins = 1000; maxusers = 0; loglevel = {{ error; info; network; }};
}};
uplink "{uplink}" {{
    host = "127.0.0.1"; port = {port};
    send_password = "{password}"; receive_password = "{password}";
}};
nickserv {{ nick = "NickServ"; user = "NickServ"; host = "{name}"; real = "Nicks"; }};
chanserv {{ nick = "ChanServ"; user = "ChanServ"; host = "{name}"; real = "Channels"; }};
saslserv {{ nick = "SaslServ"; user = "SaslServ"; host = "{name}"; real = "SASL"; }};
general {{ flood_msgs = 0; }};
"""


@contextmanager
def atheme(folder: Path, uplink: str, port: int) -> Iterator[None]:
    """Services until the end of the block, linked to the server of this name on this port."""
    program, root = installed("atheme-services")
    folder.mkdir()
    user = None
    if os.geteuid() == 0:
        # Atheme refuses to be root, and nobody else need be able to read where the project lies.
        user = NOBODY
        os.chown(folder, user, user)
        if root != MACHINE:
            program, root = _copied(program, root, folder / "root")
    modules = next((f"{place}/atheme/modules" for place in libraries(root)
                    if (place / "atheme").exists() and root != MACHINE), "modules")  # fmt: skip
    configuration = folder / "atheme.conf"
    configuration.write_text(
        "".join(f'loadmodule "{modules}/{module}";\n' for module in _MODULES)
        + _CONFIGURATION.format(name=NAME, uplink=uplink, port=port, password=LINK_PASSWORD)
    )
    # Without a database it refuses to start.
    database = folder / "services.db"
    database.touch()
    if user is not None:
        os.chown(database, user, user)
    command = (
        program, "-n", "-c", configuration, "-D", folder,
        "-l", folder / "log", "-p", folder / "pid",
    )  # fmt: skip
    ready = "finished synching with uplink"
    with running(command, folder / "output", ready=ready, root=root, user=user):
        yield


def _copied(program: Path, root: Path, to: Path) -> tuple[Path, Path]:
    copy = to / program.relative_to(root)
    copy.parent.mkdir(parents=True)
    shutil.copy(program, copy)
    for place in libraries(root):
        shutil.copytree(place, to / place.relative_to(root))
    return copy, to
