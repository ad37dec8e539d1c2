"""How Alembic runs here: on the connection it is handed, everything in that connection's one transaction."""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite takes DDL in transactions if asked; without this a kill in mid-migration leaves tables behind for good.
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
