"""Which session somebody means; what changes something takes only what was surely meant."""

from collections.abc import Collection, Sequence

from bot.arguments import item, listing, number_meant, numbers_meant, quoted, shortened
from bot.command import Context
from bot.document import Reply, Typed, reply, text
from bot.names import How, Names
from bot.names import words as words_in
from bot.schedule import Session

_NEXT = ("next", "the next", "next one", "next session", "next talk", "up next")
_EVERY = ("all", "everything", "every session", "all sessions", "all of them", "both")
_SAY_NOTHING = frozenset({"no", "number", "please", "session", "talk", "the"})
_LITTLE_WORDS = frozenset({"also", "from", "here", "into", "only", "that", "this", "using", "with"})


def session_meant(words: str, context: Context, command: str) -> Session | Reply:
    """The session that a number or a title names, or a reply that says what to type instead."""
    given = _by_number(words, context, command)
    if given is not None:
        return given
    found = context.names.titles.find(words)
    return _one(found, context) or _several(found, words, context, command)


def session_named(
    words: str,
    context: Context,
    command: str,
    reserved: Collection[str],
    own: Sequence[Session] = (),
    prefer: bool = False,
) -> Session | Reply:
    """The session that is surely meant, looked for among a person's own first, or what to type;
    `prefer` says that also what is not sure means those first.

    Sure is a number; a whole title; whole words of a title, at least two; or one whole word that
    stands in one title only, if it is no little word, no command (`reserved`), and has four
    letters or begins the title.
    """
    given = _by_number(words, context, command)
    if given is not None:
        return given
    mine = Names((session, (session.title,)) for session in own)
    for among in (mine, context.names.titles):
        found = _surely(words, among, reserved)
        sure = _one(found, context)
        if sure is not None:
            return sure
        if found:
            return _several(found, words, context, command)
    plain = without_little_words(words)
    if plain != words:
        numbered = _by_number(plain, context, command) if plain else None
        if numbered is not None:
            return numbered
        meant = surely_named(plain, context, reserved)
        if meant is not None:
            return meant
    if words.casefold() in _NEXT:
        return _which_of_the_next(own, context, command)
    if words.casefold() in _EVERY:
        return reply(text("One session at a time, by its number or title: ",
                          Typed(f"{command} 12")))  # fmt: skip
    titles = context.names.titles
    found = (mine.find(words) if prefer else []) or titles.find(words) or titles.find(plain)
    likely = _one(found, context)
    if likely is None:
        return _several(found, words, context, command)
    ask = text("Did you mean this one? Then type ", Typed(f"{command} {likely.id}"), ".")
    return reply(ask, item(likely, context))


def surely_named(words: str, context: Context, reserved: Collection[str]) -> Session | None:
    """The session that these words surely mean, in the way of `session_named`; None if it is not
    sure, or no session."""
    return _one(_surely(words, context.names.titles, reserved), context)


def without_little_words(words: str) -> str:
    """The words without those that say no more than that a session is asked for."""
    kept = (word for word in words.split() if word.casefold().strip(".,!") not in _SAY_NOTHING)
    return " ".join(kept)


def _surely(words: str, among: Names[Session], reserved: Collection[str]) -> list[Session]:
    named = among.find(words, (How.NAME,))
    asked = words_in(words)
    if named or not asked:
        return named
    found = among.with_words(asked)
    if len(asked) > 1:
        return found
    word = asked[0]
    if len(found) != 1 or word in reserved or word in _LITTLE_WORDS:
        return []
    return found if len(word) >= 4 or words_in(found[0].title)[0] == word else []


def _by_number(words: str, context: Context, command: str) -> Session | Reply | None:
    if not words.strip():
        return reply(
            text("Which session? Give its number or its title, like ", Typed(f"{command} 12"), ".")
        )
    several = numbers_meant(words)
    if several:
        return reply(
            text("One session at a time, please: ", Typed(f"{command} {several[0]}"), ", then ",
                 Typed(f"{command} {several[1]}"), ".")
        )  # fmt: skip
    number = number_meant(words)
    if number is None:
        return None
    session = context.schedule.session(number)
    if session is not None:
        return session
    where = "The numbers stand in brackets in "
    return reply(text(f"There is no session {number}. {where}", Typed("agenda"), "."))


def _one(found: Sequence[Session], context: Context) -> Session | None:
    ahead = _ahead(found, context)
    return (ahead or found)[0] if len(found) == 1 or len(ahead) == 1 else None


def _ahead(found: Sequence[Session], context: Context) -> list[Session]:
    return [session for session in found if session.slot.until > context.now]


def _several(found: Sequence[Session], words: str, context: Context, command: str) -> Reply:
    if found:
        shown = _ahead(found, context) or found
        return reply(
            text(f"{len(shown)} sessions are called something like {quoted(words)}:"),
            *listing(shown, context),
            text("Say which one by its number, like ", Typed(f"{command} {shown[0].id}"), "."),
        )
    near = context.names.titles.nearest(words)
    return reply(
        text(f"No session is called {quoted(words)}.", " Closest:" if near else ""),
        *listing(near, context),
        text("To search the descriptions too, type ", Typed(f"find {shortened(words)}"), "."),
    )


def _which_of_the_next(own: Sequence[Session], context: Context, command: str) -> Reply:
    coming = context.schedule.upcoming(context.now, own or None)
    if not coming:
        return reply(text("Nothing comes next. The whole programme: ", Typed("agenda"), "."))
    return reply(
        text("These come next:" if len(coming) > 1 else "This comes next:"),
        *listing(coming, context),
        text("Say which one by its number, like ", Typed(f"{command} {coming[0].id}"), "."),
    )
