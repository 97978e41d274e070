"""What servers say when they do not want us, and how long they are left in peace."""

import pytest

from bot.adapters.irc.login.refusals import rejected

STAFF = "ask the network's staff to let it in; it is tried again from time to time"
SLOWER = "lower `rate` and `burst`"


@pytest.mark.parametrize(
    ("words", "banned", "sentence", "pause"),
    [
        ("Trying to reconnect too fast.", False,
         "srv does not take the bot (Trying to reconnect too fast): it is tried again later.", 90),
        ("Closing Link: h (Throttled: wait)", False,
         "srv does not take the bot (Closing Link: h (Throttled: wait)): it is tried again later.",
         90),
        ("Closing Link: h (K-Lined)", False,
         f"srv does not take the bot (Closing Link: h (K-Lined)): {STAFF}.", 600),
        ("You are banned", False, f"srv does not take the bot (You are banned): {STAFF}.", 600),
        ("Go away", True, f"srv does not take the bot (Go away): {STAFF}.", 600),
        ("", True, f"srv does not take the bot: {STAFF}.", 600),
        ("Excess Flood", False, f"srv does not take the bot (Excess Flood): {SLOWER}.", 60),
        ("Max SendQ exceeded", False,
         f"srv does not take the bot (Max SendQ exceeded): {SLOWER}.", 60),
        ("Closing Link: h (Killed)", False,
         "srv has closed the connection: Closing Link: h (Killed).", None),
        ("Bye.\r\n\x02", False, "srv has closed the connection: Bye.", None),
        ("", False, "srv has closed the connection.", None),
        ("x" * 500, False, f"srv has closed the connection: {'x' * 200}.", None),
    ],
)  # fmt: skip
def test_what_it_means(words: str, banned: bool, sentence: str, pause: float | None) -> None:
    why = rejected("srv", words, banned=banned)
    assert (str(why), why.pause) == (sentence, pause)
