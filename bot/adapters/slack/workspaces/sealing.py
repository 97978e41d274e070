"""Encrypts what must not be read in the database, for one purpose and one owner."""

import json
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.ports import CannotSpeak

_HOW = "`summit-bot slack key` makes one"


def fresh_key() -> str:
    """A new key, by chance, as `token_key` takes it."""
    return Fernet.generate_key().decode()


class Sealing:
    """Seals with the first of some keys, and opens what any of them has sealed: so a key is changed
    by putting a new one in front."""

    def __init__(self, keys: str) -> None:
        """`keys` are one, or several with commas between them. Raises CannotSpeak."""
        given = [key.strip() for key in keys.split(",")]
        opened = []
        for place, key in enumerate(given, 1):
            try:
                opened.append(Fernet(key))
            except ValueError:
                which = "token_key" if len(given) == 1 else f"Key {place} of token_key"
                raise CannotSpeak(f"{which} is not a key: {_HOW}.") from None
        self._first, self._all = opened[0], MultiFernet(opened)

    def seal(self, text: str, purpose: str, owner: str, at: datetime) -> str:
        """The text, unreadable without a key, and of use for nothing and nobody else; it says when
        it was sealed."""
        # Fernet does not bind a context, so it stands inside: whoever may write to the database
        # cannot put the token of one workspace in another one's place.
        sealed = json.dumps([purpose, owner, text]).encode()
        return self._first.encrypt_at_time(sealed, int(at.timestamp())).decode()

    def opened(self, sealed: str, purpose: str, owner: str) -> str | None:
        """The text; None if it was not sealed for this by one of the keys."""
        try:
            return _meant(self._all.decrypt(_bytes(sealed)), purpose, owner)
        except InvalidToken:
            return None

    def opened_within(
        self, sealed: str, purpose: str, owner: str, life: timedelta, now: datetime
    ) -> str | None:
        """Like `opened`, and None too if it was sealed longer ago than that."""
        seconds, moment = int(life.total_seconds()), int(now.timestamp())
        try:
            return _meant(
                self._all.decrypt_at_time(_bytes(sealed), seconds, moment), purpose, owner
            )
        except InvalidToken:
            return None

    def outdated(self, sealed: str) -> bool:
        """True if another key than the first has sealed it, so that it should be sealed again."""
        try:
            self._first.decrypt(_bytes(sealed))
        except InvalidToken:
            return True
        return False


def _bytes(sealed: str) -> bytes:
    # What comes from outside may hold anything; Fernet takes no letters but its own in a string.
    return sealed.encode(errors="replace")


def _meant(sealed: bytes, purpose: str, owner: str) -> str | None:
    given_purpose, given_owner, text = json.loads(sealed)
    return str(text) if (given_purpose, given_owner) == (purpose, owner) else None
