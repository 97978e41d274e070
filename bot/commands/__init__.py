"""The commands: one file each that exposes COMMAND; a new file is a new command."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from bot.command import ORGANISING, Command

TOPICS = ("The programme", "Your bookmarks", "The bot", ORGANISING)
"""The headings of the help, in order; every command belongs to one."""

_MOST_WORDS = 3


@cache
def every() -> tuple[Command, ...]:
    """All commands, by topic and name."""
    commands = (_load(name) for name in _names())
    return tuple(sorted(commands, key=lambda command: (TOPICS.index(command.topic), command.name)))


@cache
def by_alias() -> dict[str, Command]:
    """All commands by everything that they may be called."""
    return {word: c for c in every() for word in (c.name, *c.aliases)}


@cache
def reserved() -> frozenset[str]:
    """The words that commands are called by: none of them alone means a session."""
    return frozenset(word for alias in by_alias() for word in alias.split())


def understood(line: str) -> tuple[Command, str] | None:
    """The command that a line begins with, and its arguments, without the marks that end a
    sentence unless it takes them verbatim; None if it is no command.

    The most words count: `whats on now` is asked before `whats on`. A command called by its file's
    name is found without loading the others; so no alias of several words begins with such a name.
    """
    words = line.split()
    folded = [_folded(word) for word in words[:_MOST_WORDS]]
    if folded and folded[0] in _names():
        return _with_arguments(_load(folded[0]), words[1:])
    for count in range(len(folded), 0, -1):
        command = by_alias().get(" ".join(folded[:count]))
        if command is not None:
            return _with_arguments(command, words[count:])
    return None


@cache
def _names() -> frozenset[str]:
    return frozenset(module.name for module in iter_modules(__path__))


def _load(name: str) -> Command:
    command = import_module(f"{__name__}.{name}").COMMAND
    assert isinstance(command, Command), name
    return command


def _with_arguments(command: Command, words: list[str]) -> tuple[Command, str]:
    arguments = " ".join(words)
    return command, arguments if command.verbatim else arguments.rstrip("?!. ")


def _folded(word: str) -> str:
    plain = word.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("'", "")
    return plain.rstrip("?!.,:") or plain
