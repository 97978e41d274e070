"""One invocation in, one response out: finds the command, applies its effects, remembers both."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot import commands, record
from bot.cleaning import one_line
from bot.command import LONGEST_LINE, LONGEST_VERBATIM, Command, Context
from bot.corrections import Unrecorded, carried_out
from bot.document import Block, Heading, Item, Reply, Typed, reply, text
from bot.fairness import Allowance
from bot.messages import (
    Answer,
    Audit,
    ChangePreferences,
    Effect,
    Forget,
    Invocation,
    Meet,
    Profile,
    Response,
    User,
)
from bot.names import Finder
from bot.organising import refusal
from bot.overview import Overview
from bot.ports import Clock, Desk
from bot.recent import Recent
from bot.record import Record
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Memo, Store, StoreAway
from bot.suggestions import greeting, no_command
from bot.times import Reader

_log = logging.getLogger(__name__)

_PEOPLE_REMEMBERED = 50_000
_RESTS_REMEMBERED = 1_000
_ATTEMPTS = 5
# Their settings may change in another process.
_KNOWN_FOR = timedelta(seconds=30)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_TROUBLE = reply(
    text("That did not work just now, and nothing was changed. Try again in a minute."),
)
_DOUBT = reply(
    text("I cannot tell whether that worked: look in a minute before you try it again."),
)


@dataclass(frozen=True, slots=True)
class _Met:
    """What is known of a user, until it has to be asked for again."""

    profile: Profile
    until: datetime


class Engine:
    """Answers commands about one schedule for all networks."""

    def __init__(
        self,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        rules: Rules,
        desk: Desk | None = None,
    ) -> None:
        """Without a `desk` there are no organisers."""
        self._names = Finder(schedule)
        self._desk = desk
        self._store = store
        self._clock = clock
        self._rules = rules
        # Asking the database who somebody is before each `now` would cost more than the answer.
        self._met: Recent[User, _Met] = Recent(_PEOPLE_REMEMBERED)
        self._allowance = Allowance(rules.fairness) if rules.fairness else None
        self._rests: Recent[tuple[User, str | None], Reply] = Recent(_RESTS_REMEMBERED)
        self._unrecorded = Unrecorded()

    @property
    def schedule(self) -> Schedule:
        """The programme that answers are made from."""
        return self._names.schedule

    def replace(self, names: Finder) -> None:
        """Answer from another version of the schedule, that of these names, from now on."""
        self._names = names

    def introduce(self, user: User, profile: Profile) -> None:
        """Take this for what is known of a user, without asking the store."""
        self._met.put(user, _Met(profile, _FOREVER))

    async def respond(self, invocation: Invocation) -> Response:
        """Carry out one command line. The same invocation again gets the same reply (a message that
        has been corrected since, that to its latest wording), and nothing happens a second time.
        A correction takes back the bookmark that its message had made, if it does not make it
        again. A reply without blocks means silence. Raises StoreAway for what is brought `again`;
        for all else the reply says that it did not work."""
        if self._allowance is not None and not invocation.beside:
            wait = self._allowance.seconds_to_wait(invocation.user, self._clock.wall())
            if wait is not None:
                return self._refused(wait, invocation.user)
        meant = commands.understood(line := readable(invocation.line))
        if meant is not None and meant[0].verbatim:
            # Nothing of it may be lost without a word.
            meant = commands.understood(readable(invocation.line, LONGEST_VERBATIM))
        command = meant[0] if meant else None
        try:
            return await self._carry_out(line, meant, invocation)
        except StoreAway as away:
            if invocation.again:
                # Whoever is told that nothing was changed would not expect it to happen later on.
                self._not_asked(invocation)
                raise
            _log.warning("%s", away)
            return self._trouble(command, invocation.user, in_doubt=away.in_doubt)
        except Exception:
            # A question that nobody foresaw must not end the others.
            _log.exception("invocation %s failed: %s", invocation.id, command and command.name)
            return self._trouble(command, invocation.user)

    async def _carry_out(
        self, line: str, meant: tuple[Command, str] | None, invocation: Invocation
    ) -> Response:
        answer = await self._settled(line, meant, invocation)
        shown, card = self._first_page(answer, invocation), self._card(invocation)
        asked = {s.id for part in (shown, card) if part for s in part.sessions()}
        profile = await self._afterwards(invocation, marks=invocation.marks and bool(asked))
        return Response(
            shown,
            self._reader(invocation.user, profile),
            answer.private,
            meant[0].name if meant else None,
            frozenset(asked.intersection(mark.session_id for mark in profile.bookmarks)),
            card,
        )

    def _card(self, invocation: Invocation) -> Reply | None:
        if invocation.card is None:
            return None
        return record.unpacked(invocation.card, self.schedule)

    async def _afterwards(self, invocation: Invocation, *, marks: bool) -> Profile:
        """What is known of the asker when all has taken effect; with bookmarks, if `marks` are
        wanted and the database tells them."""
        if marks:
            with suppress(StoreAway):
                return await self._profile(invocation.user, bookmarks=True)
        return await self._profile(invocation.user, bookmarks=False)

    async def _settled(
        self, line: str, meant: tuple[Command, str] | None, invocation: Invocation
    ) -> Answer:
        """The answer when its effects have been carried out."""
        for _ in range(_ATTEMPTS):
            answer = await self._tried(line, meant, invocation)
            if answer is not None:
                return answer
        raise RuntimeError("others are quicker all the time, or have used the id of the message")

    async def _tried(
        self, line: str, meant: tuple[Command, str] | None, invocation: Invocation
    ) -> Answer | None:
        """None, and nothing is done, if another correction of the same message was quicker, or
        another session has taken the number of one that is added."""
        # With it this process knows what holds, also where another one has done this before.
        overview = await self._overview(meant, invocation)
        personal = meant is not None and meant[0].personal
        recorded = personal or overview is not None
        kept = await self._kept(invocation, invocation.corrects)
        former = record.read(kept, self.schedule) if kept is not None else None
        if recorded or former is not None:
            given = await self._given_before(invocation)
            if given is not None:
                return given

        def ask(profile: Profile) -> Answer:
            context = replace(self._context(invocation, profile), overview=overview)
            return _run(meant, context) if meant else Answer(no_command(line, context))

        has_made = former is not None and former.made != ()
        profile = await self._profile(invocation.user, bookmarks=personal or has_made)
        done = carried_out(ask, profile, former)
        answer = self._greeted(done.answer, invocation, self._context(invocation, profile))
        if not answer.effects and (former is None or not former.changed):
            self._unrecorded.note(invocation)
            # Asked again: it may have taken effect while what is known of the user was read.
            return (await self._given_before(invocation) if recorded else None) or answer
        if await self._applied(replace(done, answer=answer), kept, invocation):
            await self._renewed(answer, invocation.user, meant[0].name if meant else "")
            return answer
        return await self._given_before(invocation)

    async def _overview(
        self, meant: tuple[Command, str] | None, invocation: Invocation
    ) -> Overview | None:
        """What an organiser sees who wants to do an organiser's work."""
        if self._desk is None or meant is None or not meant[0].organising:
            return None
        if not self._organises(invocation):
            return None
        return await self._desk.overview(whole=meant[0].surveys)

    def _organises(self, invocation: Invocation) -> bool:
        desk = self._desk
        return desk is not None and invocation.vouched and desk.admits(invocation.user)

    async def _renewed(self, answer: Answer, user: User, name: str) -> None:
        """Let the programme be what the answer says that it is. With whatever an organiser does
        the database is at another edition of it, and nothing is news to who does not know that."""
        done = any(isinstance(effect, Audit) for effect in answer.effects)
        if done:
            _log.info("An organiser, %s on %s: %s.", user.id, user.network, name)
        if self._desk is not None and done:
            with suppress(StoreAway):  # it follows within seconds
                await self._desk.renew()

    async def _kept(self, invocation: Invocation, id: str | None) -> str | None:
        """The record of an invocation or of one that it corrects."""
        if id is None or invocation.id is None:
            return None
        return await self._store.recall(invocation.user, id)

    async def _given_before(self, invocation: Invocation) -> Answer | None:
        """The answer to this very invocation, if it has already taken effect."""
        kept = await self._kept(invocation, invocation.id)
        return record.read(kept, self.schedule).answer if kept is not None else None

    def _trouble(self, command: Command | None, user: User, *, in_doubt: bool = False) -> Response:
        name, said = command.name if command else None, _DOUBT if in_doubt else _TROUBLE
        return Response(said, self._reader(user, Profile()), private=True, command=name)

    def _not_asked(self, invocation: Invocation) -> None:
        if self._allowance is not None and not invocation.beside:
            self._allowance.give_back(invocation.user)

    def _refused(self, seconds: int, user: User) -> Response:
        said = text(f"That is a lot at once. Ask me again in {seconds} s.")
        refusal = reply(said) if seconds else Reply(())
        return Response(refusal, self._reader(user, Profile()), private=True, command=None)

    def _reader(self, user: User, profile: Profile) -> Reader:
        return self._rules.reader(profile.preferences, self.schedule.timezone, user.timezone)

    async def _profile(self, user: User, *, bookmarks: bool) -> Profile:
        met, wall = self._met.get(user), self._clock.wall()
        if met is None or bookmarks or met.until <= wall:
            try:
                profile = await self._store.load(user, bookmarks=bookmarks)
            except StoreAway:
                if bookmarks:
                    raise
                # Who asks about the programme does not need the database.
                return met.profile if met is not None else Profile(known=True)
            self._met.put(user, _Met(replace(profile, bookmarks=()), wall + _KNOWN_FOR))
            return profile
        return met.profile

    def _context(self, invocation: Invocation, profile: Profile) -> Context:
        now, user, desk = self._clock.now(), invocation.user, self._desk
        return Context(
            now=now,
            names=self._names,
            reader=self._reader(user, profile),
            usual_before=self._rules.before,
            profile=profile,
            rest=self._rests.get(_place(invocation, invocation.channel.private)),
            unreachable=invocation.unreachable,
            names_people=invocation.names_people,
            profile_zone=user.timezone,
            organiser=self._organises(invocation),
            published=desk.published if desk is not None else None,
            proof=desk.proof(user) if desk is not None else "",
            news_before=self._rules.news_before(now, self.schedule.timezone),
        )

    def _greeted(self, answer: Answer, invocation: Invocation, context: Context) -> Answer:
        """With a greeting for somebody who writes to the bot for the first time."""
        alone = invocation.channel.private or answer.private
        if not self._rules.greets or context.profile.known or not alone or invocation.beside:
            return answer
        if any(isinstance(effect, Forget) for effect in answer.effects):
            return answer
        said = answer.reply.blocks
        blocks = (*said, *(block for block in greeting(context) if block not in said))
        return replace(answer, reply=Reply(blocks)).with_effect(Meet())

    async def _applied(self, done: Record, former: str | None, invocation: Invocation) -> bool:
        """Carry out and remember what is done; false if the same invocation was quicker elsewhere,
        another correction of the same message, or whoever took the number of an added session."""
        user, effects, memo = invocation.user, done.answer.effects, None
        if invocation.id is not None:
            earlier = self._unrecorded.earlier(invocation)
            memo = Memo(invocation.id, record.write(done), invocation.corrects, former, earlier)
        if not await self._store.apply(user, effects, memo):
            return False
        if (met := self._met.get(user)) is not None:
            self._met.put(user, replace(met, profile=_after(met.profile, effects)))
        return True

    def _first_page(self, answer: Answer, invocation: Invocation) -> Reply:
        """As much as may be shown at once; the rest waits for `more`."""
        if invocation.beside:
            return answer.reply
        reply, pages, page = answer.reply, invocation.pages, self._rules.page
        private = answer.private or invocation.channel.private
        if pages is not None:
            page = pages.private if private else pages.here
        place = _place(invocation, private)
        if page is None or len(reply.blocks) <= page:
            # The card of a button still offers what is left of it, unless that was pressed.
            if not invocation.pressed or self._rests.get(place) == answer.reply:
                self._rests.drop(place)
            return reply
        end = _end_of_page(reply.blocks, page)
        shown, rest = reply.blocks[:end], reply.blocks[end:]
        self._rests.put(place, Reply(rest))
        sessions = sum(isinstance(block, Item) for block in rest)
        what = f"{sessions} more sessions" if sessions == len(rest) else f"{len(rest)} more lines"
        return Reply((*shown, text(f"\N{HORIZONTAL ELLIPSIS} {what}: ", Typed("more"))))


