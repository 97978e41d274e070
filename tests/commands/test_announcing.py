"""`announce`: what is said, where, and to whom."""

import pytest

from bot.commands import understood
from bot.document import Reply
from bot.messages import Announce, Audit
from bot.overview import NetworkOverview
from bot.text import lines
from tests.commands.organising import Office
from tests.summit import folsom

_BOTH = "to 2 channels on irc"
_ITEM = "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor"


@pytest.fixture
def office() -> Office:
    return Office()


def _announced(office: Office) -> tuple[list[str], tuple[str, ...], int | None]:
    """What people read, on which networks, and whose bookmarks count."""
    announce = office.effects[0]
    assert isinstance(announce, Announce)
    read = lines(announce.reply, office.context().reader)
    return read, announce.networks, announce.session_id


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("announce Is THIS on?!", "Is THIS on?!"),
        ("ANNOUNCE Lunch is served...", "Lunch is served..."),
        ("announce: Lunch. Now!", "Lunch. Now!"),
        ("announce 14:30 we meet.", "14:30 we meet."),
        ('announce "3 seats are left!"', "3 seats are left!"),
        ("announce “3 seats are left!”", "3 seats are left!"),
        ("announce «3 seats are left!»", "3 seats are left!"),
        ('announce "Red" and "Green" are full', '"Red" and "Green" are full'),
        ('announce "Red" is "full"', '"Red" is "full"'),
        ("announce next", "next"),
    ],
)
def test_a_text_goes_out_as_it_was_written(office: Office, line: str, said: str) -> None:
    assert office.say(line) == [
        "Announced, to 2 channels on irc and to 1 channel on slack:",
        said,
    ]
    read = ["Announcement from the organisers:", said]
    assert _announced(office) == (read, ("irc", "slack"), None)
    assert office.effects[1:] == (Audit(f"announced: {said}"),)


@pytest.mark.parametrize("number", ["42", "#42", "[42]", "42:"])
def test_a_number_in_front_makes_it_about_that_session(office: Office, number: str) -> None:
    assert office.say(f"announce {number} It begins later!") == [
        f"Announced, {_BOTH}, to 1 channel on slack and to each person who bookmarked this"
        " session:",
        _ITEM,
        "It begins later!",
        "If no session was meant: put the text in quotation marks, like"
        ' ‘announce "3 seats are left"’.',
    ]
    read = ["Announcement from the organisers:", "It begins later!", _ITEM]
    assert _announced(office) == (read, ("irc", "slack"), 42)
    assert office.effects[1:] == (
        Audit("announced about [42] “Jenkins jclouds plugin”: It begins later!"),
    )


def test_networks_without_channels_are_left_out(office: Office) -> None:
    office.more["networks"] = (NetworkOverview("irc"), NetworkOverview("matrix", channels=1))
    assert office.say("announce Hello!")[0] == "Announced, to 1 channel on matrix:"
    assert _announced(office)[1:] == (("matrix",), None)


def test_without_any_channel_only_those_with_a_bookmark_can_be_told(office: Office) -> None:
    office.more["networks"] = (NetworkOverview("irc"),)
    assert office.say("announce Hello!") == [
        "Nothing was sent. I speak in no channel; the settings name them: channels (IRC, Slack),"
        " rooms (Matrix)."
    ]
    assert office.effects == ()
    assert office.say("announce 42 Hello!")[0] == (
        "Announced, to each person who bookmarked this session:"
    )
    assert _announced(office)[1:] == ((), 42)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("announce", "What shall I tell people? Say it like ‘announce Lunch is served’."),
        ("announce ?!", "What shall I tell people? Say it like ‘announce Lunch is served’."),
        ("announce 42", "What shall I tell people? Say it like ‘announce 42 It begins later’."),
        ('announce 42 ""', "What shall I tell people? Say it like ‘announce 42 It begins later’."),
        (
            "announce 999 seats are left",
            "Nothing was sent. There is no session 999. A text that begins with a number stands"
            ' in quotation marks: ‘announce "3 seats are left"’',
        ),
        (
            f"announce {'x' * 1_001}",
            "Nothing was sent. An announcement has at most 1,000 characters; this one has 1,001.",
        ),
    ],
)
def test_what_cannot_be_sent_is_not(office: Office, line: str, said: str) -> None:
    assert office.say(line) == [said]
    assert office.effects == ()


def test_a_long_announcement_is_sent_whole(office: Office) -> None:
    office.say(f"announce 42 {'x' * 1_000}")
    assert _announced(office)[0][1] == "x" * 1_000


def test_what_people_read_can_be_kept_and_read_again(office: Office) -> None:
    from bot.record import packed, unpacked

    office.say("announce 42 Late!")
    announce = office.effects[0]
    assert isinstance(announce, Announce)
    assert unpacked(packed(announce.reply), folsom()) == Reply(announce.reply.blocks)


def test_other_commands_take_their_words_without_the_marks_at_the_end() -> None:
    meant = [understood("announce Who? Me?!"), understood("now Who? Me?!")]
    assert [each and each[1] for each in meant] == ["Who? Me?!", "Who? Me"]


@pytest.mark.parametrize("text", ["10 minutes until lunch", "10 more seats!", "10 % off"])
def test_a_number_of_something_may_be_no_session(office: Office, text: str) -> None:
    asked = office.say(f"announce {text}")
    assert asked[:2] == [
        "Nothing was sent. Is that a number, or a session?",
        f'The number: ‘announce "{text}"’',
    ]
    assert office.effects == ()
    office.say(f"announce [10] {text.removeprefix('10').strip()}")
    assert _announced(office)[2] == 10
