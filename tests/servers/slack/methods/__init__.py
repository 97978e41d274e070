"""The methods of the Web API, each with what it takes and who may call it."""

from tests.servers.slack.methods import apps, chat, conversations, tokens, users, views
from tests.servers.slack.methods.method import Caller, Method, NoBot

METHODS: dict[str, Method] = {
    one.name: one
    for group in (apps, chat, conversations, tokens, users, views)
    for one in group.METHODS
}

__all__ = ["METHODS", "Caller", "Method", "NoBot"]
