"""What becomes of a command line that corrects another: what that one had made is taken back, and
what it had done already is not done again."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.arguments import quoted
from bot.document import Reply, text
from bot.messages import (
    AddBookmark,
    Answer,
    Bookmark,
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
    wording that means the same changes gets the same answer, and nothing is done.
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
    return Record(_without(dropped, asked), changed, tuple(sorted(made)))


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
