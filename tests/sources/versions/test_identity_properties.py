"""Whatever is done to a schedule, no id is given to two sessions and none is lost."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.schedule import Schedule, Session, Slot
from bot.sources.versions.comparison import Changes, compared
from bot.sources.versions.identity import kept, published
from tests.sources.pages import local
from tests.sources.sketches import schedule

# Few of each, so that much is alike.
_TITLES = st.sampled_from(["Frogs", "Frogs at night", "Newts", "Yoga", "Keynote", "", "🎉"])
_ROOMS = st.sampled_from([(), ("Pond",), ("Weir",), ("Pond", "Weir")])
_LEADS = st.sampled_from([(), ("Ada",), ("Bob",), ("Ada", "Bob")])
_KEYS = st.sampled_from(["", "", "a", "b", "c", "d", "e"])
_STARTS = st.integers(0, 30).map(lambda hours: local(3, 9) + timedelta(hours=hours))


@st.composite
def _sessions(draw: st.DrawFn) -> Session:
    slot = Slot(draw(_STARTS), None, draw(_ROOMS))
    return Session(0, draw(_KEYS), draw(_TITLES), slot, draw(_LEADS), cancelled=draw(st.booleans()))


_VERSIONS = st.lists(_sessions(), max_size=8)


@st.composite
def _numbered(draw: st.DrawFn, sessions: list[Session]) -> Schedule:
    """The sessions in some order, with some ids."""
    ids = draw(st.permutations(range(1, len(sessions) + 1)))
    shuffled = draw(st.permutations(sessions))
    return schedule(replace(s, id=id) for s, id in zip(shuffled, ids, strict=True))


@st.composite
def _edited(draw: st.DrawFn, sessions: list[Session], gone: list[Session]) -> list[Session]:
    """The next version: some are moved, renamed, swap their keys, go, come, or come back."""
    edited = list(sessions)
    for _ in range(draw(st.integers(0, 5))):
        if not edited or draw(st.booleans()):
            edited.append(draw(st.sampled_from(gone)) if gone else draw(_sessions()))
            continue
        i, j = (draw(st.integers(0, len(edited) - 1)) for _ in range(2))
        one, other = edited[i], edited[j]
        match draw(st.integers(0, 5)):
            case 0:
                edited[i] = replace(one, slot=Slot(draw(_STARTS), None, one.slot.rooms))
            case 1:
                edited[i] = replace(one, slot=replace(one.slot, rooms=draw(_ROOMS)))
            case 2:
                edited[i] = replace(one, title=draw(_TITLES))
            case 3:
                edited[i] = replace(one, guid=other.guid)
                edited[j] = replace(other, guid=one.guid)
            case 4:
                edited[i] = replace(one, leads=draw(_LEADS))
            case _:
                gone.append(edited.pop(i))
    return edited


def _bare(schedule: Schedule) -> list[Session]:
    return sorted((replace(s, id=0) for s in schedule.sessions), key=repr)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_id_is_given_twice_or_lost_over_many_versions(data: st.DataObject) -> None:
    sessions: list[Session] = data.draw(_VERSIONS)
    gone: list[Session] = []
    known = kept(schedule([]), data.draw(_numbered(sessions)))
    for _ in range(4):
        sessions = data.draw(_edited(sessions, gone))
        new = data.draw(_numbered(sessions))
        before = [session.id for session in known.sessions]
        highest = max(before, default=0)
        after = kept(known, new)

        ids = [session.id for session in after.sessions]
        assert len(set(ids)) == len(ids)
        assert set(before) <= set(ids)
        assert sorted(set(ids) - set(before)) == list(
            range(highest + 1, highest + 1 + len(ids) - len(before))
        )
        # What is published is all there, as it is.
        assert _bare(published(after)) == _bare(new)
        # What vanished is as it was, and cancelled.
        for session in after.sessions:
            if session.removed:
                was = known.session(session.id)
                assert was is not None
                assert session == replace(was, cancelled=True, removed=True)
        # The same source again changes nothing, however it is numbered.
        again = kept(after, data.draw(_numbered(sessions)))
        assert _bare(again) == _bare(after)
        assert {s.id for s in again.sessions if s.removed} == {
            s.id for s in after.sessions if s.removed
        }
        assert kept(after, after).sessions == after.sessions
        assert compared(after, after) == Changes()
        known = after


@settings(max_examples=60, deadline=None)
@given(_VERSIONS, _VERSIONS, st.data())
def test_order_and_numbers_of_the_sources_do_not_matter(
    ours: list[Session], theirs: list[Session], data: st.DataObject
) -> None:
    # Sessions of which nothing tells one from the other may stand for each other.
    ours, theirs = list(dict.fromkeys(ours)), list(dict.fromkeys(theirs))

    def pairs() -> list[tuple[str, str]]:
        old, new = data.draw(_numbered(ours)), data.draw(_numbered(theirs))
        both = kept(old, new)
        return sorted(
            (repr(replace(was, id=0)), repr(replace(now, id=0)))
            for now in both.sessions
            if not now.removed and (was := old.session(now.id)) is not None
        )

    assert len(pairs()) == len(pairs())
