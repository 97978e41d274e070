"""Answers what people type: slash commands in their acknowledgement, messages with messages."""

from bot.adapters.slack.answering.asking import Asking
from bot.adapters.slack.hearing.acknowledging import Acknowledged
from bot.adapters.slack.hearing.heard import Said, Slash
from bot.adapters.slack.hearing.turn import let_others_go

_SHARE = "share"


class Typed:
    """Answers slash commands and messages."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def command(self, heard: Slash) -> Acknowledged | None:
        """What the acknowledgement of a slash command says: to the asker alone, unless they share
        it. What is private stays so."""
        line, shared = _shared(heard.text)
        if shared and not line:
            example = f"{self._asking.prefix}{_SHARE} next"
            return Acknowledged(f"Add what everybody here shall see, like ‘{example}’.")
        id = f"command {heard.trigger}"
        if line:
            response = await self._asking.ask(
                heard.person, line, id, heard.channel, private=not shared
            )
        else:
            response = await self._asking.welcome(heard.person, id, heard.channel)
        # A slip of the finger is nobody else's business.
        public = shared and not response.private and response.command is not None
        # What is left out of an answer waits where it was to be shown.
        prefix = f"{self._asking.prefix}{_SHARE} " if public else self._asking.prefix
        content = self._asking.drawn(response, alone=not public, prefix=prefix)
        return Acknowledged(content.text, content.blocks, in_channel=public)

    async def message(self, heard: Said) -> None:
        """Answer where it was said: in the chat with the bot, or in the thread of the mention; what
        is private to the asker alone, beside the mention. Raises StoreAway, Refused, Away and
        Limited."""
        person, direct = heard.person, heard.direct
        workspace = await self._asking.workspace(person)
        response = await self._asking.ask(
            person, heard.text, f"message {person.team} {heard.channel} {heard.ts}", heard.channel,
            private=direct, thread=heard.thread,
        )  # fmt: skip
        public = not (direct or response.private)
        # What is private goes on in private, which a mention is not.
        there = self._asking.mention if public else self._asking.prefix
        prefix = "" if direct else there
        content = self._asking.drawn(response, alone=not public, prefix=prefix)
        if not content.text:
            return
        let_others_go()
        if direct or public:
            await workspace.sending.answer(
                heard.channel, content, f"answer {heard.channel} {heard.ts}",
                thread=heard.thread if direct else heard.thread or heard.ts,
                since=heard.ts, person=person.user, again=heard.again,
            )  # fmt: skip
        else:
            # Slack shows nothing of this kind below a message that nobody has answered yet:
            # https://docs.slack.dev/reference/methods/chat.postEphemeral.
            await workspace.sending.whisper(
                heard.channel, person.user, content, thread=heard.thread, person=person.user
            )


def _shared(text: str) -> tuple[str, bool]:
    """A command line, and whether all in the channel shall see its answer."""
    first, _, rest = text.strip().partition(" ")
    return (rest.strip(), True) if first.casefold() == _SHARE else (text, False)
