"""Says over response URLs what was not there yet when something was acknowledged: the answer to a
command, or that it did not work."""

import structlog

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.hearing.acknowledging import Acknowledged, Answered
from bot.adapters.slack.hearing.turn import NoAnswer
from bot.adapters.slack.sending.api import Away, Limited, Refused
from bot.adapters.slack.sending.responses import Responses, Used

_log = structlog.get_logger(__name__)


class Afterwards:
    """Speaks to whoever did something on one network, where they did it."""

    def __init__(self, responses: Responses, network: str) -> None:
        self._responses = responses
        self._network = network

    async def answer(self, url: str, outcome: Answered | NoAnswer | None, key: str) -> None:
        """What has become of a slash command."""
        match outcome:
            case Acknowledged(text, blocks, in_channel):
                content = Content(text, [dict(block) for block in blocks])
                await self._say(url, content, key, alone=not in_channel)
            case NoAnswer():
                await self.apologise(url, outcome, key)

    async def apologise(
        self, url: str, why: NoAnswer, key: str, *, thread: str | None = None
    ) -> None:
        """That there is no answer, to the person alone."""
        await self._say(url, Content(str(why), []), key, alone=True, thread=thread)

    async def _say(
        self, url: str, content: Content, key: str, *, alone: bool, thread: str | None = None
    ) -> None:
        try:
            await self._responses.respond(url, content, replace=False, alone=alone, thread=thread)
        except (Used, Refused, Limited, Away) as problem:
            _log.warning("could not say afterwards what has become of it", network=self._network,
                         key=key, error=type(problem).__name__)  # fmt: skip
