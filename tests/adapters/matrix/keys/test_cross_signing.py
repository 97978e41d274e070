"""Cross-signing: the bot's device is signed at its first start, and whatever comes later."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.matrix.confirming import confirmed
from bot.adapters.matrix.folder import Seeds
from bot.adapters.matrix.homeserver import Refused
from bot.adapters.matrix.keys.cross_signing import Signing
from bot.adapters.matrix.keys.signatures import is_signed, public, with_signature
from tests.adapters.matrix.between import Between, Says, between
from tests.adapters.matrix.starts import SIGNED, Bot, homeserver, said
from tests.servers.synapse import Synapse

API = "/_matrix/client/v3"
UPLOAD = f"POST {API}/keys/device_signing/upload"
SIGNATURES = f"POST {API}/keys/signatures/upload"


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


def token_of(bot: Bot) -> dict[str, Any]:
    return {"access_token": bot.account.token, "device_id": bot.account.device}


def unsigned(why: str) -> str:
    return (
        f"Its device is not cross-signed, because {why}: clients that refuse such devices do not"
        " let it read."
    )


async def shown(bot: Bot) -> dict[str, Any]:
    """What everybody sees of the bot's keys."""
    answer: dict[str, Any] = await bot.owner("POST", "keys", "query", device_keys={bot.user: []})
    return answer


def new_seeds() -> Seeds:
    return Seeds(*(secrets.token_bytes(32) for _ in range(3)))


def cross_signing_keys(bot: Bot, seeds: Seeds) -> dict[str, Any]:
    """What a client uploads."""

    def key(usage: str, seed: bytes) -> dict[str, Any]:
        name = public(seed)
        return {"user_id": bot.user, "usage": [usage], "keys": {f"ed25519:{name}": name}}

    others = {"self_signing": seeds.self_signing, "user_signing": seeds.user_signing}
    return {"master_key": key("master", seeds.master)} | {
        f"{usage}_key": with_signature(key(usage, seed), bot.user, seeds.master)
        for usage, seed in others.items()
    }


async def set_up_by_another_client(bot: Bot) -> Seeds:
    """Cross-signing keys that the owner has made with a client of their own."""
    seeds = new_seeds()
    await upload(bot, cross_signing_keys(bot, seeds))
    return seeds


async def upload(bot: Bot, keys: dict[str, Any]) -> None:
    """By the owner, who knows the password too."""
    async with homeserver(bot.settings()) as server:
        server.token = bot.account.token
        await confirmed(
            server, "POST", "keys", "device_signing", "upload",
            body=keys, user_id=bot.user, password=SecretStr(bot.account.password),
        )  # fmt: skip


def replaced(bot: Bot) -> str:
    return (
        f"{bot.user} had cross-signing keys whose private parts are not in {bot.folder.path}: the"
        " bot has replaced them by its own. Whoever had verified it has to do so again."
    )


