"""`cancel`, `restore` and `withdraw`: what takes place, and what is published about it."""

from dataclasses import replace

import pytest

from bot.live import Cancelled, InRooms, LiveChange, Starts
from bot.messages import Audit, ChangeLive, Withdraw
from bot.schedule import Schedule
from tests.commands.organising import CHANGES_IN, Office
from tests.summit import at, folsom

_TITLE = "Jenkins jclouds plugin"
_WHEN = "[42] Mon 4:30pm–4:55pm"
_PUBLISHED = f"{_WHEN} · {_TITLE} · Bayview B · Monty Taylor"
_TOLD = "Those who bookmarked it are told."


@pytest.fixture
def office() -> Office:
    return Office()


def _published(**facts: object) -> Schedule:
    """The summit with other facts about session 42."""
    known = folsom()
    sessions = (
        replace(s, **facts) if s.id == 42 else s  # type: ignore[arg-type]  # as the test says
        for s in known.sessions
    )
    return Schedule(known.event, known.timezone, sessions, rooms=known.rooms.values())


def test_a_session_is_cancelled_once(office: Office) -> None:
    assert office.say("cancel jclouds") == [
        f"Cancelled. {_TOLD}",
        f"{_PUBLISHED} · CANCELLED · changed live",
        "Undo: ‘restore 42’",
    ]
    assert office.effects == (
        ChangeLive(LiveChange(42, Cancelled(True))),
        Audit(f"cancelled [42] “{_TITLE}”", CHANGES_IN),
    )
    assert office.say("cancel 42") == [
        "Nothing was changed: it is cancelled already.",
        f"{_PUBLISHED} · CANCELLED · changed live",
        "If it takes place after all: ‘restore 42’",
    ]
    assert not office.effects


def test_what_is_over_is_not_cancelled(office: Office) -> None:
    office.at = "Monday 17:00"
    assert office.say("cancel 42") == ["Nothing was changed: that session is over.", _PUBLISHED]
    assert not office.effects


def test_a_cancelled_session_is_restored_once(office: Office) -> None:
    office.say("cancel 42")
    office.say("move 42 17:00")
    assert office.say("restore 42") == [
        f"It takes place after all. {_TOLD}",
        f"[42] Mon 5:00pm–5:25pm · {_TITLE} · Bayview B · Monty Taylor · changed live",
        "Beware, it overlaps in this room with:",
        "[49] Mon 5:00pm–5:55pm · Openstack Notifications System and Yagi. · Bayview B"
        " · Monsyne Dragon",
        "Undo: ‘cancel 42’",
    ]
    assert office.effects == (
        ChangeLive(LiveChange(42, Cancelled(False))),
        Audit(f"restored [42] “{_TITLE}”, which was cancelled", CHANGES_IN),
    )
    assert office.say("restore 42") == [
        "Nothing was changed: it is not cancelled.",
        f"[42] Mon 5:00pm–5:25pm · {_TITLE} · Bayview B · Monty Taylor · changed live",
        "To let what is published hold again: ‘withdraw 42’",
    ]
    assert not office.effects


def test_what_was_never_changed_needs_no_restoring(office: Office) -> None:
    assert office.say("restore 42") == ["Nothing was changed: it is not cancelled.", _PUBLISHED]


@pytest.mark.parametrize("removed", [False, True])
def test_what_is_published_as_cancelled_or_left_out_is_restored(removed: bool) -> None:
    office = Office(_published(cancelled=True, removed=removed))
    assert office.say("restore 42") == [
        f"It takes place after all. {_TOLD}",
        f"{_PUBLISHED} · changed live",
        "Undo: ‘cancel 42’",
    ]
    assert office.say("cancel 42") == [
        f"Cancelled. {_TOLD}",
        f"{_PUBLISHED} · CANCELLED",
        "Undo: ‘restore 42’",
    ]


def test_what_is_over_is_restored_by_moving_it(office: Office) -> None:
    office.say("cancel 42")
    office.at = "Tuesday 9:00"
    assert office.say("restore 42") == [
        "Nothing was changed: that session is over. To another time: ‘move 42 14:30’",
        f"{_PUBLISHED} · CANCELLED · changed live",
    ]
    assert not office.effects


def test_withdrawing_takes_everything_back_at_once(office: Office) -> None:
    office.say("move 42 Seacliff C 17:00")
    office.say("cancel 42")
    assert office.live == (
        LiveChange(42, Starts(at(17, 0))),
        LiveChange(42, InRooms(("Seacliff C",))),
        LiveChange(42, Cancelled(True)),
    )
    assert office.say("withdraw 42") == [f"As published again. {_TOLD}", _PUBLISHED]
    assert office.effects == (
        Withdraw(42),
        Audit(
            f"withdrew what was changed live about [42] “{_TITLE}”:"
            " now Monday 4:30pm to 4:55pm, Bayview B",
            CHANGES_IN,
        ),
    )
    assert office.say("withdraw 42") == ["Nothing was changed: it is as published.", _PUBLISHED]
    assert not office.effects


