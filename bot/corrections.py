"""What becomes of a command line that corrects another: the bookmark that that one had made is
taken back, what it had done for everybody stays, and what it had done already is not done again."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.arguments import quoted
from bot.document import Button, Reply, Typed, text
from bot.messages import (
    AddBookmark,
    Answer,
    Audit,
    Bookmark,
    ChangeLive,
    DropBookmark,
    Forget,
    Invocation,
    Profile,
    User,
)
from bot.recent import Recent
from bot.record import Record, changes

_MESSAGES_REMEMBERED = 1_000
_MOST_WORDINGS = 20


def carried_out(
    ask: Callable[[Profile], Answer], profile: Profile, former: Record | None
) -> Record:
    """The answer of a command, which `ask` runs for what is known of the user, and what it does.

    If it is a new wording of a message, `former` is what the latest one has done. Bookmarks that it
    made are not there for the command, and are dropped unless the command makes them again. A
    wording that means the same changes gets the same answer, and nothing is done. What it did for
    everybody stays, for they have been told: the answer says how to take that back.
    """
    taken_back = _made(former, profile)
    others = tuple(mark for mark in profile.bookmarks if mark not in taken_back)
    asked = ask(replace(profile, bookmarks=others))
    changed = changes(asked.effects)
    # Who is forgotten is told that nothing is left, so that has to be true each time.
    forgets = any(isinstance(effect, Forget) for effect in asked.effects)
    if former is not None and changed and changed == former.changed and not forgets:
        return former
    added = {effect.session_id for effect in asked.effects if isinstance(effect, AddBookmark)}
    kept = [mark for mark in taken_back if mark.session_id in added]
    if kept:
        asked = ask(replace(profile, bookmarks=(*others, *map(_to_be_made, kept))))
    dropped = () if forgets else [mark for mark in taken_back if mark not in kept]
    made = added.difference(mark.session_id for mark in others)
    audited = "; ".join(e.what for e in asked.effects if isinstance(e, Audit))
    answer = _with_what_stays(former, _without(dropped, asked))
    return Record(answer, changed, tuple(sorted(made)), audited)


def _made(former: Record | None, profile: Profile) -> tuple[Bookmark, ...]:
    """What a wording made and is still there."""
    if former is None:
        return ()
    return tuple(mark for mark in profile.bookmarks if mark.session_id in former.made)


def _to_be_made(mark: Bookmark) -> Bookmark:
    """As if it were not there (a muted one is bookmarked anew, with the usual minutes), but for
    what its owner has been told: nobody is promised the reminder that they have had."""
    return replace(mark, muted=True, own_before=False)


def _without(dropped: Iterable[Bookmark], answer: Answer) -> Answer:
    """The answer of a command that drops these as well, and says so."""
    said = [text(f"Bookmark of {quoted(mark.told.title)} removed.") for mark in dropped]
    if not said:
        return answer
    effects = tuple(DropBookmark(mark.session_id) for mark in dropped)
    # Which sessions somebody had bookmarked is for them alone, also if the new answer is for all.
    return Answer(Reply((*said, *answer.reply)), (*effects, *answer.effects), private=True)


def _with_what_stays(former: Record | None, answer: Answer) -> Answer:
    """The answer, in front of it what an organiser has done by the wording before."""
    if former is None or not former.audited or _is_about_the_same(former, answer):
        return answer
    buttons = [block for block in former.answer.reply if isinstance(block, Button)]
    back = (" (to take it back: ", Typed(buttons[-1].line), ")") if buttons else ()
    said = text("What you had written before was done, and stays", *back, f": {former.audited}")
    return Answer(Reply((said, *answer.reply)), answer.effects, private=True)


def _is_about_the_same(former: Record, answer: Answer) -> bool:
    """True if the answer changes the session that the wording before had changed: it says what
    becomes of that."""
    before = {session.id for session in former.answer.reply.sessions()[:1]}
    now = {e.change.session_id for e in answer.effects if isinstance(e, ChangeLive)}
    return not now.isdisjoint(before)


class Unrecorded:
    """The corrections that have changed nothing, as has what they correct: nothing is written for
    them. But where a later one does change something, one of these that is delivered again must
    not be taken for the latest: so they are recorded with that one.

    A process that begins anew need not know them: it is given again what had no answer, in order.
    """

    def __init__(self) -> None:
        self._ids: Recent[tuple[User, str], tuple[str, ...]] = Recent(_MESSAGES_REMEMBERED)

    def note(self, invocation: Invocation) -> None:
        """Remember one that has changed nothing, if it is a correction."""
        if invocation.id is None or invocation.corrects is None:
            return
        others = (id for id in self.earlier(invocation) if id != invocation.id)
        ids = (*others, invocation.id)[-_MOST_WORDINGS:]
        self._ids.put((invocation.user, invocation.corrects), ids)

    def earlier(self, invocation: Invocation) -> tuple[str, ...]:
        """The ids of those that corrected the same message before."""
        if invocation.corrects is None:
            return ()
        return self._ids.get((invocation.user, invocation.corrects)) or ()
