"""Says who the organisers of the settings are, and which of them nobody can be."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import ClientSession

from bot.adapters.finding import Finding, findings
from bot.adapters.slack.sending.api import Api, Limited, Refused
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.installations import Installed

_NOBODY = frozenset({"user_not_found", "user_not_visible"})
"""https://docs.slack.dev/reference/methods/users.info#errors"""


async def organisers(
    settings: Slack, places: Mapping[str, Installed], http: ClientSession
) -> list[Finding]:
    """Sentences for the screen; `places` are the workspaces that the app is installed in, by id.
    Raises Away."""
    known: list[str] = []
    problems: list[str | Finding] = []
    for organiser in settings.organisers:
        team, _, user = organiser.rpartition("/")
        place = places.get(team) if team else next(iter(places.values()))
        if place is None:
            problems.append(_elsewhere(organiser, team, places))
            continue
        try:
            api = Api(http, settings.api_url, place.token)
            person = (await api.call("users.info", user=user))["user"]
        except Limited:
            problems.append(f"{organiser}: Slack is asked too often now to say who that is; try"
                            " again in a minute.")  # fmt: skip
        except Refused as refusal:
            problems.append(
                Finding(
                    f"{organiser} shall organise, but {place.called} knows nobody of this id: copy"
                    " it from their profile.",
                    wrong=True,
                )
                if refusal.code in _NOBODY
                else f"{organiser}: Slack does not say who that is ({refusal.code})."
            )
        else:
            hindrance = _hindrance(person, place)
            known += [f"{_name(person)} ({organiser})"] if hindrance is None else []
            if hindrance is not None:
                cannot = f"{organiser}, {_name(person)}, cannot organise: {hindrance}."
                problems.append(Finding(cannot, wrong=True))
    return findings([*([f"Organisers: {', '.join(known)}."] if known else []), *problems])


def _elsewhere(organiser: str, team: str, places: Iterable[str]) -> Finding:
    if any(place.startswith("E") for place in places):
        return Finding(
            f"{organiser}: it cannot be told who that is, if {team} belongs to an organisation."
        )
    return Finding(
        f"{organiser} shall organise, but the app is not installed in {team}.", wrong=True
    )


def _hindrance(person: Mapping[str, Any], place: Installed) -> str | None:
    """Why somebody cannot organise (https://docs.slack.dev/reference/objects/user-object)."""
    if person.get("deleted"):
        return "the account is deactivated"
    if person.get("is_bot"):
        return "this is a bot"
    home = person.get("team_id")
    # An organisation's people may be at home in another workspace of it.
    if home not in (None, place.place) and "enterprise_user" not in person:
        return f"they are of another workspace ({home}), and only guests in {place.called}"
    return None


def _name(person: Mapping[str, Any]) -> str:
    profile = person.get("profile")
    names = (profile if isinstance(profile, Mapping) else {}).get("real_name"), person.get("name")
    return next((name for name in names if isinstance(name, str) and name), "somebody")
