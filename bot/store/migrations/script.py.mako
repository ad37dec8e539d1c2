"""${message}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
# The oldest version of the program that may still run once this is done.
oldest_version = "0.1.0"


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
