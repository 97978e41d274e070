"""Why Slack takes no message, in words for an organiser and for whoever it is about."""

from bot.adapters.slack.sending.api import Refused

REMOVED = "the app has been removed from the workspace"
UNDRAWABLE = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch"}
)
"""What is wrong is how it looks, not what it says."""

# The errors of https://docs.slack.dev/reference/methods/chat.postMessage, and those of
# https://docs.slack.dev/reference/methods/conversations.open about people.
_NOBODY = "nobody of this id is in the workspace"
_OF_PEOPLE = {
    "user_not_found": _NOBODY,
    "users_not_found": _NOBODY,
    "user_not_visible": "the app is not allowed to see this account",
    "channel_not_found": f"{_NOBODY}, or the app may not write there",
    "user_disabled": "the account is deactivated",
    "is_inactive": "the account is deactivated",
    "cannot_dm_bot": "the account is a bot's",
    "not_in_channel": "the bot is not in the direct chat",
    "is_archived": "the direct chat is closed",
    "messages_tab_disabled": "the app takes no messages: turn on the Messages Tab of its App Home",
}
_OF_CHANNELS = {
    "not_in_channel": "the bot is not in the channel: /invite it",
    "channel_not_found": "there is no such channel, or it is private and the bot is not in it",
    "is_archived": "the channel is archived",
    "restricted_action_read_only_channel": "the bot is not among those who may write there",
    "restricted_action_thread_only_channel": "only answers in threads are allowed there",
}
_OF_THE_WORKSPACE = {
    "access_denied", "accesslimited", "ekm_access_denied", "enterprise_is_restricted",
    "no_permission", "not_allowed_token_type", "org_login_required", "restricted_action",
    "team_access_not_granted",
}  # fmt: skip


def about_person(refusal: Refused) -> str:
    """Why somebody cannot be written to; completes "because ..."."""
    return _OF_PEOPLE.get(refusal.code) or _general(refusal)


def about_channel(refusal: Refused) -> str:
    """Why a channel cannot be written to; completes "because ..."."""
    return _OF_CHANNELS.get(refusal.code) or _general(refusal)


def _general(refusal: Refused) -> str:
    code = refusal.code
    if refusal.revoked:
        return REMOVED
    if code == "missing_scope":
        return f"the app lacks the scope {refusal.needed or 'for it'}: install it again"
    if code in _OF_THE_WORKSPACE or code.startswith(("restricted_action", "not_allowed")):
        return f"the workspace does not allow it ({code})"
    return f"Slack refuses it ({code})"
