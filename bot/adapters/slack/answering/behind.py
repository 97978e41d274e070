"""What a modal was opened on: it is kept in the modal, and drawn again after what is done there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.slack.cards.sections import kept_in, metadata

_HOME, _CARD = "home", "card"


@dataclass(frozen=True, slots=True)
class Home:
    """The Home tab, with what it was looking for."""

    query: str


@dataclass(frozen=True, slots=True)
class Card:
    """A message that the person alone sees, and the packed card on it. `url` is the response URL
    of the press that opened the modal: without it Slack changes no ephemeral message."""

    channel: str
    ts: str
    url: str = field(repr=False)
    packed: str = field(repr=False)


Behind = Home | Card


def lying_on(behind: Behind | None, view: Mapping[str, Any]) -> dict[str, Any]:
    """The modal with what it lies on in its metadata; without, if that does not fit."""
    kept = kept_in(view["private_metadata"])
    match behind:
        case None:
            return dict(view)
        case Home(query):
            kept[_HOME] = query
        case Card(channel, ts, url, packed):
            kept[_CARD] = [channel, ts, url, packed]
    return {**view, "private_metadata": metadata(kept) or view["private_metadata"]}


def behind(metadata: str) -> Behind | None:
    """What the modal with this metadata lies on, if that is known."""
    kept = kept_in(metadata)
    match kept.get(_HOME), kept.get(_CARD):
        case str(query), _:
            return Home(query)
        case _, [str(channel), str(ts), str(url), str(packed)]:
            return Card(channel, ts, url, packed)
    return None
