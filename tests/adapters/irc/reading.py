"""Reads all that the bot has written to somebody, and no more than that."""

from tests.servers.irc_person import Person

_WORD = "zzzzz"


async def unread(person: Person, bot: str = "summitbot") -> list[str]:
    """The texts that were not read yet, when the bot has answered all that the person has said."""
    # What one person says is answered in turn.
    person.say(bot, _WORD)
    texts: list[str] = []
    while True:
        [text] = await person.heard_from(bot, 1)
        if text.startswith(f"I do not know \N{LEFT DOUBLE QUOTATION MARK}{_WORD}"):
            return texts
        texts.append(text)
