"""What has been kept long enough: found a piece at a time along an index, so that no sweep reads everything."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, and_, delete, insert, or_, select, update

from bot.store import privacy
from bot.store.db import instant, microseconds
from bot.store.schema import attachments, contacts, inbox, meta, orders, outbox, questions

AT_ONCE = 200
_i, _b, _o, _a, _c = inbox.c, outbox.c, orders.c, attachments.c, contacts.c


def scrub_messages(tx: Connection, before: datetime) -> bool:
    """Drop what messages in and out said that were stored before then; True if there may be more."""

    def came(ids: Sequence[int]) -> None:
        tx.execute(update(inbox).where(_i.id.in_(ids), _i.handled_at.is_not(None)).values(body="{}"))

    def left(ids: Sequence[int]) -> None:
        privacy.scrub_letters(tx, and_(_b.id.in_(ids), _b.done_at.is_not(None)))

    more = _along(tx, "scrubbed.inbox", _i.id, _i.received_at, before, came)
    return _along(tx, "scrubbed.outbox", _b.id, _b.created_at, before, left) or more


def delete_messages(tx: Connection, before: datetime) -> bool:
    """Delete the rows of messages stored before then; True if there may be more."""

    def came(ids: Sequence[int]) -> None:
        tx.execute(delete(inbox).where(_i.id.in_(ids), _i.handled_at.is_not(None)))

    def left(ids: Sequence[int]) -> None:
        tx.execute(delete(outbox).where(_b.id.in_(ids), _b.done_at.is_not(None)))

    more = _along(tx, "deleted.inbox", _i.id, _i.received_at, before, came)
    return _along(tx, "deleted.outbox", _b.id, _b.created_at, before, left) or more


def closed_before(tx: Connection, job: str, before: datetime) -> list[int]:
    """The next orders closed before then with which ``job`` has not dealt yet; `dealt_with` moves it on."""
    since, no = map(int, (_mark(tx, job) or "0:0").split(":"))
    reached = instant(since)
    beyond = or_(_o.closed_at > reached, and_(_o.closed_at == reached, _o.no > no))
    rows = select(_o.no).where(_o.closed_at < before, beyond).order_by(_o.closed_at, _o.no).limit(AT_ONCE)
    return list(tx.execute(rows).scalars())


def dealt_with(tx: Connection, job: str, numbers: Sequence[int]) -> None:
    """``job`` is done with these orders, which `closed_before` gave."""
    if numbers:
        at = tx.execute(select(_o.closed_at).where(_o.no == numbers[-1])).scalar()
        _set_mark(tx, job, f"{microseconds(at)}:{numbers[-1]}")


def files_of(tx: Connection, numbers: Sequence[int]) -> list[str]:
    """Where the files of these orders lie."""
    return list(tx.execute(select(_a.path).where(_a.order_no.in_(numbers), _a.path != "")).scalars())


def delete_strays(tx: Connection, before: datetime) -> list[str]:
    """Delete what came before then and never belonged to an order; returns where its files lie."""
    here = and_(_a.order_no.is_(None), _a.at < before)
    paths = list(tx.execute(select(_a.path).where(here)).scalars())
    tx.execute(delete(attachments).where(here))
    tx.execute(delete(questions).where(questions.c.until < before))
    return [path for path in paths if path]


def delete_silent(tx: Connection, before: datetime) -> bool:
    """Delete contacts who have not written since and whom no order names any more; True if there may be more."""
    reported = select(_o.no).where(_o.reporter == _c.id).exists()
    ids = list(tx.execute(select(_c.id).where(_c.wrote_at < before, ~reported).limit(AT_ONCE)).scalars())
    tx.execute(delete(contacts).where(_c.id.in_(ids)))
    return len(ids) == AT_ONCE


def forget_places(tx: Connection, before: datetime) -> None:
    """Drop the address used last of whoever first wrote before then and has had nothing to report since."""
    lately = select(_o.no).where(_o.reporter == _c.id, or_(_o.closed_at.is_(None), _o.closed_at >= before)).exists()
    kept = or_(_c.last_place != "", _c.offered_place != "")
    ids = list(tx.execute(select(_c.id).where(_c.wrote_at < before, kept, ~lately).limit(AT_ONCE)).scalars())
    tx.execute(update(contacts).where(_c.id.in_(ids)).values(last_place="", offered_place=""))


def _along(
    tx: Connection,
    job: str,
    key: "Column[Any]",
    at: "Column[Any]",
    before: datetime,
    work: Callable[[Sequence[int]], None],
) -> bool:
    """``work`` on the next rows by number, up to the first that is younger than ``before``."""
    rows = tx.execute(select(key, at).where(key > int(_mark(tx, job) or 0)).order_by(key).limit(AT_ONCE)).all()
    old = []
    for id_, stored_at in rows:
        if stored_at >= before:
            break
        old.append(int(id_))
    if old:
        work(old)
        _set_mark(tx, job, str(old[-1]))
    return len(old) == AT_ONCE


def _mark(tx: Connection, job: str) -> str | None:
    return tx.execute(select(meta.c.value).where(meta.c.name == f"kept.{job}")).scalar()


def _set_mark(tx: Connection, job: str, value: str) -> None:
    if not tx.execute(update(meta).where(meta.c.name == f"kept.{job}").values(value=value)).rowcount:
        tx.execute(insert(meta).values(name=f"kept.{job}", value=value))
