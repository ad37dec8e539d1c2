"""Messages as they came in: each once, whatever the platform repeats."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.messages import Channel, Incoming
from bot.store.body import from_text, to_text
from bot.store.quick import Quick
from bot.store.schema import cursors, inbox

_ADD = Quick(insert(inbox), [c.name for c in inbox.columns if c.name != "id"])
_i = inbox.c
_PLAIN = ("text", "open_kfid", "media_id", "event", "event_key", "task_id", "response_code")


HELD = "held"  # after a restore: waits for a human's word


class Repeated(Exception):
    """This message is already here."""


def add(tx: Connection, incoming: Incoming, now: datetime, order_no: int | None = None) -> int:
    """Store a message that is handled in this same transaction; returns its row number.

    Raises Repeated, and then the transaction must be left.
    """
    try:
        return _ADD.add(tx, {**_values(incoming, now), "handled_at": now, "order_no": order_no})
    except IntegrityError as error:
        raise Repeated(incoming.key) from error


def add_page(
    tx: Connection,
    page: Sequence[Incoming],
    open_kfid: str,
    cursor: str,
    now: datetime,
    held_before: datetime | None = None,
) -> int:
    """Store a page of 微信客服 messages to be handled later, together with the cursor that comes after it. What was
    sent before ``held_before`` waits for a human's word (`bot.store.held`).

    Messages that are already here are passed over; returns how many are new.
    """
    known = set(tx.execute(select(_i.key).where(_i.key.in_([m.key for m in page]))).scalars()) if page else set()
    fresh = {m.key: m for m in page if m.key not in known}
    if fresh:
        old = {"handled_at": now, "failed": HELD}
        waits = {"handled_at": None}
        _ADD.add_all(
            tx,
            [
                {**_values(m, now), "order_no": None, **(old if held_before and m.sent_at < held_before else waits)}
                for m in fresh.values()
            ],
        )
    if tx.execute(update(cursors).where(cursors.c.open_kfid == open_kfid).values(cursor=cursor)).rowcount == 0:
        tx.execute(insert(cursors).values(open_kfid=open_kfid, cursor=cursor))
    return len(fresh)


def may_fetch(tx: Connection, open_kfid: str, owner: str, now: datetime, until: datetime) -> bool:
    """True for the one process that may fetch and handle messages of 微信客服 until then.

    One at a time, so that the messages of one customer are handled in the order in which he wrote them.
    """
    row = cursors.c.open_kfid == open_kfid
    free = or_(
        cursors.c.lease_owner.is_(None),
        cursors.c.lease_owner == owner,
        cursors.c.lease_until <= now,
        cursors.c.lease_until > until,  # from before a clock was set back
    )
    lease = {"lease_owner": owner, "lease_until": until}
    if tx.execute(update(cursors).where(row, free).values(**lease)).rowcount:
        return True
    if tx.execute(select(cursors.c.open_kfid).where(row)).first() is not None:
        return False
    tx.execute(insert(cursors).values(open_kfid=open_kfid, cursor="", **lease))
    return True


def fetched(tx: Connection, open_kfid: str, owner: str) -> None:
    """Another process may fetch now."""
    mine = (cursors.c.open_kfid == open_kfid, cursors.c.lease_owner == owner)
    tx.execute(update(cursors).where(*mine).values(lease_owner=None, lease_until=None))


def cursor_of(tx: Connection, open_kfid: str) -> str:
    """Where the reading of 微信客服 messages stands; "" at the very first time."""
    return tx.execute(select(cursors.c.cursor).where(cursors.c.open_kfid == open_kfid)).scalar() or ""


def next_unhandled(tx: Connection) -> tuple[int, Incoming] | None:
    """The oldest stored message that nobody has handled yet, held by this transaction alone."""
    oldest = select(inbox).where(_i.handled_at.is_(None)).order_by(_i.id).limit(1).with_for_update(skip_locked=True)
    r = tx.execute(oldest).mappings().first()
    if r is None:
        return None
    body: dict[str, Any] = from_text(r["body"])
    incoming = Incoming(
        key=r["key"],
        channel=Channel(r["channel"]),
        kind=r["kind"],
        sender=r["sender"],
        sent_at=r["sent_at"].astimezone(UTC),
        fields=body.get("fields", {}),
        **{name: body[name] for name in _PLAIN if name in body},
    )
    return r["id"], incoming


def handled(tx: Connection, row: int, now: datetime, order_no: int | None = None, failed: str = "") -> None:
    """The message has been handled, or could not be and a person has been told."""
    tx.execute(update(inbox).where(_i.id == row).values(handled_at=now, order_no=order_no, failed=failed[:200]))


def _values(incoming: Incoming, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(incoming, name))}
    fields = {k: v for k, v in incoming.fields.items() if k not in ("Content", "content", "ResponseCode")}
    if fields:
        body["fields"] = fields
    return {
        "key": incoming.key,
        "channel": incoming.channel.value,
        "kind": incoming.kind[:32],
        "sender": incoming.sender[:200],
        "sent_at": incoming.sent_at,
        "received_at": now,
        "body": to_text(body),
        "failed": "",
    }
