"""`announce [id] <text>`: tell everybody something, or those concerned by a session."""

import re

from bot.arguments import IN_MARKS, shortened
from bot.bookmarking import private
from bot.command import ORGANISING, Command, Context, Example
from bot.document import Item, Reply, Typed, heading, reply, text
from bot.messages import Announce, Answer, Audit
from bot.organising import named, overview_in
from bot.overview import NetworkOverview
from bot.schedule import Session

LONGEST = 1_000
"""Characters of an announcement."""

_A_NUMBER_OF = re.compile(
    r"(?:m|mins?|minutes?|h|hrs?|hours?|days?|am|pm|o'clock|seats?|people|persons|more|percent)\b"
    r"|%",
    re.IGNORECASE,
)
"""What stands behind a number that is none of a session."""
_ABOUT = re.compile(r"[#\[]?(\d{1,9})\]?[:,.]?(?:\s+(.*)|)")
_FOR_NUMBERS = 'announce "3 seats are left"'
_NOT_SENT = "Nothing was sent. "


def run(arguments: str, context: Context) -> Answer:
    """Post a text in the bot's channels; with the number of a session in front, about that, and
    also to each person who bookmarked it."""
    about, session, said = _ABOUT.fullmatch(arguments), None, arguments
    if about is not None:
        session, said = context.schedule.session(int(about[1])), about[2] or ""
        if session is None:
            return private(
                text(f"{_NOT_SENT}There is no session {about[1]}. A text that begins with a number"
                     " stands in quotation marks: ", Typed(_FOR_NUMBERS))
            )  # fmt: skip
        if _A_NUMBER_OF.match(said) and arguments[:1].isdigit():
            return private(
                text(f"{_NOT_SENT}Is that a number, or a session?"),
                text("The number: ", Typed(f'announce "{shortened(arguments)}"')),
                text("The session: ", Typed(f"announce [{session.id}] {shortened(said)}")),
                Item(session, day=True),
            )
    said = in_marks[1] if (in_marks := IN_MARKS.fullmatch(said)) else said
    if not any(character.isalnum() for character in said):
        begun = f"announce {session.id} It begins later" if session else "announce Lunch is served"
        return private(text("What shall I tell people? Say it like ", Typed(begun), "."))
    if len(said) > LONGEST:
        return private(text(f"{_NOT_SENT}An announcement has at most {LONGEST:,} characters;"
                            f" this one has {len(said):,}."))  # fmt: skip
    networks = [each for each in overview_in(context).networks if each.channels]
    if not networks and session is None:
        return private(text(f"{_NOT_SENT}I speak in no channel; the settings name them: channels"
                            " (IRC, Slack), rooms (Matrix)."))  # fmt: skip
    return _sent(said, session, networks)


def _sent(said: str, session: Session | None, networks: list[NetworkOverview]) -> Answer:
    to = [f"to {_count(each.channels)} on {each.network}" for each in networks]
    to += ["to each person who bookmarked this session"] if session else []
    told = [text(f"Announced, {', '.join(to[:-1])}{' and ' * (len(to) > 1)}{to[-1]}:")]
    about = "" if session is None else f" about {named(session)}"
    effects = (
        Announce(
            announcement(said, session),
            tuple(each.network for each in networks),
            session.id if session else None,
        ),
        Audit(f"announced{about}: {said}"),
    )
    shown = [Item(session, day=True)] if session else []
    instead = [text("If no session was meant: put the text in quotation marks, like ",
                    Typed(_FOR_NUMBERS), ".")] if session else []  # fmt: skip
    return Answer(reply(*told, *shown, text(said), *instead), effects, private=True)


def announcement(said: str, session: Session | None) -> Reply:
    """What people read."""
    about = [Item(session, day=True)] if session is not None else []
    return reply(heading("Announcement from the organisers:"), text(said), *about)


def _count(channels: int) -> str:
    return "1 channel" if channels == 1 else f"{channels} channels"


COMMAND = Command(
    name="announce",
    usage="[id] <text>",
    summary="tell everybody something in the channels, or about a session also who bookmarked it",
    topic=ORGANISING,
    verbatim=True,
    run=run,
    examples=(
        Example(
            "announce The coffee is served!",
            (
                "Announced, to 2 channels on irc and to 1 channel on slack:",
                "The coffee is served!",
            ),
        ),
        Example(
            "announce 42 This begins 10 minutes later.",
            (
                "Announced, to 2 channels on irc, to 1 channel on slack and to each person who"
                " bookmarked this session:",
                "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor",
                "This begins 10 minutes later.",
            ),
        ),
    ),
)
