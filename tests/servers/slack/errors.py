"""What Slack answers when it does not do as it was told."""

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """Slack's error code, as in `{"ok": false, "error": …}`, with what else the answer says.

    https://docs.slack.dev/apis/web-api#evaluating-responses
    """

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error, *more.values())
        self.error = error
        self.more = more

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.more}


def refused(error: str, problems: Sequence[str]) -> Refused:
    """With the sentences that say where the mistake is, once as `errors` and once as messages.

    The form is the one that Slack's answers to broken blocks have.
    """
    messages = [f"[ERROR] {problem}" for problem in problems]
    return Refused(error, errors=list(problems), response_metadata={"messages": messages})
