"""What a person does with buttons, menus, fields, modals and shortcuts.

Everything they use has to be there: AssertionError says what is there instead.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.slack import interactions, pressing
from tests.servers.slack.apps import App, Installation
from tests.servers.slack.channels import Message
from tests.servers.slack.delivering import Acknowledged, Failed, Kind
from tests.servers.slack.desk import Desk
from tests.servers.slack.errors import Refused
from tests.servers.slack.opened import View
from tests.servers.slack.pressing import Block, Element
from tests.servers.slack.users import User
from tests.servers.slack.views import check_view


class NotAcknowledged(Exception):
    """The person sees an error beside what they used; the message is its code."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Hands:
    """Of one user. What they chose and typed stays until what it stands in changes its ids."""

    def __init__(self, desk: Desk, user: User) -> None:
        self._desk = desk
        self._user = user
        self._entered: dict[tuple[str, str], dict[str, dict[str, dict[str, Any]]]] = {}

    # Buttons, menus and fields.

    async def press(self, on: Message | View, what: str, nth: int) -> None:
        block, element = pressing.find_button(_blocks(on), what, nth)
        await self._use(on, block, element, {})

    async def choose(self, on: Message | View, what: str, text: str, nth: int) -> None:
        block, element = pressing.find_menu(_blocks(on), what, nth)
        option = pressing.option(element, text)
        many = element["type"] in ("checkboxes", "multi_static_select")
        chosen = {"selected_options": [option]} if many else {"selected_option": option}
        if element["type"] != "overflow":
            self._keep(on, block, element, chosen)
        if _dispatches(block):
            await self._use(on, block, element, chosen)

    async def enter(self, on: Message | View, what: str, text: str, nth: int) -> None:
        block, element = pressing.find_field(_blocks(on), what, nth)
        self._keep(on, block, element, {"value": text or None})
        if _dispatches(block):
            await self._use(on, block, element, {"value": text})

    def _keep(
        self, on: Message | View, block: Block, element: Element, value: Mapping[str, Any]
    ) -> None:
        kept = self._entered.setdefault(_key(on), {}).setdefault(block["block_id"], {})
        kept[element["action_id"]] = dict(value)

    async def _use(
        self, on: Message | View, block: Block, element: Element, chosen: Mapping[str, Any]
    ) -> None:
        slack, user = self._desk.slack, self._user
        at = slack.clock()
        action = pressing.action(block, element, at, chosen)
        match on:
            case Message():
                self._visible(on)
                app = on.app
                assert app is not None, "a message with buttons is an app's"
                state = pressing.state(on.blocks, self._entered.get(_key(on), {}))
                response = self._desk.responses.issue("actions", app, user, on.channel, on)
                payload = interactions.pressed_on_message(
                    app, user, on, [action], state, self._trigger(app), response.url
                )
            case View():
                assert on.user is user, "somebody else's view"
                assert on.open or on.type == "home", "the modal is closed"
                app = on.app
                self._fill(on)
                payload = interactions.pressed_on_view(app, user, on, [action], self._trigger(app))
        await self._tell(app, payload)

    def _visible(self, message: Message) -> None:
        assert not message.deleted, "the message is deleted"
        assert message.seen_only_by in (None, self._user), "somebody else's message"

    def _fill(self, view: View) -> None:
        view.values = pressing.state(view.payload["blocks"], self._entered.get(_key(view), {}))

    # Modals; https://docs.slack.dev/surfaces/modals

    async def submit(self, view: View, values: Mapping[str, str]) -> None:
        assert view.open, "the modal is closed"
        assert view.payload.get("submit"), "the modal has nothing to confirm it with"
        for what, text in values.items():
            await self._set(view, what, text)
        self._fill(view)
        self._complete(view)
        view.errors = {}
        payload = interactions.submitted(view.app, self._user, view, self._trigger(view.app))
        self._follow(view, await self._tell(view.app, payload))

    async def _set(self, view: View, what: str, text: str) -> None:
        try:
            pressing.find_field(_blocks(view), what)
        except AssertionError:
            await self.choose(view, what, text, 0)
        else:
            await self.enter(view, what, text, 0)

    def _complete(self, view: View) -> None:
        """The client sends nothing while a field is empty that may not be."""
        for block in _blocks(view):
            if block["type"] == "input" and not block.get("optional"):
                kept = view.values[block["block_id"]][block["element"]["action_id"]]
                given = [value for key, value in kept.items() if key != "type"]
                assert any(given), f"{block['label']['text']!r} is to be filled in"

    def _follow(self, view: View, said: Any) -> None:
        """https://docs.slack.dev/surfaces/modals#updating_response"""
        slack = self._desk.slack
        if not said:
            slack.close_view(view)
            return
        try:
            match said:
                case {"response_action": "clear"}:
                    slack.close_view(view, whole=True)
                case {"response_action": "update", "view": new}:
                    slack.update_view(view, check_view(new, ("modal",)))
                case {"response_action": "push", "view": new}:
                    new = check_view(new, ("modal",))
                    slack.open_view(view.installation, self._user, new, previous=view)
                case {"response_action": "errors", "errors": dict(errors)}:
                    self._show(view, errors)
                case _:
                    raise NotAcknowledged("invalid_response_action")
        except Refused as refused:
            raise NotAcknowledged(refused.error) from None

    def _show(self, view: View, errors: dict[str, str]) -> None:
        """Beside the fields whose blocks are named."""
        fields = {block["block_id"] for block in _blocks(view) if block["type"] == "input"}
        if not errors or not set(errors) <= fields:
            raise NotAcknowledged("invalid_response_action")
        view.errors = errors
        self._desk.bell.ring()

    async def close(self, view: View) -> None:
        """https://docs.slack.dev/surfaces/modals#close_views: told only to who wants to know."""
        self._fill(view)
        payload = interactions.closed(view.app, self._user, view, cleared=False)
        self._desk.slack.close_view(view)
        if view.payload.get("notify_on_close"):
            await self._tell(view.app, payload)

    # Shortcuts; https://docs.slack.dev/interactivity/implementing-shortcuts

    async def shortcut(
        self, installed: Sequence[Installation], callback: str, message: Message | None
    ) -> None:
        kind = "global" if message is None else "message"
        for one in reversed(installed):
            shortcut = one.app.manifest.shortcuts.get(callback)
            if shortcut is not None and shortcut.type == kind:
                break
        else:
            raise AssertionError(f"no app has the {kind} shortcut {callback!r}")
        app, user, at = one.app, self._user, self._desk.slack.clock()
        trigger = self._trigger(app)
        if message is None:
            payload = interactions.global_shortcut(app, user, callback, trigger, at)
        else:
            self._visible(message)
            assert message.seen_only_by is None, "an ephemeral message has no shortcuts"
            response = self._desk.responses.issue("app", app, user, message.channel)
            payload = interactions.message_shortcut(
                app, user, message, callback, trigger, response.url, at
            )
        await self._tell(app, payload)

    def _trigger(self, app: App) -> str:
        return self._desk.slack.issue_trigger(app, self._user.workspace, self._user)

    async def _tell(self, app: App, payload: interactions.Payload) -> Any:
        """What the acknowledgement says; raises `NotAcknowledged`."""
        assert app.manifest.interactivity, "the manifest does not turn interactivity on"
        match await self._desk.deliveries.ask(app, Kind.INTERACTION, payload):
            case Acknowledged(said):
                return said
            case Failed(error):
                raise NotAcknowledged(error)


def _blocks(on: Message | View) -> Sequence[Block]:
    return on.blocks if isinstance(on, Message) else on.payload["blocks"]


def _key(on: Message | View) -> tuple[str, str]:
    return (on.channel.id, on.ts) if isinstance(on, Message) else ("view", on.id)


def _dispatches(block: Block) -> bool:
    """What stands in an input block is told with the modal, unless it asks for more.

    https://docs.slack.dev/reference/block-kit/blocks/input-block
    """
    return block["type"] != "input" or bool(block.get("dispatch_action"))
