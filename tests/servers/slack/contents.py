"""What a message says, checked as Slack checks it before it is posted."""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack.blocks import check_blocks
from tests.servers.slack.errors import Refused
from tests.servers.slack.words import words

# https://api.slack.com/changelog/2018-04-truncating-really-long-messages: Slack cuts the text
# there, and says so in a warning. Here it is an error, so that no test overlooks the lost words.
MOST_TEXT = 40_000
# https://docs.slack.dev/reference/methods/chat.update#errors (msg_too_long)
MOST_TEXT_OF_UPDATE = 4_000
# msg_blocks_too_long of chat.postMessage is not documented any further. Measured by others
# (issue 2509 of slackapi/bolt-js): 13,297 characters in one block of markdown are taken, and
# 13,172 if a divider stands beside it. Assumed: what is counted are the words that people see and
# 125 for each block; the values of buttons are not.
MOST_IN_BLOCKS = 13_422
PER_BLOCK = 125
# https://docs.slack.dev/reference/methods/chat.postMessage#errors (too_many_attachments)
MOST_ATTACHMENTS = 100
# metadata_too_large names no number there. Assumed: 16 KB of JSON.
MOST_METADATA = 16_384

_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Content:
    """Blocks have all their ids. `parse` and the like are kept as they were sent."""

    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    parse: str = "none"
    link_names: bool = False
    mrkdwn: bool = True


def message_content(given: Mapping[str, Any], whole: bool = False) -> Content:
    """The keys of a message, as in the arguments of chat.postMessage; others are let be.

    `whole`: the length of all blocks together is counted, as chat.postMessage does. Raises
    `Refused`: no_text, msg_too_long, invalid_blocks, invalid_blocks_format, msg_blocks_too_long,
    invalid_attachments, too_many_attachments, and those of `check_metadata`.
    """
    text = given.get("text") or ""
    if not isinstance(text, str):
        raise Refused("invalid_arguments", response_metadata={"messages": [
            "[ERROR] must provide a string [json-pointer:/text]"
        ]})  # fmt: skip
    blocks = given.get("blocks") or []
    attachments = given.get("attachments") or []
    if not isinstance(attachments, list):
        raise Refused("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    kept = check_blocks(blocks, "message")
    if not text.strip() and not kept and not attachments:
        raise Refused("no_text")
    if len(text) > MOST_TEXT:
        raise Refused("msg_too_long")
    if whole and length_of(kept) > MOST_IN_BLOCKS:
        raise Refused("msg_blocks_too_long")
    parse = given.get("parse") or "none"
    return Content(
        text, kept, copy.deepcopy(attachments), check_metadata(given.get("metadata")),
        given.get("unfurl_links"), given.get("unfurl_media"), parse,
        bool(given.get("link_names")), given.get("mrkdwn") is not False,
    )  # fmt: skip


def length_of(blocks: list[dict[str, Any]]) -> int:
    """What `MOST_IN_BLOCKS` is the limit of."""
    return sum(map(len, words(blocks))) + PER_BLOCK * len(blocks)


def check_metadata(given: Any) -> dict[str, Any] | None:
    """Of a message; None where there is none.

    https://docs.slack.dev/messaging/message-metadata: an `event_type` of letters and digits, and
    an `event_payload`, an object. Its values are strings, numbers, booleans, and objects or lists
    of those, by the types of Slack's own SDK.
    """
    if given is None or given == "":
        return None
    if not isinstance(given, dict):
        raise Refused("invalid_metadata_format")
    if set(given) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_schema")
    kind, payload = given.get("event_type"), given.get("event_payload")
    if not isinstance(kind, str) or not _EVENT_TYPE.fullmatch(kind):
        raise Refused("invalid_metadata_format")
    if not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    if any(value is None for value in payload.values()):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(given)) > MOST_METADATA:
        raise Refused("metadata_too_large")
    return copy.deepcopy(given)