async def test_the_first_start_signs_the_device(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    started = await bot.start()
    assert started.signing == SIGNED
    assert await bot.is_signed(started.device)
    seeds = bot.folder.seeds()
    assert seeds is not None
    keys = await shown(bot)
    master = keys["master_keys"][bot.user]
    self_signing = keys["self_signing_keys"][bot.user]
    user_signing = keys["user_signing_keys"][bot.user]
    device = keys["device_keys"][bot.user][started.device]
    assert [each["usage"] for each in (master, self_signing, user_signing)] == [
        ["master"], ["self_signing"], ["user_signing"],
    ]  # fmt: skip
    assert [
        is_signed(self_signing, bot.user, public(seeds.master)),
        is_signed(user_signing, bot.user, public(seeds.master)),
        is_signed(device, bot.user, public(seeds.self_signing)),
    ] == [True, True, True]
    assert said(caplog) == []


async def test_the_next_start_has_nothing_to_do(reached: Bot, proxy: Between) -> None:
    await reached.start()
    proxy.asked = []
    assert (await reached.start()).signing == SIGNED
    assert proxy.asked == [
        "GET /_matrix/client/versions",
        f"GET {API}/account/whoami",
        f"POST {API}/keys/query",
        f"POST {API}/keys/query",
    ]


async def test_a_device_that_nobody_signed_is_not_signed(bot: Bot) -> None:
    await bot.start()
    assert not await bot.is_signed(bot.account.device)
    assert not await bot.is_signed("NOBODY")


async def test_keys_whose_upload_was_cut_off_are_used(bot: Bot) -> None:
    seeds = new_seeds()
    bot.folder.keep_seeds(seeds)
    assert (await bot.start()).signing == SIGNED
    assert bot.folder.seeds() == seeds
    keys = await shown(bot)
    assert public(seeds.master) in keys["master_keys"][bot.user]["keys"].values()


async def test_a_new_device_is_signed_with_the_same_keys(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    before = await shown(bot)
    (bot.folder.path / f"keys-{first.device}.db").unlink()
    second = await bot.start()
    assert second.signing == SIGNED
    assert (await shown(bot))["master_keys"] == before["master_keys"]
    assert not [line for line in said(caplog) if "cross-signing" in line]


@pytest.mark.parametrize("damaged", [False, True])
async def test_lost_private_keys_are_not_missed_while_the_device_is_signed(
    bot: Bot, damaged: bool
) -> None:
    await bot.start()
    file = bot.folder.path / "cross-signing.json"
    if damaged:
        file.write_text("{")
    else:
        file.unlink()
    before = await shown(bot)
    assert (await bot.start()).signing == SIGNED
    assert await shown(bot) == before


async def test_a_password_replaces_what_another_client_has_set_up(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up_by_another_client(bot)
    started = await bot.start()
    assert started.signing == SIGNED
    assert await bot.is_signed(started.device)
    assert said(caplog) == [replaced(bot)]


async def test_what_another_client_sets_up_later_is_replaced_at_the_next_start(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    first = await bot.start()
    await upload(bot, cross_signing_keys(bot, new_seeds()))
    assert not await bot.is_signed(first.device)
    said(caplog)
    second = await bot.start()
    assert (second.device, second.signing) == (first.device, SIGNED)
    assert said(caplog) == [replaced(bot)]


@pytest.mark.parametrize("taken", [["master_key"], ["master_key", "self_signing_key"]])
async def test_keys_that_the_homeserver_has_taken_in_part(bot: Bot, taken: list[str]) -> None:
    seeds = new_seeds()
    bot.folder.keep_seeds(seeds)
    keys = cross_signing_keys(bot, seeds)
    await upload(bot, {name: keys[name] for name in taken})
    assert (await bot.start()).signing == SIGNED
    assert bot.folder.seeds() == seeds


async def test_a_device_that_another_client_has_signed_is_signed(bot: Bot) -> None:
    seeds = await set_up_by_another_client(bot)
    started = await bot.start(**token_of(bot))
    assert started.signing is not None
    assert not started.signing.signed
    device = (await shown(bot))["device_keys"][bot.user][started.device]
    del device["unsigned"]
    signed = with_signature({**device, "signatures": {}}, bot.user, seeds.self_signing)
    await bot.owner("POST", "keys", "signatures", "upload", **{bot.user: {started.device: signed}})
    assert (await bot.start(**token_of(bot))).signing == SIGNED


async def test_a_token_alone_cannot_replace_what_another_client_has_set_up(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up_by_another_client(bot)
    before = await shown(bot)
    started = await bot.start(**token_of(bot))
    sentence = (
        unsigned("the homeserver wants it confirmed with the account's password")
        + " Set a password for the bot."
    )
    assert started.signing == Signing(signed=False, said=sentence)
    assert said(caplog) == [sentence]
    assert (await shown(bot))["master_keys"] == before["master_keys"]
    assert not await bot.is_signed(started.device)
    both = {**token_of(bot), "password": bot.account.password}
    assert (await bot.start(**both)).signing == SIGNED


async def test_a_token_is_enough_where_there_are_no_keys_yet(bot: Bot) -> None:
    started = await bot.start(**token_of(bot))
    assert started.signing == SIGNED
    assert await bot.is_signed(started.device)


async def test_a_wrong_password_beside_a_token(bot: Bot) -> None:
    await set_up_by_another_client(bot)
    started = await bot.start(**token_of(bot), password="basil")
    assert started.signing == Signing(
        signed=False,
        said=unsigned("the homeserver does not take the password (Invalid username or password)"),
    )


@pytest.mark.parametrize(
    ("flows", "asked"),
    [
        ([{"stages": ["m.login.sso"]}, {"stages": ["m.oauth"]}], "m.login.sso, m.oauth"),
        ([{"stages": ["m.login.password", "m.login.sso"]}], "m.login.password, m.login.sso"),
        ([], "nothing known"),
        ("none", "nothing known"),
    ],
)
async def test_a_homeserver_that_wants_what_no_bot_can_give(
    reached: Bot, proxy: Between, flows: object, asked: str
) -> None:
    proxy.instead[UPLOAD] = Says(401, {"flows": flows, "session": "s", "params": {}})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False,
        said=unsigned(f"the homeserver wants it confirmed by other means ({asked})"),
    )


async def test_a_homeserver_that_wants_it_confirmed_in_several_steps(
    reached: Bot, proxy: Between
) -> None:
    flows = [{"stages": ["m.login.sso"]}, {"stages": ["m.login.dummy", "m.login.password"]}]
    proxy.first[UPLOAD] = [
        Says(401, {"flows": flows, "session": "xyz"}),
        Says(401, {"flows": flows, "session": "xyz", "completed": ["m.login.dummy"]}),
    ]
    assert (await reached.start()).signing == SIGNED
    bodies = [body for name, body in zip(proxy.asked, proxy.bodies, strict=True) if name == UPLOAD]
    assert [body.get("auth") for body in bodies] == [
        None,
        {"type": "m.login.dummy", "session": "xyz"},
        {
            "type": "m.login.password", "session": "xyz", "password": reached.account.password,
            "identifier": {"type": "m.id.user", "user": reached.user},
        },
    ]  # fmt: skip


async def test_a_homeserver_that_asks_again_and_again(reached: Bot, proxy: Between) -> None:
    flows = [{"stages": ["m.login.dummy"]}]
    proxy.instead[UPLOAD] = Says(401, {"flows": flows, "session": "s"})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False, said=unsigned("the homeserver asks for the same again and again")
    )


async def test_a_homeserver_without_cross_signing(reached: Bot, proxy: Between) -> None:
    proxy.instead[UPLOAD] = Says(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized"})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False, said=unsigned("the homeserver refuses it (Unrecognized)")
    )
    proxy.instead.clear()
    assert (await reached.start()).signing == SIGNED


async def test_a_signature_that_the_homeserver_does_not_take(reached: Bot, proxy: Between) -> None:
    failure = {"errcode": "M_INVALID_SIGNATURE", "error": "Invalid signature"}
    proxy.instead[SIGNATURES] = Says(200, {"failures": {reached.user: {"DEVICE": failure}}})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False,
        said=unsigned("the homeserver does not take the signature (Invalid signature)"),
    )
    proxy.instead[SIGNATURES] = Says(200, {"failures": {}})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False,
        said=unsigned("the homeserver has taken the signature and does not show it"),
    )


async def test_keys_that_are_not_ours_are_not_signed(reached: Bot, proxy: Between) -> None:
    proxy.instead[f"POST {API}/keys/query"] = Says(200, {"device_keys": {}})
    started = await reached.start()
    assert started.signing == Signing(
        signed=False, said=unsigned("the homeserver does not show the keys of this device")
    )
    assert SIGNATURES not in proxy.asked


@pytest.mark.parametrize(
    "says",
    [
        Says(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 100}),
        Says(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Who?"}),
    ],
)
async def test_what_the_caller_has_to_see_to_is_left_to_it(
    reached: Bot, proxy: Between, says: Says
) -> None:
    proxy.instead[UPLOAD] = says
    with pytest.raises(Refused) as caught:
        await reached.start()
    assert isinstance(says.answer, dict)
    assert caught.value.code == says.answer["errcode"]


@pytest.mark.parametrize(
    "change",
    [
        lambda keys, user: keys["master_keys"].clear(),
        lambda keys, user: keys["self_signing_keys"].clear(),
        lambda keys, user: keys["self_signing_keys"][user]["signatures"].clear(),
        lambda keys, user: keys["self_signing_keys"][user].update(usage=["master"]),
        lambda keys, user: keys["device_keys"][user].clear(),
        lambda keys, user: [
            device["keys"].update({"ed25519:X": "x"})
            for device in keys["device_keys"][user].values()
        ],
        lambda keys, user: keys["device_keys"].update({user: ["odd"]}),
        lambda keys, user: keys["master_keys"][user].update(
            keys={"ed25519:other": next(iter(keys["master_keys"][user]["keys"].values()))}
        ),
        lambda keys, user: keys["master_keys"].update({user: {"keys": {"ed25519:x": 1}}}),
        lambda keys, user: keys.clear(),
    ],
)
async def test_a_chain_of_signatures_that_is_broken_is_none(
    reached: Bot, proxy: Between, change: Any
) -> None:
    started = await reached.start()
    keys = await shown(reached)
    change(keys, reached.user)
    proxy.instead[f"POST {API}/keys/query"] = Says(200, keys)
    assert not await reached.is_signed(started.device)
    proxy.instead.clear()
    assert await reached.is_signed(started.device)


async def test_two_folders_in_turn(bot: Bot) -> None:
    """As where several processes stand by for each other, each with a folder of its own."""
    first = await bot.start()
    aside = bot.folder.path.rename(bot.folder.path.with_name("aside"))
    second = await bot.start()
    assert second.signing == SIGNED
    rmtree(bot.folder.path)
    aside.rename(bot.folder.path)
    third = await bot.start()
    assert third.signing == SIGNED
    assert len({first.device, second.device, third.device}) == 3
    assert await bot.devices() == {third.device}
