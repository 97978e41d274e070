"""Who may be named in a channel; owners of what is kept: users with long ids, found by prefix."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column, and widen another."""
    op.add_column(
        "users", sa.Column("named", sa.Boolean, nullable=False, server_default=sa.false())
    )
    # In the order of bytes, as on SQLite: otherwise no range of the index holds all of a prefix.
    owner = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")
    with op.batch_alter_table("kept") as kept:
        kept.alter_column(
            "owner", type_=owner, existing_type=sa.String(80), existing_nullable=False
        )
