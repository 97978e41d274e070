"""The three bots, each configured as its users would: what is started, and what was set for it."""

import sys
from pathlib import Path
from textwrap import dedent
from typing import Literal

from benchmarks.irc.wording import CHANNEL
from benchmarks.process import Bot

LIMNORIA = "2026.10.4"
SOPEL = "8.0.4"

WANTED = (f"limnoria=={LIMNORIA}", f"sopel=={SOPEL}")
"""What the other two are installed from."""

PLUGINS = Path(__file__).parent / "plugins"

Pace = Literal["unlimited", "stock"]
"""Whether a bot holds itself back, or as it does when nobody has set anything about that."""


_SUMMIT_BOT_TOLD = (
    "Summit Bot: `summit-bot run`; fairness.commands and irc.channel_answers = 0, irc.rate and"
    " irc.burst out of reach."
)
_LIMNORIA_TOLD = (
    f"Limnoria {LIMNORIA}: throttleTime = 0, abuse.flood.command and .invalid = False, replies"
    " without the nick in front; the plugins that it always loads, and one of ours."
)
_SOPEL_TOLD = (
    f"Sopel {SOPEL}: flood_max_wait = 0, flood_burst_lines out of reach, antiloop_threshold = 0; no"
    " plugin but coretasks and one of ours, for one that it comes with writes to its database at"
    " every line of a channel."
)

_ENOUGH = 1_000_000

# Sopel refuses to run as root and has no setting for that; in a container there may be no other.
_SOPEL = (
    "import sys; from sopel.cli import run; run.check_not_root = lambda: 0; sys.exit(run.main())"
)


def summit_bot(directory: Path, port: int, pace: Pace, start: str) -> Bot:
    """Summit Bot, with its database in the directory; its replay starts at this moment."""
    unlimited = f"rate = {_ENOUGH}\nburst = {_ENOUGH}\nchannel_answers = 0\n"
    config = directory / "config.toml"
    config.write_text(
        f'[clock]\nstart = {start}\nspeed = 1\n[database]\nurl = "{database(directory)}"\n'
        "[fairness]\ncommands = 0\n"
        f'[irc]\nserver = "127.0.0.1"\nport = {port}\ntls = false\nchannels = ["{CHANNEL}"]\n'
        + (unlimited if pace == "unlimited" else "")
    )
    program = str(Path(sys.executable).with_name("summit-bot"))
    return Bot(
        "Summit Bot", "summitbot", (program, "run", "--config", str(config)), directory,
        _SUMMIT_BOT_TOLD,
    )  # fmt: skip


def database(directory: Path) -> str:
    """The URL of Summit Bot's database in a directory."""
    return f"sqlite:///{directory}/summit-bot.db"


def limnoria(python: Path, directory: Path, port: int, pace: Pace) -> Bot:
    """Limnoria, with all its files in the directory."""
    config = directory / "limnoria.conf"
    unlimited = """\
        supybot.protocols.irc.throttleTime: 0.0
        supybot.abuse.flood.command: False
        supybot.abuse.flood.command.invalid: False
        """
    config.write_text(
        dedent(f"""\
        supybot.nick: limnoria
        supybot.networks: benchmark
        supybot.networks.benchmark.servers: 127.0.0.1:{port}
        supybot.networks.benchmark.ssl: False
        supybot.networks.benchmark.channels: {CHANNEL}
        supybot.reply.whenAddressedBy.chars: !
        supybot.reply.withNickPrefix: False
        supybot.plugins: Programme
        supybot.plugins.Programme: True
        supybot.directories.plugins: {PLUGINS / "limnoria"}
        supybot.directories.conf: {directory}/conf
        supybot.directories.data: {directory}/data
        supybot.directories.log: {directory}/logs
        """)
        + (dedent(unlimited) if pace == "unlimited" else "")
    )
    command = (str(python.with_name("limnoria")), "--allow-root", str(config))
    return Bot("Limnoria", "limnoria", command, directory, _LIMNORIA_TOLD)


def sopel(python: Path, directory: Path, port: int, pace: Pace) -> Bot:
    """Sopel, with all its files in the directory."""
    config = directory / "sopel.cfg"
    unlimited = f"""\
        flood_max_wait = 0
        flood_burst_lines = {_ENOUGH}
        antiloop_threshold = 0
        """
    config.write_text(
        dedent(f"""\
        [core]
        nick = sopel
        owner = nobody
        host = 127.0.0.1
        port = {port}
        use_ssl = false
        channels =
            "{CHANNEL}"
        prefix = !
        enable = programme
        extra = {PLUGINS / "sopel"}
        """)
        + (dedent(unlimited) if pace == "unlimited" else "")
    )
    command = (str(python), "-c", _SOPEL, "start", "--config", str(config))
    return Bot("Sopel", "sopel", command, directory, _SOPEL_TOLD)
