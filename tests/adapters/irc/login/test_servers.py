"""Where the servers of a network are."""

import pytest
from pydantic import ValidationError

from bot.adapters.irc.login.servers import Server, servers_of
from bot.adapters.irc.settings import Irc

_FORM = 'it must be a host like "irc.example.org:6697", or "[2001:db8::1]:6697"'


@pytest.mark.parametrize(
    ("named", "server", "written"),
    [
        ("irc.example.org", Server("irc.example.org", 7000), "irc.example.org:7000"),
        ("irc.example.org:6667", Server("irc.example.org", 6667), "irc.example.org:6667"),
        ("127.0.0.1:1", Server("127.0.0.1", 1), "127.0.0.1:1"),
        ("[::1]:6667", Server("::1", 6667), "[::1]:6667"),
        ("[::1]", Server("::1", 7000), "[::1]:7000"),
        ("::1", Server("::1", 7000), "[::1]:7000"),
        ("2001:db8::6667", Server("2001:db8::6667", 7000), "[2001:db8::6667]:7000"),
        ("host:65535", Server("host", 65535), "host:65535"),
    ],
)
def test_a_server(named: str, server: Server, written: str) -> None:
    assert servers_of(Irc(server=named, port=7000)) == [server]
    assert str(server) == written


def test_several_are_tried_in_their_order() -> None:
    assert servers_of(Irc(server=["b", "a:1"])) == [Server("b", 6697), Server("a", 1)]


@pytest.mark.parametrize(
    "server",
    ["host:", "host:0", "host:65536", "host:x", "host:-1", "host:\u0661", "host:" + "9" * 5000,
     ":6667", "[::1", "[::1]x", "[::1]:", "[]:6667", "[::1]6667", "::1]"],
)  # fmt: skip
def test_what_is_no_server_is_refused(server: str) -> None:
    for value in (server, ["a", server]):
        with pytest.raises(ValidationError, match="it must be a host like") as refused:
            Irc(server=value)
        assert f"Value error, {_FORM}" in [error["msg"] for error in refused.value.errors()]
