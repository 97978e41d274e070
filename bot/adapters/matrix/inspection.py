"""What an organiser should know about an account: who the bot is, where it may come, and what it
may do."""

from urllib.parse import quote

from bot.adapters.finding import Finding, findings
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.keys.cross_signing import signed
from bot.adapters.matrix.login.login import Login
from bot.adapters.matrix.sending.limits import JOINS, limit_of, remedy
from bot.adapters.matrix.settings import Matrix

_NOT_FOUND = 404
_ASKS_ABOUT_SOMEBODY = 10.0
"""Seconds for one profile."""


async def inspected(settings: Matrix, server: Homeserver, login: Login) -> list[Finding]:
    """Sentences for the screen. Raises Refused and Away."""
    said: list[str | Finding] = [
        f"Logged in on {server.url} as {login.user_id}.",
        await _device(settings, server, login),
    ]
    joined = set((await server.ask("GET", "joined_rooms"))["joined_rooms"])
    said += [await _room(server, name, joined) for name in settings.rooms]
    welcome = settings.invitations
    said += await _organisers(settings, server)
    people = ", ".join(welcome) if welcome is not None else f"people of {settings.server_name}"
    said.append(f"Comes where it is invited by {people or 'nobody'}.")
    limit = await limit_of(settings, server)
    said.append(limit.said())
    if not limit.unlimited:
        said += [JOINS, remedy(settings)]
    return findings(said)


async def _device(settings: Matrix, server: Homeserver, login: Login) -> str:
    if not settings.encryption:
        return "Encryption is off: the bot reads nothing in encrypted rooms."
    if login.fresh:
        return "`run` makes a device for the bot, and signs it."
    if await signed(server, login.user_id, login.device_id):
        return f"Its device {login.device_id} is signed: every app talks to it."
    how = "it" if settings.password is not None else "it, if nobody has signed others before"
    return f"Its device {login.device_id} is not signed yet: `run` signs {how}."


async def _room(server: Homeserver, name: str, joined: set[str]) -> str:
    """Whether the bot is in a room of the settings, or could come there."""
    room = name
    if name.startswith("#"):
        try:
            room = str((await server.ask("GET", "directory", "room", name))["room_id"])
        except Refused as refusal:
            if refusal.limited:
                raise
            return f"{name}: there is no such room."
    if room in joined:
        return f"{name}: joined."
    try:
        # https://spec.matrix.org/latest/client-server-api/#get_matrixclientv1room_summaryroomidoralias
        summary = await server.fetch("GET", f"/_matrix/client/v1/room_summary/{quote(room)}")
    except Refused as refusal:
        if refusal.limited:
            raise
        return f"{name}: not joined; invite the bot there, unless anybody may join."
    if summary.get("join_rule") == "public" or summary.get("membership") == "invite":
        return f"{name}: `run` joins it."
    return f"{name}: not joined, and only for people who were invited: invite the bot."


async def _organisers(settings: Matrix, server: Homeserver) -> list[str | Finding]:
    """Who they are, and which of them nobody is. Raises Refused."""
    if not settings.organisers:
        return []
    problems: list[str | Finding] = []
    for user in settings.organisers:
        try:
            # Of other servers' people it has to ask these.
            await server.ask("GET", "profile", user, within=_ASKS_ABOUT_SOMEBODY)
        except Away:
            problems.append(f"{user}: it cannot be told now whether somebody is called so.")
        except Refused as refusal:
            if refusal.limited or refusal.unknown_token:
                raise
            unknown = refusal.status == _NOT_FOUND and not refusal.for_now
            problems.append(
                Finding(
                    f"{user} shall organise, but nobody is called so: look at the spelling.",
                    wrong=True,
                )
                if unknown
                else f"{user}: it cannot be told whether somebody is called so ({refusal.code})."
            )
    return [f"Organisers: {', '.join(settings.organisers)}.", *problems]
