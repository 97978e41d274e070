"""The store folder: its rights, what is kept there, and what counts as lost."""

import os
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from nio.crypto import OlmAccount
from nio.store import SqliteStore

from bot.adapters.matrix.folder import DeviceKeys, Folder, InUse, Kept, Seeds
from bot.ports import CannotSpeak
from tests.adapters.matrix.starts import said
from tests.servers.programs import NOBODY, new_folder

USER, DEVICE = "@summit/bot:example.org", "DEV/ICE"
KEPT = Kept(USER, DEVICE, "syt_token", "https://example.org", tidy=True)
SEEDS = Seeds(b"m" * 32, b"s" * 32, b"u" * 32)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "matrix-store")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def unprivileged(place: Path) -> Iterator[None]:
    """For root no folder is closed."""
    me = os.geteuid()
    if me:
        yield
        return
    os.chown(place, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def with_keys(folder: Folder, *, published: bool = False) -> DeviceKeys:
    """As nio keeps those of a device."""
    account = OlmAccount()
    account.shared = published
    store = SqliteStore(
        USER, DEVICE, str(folder.path), folder.pickle_key, folder.database(DEVICE)
    )  # fmt: skip
    store.save_account(account)
    store.database.close()
    keys = account.identity_keys
    return DeviceKeys(keys["ed25519"], keys["curve25519"], published)


def test_it_is_made_when_it_is_needed_and_nobody_else_may_look_into_it(folder: Folder) -> None:
    assert folder.kept() is None
    assert folder.seeds() is None
    assert not folder.path.exists()
    folder.keep(KEPT)
    assert rights(folder.path) == 0o700


def test_parents_that_are_missing_are_made(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "var" / "lib" / "store")
    folder.prepare()
    assert rights(folder.path) == 0o700


def test_rights_of_others_are_taken_away(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.path.mkdir()
    folder.path.chmod(0o755)
    folder.prepare()
    assert rights(folder.path) == 0o700
    assert said(caplog) == [f"Others could look into {folder.path}: now only its owner can."]
    folder.prepare()
    assert said(caplog) == []


def test_a_file_in_its_place(folder: Folder) -> None:
    folder.path.write_text("")
    with pytest.raises(CannotSpeak) as caught:
        folder.prepare()
    assert str(caught.value) == f"{folder.path} is no folder: name another one as store."


def test_a_file_in_the_place_of_a_parent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = Folder(tmp_path / "file" / "store")
    assert folder.kept() is None
    with pytest.raises(CannotSpeak) as caught:
        folder.prepare()
    assert str(caught.value) == (
        f"The store folder {folder.path} cannot be used (Not a directory): let the bot write there,"
        " or name another one as store."
    )


def test_a_folder_that_the_bot_may_not_write_into() -> None:
    with new_folder() as place, unprivileged(place):
        folder = Folder(place / "matrix-store")
        folder.path.mkdir(mode=0o500)
        with pytest.raises(CannotSpeak) as caught:
            folder.prepare()
    assert str(caught.value) == (
        f"The store folder {folder.path} cannot be used (Permission denied): let the bot write"
        " there, or name another one as store."
    )


def test_a_disk_that_takes_nothing_leaves_what_was_there(folder: Folder) -> None:
    folder.keep(KEPT)
    with nothing_can_be_written(), pytest.raises(CannotSpeak) as caught:
        folder.keep(replace(KEPT, device_id="OTHER"))
    assert str(caught.value) == (
        f"The store folder {folder.path} cannot be used (File too large): let the bot write there,"
        " or name another one as store."
    )
    assert folder.kept() == KEPT


def test_what_is_kept_is_found_again(folder: Folder) -> None:
    folder.keep(replace(KEPT, tidy=False))
    folder.keep(KEPT)
    folder.keep_seeds(SEEDS)
    key = folder.pickle_key
    again = Folder(folder.path)
    assert (again.kept(), again.seeds(), again.pickle_key) == (KEPT, SEEDS, key)


def test_what_is_kept_is_for_its_owner_alone(folder: Folder) -> None:
    folder.keep(KEPT)
    folder.keep_seeds(SEEDS)
    assert folder.pickle_key
    files = {file.name: rights(file) for file in folder.path.iterdir()}
    assert files == {"login.json": 0o600, "cross-signing.json": 0o600, "pickle-key": 0o600}


def test_pickle_keys_are_random(folder: Folder, tmp_path: Path) -> None:
    assert folder.pickle_key != Folder(tmp_path / "other").pickle_key


@pytest.mark.parametrize(
    "content", [b"", b'{"user_id": "@b', b"[]", b'{"user_id": 1}', b"\xff\xfe", b"\0" * 100]
)
@pytest.mark.parametrize("name", ["login.json", "cross-signing.json"])
def test_a_damaged_file_counts_as_lost(
    folder: Folder, name: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    folder.prepare()
    (folder.path / name).write_bytes(content)
    assert (folder.kept(), folder.seeds()) == (None, None)
    assert said(caplog) == [f"{folder.path / name} is damaged and counts as lost."]
    folder.keep(KEPT)
    folder.keep_seeds(SEEDS)
    assert (folder.kept(), folder.seeds()) == (KEPT, SEEDS)


@pytest.mark.parametrize("content", [b"", b"abcd", b"x" * 64, b"\xff" * 64, b"ab " * 32])
def test_a_damaged_pickle_key_counts_as_lost(
    folder: Folder, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    folder.prepare()
    (folder.path / "pickle-key").write_bytes(content)
    key = folder.pickle_key
    assert said(caplog) == [f"{folder.path / 'pickle-key'} is damaged and counts as lost."]
    assert Folder(folder.path).pickle_key == key
    assert said(caplog) == []


def test_what_a_crash_left_half_written_is_not_taken_for_the_whole(folder: Folder) -> None:
    folder.keep(KEPT)
    (folder.path / "login.json.new").write_text('{"user_id"')
    assert folder.kept() == KEPT
    other = replace(KEPT, device_id="OTHER")
    folder.keep(other)
    assert folder.kept() == other
    assert [file.name for file in folder.path.iterdir()] == ["login.json"]


@pytest.mark.parametrize("published", [True, False])
def test_the_keys_of_a_device(folder: Folder, published: bool) -> None:
    assert folder.device_keys(USER, DEVICE) is None
    keys = with_keys(folder, published=published)
    assert folder.device_keys(USER, DEVICE) == keys
    assert folder.device_keys(USER, "OTHER") is None
    assert folder.device_keys("@other:example.org", DEVICE) is None


def test_keys_that_are_sealed_with_a_lost_pickle_key(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    with_keys(folder)
    (folder.path / "pickle-key").unlink()
    assert folder.device_keys(USER, DEVICE) is None
    assert folder.pickle_key
    assert said(caplog) == []
    assert folder.device_keys(USER, DEVICE) is None
    assert said(caplog) == [f"{folder.path}/keys-DEV%2FICE.db is damaged and counts as lost."]


@pytest.mark.parametrize("start", [0, 3000, 5 * 4096])
def test_a_damaged_database(folder: Folder, start: int, caplog: pytest.LogCaptureFixture) -> None:
    with_keys(folder)
    database = folder.path / folder.database(DEVICE)
    whole = database.read_bytes()
    database.write_bytes(whole[:start] + b"\x7f" * 5000 + whole[start + 5000 :])
    assert folder.device_keys(USER, DEVICE) is None
    assert said(caplog) == [f"{database} is damaged and counts as lost."]


def test_a_database_that_was_not_filled_yet(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    assert folder.pickle_key
    (folder.path / folder.database(DEVICE)).touch()
    assert folder.device_keys(USER, DEVICE) is None
    assert said(caplog) == []


def test_a_database_that_somebody_else_keeps_locked_is_not_lost(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_keys(folder)
    database = folder.path / folder.database(DEVICE)
    monkeypatch.setattr("bot.adapters.matrix.folder._LOCKED", 0.01)
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CannotSpeak) as caught:
            folder.device_keys(USER, DEVICE)
    assert str(caught.value) == (
        f"{database} cannot be read (database is locked): end what else uses it, or name another"
        " store folder."
    )


def test_keys_that_are_of_no_use_any_more_are_deleted(folder: Folder) -> None:
    with_keys(folder)
    names = [folder.database(DEVICE), folder.database("OTHER"), folder.database("THIRD")]
    folder.keep(KEPT)
    for name in names[1:]:
        for ending in ("", "-wal", "-shm", "-journal"):
            (folder.path / (name + ending)).touch()
    folder.forget_keys("THIRD")
    folder.forget_keys("THIRD")
    folder.forget_other_keys(DEVICE)
    left = {file.name for file in folder.path.iterdir()}
    assert left == {"login.json", "pickle-key", "keys-DEV%2FICE.db"}


def test_other_databases_beside_the_keys_stay(folder: Folder) -> None:
    folder.prepare()
    (folder.path / "summit-bot.db").touch()
    (folder.path / folder.database("OTHER")).touch()
    folder.forget_other_keys(DEVICE)
    assert [file.name for file in folder.path.iterdir()] == ["summit-bot.db"]


def test_one_process_at_a_time_has_the_folder(folder: Folder) -> None:
    with folder.alone():
        with pytest.raises(InUse) as caught, Folder(folder.path).alone():
            pass
        assert str(caught.value) == (
            f"Another Summit Bot uses the store folder {folder.path}: this one waits until that"
            " has ended."
        )
    with Folder(folder.path).alone():
        assert rights(folder.path / "lock") == 0o600
