"""The tables. Moments are milliseconds since 1970 in UTC, 0 where something never happened."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

LONGEST_NAME = 255

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("network", String(40), nullable=False),
    Column("ident", String(255), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False, default=""),
    Column("met", Boolean, nullable=False, default=False),
    Column("before", Integer),
    Column("timezone", String(64)),
    Column("hours", Integer),
    Column("plain", Boolean, nullable=False, default=False),
    Column("named", Boolean, nullable=False, default=False),
    Column("trial", String(36)),
    Column("trial_lease", BigInteger, nullable=False, default=0),
    UniqueConstraint("network", "ident"),
)
Index("users_trial", users.c.trial, sqlite_where=users.c.trial.is_not(None),
      postgresql_where=users.c.trial.is_not(None))  # fmt: skip

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("session_id", Integer, primary_key=True),
    Column("network", String(40), nullable=False),
    Column("before", Integer, nullable=False),
    Column("own_before", Boolean, nullable=False),
    Column("muted", Boolean, nullable=False, default=False),
    Column("snoozed_until", BigInteger, nullable=False, default=0),
    # What the owner has been told; the key stands for what `Facts.says_the_same_as` compares.
    Column("told", Text, nullable=False),
    Column("told_key", String(32), nullable=False),
    Column("told_start", BigInteger, nullable=False),
    Column("told_until", BigInteger, nullable=False),
    Column("reminded", BigInteger, nullable=False, default=0),
    Column("reminded_at", BigInteger, nullable=False, default=0),
    # What is under way; an ended lease leaves the message in doubt.
    Column("message", String(36)),
    Column("message_facts", Text),
    Column("message_moves", Boolean, nullable=False, default=False),
    Column("message_announces", Boolean, nullable=False, default=False),
    Column("lease_until", BigInteger, nullable=False, default=0),
    # How often the message was put off in a row, and why the last one did not arrive.
    Column("failures", Integer, nullable=False, default=0),
    Column("failure", Text),
)
Index("bookmarks_due", bookmarks.c.network, bookmarks.c.session_id, bookmarks.c.reminded,
      bookmarks.c.before)  # fmt: skip
Index("bookmarks_told", bookmarks.c.network, bookmarks.c.session_id, bookmarks.c.told_key)
Index("bookmarks_message", bookmarks.c.message, sqlite_where=bookmarks.c.message.is_not(None),
      postgresql_where=bookmarks.c.message.is_not(None))  # fmt: skip
Index("bookmarks_lease", bookmarks.c.network, bookmarks.c.lease_until,
      sqlite_where=bookmarks.c.message.is_not(None),
      postgresql_where=bookmarks.c.message.is_not(None))  # fmt: skip

UNCLAIMED = {
    "message": None,
    "message_facts": None,
    "message_moves": False,
    "message_announces": False,
    "lease_until": 0,
}
"""A bookmark for which nothing is under way."""

SPENT = ""
"""In place of the id of a message in doubt that has gone out again without this bookmark."""

holders = Table(
    "holders",
    metadata,
    Column("network", String(40), primary_key=True),
    Column("process", String(36), primary_key=True),
    Column("lease_until", BigInteger, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("network", String(40), primary_key=True),
    Column("channel", String(255), primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("message", String(36), nullable=False, unique=True),
    Column("posted", Boolean, nullable=False, default=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
)

invocations = Table(
    "invocations",
    metadata,
    Column("network", String(40), primary_key=True),
    Column("ident", String(255), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column("reply", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("network", String(40), primary_key=True),
    Column("ident", String(255), primary_key=True),
    Column("lease_until", BigInteger, nullable=False),
    # Somebody who had it before did not finish, and may have answered.
    Column("in_doubt", Boolean, nullable=False, default=False),
    Column("done", Boolean, nullable=False, default=False),
    Column("at", BigInteger, nullable=False, index=True),
)

# In the order of bytes, so that a range of the index holds all owners with a prefix.
_OWNER = String(300).with_variant(String(300, collation="C"), "postgresql")

kept = Table(
    "kept",
    metadata,
    # A network; or one of its users, as `network/id`.
    Column("owner", _OWNER, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", Text, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    # `current`, or `held` back until an organiser accepts it.
    Column("state", String(8), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("schedule", Text, nullable=False),
    # What it was read from, and how the source calls that.
    Column("digest", String(160), nullable=False),
    Column("etag", Text),
    Column("modified", Text),
    Column("why", Text, nullable=False, default=""),
    # The highest number of a session in it.
    Column("highest", Integer, nullable=False, server_default="0"),
)

# What organisers have changed on top of the version that counts.
live = Table(
    "live",
    metadata,
    Column("session_id", Integer, primary_key=True, autoincrement=False),
    Column("part", String(12), primary_key=True),
    Column("value", Text, nullable=False),
    # In the order in which they did.
    Column("number", Integer, nullable=False),
)

# What organisers have done. Nothing is ever taken out: the highest id says what they did last.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("network", String(40), nullable=False),
    Column("ident", String(255), nullable=False),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("what", Text, nullable=False),
)

# What users are to be told once, until they are.
letters = Table(
    "letters",
    metadata,
    Column("message", String(48), primary_key=True),
    Column("announcement", String(32), nullable=False),
    Column("network", String(40), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reply", Text, nullable=False),
    Column("useful_until", BigInteger, nullable=False),
    # 0 as long as nobody has tried to tell it.
    Column("lease_until", BigInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
)
Index("letters_waiting", letters.c.network, letters.c.lease_until)

bulletins = Table(
    "bulletins",
    metadata,
    Column("message", String(36), primary_key=True),
    Column("network", String(40), nullable=False),
    Column("channel", String(255), nullable=False),
    Column("reply", Text, nullable=False),
    Column("useful_until", BigInteger, nullable=False),
    Column("posted", Boolean, nullable=False, default=False),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
)
Index("bulletins_waiting", bulletins.c.network, bulletins.c.posted, bulletins.c.lease_until)
