"""Finds the client-server API of a homeserver.

https://spec.matrix.org/latest/client-server-api/#server-discovery
"""

from typing import Any

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.settings import Matrix

_VERSIONS = "/_matrix/client/versions"
_WELL_KNOWN = "/.well-known/matrix/client"
_PATIENCE = 10.0
"""Seconds. It costs a homeserver nothing to answer this."""


async def discover(settings: Matrix, server: Homeserver) -> None:
    """Set the URL of the server to that of its API: what the settings name, or where that leads.
    Raises Away where neither is one, for so it looks also while a homeserver is down, and Refused
    where it has no time now."""
    # Whoever is asked first need not be who the token is for.
    server.token = None
    server.url = settings.homeserver
    try:
        await _speak(server)
    except Away as away:
        elsewhere = await _leads_to(server)
        if elsewhere in (None, server.url):
            raise away from None
        server.url = elsewhere
        await _speak(server)


async def _speak(server: Homeserver) -> None:
    """Raises Away, and Refused as above."""
    answer = await _asked(server, _VERSIONS)
    if not isinstance(answer, dict) or not isinstance(answer.get("versions"), list):
        raise Away("it does not answer as a Matrix homeserver does")


async def _leads_to(server: Homeserver) -> str | None:
    """The URL that a server names as that of its API. Raises Refused as above."""
    try:
        answer = await _asked(server, _WELL_KNOWN)
        url = answer["m.homeserver"]["base_url"].rstrip("/")
    except (Away, LookupError, TypeError, AttributeError):
        return None
    secure = ("https://",) if server.url.startswith("https://") else ("https://", "http://")
    return url if url.startswith(secure) else None


async def _asked(server: Homeserver, path: str) -> Any:
    try:
        return await server.fetch("GET", path, within=_PATIENCE)
    except Refused as refusal:
        if refusal.limited:
            raise
        raise Away(refusal.said or f"it answers {refusal.code}") from None
