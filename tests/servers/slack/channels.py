"""Channels and direct messages, and what was said in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.servers.slack import words
from tests.servers.slack.contents import Content
from tests.servers.slack.users import User

if TYPE_CHECKING:
    from tests.servers.slack.apps import App, Installation
    from tests.servers.slack.workspaces import Workspace


@dataclass(eq=False)
class Channel:
    """`messages` are those of everybody, in order, `ephemerals` those that one person sees."""

    id: str
    workspace: Workspace
    name: str
    kind: Literal["public", "private", "im"]
    members: dict[str, User]
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    _by_ts: dict[str, Message] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        (self.messages if message.seen_only_by is None else self.ephemerals).append(message)
        self._by_ts[message.ts] = message

    def message(self, ts: str) -> Message | None:
        """Ephemeral or not; None for one that was deleted."""
        found = self._by_ts.get(ts)
        return None if found is None or found.deleted else found

    def standing(self) -> list[Message]:
        """What nobody has deleted, without ephemeral ones."""
        return [one for one in self.messages if not one.deleted]

    def replies(self, thread_ts: str) -> list[Message]:
        """The thread without the message that it began with."""
        return [one for one in self.standing() if one.thread_ts == thread_ts]

    def seen_by(self, user: User) -> list[Message]:
        """What this person sees, in order."""
        own = [one for one in self.ephemerals if one.seen_only_by is user and not one.deleted]
        return sorted([*self.standing(), *own], key=lambda one: float(one.ts))

    def other(self, user: User) -> User:
        """Whom somebody talks to in a direct message; themselves, if nobody else is there."""
        return next((one for one in self.members.values() if one is not user), user)

    def as_json(self, user: User) -> dict[str, Any]:
        """As one of its members sees it: https://docs.slack.dev/reference/objects/conversation-object"""
        if self.kind == "im":
            return {
                "id": self.id, "is_im": True, "is_mpim": False, "is_archived": self.archived,
                "is_channel": False, "is_group": False, "is_org_shared": False,
                "user": self.other(user).id, "context_team_id": self.workspace.id,
            }  # fmt: skip
        return {
            "id": self.id, "name": self.name, "name_normalized": self.name,
            "is_channel": self.kind == "public", "is_group": self.kind == "private",
            "is_im": False, "is_mpim": False, "is_private": self.kind == "private",
            "is_archived": self.archived, "is_member": user.id in self.members,
            "is_general": False, "is_shared": False, "context_team_id": self.workspace.id,
        }  # fmt: skip


@dataclass(eq=False)
class Message:
    """`revisions` are all that it ever said, the present content last."""

    channel: Channel
    ts: str
    author: User
    content: Content
    installation: Installation | None = None
    thread_ts: str | None = None
    seen_only_by: User | None = None
    edited_ts: str | None = None
    deleted: bool = False
    revisions: list[Content] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.revisions.append(self.content)

    @property
    def app(self) -> App | None:
        return None if self.installation is None else self.installation.app

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return self.content.blocks

    @property
    def attachments(self) -> list[dict[str, Any]]:
        return self.content.attachments

    @property
    def metadata(self) -> dict[str, Any] | None:
        return self.content.metadata

    def words(self, labels: bool = True) -> list[str]:
        """All texts of the blocks that people see, in order; without buttons if told."""
        return words.words(self.blocks, labels)

    def unspoken(self, labels: bool = False) -> list[str]:
        """Words of the blocks that the top-level text lacks: nobody hears them."""
        return words.unspoken(self.text, self.blocks, labels)

    def pings(self) -> list[str]:
        """Whom it pings: "channel", "here", "everyone", ids of users and groups."""
        one = self.content
        return words.pings(one.text, one.blocks, one.parse, one.link_names)

    def as_json(self, metadata: bool = True) -> dict[str, Any]:
        """https://docs.slack.dev/reference/events/message, without the event's own keys."""
        said: dict[str, Any] = {
            "type": "message", "ts": self.ts, "text": self.text, "user": self.author.id,
            "team": self.channel.workspace.id,
        }  # fmt: skip
        if self.seen_only_by is not None:
            said["is_ephemeral"] = True
        if self.installation is not None:
            app = self.installation.app
            said |= {
                "bot_id": self.installation.bot_id,
                "app_id": app.id,
                "bot_profile": {
                    "id": self.installation.bot_id, "app_id": app.id, "deleted": False,
                    "name": app.manifest.name, "team_id": self.installation.team_id,
                },
            }  # fmt: skip
        if self.blocks:
            said["blocks"] = self.blocks
        if self.attachments:
            said["attachments"] = self.attachments
        if metadata and self.metadata is not None:
            said["metadata"] = self.metadata
        if self.edited_ts is not None:
            said["edited"] = {"user": self.author.id, "ts": self.edited_ts}
        return said | self._thread()

    def _thread(self) -> dict[str, Any]:
        """https://docs.slack.dev/messaging/retrieving-messages#pulling_threads"""
        if self.seen_only_by is not None:
            return {} if self.thread_ts is None else {"thread_ts": self.thread_ts}
        if self.thread_ts is not None:
            parent = self.channel.message(self.thread_ts)
            author = {} if parent is None else {"parent_user_id": parent.author.id}
            return {"thread_ts": self.thread_ts, **author}
        replies = self.channel.replies(self.ts)
        if not replies:
            return {}
        who = list(dict.fromkeys(one.author.id for one in replies))
        return {
            "thread_ts": self.ts, "reply_count": len(replies), "reply_users": who,
            "reply_users_count": len(who), "latest_reply": replies[-1].ts,
        }  # fmt: skip
