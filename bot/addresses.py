"""Where a schedule is published: a file, or an address that is shown without what may be secret."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Url:
    """An address on the web; as text it lacks user, password, query and fragment, in any of which
    a key may stand."""

    whole: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.whole)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


Source = Path | Url


def source_named(text: str) -> Source:
    """The file or the address that somebody has written. Raises ValueError with what is wrong."""
    scheme = _SCHEME.match(text.strip())
    if scheme is None:
        return Path(text)
    if scheme[1].lower() not in SCHEMES:
        raise ValueError("a schedule is fetched over http or https; a file is named by its path")
    try:
        host = urlsplit(text.strip()).hostname
    except ValueError:
        host = None
    if not host or not text.strip().isprintable() or " " in text.strip():
        raise ValueError("this is no address; one looks like https://example.org/schedule.json")
    return Url(text.strip())


def is_address(text: str) -> bool:
    """True if somebody means no file by this."""
    return _SCHEME.match(text.strip()) is not None
