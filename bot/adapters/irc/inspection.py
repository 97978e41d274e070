"""What an organiser should know about a connection: who the bot is there, and what it may do."""

from bot.adapters.finding import Finding, findings
from bot.adapters.irc.connection import Connection
from bot.adapters.irc.login.servers import Server
from bot.adapters.irc.sending.pace import Pace, about_voice


def inspected(
    connection: Connection, pace: Pace, server: Server, *, encrypted: bool
) -> list[Finding]:
    """Sentences for the log and the screen."""
    registered, roster = connection.registered, connection.roster
    over = "over TLS" if encrypted else "without encryption"
    said: list[str | Finding] = []
    said.append(f"Registered on {registered.server} ({server}, {over}) as {roster.me}.")
    if connection.wanted_nick.missing:
        said.append(f"{connection.settings.nick} is taken; it is taken back as soon as it is free.")
    said.append(_account(connection))
    said += _organisers(connection)
    names = ", ".join(sorted(connection.capabilities)) or "none"
    said.append(f"Capabilities: {names}.")
    said.append(_receipts(connection))
    said += about_voice(roster.channels, connection.standing.limit)
    said += [f"{name}: not joined, {why}." for name, why in connection.membership.refused.items()]
    different, alike = pace.fitting()
    alike_too = f", {alike:,} if they say the same" if alike != different else ""
    said.append(f"In five minutes {different:,} reminders fit{alike_too}.")
    return findings(said)


def _account(connection: Connection) -> str:
    identification = connection.identification
    if identification.account is None:
        return "Not logged in: people whose mode +R is set cannot be written to."
    name = identification.account or connection.settings.account or "its account"
    return f"Logged in as {name} ({identification.how})."


def _organisers(connection: Connection) -> list[Finding]:
    named = ", ".join(connection.settings.organisers)
    if not named:
        return []
    if not connection.knows_accounts:
        nobody = f"Nobody can be known as {named}, and organise: the server has no accounts."
        return [Finding(nobody, wrong=True)]
    here = "" if connection.tells_accounts else ", and in a channel with the bot"
    return [Finding(f"Organisers: whoever is logged in as {named}{here}.")]


def _receipts(connection: Connection) -> str:
    if connection.outbox.echoes:
        how = "the server's echo"
    elif connection.outbox.labels:
        how = "labelled responses"
    else:
        how = "a PING behind them"
    return f"That messages were taken is known from {how}."