def test_nobody_is_told_of_a_withdrawal_that_changes_nothing() -> None:
    office = Office(_published(cancelled=True))
    office.say("move 42 17:00")
    assert office.say("withdraw 42") == [
        "As published again.",
        f"{_PUBLISHED} · CANCELLED",
        "It is cancelled. If it takes place after all: ‘restore 42’",
    ]
    assert office.audited() == (
        f"withdrew what was changed live about [42] “{_TITLE}”:"
        " now Monday 4:30pm to 4:55pm, Bayview B, cancelled"
    )


def test_what_was_added_goes_back_to_how_it_was_added(office: Office) -> None:
    added = "[160] Mon 3:00pm–3:15pm · Fire drill · Ballroom · added live"
    office.say('add "Fire drill" Ballroom 15:00 15m')
    assert office.say("withdraw 160") == [
        "Nothing was changed: it was added live and is not published."
        " Off the programme: ‘cancel 160’",
        added,
    ]
    office.say("move 160 15:30")
    assert office.say("withdraw 160") == [f"As it was added. {_TOLD}", added]
    assert office.say("cancel 160")[1] == (
        "[160] Mon 3:00pm–3:15pm · Fire drill · Ballroom · CANCELLED · added live"
    )
    assert office.say("restore 160")[1] == added


@pytest.mark.parametrize("command", ["cancel", "restore", "withdraw"])
@pytest.mark.parametrize("words", ["", "999", "nonsense", "lunch", "12 13"])
def test_what_is_not_sure_changes_nothing(office: Office, command: str, words: str) -> None:
    assert office.say(f"{command} {words}")
    assert not office.effects


def test_what_is_on_can_be_cancelled(office: Office) -> None:
    office.at = "Monday 16:40"
    assert office.say("cancel 42")[0] == f"Cancelled. {_TOLD}"


def test_what_is_over_again_is_not_called_on(office: Office) -> None:
    office.say("move 42 Tuesday")
    office.at = "Monday 18:00"
    assert office.say("withdraw 42") == [f"As published again. {_TOLD}", _PUBLISHED]
    office.say("move 42 Tuesday")
    office.at = "Monday 16:40"
    assert office.say("withdraw 42")[2:] == ["That start is in the past: it is on now."]


@pytest.mark.parametrize(
    "words",
    ["42 please", "session 42", "the session #42, please", "please 42", "talk 42", "no. 42"],
)
def test_little_words_beside_a_number_say_nothing(office: Office, words: str) -> None:
    assert office.say(f"cancel {words}")[0] == f"Cancelled. {_TOLD}"
    assert office.say(f"restore {words}")[0] == f"It takes place after all. {_TOLD}"
    office.say("move 42 Marina")
    assert office.say(f"withdraw {words}")[0] == f"As published again. {_TOLD}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "cancel 42 because Monty is ill",
            "Only a number or a title, please: ‘cancel 42’."
            " To say why: ‘announce 42 Monty is ill’.",
        ),
        (
            "cancel [42]: it is full",
            "Only a number or a title, please: ‘cancel 42’. To say why: ‘announce 42 it is full’.",
        ),
        ("cancel 42 43 please", "One session at a time, please: ‘cancel 42’, then ‘cancel 43’."),
        ("restore 42 now", "Only a number or a title, please: ‘restore 42’."),
        ("withdraw session 42 at once", "Only a number or a title, please: ‘withdraw 42’."),
    ],
)
def test_more_than_a_number_is_not_taken_for_a_title(office: Office, line: str, said: str) -> None:
    assert office.say(line) == [said]
    assert not office.effects


def test_a_title_may_have_little_words_around_it(office: Office) -> None:
    assert office.say("cancel the lightning talks")[::4] == [
        "3 sessions are called something like “the lightning talks”:",
        "Say which one by its number, like ‘cancel 24’.",
    ]
    assert office.say("cancel the jclouds session, please")[0] == f"Cancelled. {_TOLD}"


def test_a_number_of_no_session_in_front_belongs_to_a_title(office: Office) -> None:
    assert office.say("cancel 999 please") == [
        "There is no session 999. The numbers stand in brackets in ‘agenda’."
    ]
    assert office.say("cancel 999 bottles of beer")[0].startswith(
        "No session is called “999 bottles of beer”."
    )


@pytest.mark.parametrize(
    ("begins", "command", "opening"),
    [
        ("cancel 60", "restore", "It takes place after all."),
        ("move 60 Ballroom", "withdraw", "As published again."),
    ],
)
def test_only_what_can_be_taken_back_is_meant(
    office: Office, begins: str, command: str, opening: str
) -> None:
    office.say(begins)
    said = office.say(f"{command} swift")
    assert (said[0].startswith(opening), said[1].partition(" ")[0]) == (True, "[60]")
    office.say(begins)
    office.say(begins.replace("60", "61"))
    office.say(begins.replace("60", "66"))
    both = [s for s in office.context().schedule.sessions if s.live and "wift" in s.title]
    said = office.say(f"{command} swift")
    assert said[0] == f"{len(both)} sessions are called something like “swift”:"
    assert [line.partition(" ")[0] for line in said[1:-1]] == [f"[{s.id}]" for s in both]
    assert len(both) > 1


def test_what_cannot_be_taken_back_is_still_found(office: Office) -> None:
    office.say("cancel 42")
    assert office.say("restore swift quotas")[0] == "Nothing was changed: it is not cancelled."
    assert office.say("withdraw swift quotas")[0] == "Nothing was changed: it is as published."
