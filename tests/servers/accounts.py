"""Accounts on the Matrix server of the tests, and what its administrator does to them."""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, field

from tests.servers.matrix_api import Api

# Who knows it may register, whatever the server's limits.
SECRET = "the secret of the tests"

_ADMIN = "_synapse/admin"
_REGISTER = ("v1", "register")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who is logged in."""

    user: str
    password: str
    token: str = field(repr=False)
    device: str


class Accounts:
    """The accounts of one server, each with a name that no other test has."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._names: Counter[str] = Counter()
        self._administrator: Account | None = None

    async def register(self, name: str, *, unlimited: bool = False) -> Account:
        """Somebody who is shown as `name`, whoever else is."""
        account = await self._register(name)
        if unlimited:
            await self.lift_limits(account.user)
        return account

    async def lift_limits(self, user: str) -> None:
        """This user may do everything, but log in, as often as they like."""
        body = {"messages_per_second": 0, "burst_count": 0}
        async with await self._administration() as api:
            await api.post("v1", "users", user, "override_ratelimit", base=_ADMIN, body=body)

    async def log_out(self, user: str) -> None:
        """End all that a user is logged in with: tokens are revoked, devices and keys deleted."""
        async with await self._administration() as api:
            known = await api.get("v2", "users", user, "devices", base=_ADMIN)
            body = {"devices": [each["device_id"] for each in known["devices"]]}
            await api.post("v2", "users", user, "delete_devices", base=_ADMIN, body=body)

    async def deactivate(self, user: str) -> None:
        """End the account: its user leaves all rooms, and never comes back."""
        async with await self._administration() as api:
            await api.post("v1", "deactivate", user, base=_ADMIN)

    async def _administration(self) -> Api:
        if self._administrator is None:
            self._administrator = await self._register("administrator", admin=True)
        return Api(self._url, self._administrator.token)

    async def _register(self, name: str, *, admin: bool = False) -> Account:
        # Who is called Ada and who is called ada would have the same account.
        low = name.lower()
        self._names[low] += 1
        local = f"{low}-{self._names[low]}"
        password = f"password of {local}"
        async with Api(self._url) as api:
            nonce = (await api.get(*_REGISTER, base=_ADMIN))["nonce"]
            # https://element-hq.github.io/synapse/latest/admin_api/register_api.html
            signed = "\0".join((nonce, local, password, "admin" if admin else "notadmin"))
            signature = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha1).hexdigest()
            body = {
                "nonce": nonce, "username": local, "displayname": name, "password": password,
                "admin": admin, "mac": signature,
            }  # fmt: skip
            answer = await api.post(*_REGISTER, base=_ADMIN, body=body)
        return Account(
            user=answer["user_id"],
            password=password,
            token=answer["access_token"],
            device=answer["device_id"],
        )
