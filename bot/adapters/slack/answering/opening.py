"""Opens windows over the chat, as long as whoever pressed something may still be shown one."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.adapters.slack.workspaces.workspaces import Workspace

_log = structlog.get_logger(__name__)

# https://docs.slack.dev/reference/methods/views.open#errors, and those that it had as dialog.open.
_TOO_LATE = frozenset({
    "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger", "invalid_trigger_id",
    "trigger_exchanged", "trigger_expired",
})  # fmt: skip


async def opened(
    workspace: Workspace, trigger: str, view: Mapping[str, Any], *, network: str,
    pushed: bool = False,
) -> bool:  # fmt: skip
    """Open a modal; false if there is none for certain, and what it would show has to be shown
    elsewhere: it is too late, since a trigger lives for three seconds
    (https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses), or Slack does
    not take the modal now. `pushed` puts it on top of the one that is open."""
    try:
        await workspace.views.open(trigger, view, pushed=pushed)
    except Refused as refusal:
        if refusal.code in _TOO_LATE:
            _log.info("no modal", network=network, reason=refusal.code)
        else:
            _log.error("Slack does not open a modal.", network=network, code=refusal.code)
        return False
    except (Limited, Away) as problem:
        _log.warning("no modal", network=network, reason=str(problem))
        return isinstance(problem, Away) and problem.sent
    return True
