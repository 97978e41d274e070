"""The smallest possible app for Slack: one command, always the same answer, and bolt as it is by
default: `python -m benchmarks.slack.bare API_URL BOT_TOKEN APP_TOKEN`."""

import asyncio
import sys

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

COMMAND = "/bare"
ANSWER = "Hello."


async def main(url: str, bot_token: str, app_token: str) -> None:
    """Answer until killed."""
    app = AsyncApp(client=AsyncWebClient(bot_token, base_url=url))

    @app.command(COMMAND)
    async def hello(ack: AsyncAck) -> None:
        await ack(ANSWER)

    handler = AsyncSocketModeHandler(app, app_token)
    await handler.start_async()  # type: ignore[no-untyped-call]  # bolt does not say


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
