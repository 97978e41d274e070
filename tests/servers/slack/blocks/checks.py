"""The small checks that the form of a JSON document is put together from.

A check is called with a value, the JSON pointer to it and the list that problems go into. The
sentences are Slack's own where it is known to say them:
https://docs.slack.dev/block-kit/formatting-with-rich-text and the answers in its SDKs' issues.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Check = Callable[[Any, str, list[str]], None]


def problem(problems: list[str], said: str, pointer: str) -> None:
    problems.append(f"{said} [json-pointer:{pointer}]")


def string(most: int | None = None, least: int = 0, pattern: str | None = None) -> Check:
    """A string of so many characters, the whole of which matches a pattern."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            problem(problems, "must provide a string", pointer)
        elif len(value) < least:
            problem(problems, f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            problem(problems, f"must be less than {most + 1} characters", pointer)
        elif pattern is not None and not re.fullmatch(pattern, value, re.DOTALL):
            problem(problems, f"must match the pattern {pattern}", pointer)

    return check


def boolean(value: Any, pointer: str, problems: list[str]) -> None:
    if not isinstance(value, bool):
        problem(problems, "must provide a boolean", pointer)


def integer(least: int | None = None, most: int | None = None) -> Check:
    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problem(problems, "must provide an integer", pointer)
        elif least is not None and value < least:
            problem(problems, f"must be at least {least}", pointer)
        elif most is not None and value > most:
            problem(problems, f"must be at most {most}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if value not in allowed:
            problem(problems, f"must be one of: {', '.join(allowed)}", pointer)

    return check


def array(items: Check, most: int | None = None, least: int = 0, unique: bool = False) -> Check:
    """A list of so many items, each of which is checked."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            problem(problems, "must provide an array", pointer)
            return
        if len(value) < least:
            problem(problems, f"no fewer than {least} items allowed", pointer)
        if most is not None and len(value) > most:
            problem(problems, f"no more than {most} items allowed", pointer)
        if unique and any(one in value[:at] for at, one in enumerate(value)):
            problem(problems, "must not have the same item twice", pointer)
        for at, one in enumerate(value):
            items(one, f"{pointer}/{at}", problems)

    return check


def document(
    keys: Mapping[str, Check], required: Collection[str] = (), also: Check | None = None
) -> Check:
    """An object that has no other keys; `also` sees it whole, where its keys hang together."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problem(problems, "must provide an object", pointer)
            return
        for key in required:
            if key not in value:
                problem(problems, f"missing required field: {key}", pointer)
        before = len(problems)
        for key, one in value.items():
            if key not in keys:
                problem(problems, f"invalid additional property: {key}", pointer)
            else:
                keys[key](one, f"{pointer}/{key}", problems)
        if also is not None and len(problems) == before:
            also(value, pointer, problems)

    return check


def by_type(known: Mapping[str, Check]) -> Check:
    """An object whose `type` says what it has to look like."""

    def check(value: Any, pointer: str, problems: list[str]) -> None:
        if not isinstance(value, dict):
            problem(problems, "must provide an object", pointer)
        elif "type" not in value:
            problem(problems, "missing required field: type", pointer)
        elif not isinstance(value["type"], str) or value["type"] not in known:
            problem(problems, f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            known[value["type"]](value, pointer, problems)

    return check


def anything(value: Any, pointer: str, problems: list[str]) -> None:
    """Nothing is asked of it here."""
