"""Conversations as people have them: every line of tests/conversations/*.txt is played.

`@ TIME` puts the clock there, `> LINE` is typed and the lines below it are the whole reply,
`% ID FACT=VALUE` publishes a changed session, `*` is a tick: the lines below it are what arrives.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.summit import Summit

FILES = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


def steps(file: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Each step with its line number and what must follow it."""
    step: tuple[int, str, list[str]] | None = None
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line[:1] in "@>%*#" or not line:
            if step is not None:
                yield step
            step = (number, line, []) if line and line[0] != "#" else None
        else:
            assert step is not None, f"{file.name}:{number} follows nothing"
            step[2].append(line.removeprefix("    "))
    if step is not None:
        yield step


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_conversation(summit: Summit, file: Path) -> None:
    for number, line, expected in steps(file):
        what, words = line[0], line[1:].strip()
        said: list[str] = []
        if what == "@":
            summit.go(words)
        elif what == ">":
            said = await summit.say("ada", words)
        elif what == "%":
            number_of_session, *facts = words.split()
            summit.change(
                int(number_of_session), **dict(fact.replace("_", " ").split("=") for fact in facts)
            )
        elif what == "*":
            said = [text for message in await summit.notices("ada") for text in message]
        assert said == expected, f"{file.name}:{number}: {line}"


def test_there_are_conversations() -> None:
    assert len(FILES) >= 10
