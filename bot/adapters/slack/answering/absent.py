"""Remembers whom the last message did not reach."""

from bot.messages import User
from bot.recent import Recent

_REMEMBERED = 10_000
_NOT_TAKEN = "Slack has not taken the last one"


class Absent:
    """Those whom messages may not reach. Owns what it remembers of that."""

    def __init__(self) -> None:
        self._users: Recent[User, bool] = Recent(_REMEMBERED)

    def note(self, user: User) -> None:
        """A message did not reach them."""
        self._users.put(user, True)

    def reached(self, user: User) -> None:
        """A message has reached them."""
        self._users.drop(user)

    def why(self, user: User) -> str | None:
        """Why messages may not reach somebody, for themselves; None if nothing is known against
        it. What Slack says of them, organisers read in the log."""
        return _NOT_TAKEN if self._users.get(user) else None
