"""Logging in: which device the bot is, and with which access token.

A login stands in the store folder and is used as long as the homeserver knows its token and its
device can read. Otherwise the bot logs in as a new device, if it has a password, and removes the
old one; with nothing but a token it says what is to be done. An `access_token` in the settings
goes before the login in the folder.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import structlog

from bot.adapters.matrix.folder import Folder, Kept
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.login.devices import log_in, remove_former
from bot.adapters.matrix.login.discovery import discover
from bot.adapters.matrix.login.validity import Standing, standing
from bot.adapters.matrix.settings import Matrix
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

_Tried = Sequence[tuple[Kept, Standing]]


@dataclass(frozen=True, slots=True)
class Login:
    """A device that is logged in; `fresh` if the bot was not this device before."""

    user_id: str
    device_id: str
    token: str = field(repr=False)
    fresh: bool


async def enter(settings: Matrix, server: Homeserver, folder: Folder) -> Login:
    """Be logged in, as a device that can read; the server then has its URL and token.

    Raises CannotSpeak; Away; and Refused where the homeserver wants us to wait."""
    folder.prepare()
    kept = _ours(settings, folder)
    with _explained(settings):
        await discover(settings, server)
        tried = await _try(settings, server, folder, kept)
        now, how = _usable(tried) or await _anew(settings, server, folder, tried)
        if now != kept:
            folder.keep(now)
        if how is Standing.UNUSED:
            # A damaged database would be in the way of a new one.
            folder.forget_keys(now.device_id)
        if not now.tidy:
            former = [old for old, state in tried if old == kept and state is Standing.LOST]
            await remove_former(settings, server, now, former)
            folder.forget_other_keys(now.device_id)
            folder.keep(replace(now, tidy=True))
    fresh = kept is None or kept.device_id != now.device_id
    return Login(now.user_id, now.device_id, now.token, fresh)


async def look(settings: Matrix, server: Homeserver, folder: Folder) -> Login:
    """Be logged in for a while, beside the bot that may run with the same folder, in which nothing
    is changed. A device that was only made for this is `fresh`: `leave` logs it out.

    Raises like `enter`."""
    folder.inspect()
    kept = _ours(settings, folder)
    with _explained(settings):
        await discover(settings, server)
        tried = await _try(settings, server, folder, kept)
        if usable := _usable(tried):
            now, _ = usable
            return Login(now.user_id, now.device_id, now.token, fresh=False)
        if settings.password is None:
            raise _stuck(settings, tried)
        now = await log_in(settings, server)
        return Login(now.user_id, now.device_id, now.token, fresh=True)


async def leave(server: Homeserver, login: Login) -> None:
    """End what `look` has begun, as far as the homeserver lets us."""
    if login.fresh:
        with suppress(Refused, Away):
            await server.ask("POST", "logout")
    server.token = None


def revoked(settings: Matrix) -> CannotSpeak:
    """Why the bot ends: its token is not known any more, though it was."""
    then = (
        "set a new access_token with its device_id"
        if settings.password is None
        else "start the bot again, and it logs in as a new device"
    )
    return CannotSpeak(
        f"The homeserver does not know the access token of {settings.user_id} any more (somebody"
        f" logged it out, or the bot runs elsewhere with another store folder): {then}."
    )


async def _try(settings: Matrix, server: Homeserver, folder: Folder, kept: Kept | None) -> _Tried:
    """What has become of the logins there are; if one can be used, it is the last here, and the
    server has its token."""
    tried: list[tuple[Kept, Standing]] = []
    for login in _logins(settings, kept):
        tried.append((login, await standing(settings, server, folder, login)))
        if _usable(tried):
            break
    return tried


def _logins(settings: Matrix, kept: Kept | None) -> Iterator[Kept]:
    """Those to try, in this order."""
    token = None
    if settings.access_token is not None:
        token = settings.access_token.get_secret_value()
        yield Kept(settings.user_id, str(settings.device_id), token, settings.homeserver, tidy=True)
    if kept is not None and kept.token != token and settings.password is not None:
        yield kept


def _usable(tried: _Tried) -> tuple[Kept, Standing] | None:
    return tried[-1] if tried and tried[-1][1].usable else None


async def _anew(
    settings: Matrix, server: Homeserver, folder: Folder, tried: _Tried
) -> tuple[Kept, Standing]:
    """Log in with the password, because none of those logins can be used."""
    if settings.password is None:
        raise _stuck(settings, tried)
    for old, how in tried:
        if how is Standing.EXPIRED:
            login = replace(await log_in(settings, server, old.device_id), tidy=old.tidy)
            how = await standing(settings, server, folder, login)
            if how.usable:
                return login, how
    login = await log_in(settings, server)
    reasons = [
        f"the device {old.device_id} was logged out"
        if how is Standing.UNKNOWN
        else f"the keys of the device {old.device_id} are lost"
        for old, how in tried
    ]
    if reasons:
        _log.warning(
            f"Logged in as a new device, {login.device_id}, because {' and '.join(reasons)}.",
            network=settings.name,
        )
    return login, Standing.UNUSED


def _stuck(settings: Matrix, tried: _Tried) -> CannotSpeak:
    """Why the token of the settings is of no use, and what to do."""
    ((login, how),) = tried
    device = login.device_id
    if how is Standing.LOST:
        return CannotSpeak(
            f"The keys of the device {device} are not in {settings.store}, so the bot could never"
            " read what is encrypted for it: set a password, with which it logs in as a new"
            " device, or the access_token and device_id of a new one."
        )
    why = "has let it expire" if how is Standing.EXPIRED else "does not know it"
    return CannotSpeak(
        f"The access_token of {settings.user_id} is of no use, the homeserver {why}: set a new one"
        " with its device_id, or a password."
    )


def _ours(settings: Matrix, folder: Folder) -> Kept | None:
    """The login in the folder. A token is told to nobody but the homeserver that has given it, by
    the name in the settings: where that leads may move. Raises CannotSpeak if it is somebody
    else's."""
    kept = folder.kept()
    if kept is not None and kept.user_id != settings.user_id:
        raise CannotSpeak(
            f"The store folder {folder.path} belongs to {kept.user_id}: name another one as store"
            f" for {settings.user_id}."
        )
    if kept is not None and kept.homeserver != settings.homeserver:
        raise CannotSpeak(
            f"The store folder {folder.path} belongs to {kept.user_id} at {kept.homeserver}, and"
            f" not at {settings.homeserver}: set homeserver as it was, or name another one as"
            " store."
        )
    return kept


@contextmanager
def _explained(settings: Matrix) -> Iterator[None]:
    """Raises CannotSpeak for what a homeserver refuses, unless it is to be asked again."""
    try:
        yield
    except Refused as refusal:
        if refusal.limited:
            raise
        if refusal.unknown_token:
            raise revoked(settings) from None
        raise CannotSpeak(
            f"The homeserver does not do what the bot needs ({refusal}): check that"
            f" {settings.homeserver} is the right one."
        ) from None
