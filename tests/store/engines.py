"""One memory of compiled statements for all engines of a test process.

Each test makes a few engines, and each engine would compile the same statements again and ask its server the same
questions about itself, which was most of what a test took.
"""

from typing import Any

from sqlalchemy import Engine, create_engine

from bot.store import db

_first: dict[tuple[str, ...], Engine] = {}


def remember_statements() -> None:
    """From now on the product's engines share what is the same for all engines of one kind of server."""
    db.create_engine = _create_engine  # type: ignore[attr-defined]


def _create_engine(url: str, **different: Any) -> Engine:
    engine = create_engine(url, query_cache_size=3000, **different)
    server = engine.url.set(database=None)
    kind = (server.render_as_string(hide_password=False), str(different.get("isolation_level")))
    first = _first.setdefault(kind, engine)
    if first.dialect.server_version_info is not None and first is not engine:
        engine.dialect.initialize = lambda connection: None  # type: ignore[method-assign]
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    return engine
