"""Logging in: with a password or a token, with a store folder and after its loss."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from bot.adapters.matrix.folder import Kept
from bot.adapters.matrix.homeserver import Away, Refused
from bot.adapters.matrix.login.discovery import discover
from bot.adapters.matrix.login.login import Login, leave, look, revoked
from bot.ports import CannotSpeak
from tests.adapters.matrix.between import Between, Says, between
from tests.adapters.matrix.starts import SIGNED, Bot, homeserver, said
from tests.servers.synapse import Synapse

EXPIRED = Says(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Late", "soft_logout": True})
API = "/_matrix/client/v3"


@pytest.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> Bot:
    """One with a password."""
    return Bot(synapse.url, await synapse.accounts.register("bot"), tmp_path)


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Between]:
    async with between(synapse.url) as server:
        yield server


@pytest.fixture
async def reached(synapse: Synapse, proxy: Between, tmp_path: Path) -> Bot:
    """One with a password, that reaches its homeserver through the proxy."""
    return Bot(proxy.url, await synapse.accounts.register("bot"), tmp_path)


async def refusal(start: Awaitable[object]) -> str:
    with pytest.raises(CannotSpeak) as caught:
        await start
    return str(caught.value)


async def log_out(bot: Bot, login: Login) -> None:
    """The owner ends a login of the bot."""
    async with homeserver(bot.settings()) as server:
        server.token = login.token
        await server.ask("POST", "logout")


def replaced_keys(bot: Bot) -> str:
    return (
        f"{bot.user} had cross-signing keys whose private parts are not in {bot.folder.path}: the"
        " bot has replaced them by its own. Whoever had verified it has to do so again."
    )


def with_token(bot: Bot) -> dict[str, Any]:
    """Settings with the login of the owner's client as the bot's."""
    return {"access_token": bot.account.token, "device_id": bot.account.device}


# A password.


async def test_the_first_start_makes_a_device_and_keeps_it(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    started = await bot.start()
    login = started.login
    assert login == Login(bot.user, started.device, login.token, fresh=True)
    assert bot.folder.kept() == Kept(bot.user, started.device, login.token, bot.url, tidy=True)
    assert await bot.devices() == {started.device}
    assert said(caplog) == []


async def test_its_device_is_called_summit_bot(bot: Bot) -> None:
    device = (await bot.start()).device
    found = await bot.owner("GET", "devices", device)
    assert found["display_name"] == "Summit Bot"


async def test_the_next_start_uses_what_was_kept(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    said(caplog)
    second = await bot.start()
    kept = first.login
    assert second.login == Login(bot.user, first.device, kept.token, fresh=False)
    assert await bot.devices() == {first.device}
    assert said(caplog) == []


async def test_a_wrong_password(bot: Bot) -> None:
    assert await refusal(bot.start(password="basil")) == (
        f"The homeserver does not let {bot.user} log in (Invalid username or password): check"
        " user_id and password."
    )
    assert bot.folder.kept() is None


async def test_a_deactivated_account(bot: Bot, synapse: Synapse) -> None:
    await bot.start()
    await synapse.accounts.deactivate(bot.user)
    assert await refusal(bot.start()) == (
        f"The homeserver does not let {bot.user} log in (Invalid username or password): check"
        " user_id and password."
    )


async def test_a_homeserver_that_says_that_the_account_is_deactivated(
    reached: Bot, proxy: Between
) -> None:
    proxy.instead[f"POST {API}/login"] = Says(
        403, {"errcode": "M_USER_DEACTIVATED", "error": "This account has been deactivated"}
    )
    assert await refusal(reached.start()) == (
        f"The account {reached.user} is deactivated: give the bot another one."
    )


async def test_a_login_that_comes_too_soon_is_left_to_the_caller(
    reached: Bot, proxy: Between
) -> None:
    proxy.instead[f"POST {API}/login"] = Says(
        429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many", "retry_after_ms": 2500}
    )
    with pytest.raises(Refused) as caught:
        await reached.start()
    assert (caught.value.limited, caught.value.after) == (True, timedelta(seconds=2.5))


async def test_a_homeserver_without_passwords(reached: Bot, proxy: Between) -> None:
    proxy.instead[f"POST {API}/login"] = Says(
        400, {"errcode": "M_UNKNOWN", "error": "Unknown login type m.login.password"}
    )
    assert await refusal(reached.start()) == (
        f"The homeserver does not let {reached.user} log in with a password (Unknown login type"
        " m.login.password): set an access_token with its device_id."
    )


async def test_a_homeserver_that_knows_the_user_by_another_id(reached: Bot, proxy: Between) -> None:
    user = reached.user
    reached.user = user.upper().replace("SUMMIT.TEST", "summit.test")
    assert await refusal(reached.start()) == (
        f"The homeserver says that the bot is {user}, and not {reached.user}: set user_id ="
        f' "{user}", or use the login of the other.'
    )
    assert await reached.devices() == set()
    assert proxy.asked[-2:] == [f"POST {API}/logout", f"GET {API}/devices"]


async def test_a_revoked_token_leads_to_a_new_device(
    bot: Bot, synapse: Synapse, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    await log_out(bot, first.login)
    said(caplog)
    second = await bot.start()
    assert second.login.fresh
    assert second.signing == SIGNED
    assert second.device != first.device
    assert said(caplog) == [
        f"Logged in as a new device, {second.device}, because the device {first.device} was logged"
        " out."
    ]
    assert await bot.devices() == {second.device}
    third = await bot.start()
    assert (third.device, third.login.fresh) == (second.device, False)
    assert [file.name for file in bot.folder.path.glob("*.db")] == [f"keys-{third.device}.db"]


async def test_a_token_that_has_expired_is_replaced_and_the_device_stays(
    reached: Bot, proxy: Between, caplog: pytest.LogCaptureFixture
) -> None:
    first = await reached.start()
    said(caplog)
    proxy.first[f"GET {API}/account/whoami"] = [EXPIRED]
    second = await reached.start()
    assert (second.device, second.login.fresh) == (first.device, False)
    assert second.login.token != first.login.token
    assert second.signing == SIGNED
    assert await reached.devices() == {first.device}
    assert said(caplog) == []
    kept = reached.folder.kept()
    assert kept is not None
    assert kept.token == second.login.token


# The store folder is lost, or some of it.


async def test_a_lost_folder_leads_to_a_new_device_and_the_old_one_goes(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    said(caplog)
    rmtree(bot.folder.path)
    second = await bot.start()
    assert second.login.fresh
    assert second.signing == SIGNED
    assert await bot.devices() == {second.device}
    assert second.device != first.device
    assert said(caplog) == [
        f"Removed what the bot was before: {first.device}. What was encrypted for that cannot be"
        " read any more.",
        replaced_keys(bot),
    ]


async def test_other_devices_of_the_account_stay(bot: Bot) -> None:
    await bot.start()
    rmtree(bot.folder.path)
    await bot.start()
    assert await bot.owner("GET", "account", "whoami") == {
        "user_id": bot.user, "device_id": bot.account.device, "is_guest": False,
    }  # fmt: skip


@pytest.mark.parametrize("lost", ["database", "pickle-key", "half a database"])
async def test_lost_keys_lead_to_a_new_device_and_the_old_one_goes(
    bot: Bot, lost: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    database = bot.folder.path / f"keys-{first.device}.db"
    match lost:
        case "database":
            database.unlink()
        case "pickle-key":
            (bot.folder.path / "pickle-key").unlink()
        case _:
            database.write_bytes(database.read_bytes()[:10_000])
    said(caplog)
    second = await bot.start()
    assert second.login.fresh
    assert second.signing == SIGNED
    assert await bot.devices() == {second.device}
    assert [line for line in said(caplog) if "damaged" not in line] == [
        f"Logged in as a new device, {second.device}, because the keys of the device"
        f" {first.device} are lost.",
        f"Removed what the bot was before: {first.device}. What was encrypted for that cannot be"
        " read any more.",
    ]
    assert [file.name for file in bot.folder.path.glob("*.db")] == [f"keys-{second.device}.db"]


async def test_a_session_that_is_half_written_is_a_lost_one(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    file = bot.folder.path / "login.json"
    file.write_bytes(file.read_bytes()[:50])
    said(caplog)
    second = await bot.start()
    assert await bot.devices() == {second.device}
    assert said(caplog) == [
        f"{file} is damaged and counts as lost.",
        f"Removed what the bot was before: {first.device}. What was encrypted for that cannot be"
        " read any more.",
    ]


async def test_keys_that_were_not_published_yet_are_not_missed(bot: Bot) -> None:
    first = await bot.start(password=bot.account.password, encryption=False)
    assert first.login.fresh
    (bot.folder.path / f"keys-{first.device}.db").write_text("half of it")
    second = await bot.start()
    assert (second.device, second.login.fresh, second.signing) == (first.device, False, SIGNED)


async def test_without_encryption_there_are_no_keys_to_lose(reached: Bot, proxy: Between) -> None:
    plain = {"password": reached.account.password, "encryption": False}
    first = await reached.start()
    (reached.folder.path / f"keys-{first.device}.db").unlink()
    again = await reached.start(**plain)
    assert (again.device, again.login.fresh) == (first.device, False)
    rmtree(reached.folder.path)
    proxy.asked = []
    await reached.start(**plain)
    assert f"POST {API}/keys/query" not in proxy.asked
    assert {file.name for file in reached.folder.path.iterdir()} == {"login.json"}


async def test_a_device_whose_keys_have_gone_from_the_homeserver_is_replaced(
    reached: Bot, proxy: Between
) -> None:
    first = await reached.start()
    proxy.first[f"POST {API}/keys/query"] = [Says(200, {"device_keys": {reached.user: {}}})]
    second = await reached.start()
    assert second.device != first.device
    assert await reached.devices() == {second.device}


async def test_a_device_that_cannot_be_removed_stays_and_is_named(
    reached: Bot, proxy: Between, caplog: pytest.LogCaptureFixture
) -> None:
    first = await reached.start()
    rmtree(reached.folder.path)
    proxy.instead[f"POST {API}/delete_devices"] = Says(
        404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
    )
    said(caplog)
    second = await reached.start()
    assert await reached.devices() == {first.device, second.device}
    assert said(caplog) == [
        f"Devices that the bot was before stay logged in ({first.device}), because the homeserver"
        " does not remove them (Unrecognized request).",
        replaced_keys(reached),
    ]
    await reached.start()
    assert said(caplog) == []


# A token.


async def test_a_token_is_enough(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    first = await bot.start(**with_token(bot))
    account = bot.account
    assert first.login == Login(bot.user, account.device, account.token, fresh=True)
    assert first.signing == SIGNED
    second = await bot.start(**with_token(bot))
    assert second.login == Login(bot.user, account.device, account.token, fresh=False)
    assert said(caplog) == []
    assert await bot.devices() == set()


async def test_a_token_that_was_revoked(bot: Bot) -> None:
    await bot.start(**with_token(bot))
    token = with_token(bot)
    await bot.owner("POST", "logout")
    assert await refusal(bot.start(**token)) == (
        f"The access_token of {bot.user} is of no use, the homeserver does not know it: set a new"
        " one with its device_id, or a password."
    )


async def test_a_token_that_has_expired(reached: Bot, proxy: Between) -> None:
    proxy.instead[f"GET {API}/account/whoami"] = EXPIRED
    assert await refusal(reached.start(**with_token(reached))) == (
        f"The access_token of {reached.user} is of no use, the homeserver has let it expire: set a"
        " new one with its device_id, or a password."
    )


async def test_a_token_of_another_device(bot: Bot) -> None:
    token = {"access_token": bot.account.token, "device_id": "WRONG"}
    assert await refusal(bot.start(**token)) == (
        f"The access token that the bot has belongs to the device {bot.account.device}, and not to"
        f' WRONG: set device_id = "{bot.account.device}".'
    )


async def test_a_token_of_another_user(bot: Bot, synapse: Synapse) -> None:
    other = await synapse.accounts.register("other")
    token = {"access_token": other.token, "device_id": other.device}
    assert await refusal(bot.start(**token)) == (
        f"The homeserver says that the bot is {other.user}, and not {bot.user}: set user_id ="
        f' "{other.user}", or use the login of the other.'
    )


@pytest.mark.parametrize("lost", ["folder", "database"])
async def test_lost_keys_with_a_token_alone(bot: Bot, lost: str) -> None:
    await bot.start(**with_token(bot))
    if lost == "folder":
        rmtree(bot.folder.path)
    else:
        (bot.folder.path / f"keys-{bot.account.device}.db").unlink()
    assert await refusal(bot.start(**with_token(bot))) == (
        f"The keys of the device {bot.account.device} are not in {bot.folder.path}, so the bot"
        " could never read what is encrypted for it: set a password, with which it logs in as a"
        " new device, or the access_token and device_id of a new one."
    )


async def test_a_token_that_another_program_uses_for_its_own_keys(
    reached: Bot, proxy: Between, tmp_path: Path
) -> None:
    proxy.cut = 3
    with pytest.raises(Away):
        await reached.start(**with_token(reached))
    assert proxy.asked[-1] == f"POST {API}/keys/upload"
    proxy.cut = None
    await Bot(reached.url, reached.account, tmp_path / "other").start(**with_token(reached))
    said = await refusal(reached.start(**with_token(reached)))
    assert said.startswith(f"The keys of the device {reached.account.device} are not in ")


async def test_a_new_token_replaces_a_lost_one(bot: Bot) -> None:
    await bot.start(**with_token(bot))
    rmtree(bot.folder.path)
    answer = await bot.owner(
        "POST", "login", type="m.login.password", password=bot.account.password,
        identifier={"type": "m.id.user", "user": bot.user},
    )  # fmt: skip
    token = {"access_token": answer["access_token"], "device_id": answer["device_id"]}
    started = await bot.start(**token)
    assert (started.device, started.login.fresh) == (answer["device_id"], True)


async def test_a_token_that_is_of_no_use_beside_a_password(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    both = {**with_token(bot), "password": bot.account.password}
    await bot.start(**with_token(bot))
    rmtree(bot.folder.path)
    said(caplog)
    first = await bot.start(**both)
    assert said(caplog)[0] == (
        f"Logged in as a new device, {first.device}, because the keys of the device"
        f" {bot.account.device} are lost."
    )
    second = await bot.start(**both)
    assert (second.device, second.login.fresh) == (first.device, False)
    # It may be somebody else's.
    assert await bot.devices() == {first.device}


# Another folder, another homeserver.


async def test_a_folder_of_another_user(bot: Bot, synapse: Synapse, tmp_path: Path) -> None:
    await bot.start()
    other = Bot(synapse.url, await synapse.accounts.register("other"), tmp_path)
    assert await refusal(other.start()) == (
        f"The store folder {bot.folder.path} belongs to {bot.user}: name another one as store for"
        f" {other.user}."
    )


async def test_a_folder_of_another_homeserver(bot: Bot, proxy: Between, tmp_path: Path) -> None:
    await bot.start()
    other = Bot(proxy.url, bot.account, tmp_path)
    assert await refusal(other.start()) == (
        f"The store folder {bot.folder.path} belongs to {bot.user} at {bot.url}, and not at"
        f" {proxy.url}: set homeserver as it was, or name another one as store."
    )
    assert proxy.asked == []


async def test_a_folder_that_cannot_be_made_is_noticed_before_anything_is_asked(
    reached: Bot, proxy: Between
) -> None:
    reached.folder.path.write_text("")
    assert await refusal(reached.start()) == (
        f"{reached.folder.path} is no folder: name another one as store."
    )
    assert proxy.asked == []


# Crashes.


async def test_a_start_that_is_cut_off_anywhere_is_made_good_by_the_next(
    reached: Bot, proxy: Between
) -> None:
    await reached.start()
    rmtree(reached.folder.path)
    proxy.asked = []
    await reached.start()
    asked = [(step, name) for step, name in enumerate(proxy.asked)]
    changes = [step for step, name in asked if name.startswith("POST") and "query" not in name]
    assert len(changes) == 7
    cuts = [(step, False) for step, _ in asked] + [(step, True) for step in changes]
    for proxy.cut, proxy.late in cuts:
        rmtree(reached.folder.path)
        proxy.asked = []
        # Some requests are sent again at once, by aiohttp.
        with suppress(Away):
            await reached.start()
        proxy.cut = None
        started = await reached.start()
        assert started.signing == SIGNED
        assert await reached.devices() == {started.device}


# Where the homeserver is.


async def test_a_homeserver_named_by_its_domain(synapse: Synapse, tmp_path: Path) -> None:
    async with between() as domain:
        domain.instead["GET /_matrix/client/versions"] = Says(404, "<h1>Not here</h1>")
        domain.instead["GET /.well-known/matrix/client"] = Says(
            200, {"m.homeserver": {"base_url": f"{synapse.url}/"}}
        )
        bot = Bot(domain.url, await synapse.accounts.register("bot"), tmp_path)
        first = await bot.start()
        assert domain.asked == ["GET /_matrix/client/versions", "GET /.well-known/matrix/client"]
        assert (await bot.start()).device == first.device
    kept = bot.folder.kept()
    assert kept is not None
    assert kept.homeserver == domain.url


async def test_a_homeserver_that_its_domain_has_elsewhere_today(
    synapse: Synapse, proxy: Between, tmp_path: Path
) -> None:
    async with between() as domain:
        domain.instead["GET /_matrix/client/versions"] = Says(404, "<h1>Not here</h1>")
        bot = Bot(domain.url, await synapse.accounts.register("bot"), tmp_path)
        started = []
        for today in (synapse.url, proxy.url):
            domain.instead["GET /.well-known/matrix/client"] = Says(
                200, {"m.homeserver": {"base_url": today}}
            )
            started.append((await bot.start()).device)
    assert started[0] == started[1]
    assert f"GET {API}/account/whoami" in proxy.asked


def test_no_token_is_shown() -> None:
    kept = Kept("@bot:example.org", "DEVICE", "geheim", "https://example.org", tidy=True)
    login = Login("@bot:example.org", "DEVICE", "geheim", fresh=True)
    assert "geheim" not in f"{kept!r} {login!r}"


@pytest.mark.parametrize(
    "leads",
    [
        Says(404, "<h1>Not here</h1>"),
        Says(200, {}),
        Says(200, {"m.homeserver": "https://example.org"}),
        Says(200, {"m.homeserver": {"base_url": 1}}),
        Says(200, {"m.homeserver": {"base_url": "ftp://example.org"}}),
    ],
)
async def test_a_domain_that_leads_nowhere(bot: Bot, tmp_path: Path, leads: Says) -> None:
    async with between() as domain:
        domain.instead["GET /_matrix/client/versions"] = Says(404, "<h1>Not here</h1>")
        domain.instead["GET /.well-known/matrix/client"] = leads
        with pytest.raises(Away) as caught:
            await Bot(domain.url, bot.account, tmp_path).start()
    assert str(caught.value) == "it answers 404, and not as a homeserver does"


async def test_what_is_no_homeserver(bot: Bot, tmp_path: Path) -> None:
    async with between() as domain:
        domain.instead["GET /_matrix/client/versions"] = Says(200, {"hello": "world"})
        domain.instead["GET /.well-known/matrix/client"] = Says(404, {"errcode": "M_NOT_FOUND"})
        with pytest.raises(Away) as caught:
            await Bot(domain.url, bot.account, tmp_path).start()
    assert str(caught.value) == "it does not answer as a Matrix homeserver does"


async def test_a_token_is_told_to_nobody_but_the_homeserver(reached: Bot, proxy: Between) -> None:
    settings = reached.settings()
    async with homeserver(settings) as server:
        server.token = "sesame"
        await discover(settings, server)
        assert server.token is None
    started = await reached.start()
    await log_out(reached, started.login)
    await reached.start()
    assert not proxy.signed & {"GET /_matrix/client/versions", f"POST {API}/login"}
    assert f"GET {API}/account/whoami" in proxy.signed


async def test_a_homeserver_that_is_down(bot: Bot) -> None:
    bot.url = "http://127.0.0.1:1"
    with pytest.raises(Away) as caught:
        await bot.start(password="sesame")
    assert str(caught.value) == "Connection refused"


# Looking.


async def test_looking_uses_what_was_kept_and_leaves_it(bot: Bot) -> None:
    started = await bot.start()
    settings = bot.settings()
    async with homeserver(settings) as server:
        login = await look(settings, server, bot.folder)
        assert login == Login(bot.user, started.device, started.login.token, fresh=False)
        await leave(server, login)
    assert await bot.devices() == {started.device}


async def test_looking_where_there_is_nothing_yet_leaves_nothing(bot: Bot) -> None:
    settings = bot.settings()
    async with homeserver(settings) as server:
        login = await look(settings, server, bot.folder)
        assert login.fresh
        assert await bot.devices() == {login.device_id}
        await leave(server, login)
    assert await bot.devices() == set()
    assert not bot.folder.path.exists()


async def test_looking_changes_nothing_where_keys_are_lost(bot: Bot) -> None:
    started = await bot.start()
    (bot.folder.path / f"keys-{started.device}.db").unlink()
    before = {file.name: file.read_bytes() for file in bot.folder.path.iterdir()}
    settings = bot.settings()
    async with homeserver(settings) as server:
        login = await look(settings, server, bot.folder)
        assert login.fresh
        await leave(server, login)
    assert await bot.devices() == {started.device}
    assert {file.name: file.read_bytes() for file in bot.folder.path.iterdir()} == before


async def test_looking_with_a_token_that_was_revoked(bot: Bot) -> None:
    settings = bot.settings(**with_token(bot))
    await bot.owner("POST", "logout")
    async with homeserver(settings) as server:
        assert await refusal(look(settings, server, bot.folder)) == (
            f"The access_token of {bot.user} is of no use, the homeserver does not know it: set a"
            " new one with its device_id, or a password."
        )


def test_what_is_said_of_a_token_that_is_revoked_while_the_bot_runs(bot: Bot) -> None:
    begins = (
        f"The homeserver does not know the access token of {bot.user} any more (somebody logged it"
        " out, or the bot runs elsewhere with another store folder): "
    )
    assert str(revoked(bot.settings())) == (
        f"{begins}start the bot again, and it logs in as a new device."
    )
    assert str(revoked(bot.settings(**with_token(bot)))) == (
        f"{begins}set a new access_token with its device_id."
    )
