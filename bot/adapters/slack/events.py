"""What the app listens to and what it calls on Slack, and the scopes that this needs."""

from collections.abc import Mapping
from types import MappingProxyType

EVENTS_PATH = "/slack/events"
"""Where Slack sends events, commands and interactions over HTTP, below the public URL."""
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
SHORTCUT = "bookmark_in_message"
"""The callback id of the shortcut on messages."""

_Scopes = Mapping[str, tuple[str, ...]]

EVENTS: _Scopes = MappingProxyType(
    {
        "app_home_opened": (),
        "app_mention": ("app_mentions:read",),
        "app_uninstalled": (),
        "message.im": ("im:history",),
        "tokens_revoked": (),
        "user_change": ("users:read",),
    }
)
"""All events that are listened to, and what each needs (https://docs.slack.dev/reference/events)."""

BOT_EVENTS = tuple(sorted(EVENTS))

METHODS: _Scopes = MappingProxyType(
    {
        "auth.test": (),
        "chat.postEphemeral": ("chat:write",),
        "chat.postMessage": ("chat:write",),
        "chat.update": ("chat:write",),
        # An answer in doubt is looked for where it would stand: in a direct chat, or in a public or
        # private channel. Chats of several people without a channel are not worth a scope.
        "conversations.history": ("channels:history", "groups:history", "im:history"),
        "conversations.open": ("im:write",),
        "conversations.replies": ("channels:history", "groups:history", "im:history"),
        "oauth.v2.access": (),
        "users.info": ("users:read",),
        "views.open": (),
        "views.publish": (),
        "views.push": (),
        "views.update": (),
    }
)
"""All methods that are called with a bot's token or none, and what each needs
(https://docs.slack.dev/reference/methods)."""

APP_METHODS: _Scopes = MappingProxyType({"apps.connections.open": ("connections:write",)})
"""What is called with the token of the app, which has scopes of its own."""

# https://docs.slack.dev/reference/scopes/commands: slash commands and shortcuts.
_FEATURES = ("commands",)

BOT_SCOPES = tuple(
    sorted({scope for needs in (*EVENTS.values(), *METHODS.values(), _FEATURES) for scope in needs})
)
"""What the bot's token must be allowed, and no more."""
