"""Other apps in a workspace, which talk and do nothing else."""

from tests.servers.slack.apps import Installation
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.contents import Content
from tests.servers.slack.desk import Desk
from tests.servers.slack.workspaces import Workspace


class Robot:
    """The bot of such an app."""

    def __init__(self, desk: Desk, installation: Installation) -> None:
        self.installation = installation
        self._desk = desk

    def says(
        self, channel: Channel, text: str, thread: str | None = None, classic: bool = False
    ) -> Message:
        """Its messages have a `bot_id`; those of a `classic` one are of the subtype bot_message,
        and have no user.

        https://docs.slack.dev/reference/events/message/bot_message
        """
        bot = self.installation.bot_user
        if bot.id not in channel.members:
            self._desk.slack.join(channel, bot)
        more: dict[str, str | None] = {"bot_id": self.installation.bot_id}
        if classic:
            more |= {"subtype": "bot_message", "username": bot.name, "user": None}
        with self._desk.events.saying(**more):
            return self._desk.slack.post(
                channel, bot, Content(text=text), thread, self.installation.app
            )


def robot(desk: Desk, workspace: Workspace, name: str) -> Robot:
    """A new app, installed."""
    app = desk.slack.create_app({
        "display_information": {"name": name},
        "features": {"bot_user": {"display_name": name}},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    })  # fmt: skip
    desk.robots.add(app)
    return Robot(desk, app.install(workspace))
