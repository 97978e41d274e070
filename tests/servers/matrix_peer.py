"""A person on Matrix with an encrypting client, for tests: the same, and nio for the keys."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from nio import (
    AsyncClient,
    AsyncClientConfig,
    ErrorResponse,
    Response,
    SyncResponse,
)
from nio.store import SqliteMemoryStore

from tests.servers.accounts import Account
from tests.servers.matrix_api import Refused
from tests.servers.matrix_events import Content
from tests.servers.matrix_person import Person
from tests.servers.synapse import Synapse


@asynccontextmanager
async def peer(server: Synapse, name: str) -> AsyncIterator[Person]:
    """Somebody with a new account, for whom there are no limits, until the end of the block.

    Their client trusts every device, and its keys are gone at the end."""
    account = await server.accounts.register(name, unlimited=server.limits)
    async with Person(server.url, account, Keys(server.url, account)) as somebody:
        yield somebody


class Keys:
    """The keys of one device; an Encryption."""

    def __init__(self, url: str, account: Account) -> None:
        config = AsyncClientConfig(store=SqliteMemoryStore, max_limit_exceeded=0, max_timeouts=0)
        self._client = AsyncClient(url, account.user, account.device, config=config)
        self._account = account

    async def open(self) -> None:
        account = self._account
        self._client.restore_login(account.user, account.device, account.token)
        _done(await self._client.keys_upload())

    async def close(self) -> None:
        await self._client.close()
        if self._client.store is not None:
            self._client.store.database.close()

    async def read(self, sync: dict[str, Any]) -> Mapping[str, dict[str, Any]]:
        # It takes what it parses apart.
        response = SyncResponse.from_dict(deepcopy(sync))
        await self._client.receive_response(response)
        # Before it is known who came, so that they can read what is said then.
        await self._keep_up()
        return {
            event.event_id: event.source
            for room in response.rooms.join.values()
            for event in room.timeline.events
            if event.decrypted
        }

    async def send(self, room: str, type: str, content: Content) -> str:
        sent = await self._client.room_send(room, type, content, ignore_unverified_devices=True)
        _done(sent)
        event: str = sent.event_id
        return event

    async def _keep_up(self) -> None:
        client = self._client
        if client.should_upload_keys:
            _done(await client.keys_upload())
        if client.should_query_keys:
            _done(await client.keys_query())
        if client.should_claim_keys:
            _done(await client.keys_claim(client.get_users_for_key_claiming()))
        for response in await client.send_to_device_messages():
            _done(response)


def _done(response: Response | ErrorResponse) -> None:
    """nio returns what others raise. Raises Refused."""
    if isinstance(response, ErrorResponse):
        answer = {
            "errcode": response.status_code,
            "error": response.message,
            "retry_after_ms": response.retry_after_ms,
        }
        raise Refused(response.transport_response.status, answer)
