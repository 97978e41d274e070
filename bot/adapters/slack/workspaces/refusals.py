"""Why Slack does not take a token, or opens no socket, as a sentence that says what to do."""

from dataclasses import dataclass

_PAGE = "OAuth & Permissions in the app's settings (https://api.slack.com/apps)"

# The errors of https://docs.slack.dev/reference/methods/auth.test
_BOT_TOKEN = {
    "account_inactive": "The app has been removed from the workspace: install it again, and put"
    " its new token into bot_token.",
    "token_revoked": "bot_token has been revoked: install the app again, and put its new token"
    " into bot_token.",
    "token_expired": "bot_token has expired, since token rotation is on: make the app anew from"
    " `summit-bot slack manifest`, which leaves it off.",
    "not_allowed_token_type": "bot_token is not the token of a bot: copy the Bot User OAuth Token"
    f" (xoxb-…) from {_PAGE}.",
}
_REMEDY = (
    "make an app-level token with the scope connections:write (Basic Information, App-Level Tokens,"
    " in the settings of the app at https://api.slack.com/apps), and set it as app_token"
)


@dataclass(frozen=True, slots=True)
class NoSocket:
    """Why Slack opens no socket: a sentence that says what to do; `final` if it is of no use to try
    again until that is done."""

    sentence: str
    final: bool


# The errors of https://docs.slack.dev/reference/methods/apps.connections.open, and the reasons of
# https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect
_NO_SOCKET = {
    "invalid_auth": NoSocket(f"Slack does not know the app_token: {_REMEDY}.", True),
    "not_authed": NoSocket(f"Slack has got no app_token: {_REMEDY}.", True),
    "token_revoked": NoSocket(f"The app_token has been revoked: {_REMEDY}.", True),
    "token_expired": NoSocket(f"The app_token has expired: {_REMEDY}.", True),
    "account_inactive": NoSocket(
        f"The app_token belongs to a deleted app or workspace: {_REMEDY}.", True
    ),
    "missing_scope": NoSocket(f"The app_token lacks the scope connections:write: {_REMEDY}.", True),
    "no_permission": NoSocket(f"The app_token lacks the scope connections:write: {_REMEDY}.", True),
    "not_allowed_token_type": NoSocket(
        f"The app_token is a token of another kind, not xapp-…: {_REMEDY}.", True
    ),
    "forbidden_team": NoSocket(
        "Slack does not let the app open a socket from this workspace: an owner of the workspace"
        " has to allow it.",
        True,
    ),
    "link_disabled": NoSocket(
        "Socket Mode is turned off for the app: turn it on in its settings (Socket Mode), or set"
        " mode to http.",
        False,
    ),
    "too_many_websockets": NoSocket(
        "The app has too many sockets open (Slack allows ten): end processes that nobody needs.",
        False,
    ),
}
_KINDS = {"xapp-": "an app-level token, which belongs into app_token", "xoxp-": "a person's token"}


def bot_token_of(token: str) -> str | None:
    """What is wrong with a `bot_token` by its looks; None if nothing is."""
    for beginning, kind in _KINDS.items():
        if token.startswith(beginning):
            return f"bot_token is {kind}: copy the Bot User OAuth Token (xoxb-…) from {_PAGE}."
    return None


def bot_token_refused(code: str) -> str:
    """Why Slack does not take `bot_token`, by its error code."""
    return _BOT_TOKEN.get(
        code,
        f"Slack does not take bot_token ({code}): copy the Bot User OAuth Token (xoxb-…) from"
        f" {_PAGE}.",
    )


def no_socket(code: str) -> NoSocket:
    """Why Slack opens no socket, or closes one, by its error code or reason."""
    return _NO_SOCKET.get(code) or NoSocket(f"Slack opens no socket for the app ({code}).", False)
