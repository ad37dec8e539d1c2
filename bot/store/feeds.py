"""Addresses of the duty feeds: one a person, drawn at random."""

import secrets

from sqlalchemy import Connection, delete, insert, select

from bot.store.schema import feeds

_f = feeds.c


def token_of(tx: Connection, person: str, *, fresh: bool = False) -> str:
    """The token of a person's address, drawn the first time; ``fresh``: a new one, and the old address is void."""
    known = tx.execute(select(_f.token).where(_f.person == person)).scalar()
    if known and not fresh:
        return str(known)
    tx.execute(delete(feeds).where(_f.person == person))
    token = secrets.token_urlsafe(24)
    tx.execute(insert(feeds).values(person=person, token=token))
    return token


def owner_of(tx: Connection, token: str) -> str | None:
    """Whose address it is."""
    return tx.execute(select(_f.person).where(_f.token == token)).scalar()
