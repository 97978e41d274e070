"""Speaks on the configured networks until stopped."""

import logging
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import uuid4

from bot.app import (
    clock_of,
    introduced,
    keep_for_good,
    of_another_event,
    serve,
    stopped_by,
)
from bot.patience import Holding
from bot.ports import Adapter, CannotSpeak, Clock
from bot.publisher import AnotherEvent, NoSchedule, Pace, Publisher
from bot.schedule import Schedule
from bot.setup import CannotStart, Setup, cannot_fetch
from bot.storing import Store, StoreAway
from bot.updating import Reading

NO_NETWORK = (
    "No network is configured: add a table, like [irc], to the settings (config.example.toml shows"
    " all of it), and name their file with --config."
)
ANOTHER = 'url = "sqlite:///other.db" in [database]'

_log = logging.getLogger(__name__)


async def run(setup: Setup) -> None:
    """Answer and remind on all networks until SIGTERM or Ctrl-C, from the schedule as it stands
    where it is published. Raises CannotStart, also when no network will have us (any more)."""
    from bot import networks
    from bot.metrics import exported
    from bot.store.alone import alone
    from bot.store.opening import StoreFailed, shown
    from bot.store.sql import SqlStore
    from bot.tally import Tally

    if not setup.networks:
        raise CannotStart(NO_NETWORK)
    clock, tally, process = clock_of(setup), Tally(), str(uuid4())
    rules = replace(setup.rules, fairness=setup.fairness)
    try:
        with alone(setup.database), stopped_by(signal.SIGTERM, signal.SIGINT) as stopping:
            async with AsyncExitStack() as open_parts:
                store = SqlStore(setup.database, clock)
                open_parts.push_async_callback(store.close)
                publisher = publisher_of(setup, store, clock, process)
                schedule = await _first(setup, publisher)
                if setup.metrics is not None:
                    await open_parts.enter_async_context(exported(tally, *setup.metrics))
                speakers = [networks.speaker(each, store, clock) for each in setup.networks]
                _log.info(
                    "%s; database %s; networks: %s.", introduced(setup, schedule),
                    shown(setup.database), ", ".join(each.network for each in speakers),
                )  # fmt: skip
                await _rewind(setup, speakers, store, process)
                keep_for_good()
                await serve(
                    schedule, store, clock, rules, speakers, versions=publisher.versions(),
                    following=publisher.following, changes_in=setup.changes_in,
                    process=process, stopping=stopping, tally=tally,
                )  # fmt: skip
    except (StoreFailed, StoreAway, CannotSpeak) as problem:
        raise CannotStart(str(problem)) from None


def publisher_of(setup: Setup, store: Store, clock: Clock, process: str) -> Publisher:
    """What follows the configured schedule."""
    return Publisher(
        Reading(setup.schedule, setup.timezone, setup.fields), store, clock, process,
        Pace(setup.refresh),
        setup.changes_in, setup.rules.hours,
    )  # fmt: skip


async def _first(setup: Setup, publisher: Publisher) -> Schedule:
    """The version of the schedule to begin with. Raises CannotStart."""
    try:
        return await publisher.first()
    except NoSchedule as reason:
        raise CannotStart(cannot_fetch(setup.schedule, str(reason))) from None
    except AnotherEvent as other:
        raise CannotStart(of_another_event(other.known, other.schedule, ANOTHER)) from None


async def _rewind(setup: Setup, speakers: Sequence[Adapter], store: Store, process: str) -> None:
    """Forget what was told from where a replay starts, unless another process is in it already."""
    if setup.start is None:
        return
    lease = Holding().lease
    for speaker in speakers:
        alone, network = speaker.traits.alone, speaker.network
        if await store.hold(network, process, lease, alone=alone) == 1:
            await store.rewind(network, setup.start)
