"""What may be used once, and not for long: trigger ids, tickets for sockets, OAuth codes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.slack.apps import App
from tests.servers.slack.errors import Refused, refused
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace
from tests.servers.slack.world import World

# https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
TRIGGER_SECONDS = 3.0
# https://docs.slack.dev/apis/events-api/using-socket-mode says that the URL is for one connection
# and gives no time. Assumed: half a minute.
TICKET_SECONDS = 30.0
# https://docs.slack.dev/authentication/installing-with-oauth#exchanging
CODE_SECONDS = 600.0


@dataclass(eq=False)
class Trigger:
    """`spent` once a view was opened with it."""

    id: str
    app: App
    workspace: Workspace
    user: User
    until: float
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody allowed."""

    app: App
    workspace: Workspace
    user: User
    scopes: frozenset[str]
    redirect_uri: str | None
    until: float


@dataclass
class Lifetimes:
    """Everything that was given out, by its id."""

    world: World
    triggers: dict[str, Trigger] = field(default_factory=dict)
    tickets: dict[str, tuple[App, float]] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)

    def issue_trigger(self, app: App, workspace: Workspace, user: User) -> str:
        """As "12466734323.1395872398.fd64a1…": three parts, as the error for others says."""
        number = secrets.randbelow(10**12)
        id = f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        until = self.world.clock() + TRIGGER_SECONDS
        self.triggers[id] = Trigger(id, app, workspace, user, until)
        return id

    def spend_trigger(self, app: App, id: str) -> Trigger:
        """https://docs.slack.dev/reference/methods/views.open#errors"""
        found = self.triggers.get(id)
        if found is None or found.app is not app:
            raise Refused(
                "invalid_trigger_id",
                response_metadata={"messages": ["invalid `trigger_id`"]},
            )
        if found.spent:
            raise Refused("exchanged_trigger_id")
        if self.world.clock() > found.until:
            raise Refused("expired_trigger_id")
        found.spent = True
        return found

    def issue_ticket(self, app: App) -> str:
        ticket = secrets.token_hex(16)
        self.tickets[ticket] = app, self.world.clock() + TICKET_SECONDS
        return ticket

    def spend_ticket(self, ticket: str) -> App | None:
        """Whose socket it opens: nobody's if it is unknown, was used, or is too old."""
        app, until = self.tickets.pop(ticket, (None, 0.0))
        return None if self.world.clock() > until else app

    def grant(
        self, app: App, workspace: Workspace, user: User, redirect_uri: str | None,
        scopes: Iterable[str] | None = None,
    ) -> str:  # fmt: skip
        """What pressing "Allow" does: the code for oauth.v2.access.

        Raises `Refused` for a redirect_uri that is none of the manifest's, or lies below none:
        https://docs.slack.dev/authentication/installing-with-oauth#redirect_urls
        """
        known = app.manifest.redirect_urls
        if redirect_uri is not None and not any(_below(redirect_uri, one) for one in known):
            raise Refused("bad_redirect_uri")
        if redirect_uri is None and not known:
            raise refused("bad_redirect_uri", ["the app has no redirect_urls"])
        wanted = app.manifest.bot_scopes if scopes is None else frozenset(scopes)
        if not wanted <= app.manifest.bot_scopes:
            raise Refused("invalid_scope")
        code = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(24)}"
        until = self.world.clock() + CODE_SECONDS
        self.codes[code] = Grant(app, workspace, user, wanted, redirect_uri, until)
        return code

    def exchange(self, code: str) -> Grant:
        """Once."""
        found = self.codes.pop(code, None)
        if found is None or self.world.clock() > found.until:
            raise Refused("invalid_code")
        return found


def _below(uri: str, allowed: str) -> bool:
    return uri == allowed or uri.startswith(allowed.rstrip("/") + "/")
