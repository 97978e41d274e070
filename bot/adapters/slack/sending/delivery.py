"""Says things in one workspace: at its pace, and each once."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import structlog

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.doubts import Doubts, metadata
from bot.adapters.slack.sending.patience import Patience
from bot.adapters.slack.sending.refusals import UNDRAWABLE, about_channel, about_person
from bot.adapters.slack.sending.window import Window
from bot.pacer import Pacer, Urgency
from bot.ports import Clock, TryLater, Unreachable
from bot.recent import Recent

_log = structlog.get_logger(__name__)

_PATIENCE = 15.0
"""Seconds for which somebody who waits for an answer is not given up: with the last call of the
API, less than a delivery may take."""
_HELD = 5.0
"""Seconds; what nobody waits for, and is held up longer, comes again later."""
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(seconds=5)
_LAST_MOMENT = timedelta(seconds=10)
"""Real time before a message is of no use any more, in which it goes out without a look."""
_MOST_OF_UPDATE = 4_000
"""Characters (https://docs.slack.dev/reference/methods/chat.update, msg_too_long)."""
_CHANNELS = 1_000
"""Channels whose pace is kept: more than can be written to in a second."""
# https://docs.slack.dev/apis/web-api/rate-limits: one message a second and channel; and the tiers
# of chat.postEphemeral (4) and chat.update (3).
_A_CHANNEL = (1, 1.0)
_A_MINUTE = {"chat.postEphemeral": 100, "chat.update": 50}


class Sending:
    """What the bot says in one workspace. Owns the pace of all of it."""

    def __init__(
        self, api: Api, clock: Clock, *, network: str, team: str, rate: float, burst: int,
        revoked: Callable[[str], None],
    ) -> None:  # fmt: skip
        """`revoked` is told Slack's code when it does not take the token (any more)."""
        self._api = api
        self._clock = clock
        self._about = {"network": network, "team": team}
        self._revoked = revoked
        self._pacer = Pacer(rate, burst)
        # Where a second may have more than the rate says, it is because the burst is as large.
        self._all = Window(max(ceil(rate), 2 * burst - 1), ceil(rate) / rate)
        self._methods = {method: Window(most, 60) for method, most in _A_MINUTE.items()}
        self._channels: Recent[str, Window] = Recent(_CHANNELS)
        self._processes = 1
        self._doubts = Doubts(api, network, team)

    def share(self, processes: int) -> None:
        """Keep to one's part of the pace, as one of so many processes."""
        self._pacer.share(processes)
        self._doubts.share(processes)
        for window in (self._all, *self._methods.values()):
            window.share(processes)
        if processes != self._processes:
            self._processes = processes
            self._channels = Recent(_CHANNELS)

    def close(self) -> None:
        """Nobody has a turn any more."""
        self._pacer.close()

    async def answer(
        self, channel: str, content: Content, key: str, *, thread: str | None = None,
        since: str | None = None, person: Hashable, again: bool = False,
    ) -> str:  # fmt: skip
        """Say something that somebody waits for, in a channel or a thread; the result is its time
        stamp. If it may have arrived already (`again`), it is looked for among what was said in
        the thread `since` another message. Raises Refused, and Limited or Away if it could not be
        said in time."""
        patience = _patience()
        while True:
            try:
                if again and (arrived := self._doubts.arrived(key)):
                    return arrived
                if self._doubts.begin(key, again):
                    try:
                        if arrived := await self._doubts.find(channel, key, thread, since):
                            return arrived
                    except Limited as limit:
                        # Said twice is better than not at all.
                        if patience.lasts(limit.after):
                            raise
                await self._turn(person, patience)
                return await self._post(channel, content, key, _PATIENCE, thread=thread)
            except (Limited, Away) as problem:
                await patience.wait(problem)

    async def whisper(
        self, channel: str, user: str, content: Content, *, thread: str | None = None,
        person: Hashable,
    ) -> None:  # fmt: skip
        """Say something in a channel that this user alone sees. Nobody can look for it afterwards:
        it is not tried again once it may have arrived. Raises Refused, Limited and Away."""
        method, patience = "chat.postEphemeral", _patience()
        while True:
            try:
                await self._turn(person, patience)
                await self._say(
                    method, content, _PATIENCE, (self._methods[method], self._all),
                    channel=channel, user=user, thread_ts=thread,
                )  # fmt: skip
            except Away as away:
                if away.sent:
                    raise
                await patience.wait(away)
            except Limited as limit:
                await patience.wait(limit)
            else:
                return

    async def update(self, channel: str, ts: str, content: Content, *, person: Hashable) -> None:
        """Put something in the place of a message. Raises Refused, Limited and Away."""
        method, patience = "chat.update", _patience()
        content = replace(content, text=_beginning(content.text))
        while True:
            try:
                await self._turn(person, patience)
                windows = (self._methods[method],)
                await self._say(method, content, _PATIENCE, windows, channel=channel, ts=ts)
            except (Limited, Away) as problem:
                await patience.wait(problem)
            else:
                return

    async def notify(
        self, user: str, content: Content, key: str, until: datetime, again: bool
    ) -> None:
        """Write to somebody who has not asked for it just now; `until` (programme time) it is of
        use. Raises TryLater and Unreachable."""
        if again and self._doubts.arrived(key):
            return
        try:
            if self._doubts.begin(key, again) and await self._has_arrived(user, key, until):
                return
            await self._pacer.turn(Urgency.NOTICE, until)
            await self._post(user, content, key, _HELD)
        except Refused as refusal:
            raise Unreachable(about_person(refusal)) from None
        except Limited as limit:
            raise TryLater(limit.after) from None
        except Away:
            raise TryLater from None

    async def post(self, channel: str, content: Content, key: str, again: bool) -> None:
        """Say something in a channel that nobody has asked for. Raises TryLater and
        Unreachable."""
        if again and self._doubts.arrived(key):
            return
        try:
            if self._doubts.begin(key, again) and await self._doubts.find(channel, key):
                return
            await self._pacer.turn(Urgency.POST)
            await self._post(channel, content, key, _HELD)
        except Refused as refusal:
            raise Unreachable(about_channel(refusal)) from None
        except Limited as limit:
            raise TryLater(limit.after) from None
        except Away:
            raise TryLater from None

    async def _has_arrived(self, user: str, key: str, until: datetime) -> bool:
        """Raises TryLater where a look has to wait, and there is the time to; and Away."""
        try:
            return await self._doubts.find_in_chat(user, key) is not None
        except Limited as limit:
            # The wave goes on: this waits for a look, the others do not.
            left = (until - self._clock.now()) - (limit.after + _LAST_MOMENT) * self._clock.speed
            if left > timedelta():
                raise TryLater(limit.after, personal=True) from None
            return False

    async def _turn(self, person: Hashable, patience: Patience) -> None:
        """The turn of somebody who waits. Raises Limited, and Away after `close`."""
        if (wait := self._all.wait()) > _PATIENCE:
            raise Limited(timedelta(seconds=wait))
        try:
            await self._pacer.turn(Urgency.REPLY, None, person)
        except TryLater:
            patience.end()
            raise Away("the bot has left it", sent=False) from None

    async def _post(
        self, channel: str, content: Content, key: str, held: float, thread: str | None = None
    ) -> str:
        """Raises Refused, Limited and Away; what is known of the message is noted."""
        chat = self._doubts.chat(channel) or channel
        windows = (self._channel(chat), self._all)
        try:
            said = await self._say(
                "chat.postMessage", content, held, windows, lambda: self._doubts.sent(key),
                channel=channel, thread_ts=thread, metadata=metadata(key), mrkdwn=False,
                unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
        except (Refused, Limited):
            self._doubts.note_absent(key)
            raise
        except Away as away:
            if not away.sent:
                self._doubts.note_absent(key)
            raise
        ts = str(said["ts"])
        self._doubts.note_arrived(key, ts)
        if channel.startswith(("U", "W")) and "channel" in said:
            self._doubts.note_chat(channel, str(said["channel"]))
            self._channels.put(str(said["channel"]), windows[0])
        return ts

    async def _say(
        self, method: str, content: Content, held: float, windows: Sequence[Window],
        begins: Callable[[], None] = lambda: None, **arguments: object,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Raises Refused, Limited and Away; Limited also, before anything is said, if it would be
        `held` up for more than so many seconds."""
        # Slack parses what it is not told to leave alone, on chat.update by default.
        arguments |= {"text": content.text, "parse": "none"}
        try:
            return await self._call(
                method, held, windows, begins, blocks=content.blocks, **arguments
            )
        except Refused as refusal:
            if refusal.code not in UNDRAWABLE:
                raise
            _log.error("Slack does not draw a card; it is said in plain text.", **self._about,
                       method=method, code=refusal.code)  # fmt: skip
        return await self._call(method, held, windows, begins, blocks=[], **arguments)

    async def _call(
        self, method: str, held: float, windows: Sequence[Window], begins: Callable[[], None],
        **arguments: object,
    ) -> Mapping[str, Any]:  # fmt: skip
        wait = max(window.wait() for window in windows)
        if wait > held:
            raise Limited(timedelta(seconds=wait))
        async with AsyncExitStack() as places:
            for window in windows:
                if window is self._all and (wait := window.wait()) > 0:
                    # Who comes meanwhile waits where replies come first.
                    self._pacer.hold(wait)
                await places.enter_async_context(window.call())
            begins()
            try:
                return await self._api.call(method, **arguments)
            except Limited as limit:
                if self._all in windows:
                    self._pacer.hold(limit.after.total_seconds())
                raise
            except Refused as refusal:
                if refusal.revoked:
                    self._revoked(refusal.code)
                raise

    def _channel(self, channel: str) -> Window:
        window = self._channels.get(channel)
        if window is None:
            window = Window(*_A_CHANNEL)
            window.share(self._processes)
        self._channels.put(channel, window)
        return window


def _beginning(text: str) -> str:
    """As many lines as an update may have; the blocks still say all."""
    if len(text) <= _MOST_OF_UPDATE:
        return text
    return text[: text.rfind("\n", 0, _MOST_OF_UPDATE) + 1 or _MOST_OF_UPDATE].rstrip()


def _patience() -> Patience:
    """For how long somebody who waits is not given up, from now on."""
    return Patience(_PATIENCE, _PAUSE, _LONGEST_PAUSE)
