"""What a look at a published schedule finds: the bytes, nothing new, or why there is nothing."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Mark:
    """How a source calls the version that it gave; false where it does not name any."""

    etag: str | None = None
    modified: str | None = None

    def __bool__(self) -> bool:
        return self.etag is not None or self.modified is not None


NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands there now."""

    content: bytes = field(repr=False)
    mark: Mark = NO_MARK


@dataclass(frozen=True, slots=True)
class NotModified:
    """It is still what it was."""


@dataclass(frozen=True, slots=True)
class Failed:
    """`reason` is one clause for a line of the log, without any address; the server wants to be
    left alone until `after`, if it said so."""

    reason: str
    after: timedelta | None = None


Looked = Fetched | NotModified | Failed
