"""A strict Matrix client, as Element is since 2026: with unsigned devices it exchanges nothing.

    account = await synapse.accounts.register("Ada")
    async with StrictPeer(synapse.url, account) as ada:
        room = await ada.open_chat(bot)
        await ada.say(room, "next Marina")
        heard = await ada.hears(room, bot)

The client is matrix-js-sdk in a program of its own (peer.mjs), which `.ci/node` runs.
"""

from tests.servers.strict_matrix.peer import UNSIGNED, Heard, Refused, StrictPeer

__all__ = ["UNSIGNED", "Heard", "Refused", "StrictPeer"]
