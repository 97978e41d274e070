"""nio's client for one device: who is in which room, and the keys of encrypted ones.

Others send what they like, and nio stumbles over some of it: that must cost nobody else a word.
Where keys cannot be written down, as on a full disk, StoreAway is raised: what counts as received
nobody sends again.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from nio import (
    AsyncClient,
    AsyncClientConfig,
    BadEvent,
    EncryptionError,
    Event,
    InviteEvent,
    MegolmEvent,
    SyncError,
    SyncResponse,
    ToDeviceEvent,
)
from nio.store import SqliteStore
from peewee import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
    SqliteDatabase,
)

from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.login.login import Login
from bot.storing import StoreAway

_log = structlog.get_logger(__name__)

_PARTS = (
    ("join", "state", Event), ("join", "timeline", Event), ("leave", "state", Event),
    ("leave", "timeline", Event), ("invite", "invite_state", InviteEvent),
)  # fmt: skip
"""Where in an answer to /sync there are events of rooms."""


_ABOUT_VALUES = (DataError, IntegrityError, ProgrammingError)
"""What others can provoke by what they send."""


@contextmanager
def _usable() -> Iterator[None]:
    """Raises StoreAway where the database itself fails."""
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        if isinstance(problem, _ABOUT_VALUES):
            raise
        raise StoreAway(f"The database of keys cannot be used ({problem}).") from problem


class _Database(SqliteDatabase):  # type: ignore[misc]  # peewee has no types
    def connect(self, reuse_if_open: bool = False) -> Any:
        with _usable():
            return super().connect(reuse_if_open)

    def execute_sql(self, sql: str, params: Any = None, commit: Any = None) -> Any:
        with _usable():
            return super().execute_sql(sql, params, commit)

    def commit(self) -> Any:
        with _usable():
            return super().commit()


class _Keys(SqliteStore):  # type: ignore[misc]  # nio has no types
    """The database of keys. Every message moves one, so it does not wait for the disk each time:
    what the machine loses with its power is asked for again."""

    def _create_database(self) -> SqliteDatabase:
        return _Database(
            self.database_path,
            # After its end it is not opened again, for the keys may have gone on elsewhere.
            autoconnect=False,
            pragmas={
                "journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1,
                "secure_delete": 1,
            },
        )  # fmt: skip

    def save_encrypted_rooms(self, rooms: set[str]) -> None:
        """Nio asks for it with each batch, new ones or not."""
        if rooms:
            super().save_encrypted_rooms(rooms)


class _Client(AsyncClient):  # type: ignore[misc]  # nio has no types
    """Takes a batch of a sync event by event."""

    def _handle_decrypt_to_device(self, to_device_event: Any) -> Any:
        try:
            return super()._handle_decrypt_to_device(to_device_event)
        except StoreAway:
            raise
        except Exception:
            # Anybody may send what nio stumbles over: it must not take the batch along.
            _log.info("a message to the device makes no sense", exc_info=True)
            return None

    def _handle_timeline_event(
        self, event: Any, room_id: str, room: Any, encrypted_rooms: set[str]
    ) -> Any:
        # What people encrypt is no state of a room, though it may look like that.
        if isinstance(event, MegolmEvent):
            return decrypted(self, event, room_id)
        return super()._handle_timeline_event(event, room_id, room, encrypted_rooms)


def client_of(server: Homeserver, login: Login, folder: Folder, *, encrypts: bool) -> Any:
    """The client of a login, with its keys loaded. It waits for nothing by itself: limits and
    outages are seen to where they are known."""
    config = AsyncClientConfig(
        store=_Keys,  # opened only if it encrypts
        store_name=folder.database(login.device_id) if encrypts else "",
        pickle_key=folder.pickle_key if encrypts else "",
        encryption_enabled=encrypts,
        store_sync_tokens=False,
        max_limit_exceeded=0,
        max_timeouts=0,
    )
    # It quotes texts of messages.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    client = _Client(server.url, login.user_id, login.device_id, str(folder.path), config=config)
    client.client_session = server.connections
    client.restore_login(login.user_id, login.device_id, login.token)
    return client


def parsed(raw: Mapping[str, Any]) -> SyncResponse | SyncError:
    """An answer to /sync as nio reads it, without the events that it stumbles over."""
    try:
        return SyncResponse.from_dict(raw)
    except Exception:
        # One event that nio stumbles over must not take the batch along.
        _log.info("some of a batch makes no sense", exc_info=True)
        return SyncResponse.from_dict(_readable(raw))


def decrypted(client: Any, event: Any, room: str) -> Any:
    """An encrypted event of a room as it was before; None where the key is not there. What is no
    event when it is decrypted becomes one that says nothing."""
    if client.olm is None or not isinstance(event, MegolmEvent):
        return None
    event.room_id = room
    try:
        opened = client.olm.decrypt_megolm_event(event)
    except EncryptionError:
        return None
    except StoreAway:
        raise
    except Exception:
        # Whoever is in a room may encrypt anything: it must not take the others' events along.
        _log.info("what was encrypted makes no sense", id=event.event_id, exc_info=True)
        opened = None
    if isinstance(opened, Event | BadEvent):
        return opened
    return BadEvent({}, event.event_id, event.sender, event.server_timestamp, "")


def close_keys(client: Any) -> None:
    """Close the database of keys; the connections are the homeserver's."""
    if client.store is not None:
        client.store.database.close()


def _readable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What nio can read of an answer to /sync."""
    rooms = {
        how: {id: dict(room) for id, room in of.items()} for how, of in raw.get("rooms", {}).items()
    }
    for how, part, kind in _PARTS:
        for room in rooms.get(how, {}).values():
            if part in room:
                room[part] = {
                    **room[part], "events": list(_each(kind, room[part].get("events", ())))
                }  # fmt: skip
    mail = raw.get("to_device", {}).get("events", ())
    return {**raw, "rooms": rooms, "to_device": {"events": list(_each(ToDeviceEvent, mail))}}


def _each(kind: Any, events: Iterable[Any]) -> Iterable[Any]:
    for event in events:
        try:
            kind.parse_event(event)
        except Exception:  # noqa: S112
            # This is the event that would take the others along; the batch has been logged.
            continue
        yield event
