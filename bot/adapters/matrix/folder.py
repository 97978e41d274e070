"""The store folder: what the bot must not lose on Matrix, in files that nobody else may read.

- `login.json`: as whom and as which device the bot is logged in, with its access token.
- `pickle-key`: seals what stands in the crypto database.
- `keys-DEVICE.db`: nio's crypto database, with the keys of one device and of what it may read.
- `cross-signing.json`: the private cross-signing keys of the account.
- `lock`: held by the one process that uses all this.

A file that is damaged counts as lost. The folder and each file that is written here are there as a
whole or not at all, whenever the program or the machine stops.
"""

import errno
import json
import os
import secrets
import sqlite3
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import quote

import structlog
from filelock import FileLock, Timeout
from nio.crypto import OlmAccount

from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

_LOGIN = "login.json"
_PICKLE_KEY = "pickle-key"
_SEEDS = "cross-signing.json"
_DATABASE = "keys-{}.db"
_LOCK = "lock"
_KEY_BYTES = 32
_LOCKED = 5.0
"""Seconds that another program may keep the crypto database to itself."""
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_ACCOUNT = "SELECT account, shared FROM accounts WHERE user_id = ? AND device_id = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """A login that outlives the program. `homeserver` is the URL that the settings name; `tidy` is
    false as long as devices that this one replaces may still be there."""

    user_id: str
    device_id: str
    token: str = field(repr=False)
    homeserver: str
    tidy: bool


@dataclass(frozen=True, slots=True)
class Seeds:
    """The private cross-signing keys: Ed25519, 32 bytes each."""

    master: bytes
    self_signing: bytes
    user_signing: bytes


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The public keys of a device, as unpadded base64; `published` says that the homeserver has
    got them."""

    ed25519: str
    curve25519: str
    published: bool


class InUse(Exception):
    """Another process uses the store folder; the message is a sentence."""


