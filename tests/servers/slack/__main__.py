"""Starts the double by hand, to try the bot on it: `python -m tests.servers.slack`."""

import argparse
import asyncio
import contextlib
import os
from pathlib import Path

from bot.adapters.slack.manifest import manifest
from bot.adapters.slack.settings import Slack as Settings
from tests.servers.slack.apps import App, Installation
from tests.servers.slack.limits import Limits
from tests.servers.slack.page import page
from tests.servers.slack.server import SlackServer, slack

_PREFIX = "SUMMIT_BOT_SLACK__"


def _settings(options: argparse.Namespace) -> Settings:
    """Enough for a manifest: the secrets are not known before there is an app."""
    return Settings(
        command=options.command,
        display_name=options.display_name,
        bot_token="xoxb-",  # type: ignore[arg-type]  # pydantic makes a secret of it
        app_token="xapp-",  # type: ignore[arg-type]
    )


def _environment(server: SlackServer, bot: Installation, http: str | None) -> dict[str, str]:
    """What the bot has to be told to use this Slack, by the names of its variables."""
    app: App = bot.app
    told = {"api_url": server.url + "/api", "bot_token": bot.bot_token}
    if http is None:
        told["app_token"] = app.app_token
    else:
        told |= {"mode": "http", "signing_secret": app.signing_secret}
        told |= {"port": http.rpartition(":")[2]}
    return {f"{_PREFIX}{name.upper()}": value for name, value in told.items()}


async def _serve(options: argparse.Namespace) -> None:
    http: str | None = options.http
    limits = Limits() if options.limits else Limits.generous()
    async with slack(limits, port=options.port) as server:
        team = server.slack.create_workspace("T01", name=options.workspace)
        app = server.slack.create_app(manifest(_settings(options), http))
        bot = app.install(team)
        channels = [
            team.add_channel(name, members=[bot.bot_user])
            for name in ("openstack-summit", "random")
        ]
        people = {
            name: await server.person(name, team, tz=zone, channels=channels)
            for name, zone in (
                ("ada", "Europe/Berlin"), ("bob", "America/Los_Angeles"), ("chidi", None),
            )
        }  # fmt: skip
        variables = _environment(server, bot, http)
        lines = "".join(f"export {name}={value}\n" for name, value in variables.items())
        if options.environment is not None:
            # Only whoever started this may read the tokens, worthless as they are elsewhere.
            file = os.open(options.environment, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w") as out:
                out.write(lines)
        async with page(server, people, options.page) as url:
            print(
                f"A Slack for tests is used at {url} by {', '.join(people)}.\n"
                f"The app is made from the bot's own manifest. Tell the bot:\n\n{lines}\n"
                "Ctrl-C stops it.",
                flush=True,
            )
            await asyncio.Event().wait()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.slack")
    parser.add_argument("--port", type=int, default=8765, help="of the Web API")
    parser.add_argument("--page", type=int, default=8766, help="port of the page")
    parser.add_argument("--workspace", default="Summit", help="its name")
    parser.add_argument("--command", default="/summit")
    parser.add_argument("--display-name", default="Summit Bot")
    parser.add_argument(
        "--http", metavar="URL", help='reach the bot there, like "http://127.0.0.1:3000"'
    )
    parser.add_argument("--limits", action="store_true", help="answer 429 as often as Slack does")
    parser.add_argument(
        "--environment", type=Path, metavar="FILE", help="write the variables there as well"
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
