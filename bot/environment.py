"""Settings from the environment: SUMMIT_BOT_ + TABLE + __ + KEY, in any case, counts before the
file; where a table is a list of networks, SUMMIT_BOT_ + TABLE + __ + NAME + __ + KEY."""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bot.defaults import ENVIRONMENT
from bot.mistakes import BadSettings, Place

Models = Mapping[str, type[BaseModel]]


def settle(tables: dict[str, Any], models: Models) -> dict[Place, str]:
    """Put what the environment says into the tables; where it does, and by which variable.
    Raises BadSettings."""
    places = _places(tables, models)
    settled = {}
    for variable in os.environ:
        if not variable.upper().startswith(ENVIRONMENT):
            continue
        place = places.get(variable.upper())
        if place is None:
            raise BadSettings(_unknown(variable, list(places)))
        *outer, key = place
        target: Any = tables
        for part in outer:
            target = target[part] if isinstance(part, int) else target.setdefault(part, {})
        # What is no table will be refused; nothing can be put into it.
        if isinstance(target, dict):
            kind = models[str(place[0])].model_fields[str(key)].annotation
            target[key] = _value(variable, kind)
            settled[place] = variable
    return settled


def as_variable(name: str) -> str:
    """How a network is called in the name of a variable."""
    return name.upper().replace("-", "_").replace(".", "_")


def _places(tables: dict[str, Any], models: Models) -> dict[str, Place]:
    """Where the value of each variable belongs."""
    places: dict[str, Place] = {}
    for table, model in models.items():
        given = tables.get(table)
        if not isinstance(given, list) or "name" not in model.model_fields:
            for key in model.model_fields:
                places[f"{ENVIRONMENT}{table}__{key}".upper()] = (table, key)
            continue
        for number, network in enumerate(given):
            default = model.model_fields["name"].default
            name = network.get("name", default) if isinstance(network, dict) else None
            if isinstance(name, str):
                for key in (key for key in model.model_fields if key != "name"):
                    variable = f"{ENVIRONMENT}{table}__{as_variable(name)}__{key}".upper()
                    places.setdefault(variable, (table, number, key))
    return places


def _unknown(variable: str, known: list[str]) -> str:
    """What only looks like a setting is refused: nobody would notice that it is not read."""
    alike = [right for right in known if _plain(right) == _plain(variable)]
    near = alike or get_close_matches(variable.upper(), known, n=1, cutoff=0.8)
    hint = f"write {near[0]}" if near else f"they are like {ENVIRONMENT}EVENT__HOURS"
    return f"The environment: there is no setting {variable}: {hint}."


def _plain(name: str) -> str:
    return name.upper().replace("_", "")


def _value(variable: str, kind: Any) -> Any:
    """A list or a table is JSON; all else is taken as it is, and understood as its key wants
    it."""
    text = os.environ[variable]
    if get_origin(kind) is dict:
        return _table(variable, text)
    only, among = get_origin(kind) is list, any(get_origin(k) is list for k in get_args(kind))
    if not (only or among):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, list):
        return value
    if only:
        raise BadSettings(f'{variable}: it must be a list in brackets, like ["a", "b"].')
    return text


def _table(variable: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadSettings(f'{variable}: it must be a table in braces, like {{"title": "Name"}}.')
    return value
