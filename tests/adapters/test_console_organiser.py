"""Who sits at a terminal is an organiser if they were said to be one."""

from io import StringIO

from bot.adapters.console.adapter import Console, user_called
from bot.adapters.console.pipe import Pipe
from bot.messages import User


def test_an_organiser_is_who_sits_there_if_that_was_said() -> None:
    screen = Pipe(StringIO(), StringIO())
    ada = user_called("ada")
    assert not Console(ada, screen).organises(ada)
    console = Console(ada, screen, organises=True)
    assert console.organises(ada)
    assert not console.organises(user_called("bob"))
    assert not console.organises(User("irc", ada.id))
    assert list(console.channels) == []
