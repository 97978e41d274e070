"""Versions of the published schedule, and what channels are told about them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "versions",
        sa.Column("state", sa.String(8), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("digest", sa.String(160), nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "bulletins",
        sa.Column("message", sa.String(36), primary_key=True),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(255), nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("useful_until", sa.BigInteger, nullable=False),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("bulletins_waiting", "bulletins", ["network", "posted", "lease_until"])
