"""nio's client for one device: who is in which room, and the keys of encrypted ones."""

from typing import Any

from nio import AsyncClient, AsyncClientConfig, EncryptionError, KeysUploadError
from nio.store import SqliteStore
from peewee import SqliteDatabase

from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.homeserver import Homeserver, refused
from bot.adapters.matrix.session import Session


class _Keys(SqliteStore):  # type: ignore[misc]  # nio has no types
    """The database of keys. Every message moves one, so it does not wait for the disk each time:
    what the machine loses with its power is asked for again."""

    def _create_database(self) -> SqliteDatabase:
        return SqliteDatabase(
            self.database_path,
            pragmas={
                "journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1,
                "secure_delete": 1,
            },
        )  # fmt: skip


def client_of(server: Homeserver, session: Session, folder: Folder, *, encrypts: bool) -> Any:
    """The client of a session, with its keys loaded. It waits for nothing by itself: limits and
    outages are seen to where they are known."""
    config = AsyncClientConfig(
        store=_Keys if encrypts else None,
        store_name=folder.database(session.device_id) if encrypts else "",
        pickle_key=folder.pickle_key if encrypts else "",
        encryption_enabled=encrypts,
        store_sync_tokens=False,
        max_limit_exceeded=0,
        max_timeouts=0,
    )
    client = AsyncClient(
        server.url, session.user_id, session.device_id, str(folder.path), config=config
    )
    client.client_session = server.session
    client.restore_login(session.user_id, session.device_id, session.token)
    return client


async def publish_keys(client: Any) -> None:
    """Let others know the keys of this device. Raises Refused and Away."""
    if client.olm is None or not client.should_upload_keys:
        return
    answer = await client.keys_upload()
    if isinstance(answer, KeysUploadError):
        raise refused({"errcode": answer.status_code, "error": answer.message}, 400)


def decrypted(client: Any, event: Any, room: str) -> Any:
    """An encrypted event of a room as it was before; None where the key is not there."""
    if client.olm is None:
        return None
    event.room_id = room
    try:
        return client.olm.decrypt_megolm_event(event)
    except EncryptionError:
        return None


def close(client: Any) -> None:
    """Close the database of keys; the connections are the homeserver's."""
    if client.store is not None:
        client.store.database.close()
