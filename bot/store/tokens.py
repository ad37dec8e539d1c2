"""The access token: one row an app, shared by all processes, refreshed by one."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from bot.store.db import Collided, Database
from bot.store.schema import tokens
from bot.wecom.tokens import TokenRow

_t = tokens.c


class DatabaseTokens:
    """The token store that `bot.wecom.tokens` asks for, on one row of the database."""

    def __init__(self, database: Database, app: str, owner: str) -> None:
        self._db = database
        self._app = app
        self._owner = owner
        try:
            with database.writing() as tx:
                if tx.execute(select(_t.app).where(_t.app == app)).first() is None:
                    tx.execute(insert(tokens).values(app=app, token="", worked=False, failures=0))
        except Collided:
            pass  # another process starting at the same moment was faster; the row is there

    def read(self) -> TokenRow:
        """The row as it is now."""
        with self._db.reading() as tx:
            r = tx.execute(select(tokens).where(_t.app == self._app)).mappings().one()
        return TokenRow(
            token=r["token"],
            fetched_at=r["fetched_at"],
            expires_at=r["expires_at"],
            worked=r["worked"],
            refused_at=r["refused_at"],
            failures=r["failures"],
            next_fetch_at=r["next_fetch_at"],
        )

    def try_lease(self, now: datetime, until: datetime) -> bool:
        """True for the one process that may fetch now; a lease beyond ``until`` is from before a clock was set back."""
        free = or_(_t.lease_until.is_(None), _t.lease_until <= now, _t.lease_until > until)
        return self._write(free, lease_until=until, lease_owner=self._owner) == 1

    def save(self, token: str, fetched_at: datetime, expires_at: datetime) -> None:
        """A fresh token has come."""
        self._write(
            token=token,
            fetched_at=fetched_at,
            expires_at=expires_at,
            worked=False,
            failures=0,
            next_fetch_at=None,
            refused_at=None,
            lease_until=None,
        )

    def fetch_failed(self, failures: int, next_fetch_at: datetime) -> None:
        """No token came; nobody tries before ``next_fetch_at``."""
        self._write(failures=failures, next_fetch_at=next_fetch_at, lease_until=None)

    def give_back(self) -> None:
        """The lease is free again; nothing else has changed."""
        self._write(lease_until=None)

    def mark_worked(self, token: str) -> None:
        """The platform has taken this token."""
        self._write(_t.token == token, worked=True, refused_at=None)

    def mark_refused(self, token: str, at: datetime) -> None:
        """The platform has refused this token."""
        self._write(_t.token == token, refused_at=at)

    def _write(self, *conditions: Any, **values: Any) -> int:
        with self._db.writing() as tx:
            return tx.execute(update(tokens).where(_t.app == self._app, *conditions).values(**values)).rowcount
