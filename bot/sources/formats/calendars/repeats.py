"""When an event of a calendar takes place again: every day or every week, as meals do.

Rules: RFC 5545, section 3.3.10. Nobody publishes a conference with more of them, and a rule may
describe more moments than there is time to look at, so others take place once, with a warning.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.sources.formats.calendars.lines import Component

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "COUNT", "UNTIL", "INTERVAL", "BYDAY", "WKST"}
LONGEST_EVENT = timedelta(days=60)
"""No conference lasts longer: what is repeated for ever ends here."""


def repeats(
    event: Component, start: datetime, added: Sequence[datetime], called: str, warnings: list[str]
) -> Iterator[datetime]:
    """The starts of an event, each once: the first of them `start`, in the zone of that, and those
    that are `added` by themselves."""
    by_rule: Iterable[datetime] = (start,)
    if "RRULE" in event:
        rule = _rule(event["RRULE"][0].value)
        if rule is not None:
            by_rule = _by_rule(rule, start)
        else:
            then = "when its dates are named" if added else "once"
            warnings.append(
                f"{called}: the rule by which it is repeated is not known, so it is {then}."
            )
    elif not added:
        yield start
        return
    dropped = {moment.strip() for one in event.get("EXDATE", ()) for moment in one.value.split(",")}
    for moment in dict.fromkeys((*by_rule, *added)):
        utc = f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if not {f"{moment:%Y%m%dT%H%M%S}", f"{moment:%Y%m%d}", utc} & dropped:
            yield moment


def _by_rule(rule: "_Rule", start: datetime) -> Iterator[datetime]:
    count = 0
    for day in range(LONGEST_EVENT.days):
        moment = start + timedelta(days=day)
        if rule.until is not None and _after(moment, rule.until):
            return
        if day and not rule.has(start, moment):
            continue
        count += 1
        if rule.count is not None and count > rule.count:
            return
        yield moment


class _Rule:
    def __init__(self, parts: dict[str, str]) -> None:
        self.weekly = parts["FREQ"] == "WEEKLY"
        self.every = int(parts.get("INTERVAL", "1"))
        self.count = int(parts["COUNT"]) if "COUNT" in parts else None
        self.until = parts.get("UNTIL")
        self.days = (
            [_DAYS.index(day) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
        )
        if self.every < 1:
            raise ValueError(self.every)
        if self.until is not None:
            datetime.fromisoformat(self.until)

    def has(self, first: datetime, moment: datetime) -> bool:
        """True if the rule names this moment, which is whole days behind the first one."""
        days = (moment.date() - first.date()).days
        if self.days and moment.weekday() not in self.days:
            return False
        if not self.weekly:
            return days % self.every == 0
        weeks = (days + first.weekday()) // 7
        return weeks % self.every == 0 and (bool(self.days) or moment.weekday() == first.weekday())


def _rule(written: str) -> _Rule | None:
    """The rule, or none if it is of another kind."""
    parts = dict(part.partition("=")[::2] for part in written.strip().upper().split(";") if part)
    if not parts.keys() <= _KNOWN or parts.get("FREQ") not in ("DAILY", "WEEKLY"):
        return None
    try:
        return _Rule(parts)
    except ValueError:
        return None


def _after(moment: datetime, until: str) -> bool:
    end = datetime.fromisoformat(until)
    if "T" not in until:
        return moment.date() > end.date()
    return moment > (end if end.tzinfo else end.replace(tzinfo=moment.tzinfo))
