"""Users, their bookmarks and what they have been told; replies to repeat; what adapters keep."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column("ident", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("before", sa.Integer),
        sa.Column("timezone", sa.String(64)),
        sa.Column("hours", sa.Integer),
        sa.Column("plain", sa.Boolean, nullable=False),
        sa.Column("trial", sa.String(36)),
        sa.Column("trial_lease", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("network", "ident"),
    )
    _partial_index("users_trial", "users", ["trial"], "trial IS NOT NULL")
    op.create_table(
        "bookmarks",
        sa.Column(
            "user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("session_id", sa.Integer, primary_key=True),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("own_before", sa.Boolean, nullable=False),
        sa.Column("muted", sa.Boolean, nullable=False),
        sa.Column("snoozed_until", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("told_key", sa.String(32), nullable=False),
        sa.Column("told_until", sa.BigInteger, nullable=False),
        sa.Column("reminded", sa.BigInteger, nullable=False),
        sa.Column("reminded_at", sa.BigInteger, nullable=False),
        sa.Column("message", sa.String(36)),
        sa.Column("message_facts", sa.Text),
        sa.Column("message_moves", sa.Boolean, nullable=False),
        sa.Column("message_announces", sa.Boolean, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("failure", sa.Text),
    )
    op.create_index("bookmarks_due", "bookmarks", ["network", "session_id", "reminded", "before"])
    op.create_index("bookmarks_told", "bookmarks", ["network", "session_id", "told_key"])
    _partial_index("bookmarks_message", "bookmarks", ["message"], "message IS NOT NULL")
    _partial_index(
        "bookmarks_lease", "bookmarks", ["network", "lease_until"], "message IS NOT NULL"
    )
    op.create_table(
        "invocations",
        sa.Column("network", sa.String(40), primary_key=True),
        sa.Column("ident", sa.String(255), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "kept",
        sa.Column("owner", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
