"""What tells this database from every other one that may ever have spoken to the same people."""

import secrets

from sqlalchemy import insert, select

from bot.store.db import Collided, Database
from bot.store.schema import meta

_NAME = "salt"
_THE_ROW = select(meta.c.value).where(meta.c.name == _NAME)


def salt_of(database: Database) -> int:
    """A random number that is drawn once in the life of a database."""
    try:
        with database.writing() as tx:
            found = tx.execute(_THE_ROW).scalar()
            if found is None:
                found = str(secrets.randbelow(10**9))
                tx.execute(insert(meta).values(name=_NAME, value=found))
    except Collided:  # another process starting at the same moment was faster
        with database.reading() as tx:
            found = tx.execute(_THE_ROW).scalar_one()
    return int(found)
