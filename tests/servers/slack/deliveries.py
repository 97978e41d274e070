"""Everything that goes to apps: which way, how often, and what came back.

Events are redelivered until they are acknowledged; commands and interactions are not.
https://docs.slack.dev/apis/events-api/#retries
"""

import asyncio
from collections import Counter

from tests.servers.slack.apps import App
from tests.servers.slack.bell import Bell
from tests.servers.slack.clock import Clock
from tests.servers.slack.delivering import (
    Acknowledged,
    Answer,
    Attempt,
    Delivering,
    Delivery,
    Failed,
    Json,
    Kind,
)
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.web import Signed, Web

_LOST = Failed("operation_timeout", "timeout")


class Deliveries:
    """Delivers over Socket Mode or HTTP, as the app's manifest says; ends with `close`.

    `log` is everything that was ever to be delivered, in order.
    """

    def __init__(
        self, delivering: Delivering, sockets: Sockets, web: Web, clock: Clock, bell: Bell
    ) -> None:
        self.log: list[Delivery] = []
        self._delivering = delivering
        self._sockets = sockets
        self._web = web
        self._clock = clock
        self._bell = bell
        self._lose: Counter[App] = Counter()
        self._under_way: set[asyncio.Task[None]] = set()
        self._broken: list[BaseException] = []

    def send(self, app: App, event: Json) -> Delivery:
        """Begin to deliver an event; what comes of it stands in its attempts."""
        delivery = Delivery(Kind.EVENT, app, event)
        self.log.append(delivery)
        task = asyncio.create_task(self._deliver(delivery))
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return delivery

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (broken := task.exception()) is not None:
            self._broken.append(broken)
        self._bell.ring()

    async def ask(self, app: App, kind: Kind, payload: Json) -> Answer:
        """Deliver a command or an interaction, once."""
        delivery = Delivery(kind, app, payload)
        self.log.append(delivery)
        try:
            return await self._attempt(delivery, 0, "")
        finally:
            delivery.over = True

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._try(delivery)
        finally:
            delivery.over = True

    async def _try(self, delivery: Delivery) -> None:
        answer = await self._attempt(delivery, 0, "")
        for number, delay in enumerate(self._delivering.retries, 1):
            if isinstance(answer, Acknowledged) or not answer.again:
                return
            await asyncio.sleep(delay)
            answer = await self._attempt(delivery, number, answer.reason)

    async def _attempt(self, delivery: Delivery, number: int, reason: str) -> Answer:
        app, kind, payload = delivery.app, delivery.kind, delivery.payload
        at = self._clock()
        sent: object = None
        answer: Answer
        if self._lose[app]:
            self._lose[app] -= 1
            way, answer = "lost", _LOST
        elif app.manifest.socket_mode:
            way, answer, sent = await self._sockets.send(app, kind, payload, number, reason)
        else:
            way, answer, sent = await self._web.send(app, kind, payload, number, reason)
        delivery.attempts.append(Attempt(number, reason, at, way, answer, sent))
        self._bell.ring()
        return answer

    def lose(self, app: App, count: int = 1) -> None:
        """The next tries to deliver anything to the app do not arrive."""
        self._lose[app] += count

    async def again(self, delivery: Delivery) -> Answer:
        """Send what was sent last once more: the same envelope, or the same signed request; to the
        next socket or replica."""
        sent = delivery.attempts[-1].sent
        answer: Answer
        if isinstance(sent, Signed):
            _, answer, _ = await self._web.send_signed(delivery.app, sent)
        else:
            assert isinstance(sent, dict), "nothing was sent"
            _, answer, _ = await self._sockets.send_envelope(delivery.app, sent)
        return answer

    async def settled(self) -> None:
        """Nothing is under way any more, and nothing is due to be sent again. Raises what the
        double itself has failed with."""
        await self._bell.until(lambda: not self._under_way, self._unsettled)
        for broken in self._broken:
            raise broken

    def _unsettled(self) -> str:
        open_ones = [one.name for one in self.log if not one.acknowledged]
        return f"all deliveries to be settled; not acknowledged: {open_ones}"

    async def close(self) -> None:
        """Deliver nothing more."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
