"""`summit-bot slack …`: what is needed to make an app on Slack."""

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.setup import CannotStart

if TYPE_CHECKING:
    from bot.adapters.slack.settings import Slack

_HTTPS = re.compile(r"https://[^\s/?#]+(?:/[^\s?#]*)?")


def add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    add_config: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add these to the commands of the program; `add_config` adds `--config` to one."""
    slack = commands.add_parser("slack", help="prepare an app on Slack")
    actions = slack.add_subparsers(title="actions", required=True, metavar="ACTION")
    manifest = actions.add_parser("manifest", help="print what Slack makes the app from")
    add_config(manifest)
    manifest.add_argument(
        "--http", metavar="URL", help="where Slack reaches the bot (default: as configured)"
    )
    manifest.add_argument("--name", metavar="NAME", help="which app, where there are several")
    manifest.set_defaults(run=_manifest)
    key = actions.add_parser("key", help="print a new token_key, for several workspaces")
    key.set_defaults(run=_key)


def _manifest(options: argparse.Namespace) -> None:
    from bot.adapters.slack.manifest import manifest

    url = options.http.rstrip("/") if options.http is not None else None
    # https://docs.slack.dev/apis/events-api/using-http-request-urls: Slack calls over TLS only.
    if url is not None and not _HTTPS.fullmatch(url):
        raise CannotStart("--http takes a URL that Slack reaches, like https://bot.example.org")
    settings = _settings(options.config, options.name, url)
    if settings.mode == "http" and url is None:
        url = settings.public_url
        if url is None:
            raise CannotStart(
                'mode = "http" needs --http with the URL that Slack reaches, like'
                " https://bot.example.org"
            )
    print(json.dumps(manifest(settings, url), indent=2))


def _settings(path: Path | None, name: str | None, url: str | None) -> "Slack":
    """What is configured of one app on Slack. It may not exist yet, and have no secrets."""
    from bot.adapters.slack.manifest import with_stand_ins
    from bot.config import load
    from bot.mistakes import BadSettings

    def alone(tables: dict[str, Any]) -> dict[str, Any]:
        return {"slack": with_stand_ins(tables.get("slack", {}), url)}

    try:
        found = load(path, alone).slack
    except BadSettings as problem:
        raise CannotStart(str(problem)) from None
    names = ", ".join(app.name for app in found)
    if name is None and len(found) > 1:
        raise CannotStart(f"which one? Say --name with one of {names}")
    chosen = [app for app in found if name in (None, app.name)]
    if not chosen:
        raise CannotStart(f"there is no app {name!r} in [slack], only {names}")
    return chosen[0]


def _key(_: argparse.Namespace) -> None:
    from bot.adapters.slack.workspaces.sealing import fresh_key

    print(fresh_key())
