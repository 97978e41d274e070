"""What is said during the benchmark of IRC, by whom, and where; the other bots read it too."""

CHANNEL = "#summit"
NETWORK = "irc"
"""What Summit Bot calls a network that has been given no name."""

ANSWER = ("On now:", "[1] 9:00am–9:25am · Welcome · Ballroom")
"""What `!now` is answered, one line each: what Summit Bot says on Monday at 9:20."""

PEOPLE = 200
"""How many are reminded at once."""

SESSION = 2
"""Which session they are reminded of, as its id; it starts on Monday at 9:30."""

TITLE = "Dependency management"
"""Its title."""

REMINDER = f"[{SESSION}] {TITLE} starts in 5 minutes in Seacliff AB."
"""What the other bots write to each of them."""


def person(number: int) -> str:
    """The nick of somebody who is to be reminded, and the name of their account; from 1 on."""
    return f"person{number:03}"


def password(name: str) -> str:
    """What they log in with."""
    return f"password-of-{name}"
