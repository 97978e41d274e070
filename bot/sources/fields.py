"""Under which names a list of sessions in JSON or CSV has what; given in the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

_ITS_OWN = ("list", "times", "encoding")


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of columns in CSV or of keys in JSON, where `a.b` is `b` in `a`. Those that are empty
    are guessed from the names that are usual.

    `date` is for a day that stands apart from the times, `duration` for a length in place of an
    end, in minutes or as `1:30`. `list` says where in a JSON document the list stands, `times` how
    times are written, in the directives of strptime (`%d/%m/%Y %H:%M`), and `encoding` what letters
    the bytes mean where that is not UTF-8.
    """

    title: str = ""
    start: str = ""
    end: str = ""
    duration: str = ""
    date: str = ""
    room: str = ""
    people: str = ""
    kind: str = ""
    abstract: str = ""
    description: str = ""
    url: str = ""
    id: str = ""
    cancelled: str = ""
    list: str = ""
    times: str = ""
    encoding: str = ""

    @property
    def named(self) -> bool:
        """True if any name of a field is given."""
        return any(getattr(self, name) for name in NAMES)


NAMES = tuple(field.name for field in fields(Fields) if field.name not in _ITS_OWN)
"""What a session can have."""


def of(named: Mapping[str, object]) -> Fields:
    """The fields from a table of settings. Raises ValueError with a sentence on a wrong one."""
    known = (*NAMES, *_ITS_OWN)
    for name, value in named.items():
        if name not in known:
            raise ValueError(f"there is no field {name!r}; there are {', '.join(known)}")
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{name} has to be the name of a field, as a text")
    if encoding := named.get("encoding"):
        try:
            "".encode(str(encoding))
        except (LookupError, ValueError):
            raise ValueError(f"there is no encoding {encoding!r}; one looks like cp1252") from None
    return replace(Fields(), **{name: str(value).strip() for name, value in named.items()})
