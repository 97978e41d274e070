"""What an organiser should know about an account: who the bot is, and what it may do."""

from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.limits import limit_of, remedy
from bot.adapters.matrix.session import Session
from bot.adapters.matrix.settings import Matrix
from bot.adapters.matrix.signing import signed


async def inspected(settings: Matrix, server: Homeserver, session: Session) -> list[str]:
    """Sentences for the screen. Raises Refused and Away."""
    said = [f"Logged in on {server.url} as {session.user_id}."]
    if not settings.encryption:
        said.append("Encryption is off: the bot reads nothing in encrypted rooms.")
    elif session.fresh:
        said.append("`run` will make a device for the bot, and sign it.")
    elif await signed(server, session.user_id, session.device_id):
        said.append(f"Its device {session.device_id} is signed: every app talks to it.")
    else:
        said.append(f"Its device {session.device_id} is not signed yet: `run` signs it.")
    limit = await limit_of(settings, server)
    said.append(limit.said())
    if not limit.unlimited:
        said.append(remedy(settings))
    return said
