"""What an acknowledgement says to Slack: the answer to a command, or what a modal shows next."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, assert_never

from slack_bolt.response import BoltResponse

from bot.adapters.slack.hearing.heard import Heard


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer to a slash command; everybody in the channel sees it if `in_channel`."""

    text: str
    blocks: Sequence[Mapping[str, Any]] = ()
    in_channel: bool = False


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A modal stays open, and says these sentences at its inputs, by their block ids."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A modal shows this view from now on."""

    view: Mapping[str, Any]


Answered = Acknowledged | Mistaken | Shown
Hears = Callable[[Heard], Awaitable[Answered | None]]
"""Told what was heard, answers; what goes into the acknowledgement is returned."""


def answered(answer: Answered | None) -> BoltResponse:
    """Acknowledged, with this answer."""
    return BoltResponse(status=HTTPStatus.OK, body=_body(answer) or "")


def said(sentence: str) -> BoltResponse:
    """Acknowledged, with a sentence for whoever used a command."""
    return answered(Acknowledged(sentence))


def later() -> BoltResponse:
    """Not acknowledged: an event comes again, and who pressed something is told that it failed."""
    return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)


def _body(answer: Answered | None) -> dict[str, Any]:
    """Empty if it only says that something has arrived
    (https://docs.slack.dev/interactivity/implementing-slash-commands and .../surfaces/modals)."""
    match answer:
        case None:
            return {}
        case Acknowledged(text, blocks, in_channel):
            return {
                "response_type": "in_channel" if in_channel else "ephemeral",
                "text": text,
                # Nothing in a title is markup, and no link in one is worth a preview.
                "mrkdwn": False,
                "unfurl_links": False,
                "unfurl_media": False,
                **({"blocks": list(blocks)} if blocks else {}),
            }
        case Mistaken(errors):
            return {"response_action": "errors", "errors": dict(errors)}
        case Shown(view):
            return {"response_action": "update", "view": dict(view)}
        case _:
            assert_never(answer)
