"""Which scope allows what.

https://docs.slack.dev/reference/scopes, and the pages of the methods and events.
"""

BOT_SCOPES = frozenset({
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "calls:read", "calls:write",
    "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
    "chat:write.customize", "chat:write.public", "commands", "conversations.connect:manage",
    "dnd:read", "emoji:read", "files:read", "files:write", "groups:history", "groups:read",
    "groups:write", "im:history", "im:read", "im:write", "incoming-webhook", "links:read",
    "links:write", "metadata.message:read", "mpim:history", "mpim:read", "mpim:write", "pins:read",
    "pins:write", "reactions:read", "reactions:write", "reminders:read", "reminders:write",
    "remote_files:read", "remote_files:write", "team:read", "usergroups:read", "usergroups:write",
    "users.profile:read", "users:read", "users:read.email", "users:write",
})  # fmt: skip

EVENT_SCOPES: dict[str, str] = {
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "app_rate_limited": "",
    "app_uninstalled": "",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "team_join": "users:read",
    "tokens_revoked": "",
    "user_change": "users:read",
}
"""The bot events that the double knows, each with the scope that it needs."""

HISTORY = {"public": "channels:history", "private": "groups:history", "im": "im:history"}
READ = {"public": "channels:read", "private": "groups:read", "im": "im:read"}
"""For conversations.history and conversations.info, by the channel's kind."""