def _run(meant: tuple[Command, str], context: Context) -> Answer:
    """What a command answers; to somebody for whom it is not meant, what it means from them."""
    command, arguments = meant
    if not command.organising or context.organiser:
        return command.run(arguments, context)
    if command.otherwise is not None:
        return command.otherwise(arguments, context)
    return refusal(proof=context.proof)


def readable(line: str, longest: int = LONGEST_LINE) -> str:
    """What somebody typed, without the prefix, and no longer than any sensible question."""
    return one_line(line[:longest]).lstrip("!").strip()


def _end_of_page(blocks: Sequence[Block], page: int) -> int:
    """How many stand on a page of so many lines, above the one that says what is left: a heading
    goes with what it heads. A page of three lines is too short to be choosy."""
    end = page - 1
    while end > 2 and isinstance(blocks[end - 1], Heading):
        end -= 1
    return end


def _place(invocation: Invocation, private: bool) -> tuple[User, str | None]:
    """Where the rest of an answer waits: nothing private is shown in a channel."""
    return (invocation.user, None if private else invocation.channel.id)


def _after(known: Profile, effects: Sequence[Effect]) -> Profile:
    for effect in effects:
        match effect:
            case ChangePreferences(preferences):
                known = replace(known, preferences=preferences)
            case Meet():
                known = replace(known, known=True)
            case Forget():
                known = Profile()
            case _:
                pass
    return known
