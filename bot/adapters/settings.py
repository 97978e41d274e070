"""What the settings of every network have."""

import re
from typing import Annotated

from pydantic import AfterValidator

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,30}")


def _short(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("it must be a short name in lower case, like libera")
    return value


NetworkName = Annotated[str, AfterValidator(_short)]
"""What a network is called: in the database, in the log, in variables of the environment."""