class Folder:
    """The store folder at `path`. All methods raise CannotSpeak where it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make it, or take away the rights of others; to read it, neither is needed."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = stat.S_IMODE(self.path.stat().st_mode)
            if mode & 0o077:
                self.path.chmod(mode & 0o700)
                _log.warning(f"Others could look into {self.path}: now only its owner can.")
        except FileExistsError:
            raise CannotSpeak(f"{self.path} is no folder: name another one as store.") from None
        except OSError as problem:
            raise self._unusable(problem) from None
        effective = os.access in os.supports_effective_ids
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK, effective_ids=effective):
            raise self._unusable(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that uses it: two would spoil each other's keys. The system gives it
        back at any end. Raises InUse."""
        self.prepare()
        lock = FileLock(self.path / _LOCK, timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise InUse(
                f"Another Summit Bot uses the store folder {self.path}: this one waits until that"
                " has ended."
            ) from None
        except OSError as problem:
            raise self._unusable(problem) from None
        try:
            yield
        finally:
            lock.release()

    def inspect(self) -> None:
        """Find out whether `prepare` would go well; nothing is changed."""
        folder = self.path
        if folder.exists() and not folder.is_dir():
            raise CannotSpeak(f"{folder} is no folder: name another one as store.")
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise self._unusable(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    def kept(self) -> Kept | None:
        """The login, if there is one."""
        found = self._read_object(_LOGIN)
        try:
            return None if found is None else _kept(found)
        except ValueError:
            self._damaged(_LOGIN)
            return None

    def keep(self, kept: Kept) -> None:
        """Replace the login."""
        self._write_object(_LOGIN, asdict(kept))

    @property
    def pickle_key(self) -> str:
        """What nio seals its crypto database with; made at first."""
        key = self._pickle_key()
        if key is None:
            key = secrets.token_hex(_KEY_BYTES)
            self._write(_PICKLE_KEY, key.encode())
        return key

    def seeds(self) -> Seeds | None:
        """The private cross-signing keys, if there are any."""
        found = self._read_object(_SEEDS)
        try:
            return None if found is None else _seeds(found)
        except ValueError:
            self._damaged(_SEEDS)
            return None

    def keep_seeds(self, seeds: Seeds) -> None:
        """Replace the private cross-signing keys."""
        encoded = {name: b64encode(seed).decode() for name, seed in asdict(seeds).items()}
        self._write_object(_SEEDS, encoded)

    def database(self, device_id: str) -> str:
        """The name of nio's crypto database of a device, in this folder."""
        # Ids may hold any character, and what nio makes of a user's id is no name for a file.
        return _DATABASE.format(quote(device_id, safe=""))

    def device_keys(self, user_id: str, device_id: str) -> DeviceKeys | None:
        """The keys of a device, if they are there and can be used."""
        file = self.path / self.database(device_id)
        if not file.exists():
            return None
        try:
            row = _account(file, user_id, device_id)
            key = self._pickle_key()
            if row is None or key is None:
                return None
            pickled, shared = row
            identity = OlmAccount.from_pickle(bytes(pickled), key).identity_keys
            return DeviceKeys(identity["ed25519"], identity["curve25519"], bool(shared))
        except sqlite3.Error as problem:
            if getattr(problem, "sqlite_errorcode", None) not in _DAMAGED:
                raise CannotSpeak(
                    f"{file} cannot be read ({problem}): end what else uses it, or name another"
                    " store folder."
                ) from None
            self._damaged(file.name)
        except (ValueError, TypeError):
            # Sealed with another key, or nothing that is sealed.
            self._damaged(file.name)
        return None

    def forget_keys(self, device_id: str) -> None:
        """Delete the crypto database of a device."""
        self._delete(self.database(device_id))

    def forget_other_keys(self, device_id: str) -> None:
        """Delete the crypto databases of all devices but this one."""
        mine = self.database(device_id)
        for file in self.path.glob(_DATABASE.format("*")):
            if file.name != mine:
                self._delete(file.name)

    def _delete(self, database: str) -> None:
        # One that was not closed has its last changes in a file of their own.
        for name in (database, f"{database}-journal", f"{database}-wal", f"{database}-shm"):
            try:
                (self.path / name).unlink(missing_ok=True)
            except OSError as problem:
                raise self._unusable(problem) from None

    def _pickle_key(self) -> str | None:
        written = self._read(_PICKLE_KEY)
        if written is None:
            return None
        with suppress(ValueError):
            key = written.decode()
            if len(bytes.fromhex(key)) == _KEY_BYTES and len(key) == 2 * _KEY_BYTES:
                return key
        self._damaged(_PICKLE_KEY)
        return None

    def _read_object(self, name: str) -> Mapping[str, object] | None:
        written = self._read(name)
        if written is None:
            return None
        with suppress(ValueError):
            found = json.loads(written)
            if isinstance(found, dict):
                return found
        self._damaged(name)
        return None

    def _write_object(self, name: str, value: Mapping[str, object]) -> None:
        self._write(name, json.dumps(value, indent=2).encode() + b"\n")

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise self._unusable(problem) from None

    def _write(self, name: str, content: bytes) -> None:
        """As a whole or not at all, and so that a power cut does not undo it."""
        self.prepare()
        half = self.path / f"{name}.new"
        try:
            half.unlink(missing_ok=True)
            written = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(written, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(written)
            half.replace(self.path / name)
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as problem:
            raise self._unusable(problem) from None

    def _unusable(self, problem: OSError) -> CannotSpeak:
        return CannotSpeak(
            f"The store folder {self.path} cannot be used ({problem.strerror}): let the bot write"
            " there, or name another one as store."
        )

    def _damaged(self, name: str) -> None:
        _log.warning(f"{self.path / name} is damaged and counts as lost.")


def _account(file: Path, user_id: str, device_id: str) -> tuple[bytes, int] | None:
    """What nio has sealed of a device, and whether that was published. Raises sqlite3.Error."""
    with closing(sqlite3.connect(file, timeout=_LOCKED)) as connection:
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise _corrupt()
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'accounts'")
        if tables.fetchone() is None:
            return None
        row: tuple[bytes, int] | None = connection.execute(
            _ACCOUNT, (user_id, device_id)
        ).fetchone()
        return row


def _corrupt() -> sqlite3.Error:
    problem = sqlite3.DatabaseError("database disk image is malformed")
    problem.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return problem


def _kept(found: Mapping[str, object]) -> Kept:
    """Raises ValueError."""
    texts = [found.get(name) for name in ("user_id", "device_id", "token", "homeserver")]
    user_id, device_id, token, homeserver = (text for text in texts if isinstance(text, str))
    return Kept(user_id, device_id, token, homeserver, tidy=found.get("tidy") is True)


def _seeds(found: Mapping[str, object]) -> Seeds:
    """Raises ValueError."""
    texts = [found.get(each.name) for each in fields(Seeds)]
    seeds = [b64decode(text, validate=True) for text in texts if isinstance(text, str)]
    master, self_signing, user_signing = (seed for seed in seeds if len(seed) == _KEY_BYTES)
    return Seeds(master, self_signing, user_signing)
