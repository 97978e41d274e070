"""A screen with a terminal: history, completion, and notices above the line being typed."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from bot.adapters.console.drawing import STYLES, drawn
from bot.document import Reply
from bot.messages import User
from bot.storing import Store, StoreAway
from bot.times import Reader

_REMEMBERED = 200
_REDRAW = 0.5
_WIDEST = 110


class Prompt:
    """A prompt that shows the time of the programme, under a line that says where one is.
    Its history is kept in the store."""

    def __init__(
        self,
        user: User,
        store: Store,
        welcome: str,
        clock: Callable[[], str],
        words: "Words",
    ) -> None:
        self._owner = f"{user.network}/{user.id}"
        self._store = store
        self._welcome = welcome
        self._clock = clock
        self._words = words

    async def lines(self) -> AsyncIterator[str]:
        """What is typed, until Ctrl-D or Ctrl-C."""
        session: PromptSession[str] = PromptSession(
            history=_history(await self._typed()),
            completer=self._words,
            complete_while_typing=False,
            style=Style.from_dict(STYLES),
            color_depth=None if _colour() else ColorDepth.DEPTH_1_BIT,
            refresh_interval=_REDRAW,
        )
        print(f"{self._welcome}\nType ‘help’ to see all commands; Ctrl-D ends the chat.\n")
        with patch_stdout(raw=True):
            while True:
                try:
                    line = await session.prompt_async(self._message)
                except (EOFError, KeyboardInterrupt):
                    return
                with suppress(StoreAway):  # A line that is not remembered is answered all the same.
                    await self._remember(line)
                yield line

    def draw(self, reply: Reply, reader: Reader, notice: bool) -> None:
        """Print a reply; above the prompt, if one is open."""
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        depth = None if _colour() else ColorDepth.DEPTH_1_BIT
        fragments = FormattedText(drawn(reply, reader, width, notice, _colour()))
        print_formatted_text(fragments, style=Style.from_dict(STYLES), color_depth=depth)

    async def _typed(self) -> list[str]:
        typed: list[str] = json.loads(await self._store.read(self._owner, "history") or "[]")
        return typed

    async def _remember(self, line: str) -> None:
        # Read anew each time, before the line is answered: `forget me` deletes this too.
        typed = await self._typed()
        if line.strip() and typed[-1:] != [line]:
            kept = json.dumps([*typed, line][-_REMEMBERED:])
            await self._store.keep(self._owner, "history", kept)

    def _message(self) -> StyleAndTextTuples:
        return [("class:clock", self._clock()), ("", " > ")]


class Words(Completer):
    """Completes commands in front, and names of rooms and people behind them."""

    def __init__(self, commands: Sequence[str], names: Sequence[str]) -> None:
        self._commands = commands
        self._names = names

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Commands for the first word; names that begin with what stands behind it."""
        before = document.text_before_cursor.lstrip("! ")
        command, behind, rest = before.partition(" ")
        known = self._names if behind else self._commands
        begun = rest if behind else command
        for name in known:
            if name.casefold().startswith(begun.casefold()):
                yield Completion(name, start_position=-len(begun))


def _colour() -> bool:
    """False where nobody wants colour (no-color.org), or the terminal has none."""
    return not os.environ.get("NO_COLOR") and not is_dumb_terminal()


def _history(typed: Sequence[str]) -> History:
    history = InMemoryHistory()
    for line in typed:
        history.append_string(line)
    return history
