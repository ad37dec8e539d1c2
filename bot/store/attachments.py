"""Voice, pictures and videos of an order: the platform keeps them three days, we fetch them at once."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from bot.store.schema import attachments

_a = attachments.c


class Attachment(NamedTuple):
    """One file that came in. ``source``: app or kf, whose token fetches it."""

    id: int
    order_no: int | None
    kind: str
    media_id: str
    source: str
    failures: int


def add(tx: Connection, order_no: int | None, contact: str, kind: str, media_id: str, source: str, at: datetime) -> int:
    """Remember a file; it is to be fetched at once."""
    result = tx.execute(
        insert(attachments).values(
            order_no=order_no, contact=contact, kind=kind, media_id=media_id, source=source, at=at, fetch_at=at
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def belong_to(tx: Connection, ids: list[int], order_no: int) -> None:
    """The files are of that order."""
    tx.execute(update(attachments).where(_a.id.in_(ids)).values(order_no=order_no))


def of_reporter(tx: Connection, order_no: int, contact: str, since: datetime) -> list[Attachment]:
    """The files of an order that this contact sent since then, oldest first."""
    mine = select(attachments).where(_a.order_no == order_no, _a.contact == contact, _a.at >= since).order_by(_a.id)
    rows = tx.execute(mine.limit(10)).mappings()
    return [Attachment(r["id"], r["order_no"], r["kind"], r["media_id"], r["source"], r["failures"]) for r in rows]


def count_of(tx: Connection, order_no: int) -> int:
    """How many files an order has."""
    return int(tx.execute(select(func.count()).where(_a.order_no == order_no)).scalar() or 0)


def next_to_fetch(tx: Connection, now: datetime, until: datetime) -> Attachment | None:
    """The next file to fetch, kept from others until ``until``."""
    r = (
        tx.execute(
            select(attachments)
            .where(_a.fetch_at <= now)
            .order_by(_a.fetch_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        .mappings()
        .first()
    )
    if r is None:
        return None
    tx.execute(update(attachments).where(_a.id == r["id"]).values(fetch_at=until))
    return Attachment(r["id"], r["order_no"], r["kind"], r["media_id"], r["source"], r["failures"])


def fetched(tx: Connection, attachment_id: int, path: str) -> None:
    """The file is on the disk."""
    tx.execute(update(attachments).where(_a.id == attachment_id).values(path=path, fetch_at=None))


def failed(tx: Connection, attachment_id: int, again_at: datetime | None) -> None:
    """The file could not be fetched; None: it is gone for good."""
    tx.execute(update(attachments).where(_a.id == attachment_id).values(fetch_at=again_at, failures=_a.failures + 1))
