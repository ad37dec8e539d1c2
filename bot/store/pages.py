"""Who was paged for an order: read from the letters themselves, since each page is one."""

import json
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from bot.core.letters import Outcome, Weight
from bot.store.schema import orders, outbox

_b = outbox.c


def live_pages(tx: Connection, order_no: int) -> dict[str, str]:
    """Everybody whose card of the order can still be tapped, with the key of that card: it was sent, or is under
    way, and has not been greyed since."""
    rows = tx.execute(
        select(_b.kind, _b.key, _b.receiver, _b.body)
        .where(_b.order_no == order_no)
        .where(
            or_(
                and_(_b.kind == "card", _b.weight == Weight.DISPATCH.value, _b.outcome == Outcome.SENT.value),
                and_(_b.kind == "card", _b.weight == Weight.DISPATCH.value, _b.done_at.is_(None), _b.attempts > 0),
                _b.kind == "update_card",
            )
        )
        .order_by(_b.id)
    )
    live: dict[str, str] = {}
    for r in rows:
        if r.kind == "card":
            live[r.receiver] = r.key
        elif live.get(r.receiver) == json.loads(r.body)["card"]:
            del live[r.receiver]
    return live


def ever_paged(tx: Connection, order_no: int, since: datetime | None = None) -> set[str]:
    """Everybody a page of the order was addressed to (from ``since`` on), delivered or not."""
    rows = select(_b.receiver).where(_b.order_no == order_no, _b.weight == Weight.DISPATCH.value, _b.kind == "card")
    if since is not None:
        rows = rows.where(_b.created_at >= since)
    return set(tx.execute(rows).scalars())


def called(tx: Connection, order_no: int, since: datetime | None = None) -> set[str]:
    """Everybody who was really asked to come for the order (from ``since`` on): by a page or a further call that
    left, or is leaving."""
    rows = select(_b.receiver).where(
        _b.order_no == order_no,
        _b.weight == Weight.DISPATCH.value,
        _b.kind.in_(["card", "text"]),
        or_(_b.outcome == Outcome.SENT.value, and_(_b.done_at.is_(None), _b.attempts > 0)),
    )
    if since is not None:
        rows = rows.where(_b.created_at >= since)
    return set(tx.execute(rows).scalars())


def page_was_taken(tx: Connection, order_no: int, round_: int) -> bool:
    """True if the platform has taken at least one page of the order in this round."""
    taken = select(_b.id).where(
        _b.order_no == order_no,
        _b.round == round_,
        _b.weight == Weight.DISPATCH.value,
        _b.kind.in_(["card", "text"]),
        _b.outcome == Outcome.SENT.value,
    )
    return tx.execute(taken.limit(1)).first() is not None


def set_response_code(tx: Connection, task_id: str, code: str, now: datetime) -> None:
    """A tap on the card brought a fresh code to update it with."""
    tx.execute(update(outbox).where(_b.key == task_id).values(response_code=code, response_at=now))


def orders_paged_to(tx: Connection, person: str) -> list[int]:
    """The orders whose card a person was sent and that are not over, newest first; at most 100."""
    rows = tx.execute(
        select(_b.order_no)
        .join(orders, orders.c.no == _b.order_no)
        .where(
            _b.receiver == person, _b.kind == "card", _b.weight == Weight.DISPATCH.value, orders.c.closed_at.is_(None)
        )
        .order_by(_b.id.desc())
        .limit(100)
    ).scalars()
    return list(dict.fromkeys(int(no) for no in rows))


def take_code_of(tx: Connection, card_key: str, not_older_than: datetime) -> str:
    """The code with which a card can still be changed, once; "" if there is none or it is too old."""
    r = tx.execute(select(_b.id, _b.response_code, _b.response_at).where(_b.key == card_key).with_for_update()).first()
    if r is None or not r.response_code or r.response_at is None or r.response_at < not_older_than:
        return ""
    return str(r.response_code)
