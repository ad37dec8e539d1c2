"""How Alembic runs here: on the connection it is handed, everything in that connection's one transaction."""

from typing import Any

from alembic import context
from sqlalchemy import insert, select, update

from bot.store.migrations import again  # noqa: F401  (what it defines is found by Alembic)
from bot.store.schema import meta, metadata


def note_oldest(ctx: Any, step: Any, heads: object, run_args: object) -> None:
    """Write down the oldest version that may run on what the migration made, in the migration's own transaction."""
    wanted = getattr(step.up_revision.module, "oldest_version", None) if step.is_upgrade else None
    if wanted is None:
        return
    row = meta.c.name == "oldest_version"
    known = ctx.connection.execute(select(meta.c.value).where(row)).scalar()
    if known is None:
        ctx.connection.execute(insert(meta).values(name="oldest_version", value=wanted))
    elif _parts(known) < _parts(wanted):
        ctx.connection.execute(update(meta).where(row).values(value=wanted))


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    on_version_apply=note_oldest,
    # SQLite takes DDL in transactions if asked; without this a kill in mid-migration leaves tables behind for good.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
