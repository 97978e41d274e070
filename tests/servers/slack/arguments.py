"""Arguments of a Web API method, in each of the forms that Slack takes them.

https://docs.slack.dev/apis/web-api#basics
"""

import json
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from aiohttp import web

from tests.servers.slack.errors import Refused, refused


class Kind(Enum):
    """`JSON` is an object or a list; in a form, and if one likes in JSON too, a string of it."""

    STRING = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    TIMESTAMP = auto()
    JSON = auto()


_TIMESTAMP = re.compile(r"\d{1,12}(\.\d{1,6})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False, "": False}
# What an argument of JSON is answered with if it is none, by its name:
# https://docs.slack.dev/reference/methods/chat.postMessage#errors
_NO_JSON = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "attachments": "invalid_attachments",
}


async def given(request: web.Request, takes_json: bool) -> dict[str, Any]:
    """All arguments as they were sent, without the token.

    Raises `Refused` for a body of another kind. What reads takes no JSON: its body is not looked
    at, https://docs.slack.dev/apis/web-api#methods_supporting_json.
    """
    found: dict[str, Any] = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        match request.content_type:
            case "application/json":
                body = await _json(request)
                found |= body if takes_json else {}
            case "application/x-www-form-urlencoded" | "multipart/form-data":
                found |= dict(await request.post())
            case _:
                raise Refused("invalid_post_type")
    return found


async def _json(request: web.Request) -> dict[str, Any]:
    # https://docs.slack.dev/apis/web-api#post_bodies: invalid_json, json_not_object.
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(body, dict):
        raise Refused("json_not_object")
    return body


def read(
    sent: Mapping[str, Any], kinds: Mapping[str, Kind], required: tuple[str, ...]
) -> dict[str, Any]:
    """The arguments as values; null counts as not given.

    Slack passes over names that it does not know; here they are refused, so that a misspelt one
    is found. `team_id` says something where one token is for several workspaces, and is taken
    everywhere: Bolt sends it with every call.
    """
    sent = {name: value for name, value in sent.items() if name != "team_id"}
    problems = [
        f"missing required field: {name} [json-pointer:/{name}]"
        for name in required
        if sent.get(name) in (None, "")
    ]
    problems += [f"unknown argument: {name}" for name in sent if name not in kinds]
    values: dict[str, Any] = {}
    for name, value in sent.items():
        if name in kinds and value is not None:
            values[name] = _value(name, value, kinds[name], problems)
    if problems:
        raise refused("invalid_arguments", problems)
    return values


def _value(name: str, value: Any, kind: Kind, problems: list[str]) -> Any:
    match kind, value:
        case Kind.STRING, str():
            return value
        # A float would have lost the last digits.
        case Kind.TIMESTAMP, str() if _TIMESTAMP.fullmatch(value):
            return value
        case Kind.BOOLEAN, bool():
            return value
        case Kind.BOOLEAN, str() if value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
        case Kind.INTEGER, int() if not isinstance(value, bool):
            return value
        case Kind.INTEGER, str() if re.fullmatch(r"\d{1,9}", value):
            return int(value)
        case Kind.JSON, str():
            return _from_json(name, value)
        case Kind.JSON, dict() | list():
            return value
    problems.append(f"must provide a {kind.name.lower()} [json-pointer:/{name}]")
    return None


def _from_json(name: str, value: str) -> Any:
    if value == "":
        return None
    try:
        return json.loads(value)
    except ValueError:
        if name in _NO_JSON:
            raise Refused(_NO_JSON[name]) from None
        raise refused("invalid_arguments", [f"invalid JSON [json-pointer:/{name}]"]) from None
