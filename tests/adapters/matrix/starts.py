"""Starts of the bot as far as the login goes: it enters, and publishes and signs its keys."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.matrix.client import client_of, close_keys
from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.keys.cross_signing import Signing, sign, signed
from bot.adapters.matrix.keys.uploading import publish
from bot.adapters.matrix.login.login import Login, enter
from bot.adapters.matrix.settings import Matrix
from tests.servers.accounts import Account
from tests.servers.matrix_api import Api

SIGNED = Signing(signed=True, said="Its device is cross-signed.")


@dataclass(frozen=True, slots=True)
class Started:
    """How a start went."""

    login: Login
    signing: Signing | None

    @property
    def device(self) -> str:
        return self.login.device_id


class Bot:
    """An account, and a store folder on this machine. `url` is where the settings say that the
    homeserver is; its owner looks after it with a client of their own."""

    def __init__(self, url: str, account: Account, place: Path, **settings: Any) -> None:
        self.account = account
        self.user = account.user
        self.url = url
        self.folder = Folder(place / "matrix-store")
        self._settings = settings or {"password": account.password}

    def settings(self, **changed: Any) -> Matrix:
        """What the tests say, over what the bot has otherwise."""
        usual = {"homeserver": self.url, "user_id": self.user, "store": self.folder.path}
        return Matrix(**{**usual, **(changed or self._settings)})

    async def start(self, **changed: Any) -> Started:
        settings = self.settings(**changed)
        async with homeserver(settings) as server:
            login = await enter(settings, server, self.folder)
            if not settings.encryption:
                return Started(login, None)
            client = client_of(server, login, self.folder, encrypts=True)
            try:
                await publish(client.olm, server)
                identity = client.olm.account.identity_keys
                return Started(login, await sign(settings, server, self.folder, login, identity))
            finally:
                close_keys(client)

    async def devices(self) -> set[str]:
        """Those that are logged in, besides the owner's."""
        async with Api(self.url, self.account.token) as api:
            devices = (await api.get("devices"))["devices"]
        return {device["device_id"] for device in devices} - {self.account.device}

    async def is_signed(self, device: str) -> bool:
        async with homeserver(self.settings()) as server:
            server.token = self.account.token
            return await signed(server, self.user, device)

    async def owner(self, method: str, *path: str, **body: Any) -> Any:
        """What the owner's client asks the homeserver."""
        async with homeserver(self.settings()) as server:
            server.token = self.account.token
            return await server.ask(method, *path, body=body)


@asynccontextmanager
async def homeserver(settings: Matrix) -> AsyncIterator[Homeserver]:
    server = Homeserver(settings.homeserver)
    try:
        yield server
    finally:
        await server.close()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the bot has warned of so far, and not before the last call."""
    lines = [
        str(record.msg["event"] if isinstance(record.msg, dict) else record.getMessage())
        for record in caplog.records
        if record.name.startswith("bot.") and record.levelno >= logging.WARNING
    ]
    caplog.clear()
    return lines
