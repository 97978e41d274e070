"""Identity and comparison on two published versions of a real schedule, of which the truth is
known; the files are others' and not in the project."""

import json
import random
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Schedule, Session
from bot.sources import read
from bot.sources.versions.comparison import Change, compared, summary
from bot.sources.versions.identity import kept
from bot.sources.versions.ladder import matched
from bot.sources.versions.vanishing import vanishing
from tests.summit import DATA

_SHARED = DATA.parent.parent.parent / "shared" / "schedules"
_ZONE = ZoneInfo("America/New_York")

pytestmark = pytest.mark.skipif(
    not _SHARED.exists(), reason="others' files are not part of the project"
)


def _version(number: int) -> Schedule:
    return read((_SHARED / f"sched_joco2023_v{number}.ics").read_bytes(), _ZONE).schedule


def _truth() -> Any:
    return json.loads((_SHARED / "sched_joco2023_diff.json").read_text())


def _without_keys(schedule: Schedule, seed: int) -> tuple[Schedule, dict[int, Session]]:
    """The schedule without any key, its ids shuffled; and the sessions by their new ids."""
    numbers = list(range(1, len(schedule.sessions) + 1))
    random.Random(seed).shuffle(numbers)
    by_id = dict(zip(numbers, schedule.sessions, strict=True))
    sessions = (replace(session, id=id, guid="") for id, session in by_id.items())
    return Schedule(schedule.event, schedule.timezone, sessions), by_id


def test_without_any_key_sessions_keep_their_identity() -> None:
    old, before = _without_keys(_version(1), 1)
    new, after = _without_keys(_version(2), 2)
    found = {after[id].guid: before[s.id].guid for id, s in matched(old, new).items()}

    both = {s.guid for s in before.values()} & {s.guid for s in after.values()}
    right = {guid for guid in both if found.get(guid) == guid}
    taken_for_another = {new: old for new, old in found.items() if new != old}
    figures = f"{len(right)} of {len(both)} kept, {len(taken_for_another)} taken for another"
    assert (len(both), len(both) - len(right), taken_for_another) == (403, 0, {}), figures


def test_with_keys_the_comparison_says_what_is_true() -> None:
    old = _version(1)
    changes = compared(old, kept(old, _version(2)))
    truth = _truth()

    def guids(some: tuple[Change, ...]) -> set[str]:
        return {change.after.guid for change in some}

    def uids(pairs: list[list[dict[str, str]]]) -> set[str]:
        return {before["uid"] for before, _ in pairs}

    assert {s.guid for s in changes.added} == {s["uid"] for s in truth["added"]}
    assert {s.guid for s in changes.removed} == {s["uid"] for s in truth["removed"]}
    assert guids(changes.moved) == uids(truth["start_changed"]) | uids(truth["room_changed"])
    assert {c.after.guid for c in changes.moved if c.at_another_time} == uids(
        truth["start_changed"]
    )
    assert {c.after.guid for c in changes.moved if c.elsewhere} == uids(truth["room_changed"])
    assert guids(changes.renamed) == uids(truth["renamed"])
    assert guids(changes.ended) == uids(truth["end_only_changed"])
    assert guids(changes.told) == set(truth["text_changed"])
    assert (changes.cancelled, changes.restored, changes.led) == ((), (), ())
    assert summary(changes) == "21 added, 8 removed, 17 moved, 9 renamed"


def test_an_ordinary_update_takes_little_away() -> None:
    old = _version(1)
    assert old.opens is not None
    found = vanishing(old, kept(old, _version(2)), old.opens)
    assert (found.coming, len(found.vanished), found.days) == (411, 8, ())
    assert not found.large
