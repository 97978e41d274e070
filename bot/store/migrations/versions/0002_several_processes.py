"""Who holds which network; what was posted to channels; how often a message was put off."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_START_IN_TOLD = {
    "sqlite": "json_extract(told, '$[1]')",
    "postgresql": "CAST(CAST(told AS json) ->> 1 AS bigint)",
}


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "holders",
        sa.Column("network", sa.String(40), primary_key=True),
        sa.Column("process", sa.String(36), primary_key=True),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "posts",
        sa.Column("network", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(255), primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("message", sa.String(36), nullable=False, unique=True),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    for column in (
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("told_start", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("bookmarks", column)
    start = _START_IN_TOLD[op.get_bind().dialect.name]
    op.execute(f"UPDATE bookmarks SET told_start = {start}")  # noqa: S608  # one of the two above
