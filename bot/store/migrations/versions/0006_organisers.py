"""What organisers change live, what they have done, and what they write to users."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_VERSIONS = sa.table(
    "versions", sa.column("state"), sa.column("schedule"), sa.column("highest", sa.Integer)
)


def upgrade() -> None:
    """Make the tables, and note the highest number of a session in each version."""
    op.create_table(
        "live",
        sa.Column("session_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("part", sa.String(12), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column("ident", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
    )
    op.create_table(
        "letters",
        sa.Column("message", sa.String(48), primary_key=True),
        sa.Column("announcement", sa.String(32), nullable=False),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column(
            "user_id",
            sa.Integer,
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("useful_until", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("letters_waiting", "letters", ["network", "lease_until"])
    op.add_column("versions", sa.Column("highest", sa.Integer, nullable=False, server_default="0"))
    connection = op.get_bind()
    for state, document in connection.execute(
        sa.select(_VERSIONS.c.state, _VERSIONS.c.schedule)
    ).all():
        noted = sa.update(_VERSIONS).where(_VERSIONS.c.state == state)
        connection.execute(noted.values(highest=_highest(document)))


def _highest(document: str) -> int:
    """Of the sessions in schedule JSON, whatever else it is; 0 if there are none."""
    try:
        days = json.loads(document)["schedule"]["conference"]["days"]
        events = [event for day in days for events in day["rooms"].values() for event in events]
        return max((_number(event) for event in events), default=0)
    except (ValueError, LookupError, TypeError, AttributeError):
        return 0


def _number(event: Any) -> int:
    found = event.get("id")
    return found if isinstance(found, int) else 0
