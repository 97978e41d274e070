"""People in a workspace, whom a test lets talk, press and read."""

from collections.abc import Mapping
from typing import Any

from tests.servers.slack import interactions, speaking
from tests.servers.slack.apps import App, Installation
from tests.servers.slack.bell import PATIENCE
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.contents import Content
from tests.servers.slack.delivering import Acknowledged, Failed, Kind
from tests.servers.slack.desk import Desk
from tests.servers.slack.errors import Refused
from tests.servers.slack.hands import Hands, NotAcknowledged
from tests.servers.slack.opened import View
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace

__all__ = ["CommandFailed", "NotAcknowledged", "Person"]


class CommandFailed(Exception):
    """The person reads `/command failed with the error "…"`; the message is that error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Person:
    """Somebody with an account. A channel is given by itself, its id or its name, and is the chat
    with the bot where none is given; messages and views are those that they see.

    What waits raises AssertionError after `within` seconds.
    """

    def __init__(self, desk: Desk, user: User, within: float = PATIENCE) -> None:
        self.user = user
        self._desk = desk
        self._within = within
        self._hands = Hands(desk, user)
        self._read: set[int] = set()
        self._looked: dict[int, int] = {}

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def workspace(self) -> Workspace:
        return self.user.workspace

    @property
    def _bot(self) -> Installation:
        """The app that was installed last, even if it has been removed since."""
        found = self._desk.known(self.workspace)
        assert found, "no app is installed"
        return found[-1]

    @property
    def app(self) -> App:
        return self._bot.app

    @property
    def dm(self) -> Channel:
        """The chat with the bot."""
        return self.workspace.dm(self.user, self._bot.bot_user)

    def _channel(self, given: Channel | str | None) -> Channel:
        match given:
            case None:
                return self.dm
            case Channel():
                return given
        for one in self.workspace.channels.values():
            if given in (one.id, one.name):
                return one
        raise AssertionError(f"there is no channel {given!r}")

    # What they say.

    async def slash(
        self, line: str, channel: Channel | str | None = None, thread: str | None = None
    ) -> Message | None:
        """Use a command; what the acknowledgement shows to them or to all, None if nothing.

        Raises `CommandFailed`: "operation_timeout", "dispatch_failed", "not_supported_in_threads",
        "no_such_command", or what is wrong with the answer.
        https://docs.slack.dev/interactivity/implementing-slash-commands/
        """
        name, _, text = line.partition(" ")
        where = self._channel(channel)
        assert self.id in where.members, f"{self.user.name} is not in {where.name}"
        if thread is not None:
            raise CommandFailed("not_supported_in_threads")
        found = [
            one for one in self._desk.installed(self.workspace)
            if name in one.app.manifest.commands
        ]  # fmt: skip
        if not found:
            raise CommandFailed("no_such_command")
        # Commands have no namespaces: of two apps with the same the one installed last gets it.
        bot = found[-1]
        mentions = bot.app.manifest.commands[name].should_escape
        text = speaking.command_text(text, self.workspace, bot.bot_user, mentions)
        trigger = self._desk.slack.issue_trigger(bot.app, self.workspace, self.user)
        response = self._desk.responses.issue("commands", bot.app, self.user, where)
        payload = interactions.command(bot.app, self.user, where, name, text, trigger, response.url)
        said: Any
        match await self._desk.deliveries.ask(bot.app, Kind.COMMAND, payload):
            case Failed(error):
                raise CommandFailed(error)
            case Acknowledged(said):
                pass
        if isinstance(said, str):
            said = {"text": said}
        if not said or not (said.get("text") or said.get("blocks") or said.get("attachments")):
            return None
        try:
            message = self._desk.responses.answer(response, said)
        except Refused as refused:
            raise CommandFailed(refused.error) from None
        response.original = message
        return self._has_read(message)

    def says(
        self, channel: Channel | str | None, text: str, thread: str | None = None,
        broadcast: bool = False,
    ) -> Message:  # fmt: skip
        """Post a message; `@bot` and the names of people in it are mentions. With `broadcast` the
        answer in a thread is shown in the channel as well. Events are under way when it returns."""
        where = self._channel(channel)
        assert self.id in where.members, f"{self.user.name} is not in {where.name}"
        self._may_talk(where)
        more: dict[str, Any] = {}
        if broadcast:
            assert thread is not None, "only what is said in a thread can be broadcast"
            root = where.message(thread)
            assert root is not None, f"no message {thread}"
            more = {"subtype": "thread_broadcast", "root": root.as_json()}
        with self._desk.events.saying(**more):
            return self._desk.slack.post(where, self.user, self._typed(text), thread)

    def _may_talk(self, where: Channel) -> None:
        """https://docs.slack.dev/surfaces/app-home#messages-tab: an app may take no messages."""
        if where is self.workspace.find_dm(self.user, self._bot.bot_user):
            manifest = self._bot.app.manifest
            assert manifest.messages_tab, "the app has no Messages tab"
            assert not manifest.messages_tab_read_only, "the Messages tab is read-only"

    def _typed(self, text: str) -> Content:
        known = self._desk.known(self.workspace)
        bot = known[-1].bot_user if known else None
        return speaking.message(text, self.workspace, bot)

    def tells(self, text: str, thread: str | None = None) -> Message:
        """The same in the chat with the bot."""
        return self.says(self.dm, text, thread)

    def edits(self, message: Message, text: str) -> None:
        assert message.author is self.user, "somebody else's message"
        self._desk.slack.edit(message, self._typed(text))

    def deletes(self, message: Message) -> None:
        assert message.author is self.user, "somebody else's message"
        self._desk.slack.delete(message)

    # What they read.

    def sees(self, channel: Channel | str | None = None) -> list[Message]:
        """Everything that stands there now, what they alone see included, in order."""
        where = self._channel(channel)
        return [message for message in where.seen_by(self.user) if not message.deleted]

    async def reads(self, channel: Channel | str | None = None) -> Message:
        """The next message that somebody else has written and that was not returned yet."""

        def next_one() -> Message | None:
            return next(iter(self.unread(channel)), None)

        def what() -> str:
            seen = [message.text for message in self.sees(channel)]
            return f"another message for {self.user.name}, who sees {seen}"

        return self._has_read(await self._desk.bell.until(next_one, what, self._within))

    def unread(self, channel: Channel | str | None = None) -> list[Message]:
        """What `reads` would return without waiting."""
        return [
            message for message in self.sees(channel)
            if message.author is not self.user and id(message) not in self._read
        ]  # fmt: skip

    def _has_read(self, message: Message) -> Message:
        self._read.add(id(message))
        self._looks(message)
        return message

    def _looks(self, on: Message | View) -> None:
        self._looked[id(on)] = len(on.revisions)

    async def changed(self, message: Message) -> Message:
        """Waits until it is not any more what it was when it was read or used last."""
        before = self._looked.get(id(message), 1)

        def other() -> bool:
            return message.deleted or len(message.revisions) > before

        await self._desk.bell.until(other, lambda: f"a change of {message.text!r}", self._within)
        self._looks(message)
        return message

    # What they use; raises `NotAcknowledged` if the app is not there or too slow.

    async def press(self, on: Message | View, what: str, nth: int = 0) -> None:
        """A button, by its text or `action_id`. Ends with the acknowledgement."""
        self._looks(on)
        await self._hands.press(on, what, nth)

    async def chooses(self, on: Message | View, what: str, option: str, nth: int = 0) -> None:
        """From a menu, by its placeholder, label or `action_id`."""
        self._looks(on)
        await self._hands.choose(on, what, option, nth)

    async def enters(self, on: Message | View, what: str, text: str, nth: int = 0) -> None:
        """Into a field, by its label, placeholder or `action_id`, with Enter at the end."""
        self._looks(on)
        await self._hands.enter(on, what, text, nth)

    async def uses_shortcut(self, callback_id: str, message: Message | None = None) -> None:
        """On a message, or anywhere."""
        installed = self._desk.installed(self.workspace)
        await self._hands.shortcut(installed, callback_id, message)

    # The Home tab; https://docs.slack.dev/surfaces/app-home

    @property
    def home(self) -> View | None:
        """What the app has published for them, if anything."""
        return self.user.home.get(self._bot.app.id)

    async def opens_home(self) -> View | None:
        """What stands there when the app has been told."""
        bot = self._bot
        assert bot.app.manifest.home_tab, "the app has no Home tab"
        delivery = self._desk.events.home_opened(bot, self.user)
        if delivery is not None:
            told = delivery

            def done() -> bool:
                return told.over

            await self._desk.bell.until(done, lambda: "app_home_opened", self._within)
        return self._looked_home()

    def _looked_home(self) -> View | None:
        if self.home is not None:
            self._looks(self.home)
        return self.home

    def _at_home(self) -> View:
        assert self.home is not None, "nothing is published yet"
        return self.home

    async def presses_on_home(self, what: str, nth: int = 0) -> None:
        await self.press(self._at_home(), what, nth)

    async def chooses_on_home(self, what: str, option: str, nth: int = 0) -> None:
        await self.chooses(self._at_home(), what, option, nth)

    async def enters_on_home(self, what: str, text: str, nth: int = 0) -> None:
        await self.enters(self._at_home(), what, text, nth)

    async def home_changes(self) -> View:
        """Waits until the tab is not any more what it was when it was opened or used last."""

        def other() -> View | None:
            home = self.home
            if home is None or len(home.revisions) <= self._looked.get(id(home), 0):
                return None
            return home

        home = await self._desk.bell.until(other, lambda: "a change of Home", self._within)
        self._looks(home)
        return home

    # Modals; https://docs.slack.dev/surfaces/modals

    @property
    def views(self) -> list[View]:
        """The open modals, of which they see the last."""
        return list(self.user.modals.get(self._bot.app.id, []))

    async def view(self) -> View:
        """Waits until a modal is open."""

        def top() -> View | None:
            return self.views[-1] if self.views else None

        return await self._desk.bell.until(top, lambda: "a modal", self._within)

    async def submits(
        self, values: Mapping[str, str] | None = None, view: View | None = None
    ) -> None:
        """Fill in the fields and menus, by label or `action_id`, and confirm; the errors, if there
        are any, are the view's `errors` then."""
        await self._hands.submit(view or self._top(), values or {})

    async def closes(self, view: View | None = None) -> None:
        await self._hands.close(view or self._top())

    def _top(self) -> View:
        assert self.views, "no modal is open"
        return self.views[-1]

    # Their account and the app.

    def changes_profile(self, **fields: Any) -> None:
        """As `changes_profile(tz="Europe/Berlin")`."""
        self._desk.slack.change_profile(self.user, **fields)

    def is_deactivated(self) -> None:
        self._desk.slack.deactivate(self.user)

    def removes_app(self) -> None:
        """From the workspace: its tokens die, and it is told."""
        self._desk.slack.uninstall(self._bot)
