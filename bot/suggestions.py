"""What to say to words that are no command, if anything, and to somebody who writes for the first
time."""

import re
from collections.abc import Sequence

from bot.arguments import number_meant, quoted, shortened
from bot.command import Context
from bot.commands import by_alias
from bot.document import Block, Heading, Reply, Span, Text, Typed, reply, text
from bot.messages import Response
from bot.moments import when_meant
from bot.names import How, allowed_distance, words

_SURE = (How.NAME, How.WORDS)
_HELLOS = frozenset({"hi", "hello", "hey", "hallo", "hola", "moin", "howdy", "yo"})
_MOST_WORDS_OF_A_HELLO = 3
_GOODBYES = frozenset({"quit", "exit", "bye", "goodbye", "bye bye", "good bye", "logout"})
# Words of questions; what is left without them is a name.
_LITTLE_WORDS = frozenset(
    {"a", "about", "an", "are", "at", "can", "could", "do", "does", "find", "for", "get", "go",
     "how", "i", "in", "is", "it", "me", "of", "on", "please", "tell", "the", "there", "to", "we",
     "what", "you"}
)  # fmt: skip
_GLUED = re.compile(r"([a-z]+)#?(\d+)", re.IGNORECASE)
_MOST_WORDS_OF_AN_ALIAS = 3
_GREETING = "Hello! I know the programme of "
_MOST_ARGUMENTS = 5


def no_command(line: str, context: Context) -> Reply:
    """One line: the nearest command, or a few to begin with."""
    if not line:
        return reply(text("Ask me what is on: ", Typed("now"), ", ", Typed("next"), " or ",
                          Typed("help"), "."))  # fmt: skip
    said = words(line)
    if said and said[0] in _HELLOS and len(said) <= _MOST_WORDS_OF_A_HELLO:
        return Reply(greeting(context))
    if " ".join(said) in _GOODBYES:
        return reply(text("Nothing has to be ended here: leave this chat as you leave any other. "
                          "Your reminders come all the same."))  # fmt: skip
    if context.organiser and said and said[0] == "undo":
        return _how_to_undo(said)
    near = _nearest(line, context)
    if near is None:
        return reply(text(f"I do not know {quoted(line)}. All commands: ", Typed("help"), "."))
    return reply(text(f"I do not know {quoted(line)}. Did you mean ", Typed(near), "?"))


def _how_to_undo(said: Sequence[str]) -> Reply:
    number = next((word for word in said if word.isdigit()), "42")
    return reply(text("What was moved or cancelled is taken back with ",
                      Typed(f"withdraw {number}"), ". What is changed live: ", Typed("status"),
                      "."))  # fmt: skip


def greeting(context: Context) -> tuple[Block, ...]:
    """Three things to try, and where to find the rest."""
    tries: list[Span] = [Typed("now")]
    schedule = context.schedule
    talks = [session for session in schedule.planned if not session.kind.pauses]
    coming = schedule.upcoming(context.now, talks)
    if coming:
        rooms = coming[0].slot.rooms
        tries += [", ", Typed(f"next {rooms[0]}" if rooms else "next")]
        tries += [", ", Typed(f"bookmark {coming[0].id}"), " (I remind you before it starts)"]
    else:
        tries += [", ", Typed("agenda"), ", ", Typed("rooms")]
    opening = f"{_GREETING}{schedule.event}. Try "
    return (text(opening, *tries, ", or ", Typed("help"), " for all commands."),)


def is_greeting(block: Block) -> bool:
    """True for what `greeting` says."""
    match block:
        case Text((str(opening), *_)):
            return opening.startswith(_GREETING)
        case _:
            return False


def _nearest(line: str, context: Context) -> str | None:
    number = number_meant(line)
    if number is not None:
        return f"info {number}"
    return _day_or_time(line, context) or _command_alike(line, context) or _name(line, context)


def _day_or_time(line: str, context: Context) -> str | None:
    """`agenda tomorrow`, `at tuesday 2pm` for a day or a time, with a room or with nothing else."""
    plain = line.strip("?!., ")
    when = when_meant(plain, context)
    if when.at is None and when.day is None:
        return None
    if when.rest and not context.names.rooms.find(when.rest, _SURE):
        return None
    return f"at {shortened(plain)}" if when.at is not None else f"agenda {shortened(plain)}"


def _command_alike(line: str, context: Context) -> str | None:
    """The command that begins with a slip of the finger, with its arguments. Those that are for
    organisers are for nobody else."""
    typed = line.split()
    glued = _GLUED.fullmatch(typed[0])
    aliases = [a for a, c in by_alias().items() if context.organiser or not c.organising]
    if glued and glued[1].casefold() in aliases:
        return f"{glued[1].casefold()} {glued[2]}"
    for count in range(min(_MOST_WORDS_OF_AN_ALIAS, len(typed)), 0, -1):
        asked = " ".join(typed[:count]).casefold().rstrip("?!.,:")
        alias = _misspelt(asked, [a for a in aliases if a.count(" ") == count - 1])
        if alias is not None:
            arguments = " ".join(typed[count : count + _MOST_ARGUMENTS])[:40]
            return f"{by_alias()[alias].name} {arguments}".rstrip()
    return None


def _misspelt(asked: str, aliases: list[str]) -> str | None:
    """The alias that was meant. Short words are often other words: they must begin alike, and
    those of three letters may only lack a letter or have two swapped."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(asked) < 3:
        return None
    if len(asked) <= 5:
        aliases = [alias for alias in aliases if alias[0] == asked[0]]
    if len(asked) == 3:
        aliases = [alias for alias in aliases if set(asked) <= set(alias)]
    allowed = max(1, allowed_distance(asked))
    close = process.extractOne(asked, aliases, scorer=OSA.distance, score_cutoff=allowed)
    return close[0] if close is not None else None


def _name(line: str, context: Context) -> str | None:
    """The command that tells about the room, the person or the subject that the line names."""
    plain = " ".join(word for word in line.split() if word.casefold() not in _LITTLE_WORDS)
    for meant in dict.fromkeys((line, plain)):
        if context.names.rooms.find(meant, _SURE):
            return f"where {meant}" if "get" in words(line) else f"next {meant}"
        if context.names.people.find(meant, _SURE):
            return f"lead {meant}"
        if context.names.texts.find(meant, _SURE):
            return f"find {meant}"
    return None


def is_for_another_bot(response: Response) -> bool:
    """True for a command that nobody here knows, and that resembles none: in a channel there may be
    bots that do."""
    if response.command is not None or response.private:
        return False
    spans = (span for b in response.reply if isinstance(b, Heading | Text) for span in b.spans)
    return not any(isinstance(span, Typed) and span.line != "help" for span in spans)
