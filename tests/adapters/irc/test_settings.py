"""What `[irc]` may not say, beside what every table may not."""

import pytest
from pydantic import ValidationError

from bot.adapters.irc.settings import Irc

FINGERPRINT = "ab" * 32


def refused(**settings: object) -> str:
    """What is wrong with the key that is refused, and which one it is."""
    with pytest.raises(ValidationError) as problem:
        Irc.model_validate({"server": "a", **settings})
    (error, *_) = problem.value.errors()
    key = ".".join(str(part) for part in error["loc"])
    return f"{key}: {error['msg'].removeprefix('Value error, ')}"


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("rate", float("inf"), "rate: Input should be a finite number"),
        ("rate", float("nan"), "rate: Input should be a finite number"),
        ("rate", 0, "rate: Input should be greater than or equal to 0.01"),
        ("recipient_every", float("inf"),
         "recipient_every: Input should be less than or equal to 86400"),
        ("channel_pause", float("inf"),
         "channel_pause: Input should be less than or equal to 86400"),
        ("channel_pause", 0, "channel_pause: Input should be greater than 0"),
        ("server", [], ": server must name at least one"),
        ("server_password", "a\nb", "server_password: it must stand on one line"),
        ("real_name", "a\0b", "real_name: it must stand on one line"),
        ("nick", ":bot", "nick: it must be one word"),
        ("nick", "", "nick: it must be one word"),
        ("user", "a b", "user: it must be one word"),
        ("name", "Libera", "name: it must be a short name in lower case, like libera"),
        ("name", "a/b", "name: it must be a short name in lower case, like libera"),
        ("tls_fingerprint", ["ab"],
         "tls_fingerprint.0: it must be the SHA-256 of a certificate, 64 hexadecimal digits"),
        ("channels", ["#a,#b"],
         'channels.0: it must be a channel like "#summit", or "#summit key"'),
        ("channels", ["#a b c"],
         'channels.0: it must be a channel like "#summit", or "#summit key"'),
        ("channels", ["#a\r\nQUIT"], "channels.0: it must stand on one line"),
        ("coming_up", ["#a"], ": coming_up: the bot does not join #a"),
        *(
            ("organisers", ["bob", name],
             'organisers.1: it must be the name of an account at the services, like "ada": no mask')
            for name in ("ada!*@*", "*", "", "a b", "ada@example.org", "ada\r\nQUIT", "$a:ada",
                         "a?a", "#ops", "a\u200bb")
        ),
        ("certificate_key", "b.pem", ": certificate_key needs a certificate"),
        ("sasl", "external", ": sasl = 'external' needs a certificate, and TLS"),
        ("account", "bots",
         ": account needs a password, here or in the environment (as in SUMMIT_BOT_IRC__PASSWORD),"
         " or else a certificate, and TLS"),
    ],
)  # fmt: skip
def test_what_is_refused(key: str, value: object, sentence: str) -> None:
    assert refused(**{key: value}) == sentence


def test_fingerprints_are_read_as_people_write_them() -> None:
    written = ":".join([FINGERPRINT[i : i + 2].upper() for i in range(0, 64, 2)])
    assert Irc(server="a", tls_fingerprint=[written]).tls_fingerprint == [FINGERPRINT]


def test_no_secret_is_shown() -> None:
    settings = Irc.model_validate({
        "server": "a", "channels": ["#a geheim"], "coming_up": ["#a"], "account": "ada",
        "password": "geheim", "server_password": "geheim",
    })  # fmt: skip
    assert "geheim" not in f"{settings!r} {settings}"
    assert settings.channels == ["#a geheim"]
