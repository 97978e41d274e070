"""Links as sources have them -> addresses that programs can read: with a scheme, and in ASCII."""

import re
from urllib.parse import quote

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def as_uri(link: str) -> str:
    """The link as a URI (RFC 3986): `www.pond.example/frösche` is on the web, and has letters that
    stand for bytes."""
    full = link if _SCHEME.match(link) else f"https://{link}"
    return quote(full, safe="!#$%&'()*+,/:;=?@~")
