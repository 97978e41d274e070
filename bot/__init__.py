"""Summit Bot: the programme of a conference, answered in the chat people already have open."""

__version__ = "0.1.0"
