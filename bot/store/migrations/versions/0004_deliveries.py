"""What networks deliver until they are told that it has arrived, and who deals with it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "deliveries",
        sa.Column("network", sa.String(40), primary_key=True),
        sa.Column("ident", sa.String(255), primary_key=True),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("in_doubt", sa.Boolean, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
    )
