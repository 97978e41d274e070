"""A Synapse for tests: a real Matrix homeserver, which can go away and come back as it was."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.accounts import SECRET, Accounts
from tests.servers.keeper import Missing as Missing
from tests.servers.keeper import kept
from tests.servers.programs import free_port
from tests.servers.synapse_keepers import SETTINGS

SERVER_NAME = "summit.test"

_KEEPER = "tests.servers.synapse_keepers"
_LOGGING = "logging.json"
# What tests do not ask for costs start-up time and computing with every message.
_WITHOUT: Mapping[str, Any] = {
    "presence": {"enabled": False},
    "enable_media_repo": False,
    "enable_search": False,
    "stats": {"enabled": False},
    "update_user_directory_from_worker": "nobody",
    "federation_domain_whitelist": [],
    "trusted_key_servers": [],
    "suppress_key_server_warning": True,
    "report_stats": False,
    "bcrypt_rounds": 4,
    # Several changes to the new tables, which otherwise happen at one a second among the tests.
    "background_updates": {"sleep_enabled": False},
}
_RATE = {"per_second": 1e6, "burst_count": 1e6}
_UNLIMITED: Mapping[str, Any] = {
    "rc_message": _RATE,
    "rc_room_creation": _RATE,
    "rc_invites": {"per_room": _RATE, "per_user": _RATE, "per_issuer": _RATE},
    "rc_joins": {"local": _RATE, "remote": _RATE},
    "rc_joins_per_room": _RATE,
    "rc_login": {"address": _RATE, "account": _RATE, "failed_attempts": _RATE},
    "rc_registration": _RATE,
    "rc_registration_token_validity": _RATE,
    "rc_profile": _RATE,
    "rc_key_requests": _RATE,
    "rc_admin_redaction": _RATE,
    "rc_presence": {"per_user": _RATE},
    "rc_delayed_event_mgmt": _RATE,
    "rc_user_directory": _RATE,
    "rc_media_create": _RATE,
    "rc_reports": _RATE,
    "rc_third_party_invite": _RATE,
    "rc_3pid_validation": _RATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a server is to be."""

    limits: bool = False  # those that Synapse has by default; otherwise none that anybody meets
    # Of homeserver.yaml, over all others; for limits like the default ones in a shorter test:
    # {"rc_message": {"per_second": 2, "burst_count": 10}}.
    settings: Mapping[str, Any] = field(default_factory=dict)


class Synapse:
    """A homeserver that runs on 127.0.0.1.

    A test that stops it starts one of its own."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.limits = wanted.limits
        self.accounts = Accounts(self.url)
        self._folder = folder
        self._life = ExitStack()
        settings = {
            **_settings(folder, port),
            **_WITHOUT,
            **({} if wanted.limits else _UNLIMITED),
            **wanted.settings,
        }
        (folder / SETTINGS).write_text(json.dumps(settings))
        (folder / _LOGGING).write_text(json.dumps(_logging()))

    def start(self) -> None:
        """Returns when it answers, with the port and all that it had when it stopped.

        In a test with an event loop that must go on, in a thread: it takes a second. Raises
        Missing."""
        said = self._life.enter_context(kept(_KEEPER, "Synapse", str(self._folder)))
        self.pid = int(said)

    def stop(self) -> None:
        """End it at once, as a crash does: connections break, and nobody takes new ones."""
        self._life.close()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It takes connections and answers nothing until the end of the block."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


@contextmanager
def synapse(wanted: Wanted | None = None) -> Iterator[Synapse]:
    """A server until the end of the block. Raises Missing."""
    with kept(_KEEPER, "a folder for Synapse") as folder:
        server = Synapse(Path(folder), wanted or Wanted())
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _settings(folder: Path, port: int) -> dict[str, Any]:
    return {
        "server_name": SERVER_NAME,
        "listeners": [
            {
                "type": "http", "port": port, "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / _LOGGING),
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": SECRET,
    }  # fmt: skip


def _logging() -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"output": {"class": "logging.StreamHandler"}},
        "root": {"level": "WARNING", "handlers": ["output"]},
        # Says when it is ready.
        "loggers": {"synapse.app._base": {"level": "INFO"}},
    }
