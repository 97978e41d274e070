"""Questions that come while others are being answered are answered together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_MOST = 500


class Together(Generic[Q, A]):
    """Answers of a database, which takes hardly longer for many questions than for one. Owns the
    task that asks it."""

    def __init__(self, answers: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        """`answers` gives the answer to each of some questions, in their order."""
        self._answers = answers
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer as of a moment after this was called. Raises what `answers` raises."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await future

    async def _ask(self) -> None:
        while self._waiting:
            together = self._waiting[:_MOST]
            del self._waiting[:_MOST]
            try:
                answers = await self._answers([question for question, _ in together])
            except asyncio.CancelledError:
                for _, future in (*together, *self._waiting):
                    future.cancel()
                self._waiting.clear()
                raise
            except Exception as problem:
                # Whoever asked is told: nobody waits for this task.
                for _, future in together:
                    if not future.done():
                        future.set_exception(problem)
            else:
                for (_, future), answer in zip(together, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
