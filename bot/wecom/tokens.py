"""One access token for all processes: a row that says how the token has fared, and when it may be fetched anew."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from bot.clock import Clock
from bot.wecom.errors import PlatformError, Refused, TryLater

REFRESH_BEFORE = timedelta(minutes=5)
"""A token is replaced this long before it expires; until then the old one serves."""

AFTER_REFUSED_UNUSED = timedelta(seconds=30)
"""A token refused before it ever worked is replaced this long after its fetch: the next would hardly fare better, and
the platform blocks the address of who asks too often."""

_LONGEST_BACK_OFF = timedelta(seconds=30)
_LEASE = timedelta(seconds=15)
_WAIT_FOR_OTHERS = 2.0
_LOOK_AGAIN_AFTER = 0.1


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What is known of the present token.

    ``worked`` whether a call has succeeded with it since it was fetched; ``refused_at`` when the platform refused it;
    ``failures`` fetches that failed in a row; ``next_fetch_at`` the end of the back-off after the last of them.
    """

    token: str = ""
    fetched_at: datetime | None = None
    expires_at: datetime | None = None
    worked: bool = False
    refused_at: datetime | None = None
    failures: int = 0
    next_fetch_at: datetime | None = None

    def serves(self, now: datetime) -> bool:
        """Whether calls may be tried with this token."""
        return bool(self.token) and self.refused_at is None and self.expires_at is not None and now < self.expires_at


class TokenStore(Protocol):
    """Where the row lives; every method is one short transaction."""

    def read(self) -> TokenRow:
        """The row, or an empty one."""

    def try_lease(self, now: datetime, until: datetime) -> bool:
        """Takes the right to fetch until ``until``; False where somebody holds it at ``now``.

        A lease that ends after ``until`` was taken before the clock was set back, and holds nobody off.
        """

    def save(self, token: str, fetched_at: datetime, expires_at: datetime) -> None:
        """A new token has come: nothing is left of the old one's row, and the lease is given back."""

    def fetch_failed(self, failures: int, next_fetch_at: datetime) -> None:
        """None has come: the rest of the row stays, and the lease is given back."""

    def give_back(self) -> None:
        """Gives the lease back and leaves the row as it is."""

    def mark_worked(self, token: str) -> None:
        """Notes that a call succeeded, if ``token`` is still the present one."""

    def mark_refused(self, token: str, at: datetime) -> None:
        """Notes that the platform refused it, if ``token`` is still the present one."""


class ProcessTokens:
    """A store that lives and dies with the process, for commands that make a call or two."""

    def __init__(self) -> None:
        self._row = TokenRow()
        self._leased_until: datetime | None = None
        self._lock = Lock()

    def read(self) -> TokenRow:
        return self._row

    def try_lease(self, now: datetime, until: datetime) -> bool:
        with self._lock:
            if self._leased_until is not None and now < self._leased_until <= until:
                return False
            self._leased_until = until
            return True

    def save(self, token: str, fetched_at: datetime, expires_at: datetime) -> None:
        with self._lock:
            self._row, self._leased_until = TokenRow(token, fetched_at, expires_at), None

    def fetch_failed(self, failures: int, next_fetch_at: datetime) -> None:
        with self._lock:
            self._row = replace(self._row, failures=failures, next_fetch_at=next_fetch_at)
            self._leased_until = None

    def give_back(self) -> None:
        with self._lock:
            self._leased_until = None

    def mark_worked(self, token: str) -> None:
        with self._lock:
            if self._row.token == token:
                self._row = replace(self._row, worked=True)

    def mark_refused(self, token: str, at: datetime) -> None:
        with self._lock:
            if self._row.token == token:
                self._row = replace(self._row, refused_at=at)


def fetch_at(row: TokenRow, now: datetime) -> datetime | None:
    """When a token may be fetched: None while there is no need, at or before ``now`` for at once."""
    if row.serves(now) and row.expires_at is not None and now < row.expires_at - REFRESH_BEFORE:
        return None
    waits = [now]
    if row.next_fetch_at is not None:
        waits.append(row.next_fetch_at)
    if row.refused_at is not None and not row.worked and row.fetched_at is not None:
        waits.append(row.fetched_at + AFTER_REFUSED_UNUSED)
    # No wait is longer than this; one that seems so was written before the clock was set back.
    return max(wait for wait in waits if wait - now <= max(_LONGEST_BACK_OFF, AFTER_REFUSED_UNUSED))


def back_off(failures: int) -> timedelta:
    """How long to wait after so many failed fetches in a row: 1, 2, 4 … 30 s."""
    return min(timedelta(seconds=2 ** min(failures - 1, 10)), _LONGEST_BACK_OFF)


class TokenKeeper:
    """Hands out the token, fetches it when that is due and allowed, one fetch at a time over all processes.

    ``fetch`` asks the platform and returns the token and for how long it is valid, or raises ``PlatformError``.
    """

    def __init__(
        self,
        store: TokenStore,
        fetch: Callable[[], tuple[str, timedelta]],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._row = TokenRow()
        self._noted_as_working = ""

    def token(self) -> str:
        """A token to try; raises ``TryLater`` where there is none and none may be fetched now."""
        row, now = self._row, self._clock()
        if fetch_at(row, now) is None:
            return row.token
        if not self._lock.acquire(timeout=0 if row.serves(now) else _WAIT_FOR_OTHERS):
            if row.serves(now):
                return row.token
            raise TryLater("another thread is fetching the access token")
        try:
            return self._renewed()
        finally:
            self._lock.release()

    def worked(self, token: str) -> None:
        """A call with ``token`` succeeded."""
        if token != self._noted_as_working:
            self._store.mark_worked(token)
            self._noted_as_working = token

    def refused(self, token: str) -> None:
        """The platform refused ``token``; another process may have replaced it already."""
        self._store.mark_refused(token, self._clock())
        self._row = TokenRow()
        if token == self._noted_as_working:
            # The platform may give out the very same token again, which then has yet to prove itself.
            self._noted_as_working = ""

    def _renewed(self) -> str:
        waited = 0.0
        while True:
            now = self._clock()
            row = self._row = self._store.read()
            allowed_at = fetch_at(row, now)
            if allowed_at is None:
                return row.token
            if allowed_at <= now and self._store.try_lease(now, now + _LEASE):
                return self._fetched(now)
            if row.serves(now):
                return row.token
            if allowed_at > now:
                raise TryLater("no access token before the next try to fetch one")
            if waited >= _WAIT_FOR_OTHERS:
                raise TryLater("another process is fetching the access token")
            self._sleep(_LOOK_AGAIN_AFTER)
            waited += _LOOK_AGAIN_AFTER

    def _fetched(self, now: datetime) -> str:
        # Between the reading and the lease somebody else may have fetched.
        row = self._row = self._store.read()
        if fetch_at(row, now) != now:
            self._store.give_back()
            if row.serves(now):
                return row.token
            raise TryLater("no access token before the next try to fetch one")
        try:
            token, valid = self._fetch()
        except PlatformError as failure:
            failures = row.failures + 1
            self._store.fetch_failed(failures, self._clock() + back_off(failures))
            if row.serves(now):
                return row.token
            raise _as_try_later(failure) from None
        self._row = TokenRow(token=token, fetched_at=now, expires_at=now + valid)
        self._store.save(token, now, now + valid)
        self._noted_as_working = ""
        return token


def _as_try_later(failure: PlatformError) -> TryLater:
    # Whatever befell the fetch, the call it was for has not been made.
    if isinstance(failure, TryLater):
        return failure
    return TryLater("no access token", failure.errcode if isinstance(failure, Refused) else None)
