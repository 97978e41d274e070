"""Tells bolt who the bot is in the workspace that something comes from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.storing import StoreAway


@dataclass(frozen=True, slots=True)
class Authorized:
    """The bot in a workspace: its token, its user id, and its id as a bot (empty if unknown)."""

    token: str = field(repr=False)
    user: str
    bot: str = ""


Authorize = Callable[[str | None, str | None], Awaitable[Authorized | None]]
"""The bot in a workspace, by the ids of the workspace and of its enterprise; None if it is not
installed there. Raises StoreAway."""


class NotInstalled(Exception):
    """The bot has no token for this workspace."""


class Unknown(Exception):
    """Whether the bot is installed in a workspace cannot be told now; the message says why."""


class BoltAuthorize(AsyncAuthorize):
    """Bolt's question which token a request is answered with. Raises NotInstalled and Unknown."""

    def __init__(self, authorize: Authorize) -> None:
        self._authorize = authorize

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None,
        user_id: str | None, actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None, actor_user_id: str | None = None,
    ) -> AuthorizeResult:  # fmt: skip
        """Who the bot is there."""
        try:
            found = await self._authorize(team_id, enterprise_id)
        except StoreAway as away:
            raise Unknown(str(away)) from None
        if found is None:
            raise NotInstalled
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=found.user,
            bot_id=found.bot, bot_token=found.token,
        )  # fmt: skip
