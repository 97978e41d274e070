"""Dialogues with a server as text: `C:` is what we send, `S:` what the server says."""

from collections.abc import Callable, Iterable
from textwrap import dedent

Line = tuple[str, str, list[str]]
"""Command, first parameter, the others: as the adapter gets them."""


def parsed(line: str) -> Line:
    """`:server COMMAND first second :the rest`."""
    head, colon, rest = line.partition(" :")
    words = head.split(" ")
    if words[0].startswith(":"):
        del words[0]
    command, *parameters = [*words, *([rest] if colon else [])]
    target, *arguments = parameters or [""]
    return command.lower(), target, arguments


def converse(
    script: str, start: Callable[[], Iterable[str]], hear: Callable[[Line], Iterable[str]]
) -> tuple[list[str], list[str]]:
    """Say the server's lines of a script; what was said by both, and what the script expects."""
    expected = dedent(script).strip().splitlines()
    said = [f"C: {line}" for line in start()]
    for line in expected:
        if line.startswith("S: "):
            said.append(line)
            said += [f"C: {answer}" for answer in hear(parsed(line.removeprefix("S: ")))]
    return said, expected
