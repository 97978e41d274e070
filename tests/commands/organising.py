"""What an organiser is answered, as a pure function: no engine, no database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.command import Context
from bot.commands import understood
from bot.document import Block
from bot.live import LiveChange, overlaid
from bot.messages import Answer, Audit, ChangeLive, Profile, Withdraw
from bot.names import Finder
from bot.overview import NetworkOverview, Overview
from bot.schedule import Schedule
from bot.setup import moment_meant
from bot.text import lines
from bot.times import Reader
from bot.waves import Wave
from tests.summit import folsom

CHANGES_IN = (("irc", "#changes"),)


@dataclass
class Office:
    """An organiser at the summit. What they change holds from then on, as the store would keep
    it."""

    published: Schedule = field(default_factory=folsom)
    at: str = "Monday 9:20"
    live: tuple[LiveChange, ...] = ()
    highest: int = 159
    more: dict[str, object] = field(default_factory=dict)
    news_before: datetime | None = None
    proof: str = ""
    hours: int = 12
    profile: Profile = Profile(known=True)
    effects: Sequence[object] = ()
    blocks: tuple[Block, ...] = ()

    def context(self, *, organiser: bool = True) -> Context:
        now = moment_meant(self.at, self.published)
        schedule = overlaid(self.published, self.live)
        start = moment_meant("Monday 9:30", schedule)
        wave = Wave(start, 120, start - timedelta(minutes=5), fits=True)
        overview = Overview(
            now,
            self.published,
            changed=now - timedelta(hours=2),
            seen=now - timedelta(minutes=3),
            live=self.live,
            highest=self.highest,
            networks=(
                NetworkOverview("irc", wave=wave, channels=2),
                NetworkOverview("slack", channels=1),
            ),
            changes_in=CHANGES_IN,
        )
        return Context(
            now,
            Finder(schedule),
            Reader(schedule.timezone, hours=self.hours),
            5,
            self.profile,
            organiser=organiser,
            published=self.published,
            proof="" if organiser else self.proof,
            news_before=self.news_before,
            overview=replace(overview, **self.more) if organiser else None,  # type: ignore[arg-type]
        )

    def answer(self, line: str) -> Answer:
        """What an organiser is answered, before it takes effect."""
        meant = understood(line)
        assert meant is not None, line
        return meant[0].run(meant[1], self.context())

    def others(self, line: str) -> Answer:
        """What somebody else gets from a command that has something for them."""
        meant = understood(line)
        assert meant is not None, line
        assert meant[0].otherwise is not None, line
        return meant[0].otherwise(meant[1], self.context(organiser=False))

    def say(self, line: str) -> list[str]:
        """What an organiser reads; it takes effect."""
        meant, answer = understood(line), self.answer(line)
        private = meant is None or not meant[0].organising or answer.private
        assert private, "what organisers do is their own business"
        self.effects, self.blocks = answer.effects, answer.reply.blocks
        self._apply()
        return lines(answer.reply, self.context().reader)

    def audited(self) -> str:
        """The sentence that the last answer leaves in the audit log."""
        (entry,) = (effect for effect in self.effects if isinstance(effect, Audit))
        assert self.effects[-1] is entry, "it comes last"
        return entry.what

    def _apply(self) -> None:
        for effect in self.effects:
            if isinstance(effect, ChangeLive):
                change = effect.change
                kept = (c for c in self.live if not _same_sort(c, change))
                self.live = (*kept, change)
                self.highest = max(self.highest, change.session_id)
            elif isinstance(effect, Withdraw):
                self.live = tuple(
                    c
                    for c in self.live
                    if c.session_id != effect.session_id or type(c.value).__name__ == "Added"
                )


def _same_sort(one: LiveChange, other: LiveChange) -> bool:
    return (one.session_id, type(one.value)) == (other.session_id, type(other.value))
