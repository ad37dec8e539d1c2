"""Outgoing letters: written with the turn, leased by one sender, marked when the platform has answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, and_, bindparam, exists, func, insert, or_, select, update

from bot.core.kinds import Priority
from bot.core.letters import (
    BESIDE_THE_GATE,
    BROADCASTS_PER_MINUTE,
    HOUR,
    JOIN_FROM,
    LEASE,
    MINUTE,
    ROBOT_PER_MINUTE,
    Lane,
    Letter,
    Outcome,
    Weight,
    room,
)
from bot.store import contacts, gates
from bot.store.body import from_text, to_text
from bot.store.quick import Quick
from bot.store.schema import orders, outbox

_b = outbox.c
_NEW = ("key", "lane", "kind", "weight", "receiver", "order_no", "round", "reserve", "body", "created_at", "not_before")
_ADD = Quick(insert(outbox), [*_NEW, "expires_at", "attempts", "unknown", "outcome", "error", "response_code"])
_earlier = outbox.alias("earlier")
_e = _earlier.c
TEXT_LIMIT = 2048


def _candidates() -> Any:
    """Letters that may leave now: in order per receiver and lane, and, for normal ones, in order per order.

    A letter held back on purpose (quiet hours) does not hold up the others; one that has been tried, or waits
    only for room, does: about one order nobody hears the later thing first. But an answer does not wait for the full
    minute of another who hears of the same moment.
    """
    now: BindParameter[datetime] = bindparam("now")
    waiting = and_(_e.done_at.is_(None), _e.held.is_(False), _e.id < _b.id)
    due = or_(_e.attempts > 0, _e.not_before <= now)
    same_receiver = exists().where(
        waiting, due, _e.receiver == _b.receiver, or_(_e.lane == _b.lane, _e.order_no == _b.order_no)
    )
    earlier_told = or_(due, and_(_e.crowded, _e.created_at < _b.created_at))
    same_order = exists().where(waiting, earlier_told, _e.order_no == _b.order_no, _b.lane == Lane.NORMAL.value)
    return (
        select(outbox)
        .where(
            _b.done_at.is_(None),
            _b.held.is_(False),
            _b.lane == bindparam("in_lane"),
            _b.not_before <= now,
            or_(_b.lease_until.is_(None), _b.lease_until <= now),
            ~same_receiver,
            ~same_order,
        )
        .order_by(_b.id)
        .limit(20)
        .with_for_update(skip_locked=True, of=outbox)
    )


_CANDIDATES = _candidates()


def add(tx: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write letters, in the order in which they should leave."""
    _ADD.add_all(tx, list(rows))


def row(
    *,
    key: str,
    lane: Lane,
    kind: str,
    weight: Weight,
    receiver: str,
    body: Mapping[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    order_no: int | None = None,
    round_: int | None = None,
    reserve: int = 0,
) -> dict[str, Any]:
    """One letter as `add` wants it. ``reserve``: messages of the 微信客服 account that must stay for later steps."""
    return {
        "key": key,
        "lane": lane.value,
        "kind": kind,
        "weight": weight.value,
        "receiver": receiver,
        "order_no": order_no,
        "round": round_,
        "reserve": reserve,
        "body": to_text(body),
        "created_at": now,
        "not_before": not_before or now,
        "expires_at": expires_at,
        "attempts": 0,
        "unknown": False,
        "outcome": "",
        "error": "",
        "response_code": "",
    }


def claim(tx: Connection, lane: Lane, now: datetime, owner: str) -> Letter | None:
    """Lease the next letter of the lane to ``owner`` for ten seconds; None if nothing may leave now."""
    gate = gates.state(tx, lane, now)
    ended = True
    while ended:  # a letter that ended, or was put off, was in the way of the next in its line: look again
        letter, ended = _claim_or_end(tx, lane, now, owner, gate)
        if letter is not None:
            return letter
    return None


def _claim_or_end(
    tx: Connection, lane: Lane, now: datetime, owner: str, gate: tuple[bool, bool]
) -> tuple[Letter | None, bool]:
    """The first letter that may leave, leased; and whether one was ended or put off on the way to it."""
    gate_shut, probing = gate
    ended = False
    for r in tx.execute(_CANDIDATES, {"now": now, "in_lane": lane.value}).mappings().all():
        at_gate = r["kind"] not in BESIDE_THE_GATE
        if gate_shut and at_gate:
            continue
        verdict = _judge(tx, r, lane, now)
        if isinstance(verdict, Outcome) and verdict is not Outcome.SHUT:
            finish(tx, r["id"], verdict, now)
            ended = True
            continue
        if verdict == "wait":
            ended = True  # put off with all its line: what waited only behind it may leave now
            continue
        probe = probing and at_gate and verdict is None
        if probe and not gates.start_probe(tx, now):
            continue
        body = _join_others(tx, r, lane, now)
        tx.execute(
            update(outbox)
            .where(_b.id == r["id"])
            .values(lease_until=now + LEASE, lease_owner=owner, attempts=_b.attempts + 1, tried_at=now)
        )
        if r["kind"].startswith("kf_") and r["kind"] != "kf_event" and r["attempts"] == 0 and verdict is None:
            contacts.spend(tx, r["receiver"])
        return _letter(r, body, shut=verdict is Outcome.SHUT, probe=probe), ended
    return None, ended


def _judge(tx: Connection, r: RowMapping, lane: Lane, now: datetime) -> Outcome | str | None:
    """None: send it. "wait": not now. An outcome: it ends here."""
    if r["expires_at"] is not None and r["expires_at"] <= now:
        return Outcome.EXPIRED
    if r["weight"] in (Weight.DISPATCH, Weight.REMINDER) and r["order_no"] is not None and r["round"] is not None:
        order_round = tx.execute(select(orders.c.round).where(orders.c.no == r["order_no"])).scalar()
        if order_round != r["round"]:
            return Outcome.STALE
    if r["kind"] == "robot":
        return None if _used(tx, r["receiver"], now - MINUTE) < ROBOT_PER_MINUTE else _postpone(tx, r, lane, now)
    if r["kind"] == "broadcast":
        full = _used(tx, r["receiver"], now - MINUTE) >= BROADCASTS_PER_MINUTE
        return _postpone(tx, r, lane, now) if full else None
    if r["kind"].startswith("kf_") and r["kind"] != "kf_event" and r["attempts"] == 0:
        left = contacts.may_still_send(tx, r["receiver"], now)
        if r["weight"] == Weight.MAY and left <= r["reserve"]:
            return Outcome.DROPPED
        return None if left > r["reserve"] else Outcome.SHUT
    if r["kind"] in ("text", "card", "image", "voice", "video", "file"):
        used_minute, used_hour = _used(tx, r["receiver"], now - MINUTE), _used(tx, r["receiver"], now - HOUR)
        if not room(used_minute, used_hour, lane):
            return _postpone(tx, r, lane, now)
    return None


def _used(tx: Connection, receiver: str, since: datetime) -> int:
    counted = select(func.count()).select_from(outbox).where(_b.receiver == receiver, _b.tried_at > since)
    return int(tx.execute(counted.where(_b.kind != "update_card")).scalar() or 0)


def _postpone(tx: Connection, r: RowMapping, lane: Lane, now: datetime) -> str:
    """Everything waiting for this receiver in this lane waits until the window has room again, in its order."""
    window = select(func.min(_b.tried_at)).where(_b.receiver == r["receiver"], _b.tried_at > now - MINUTE)
    oldest = tx.execute(window).scalar()
    until = (oldest or now) + MINUTE
    if until <= now:
        until = now + MINUTE
    tx.execute(
        update(outbox)
        .where(_b.receiver == r["receiver"], _b.lane == lane.value, _b.done_at.is_(None), _b.not_before < until)
        .values(not_before=until, crowded=True)
    )
    return "wait"


def _join_others(tx: Connection, r: RowMapping, lane: Lane, now: datetime) -> Mapping[str, Any]:
    """Where the minute is nearly full, reminders and notices to one member leave as one text.

    One that has been tried goes again as it was: only the same bytes are known to the platform as the same letter.
    """
    body: dict[str, Any] = from_text(r["body"])
    light = (Weight.MAY, Weight.REMINDER)
    if (
        r["attempts"]
        or r["kind"] != "text"
        or r["weight"] not in light
        or _used(tx, r["receiver"], now - MINUTE) < JOIN_FROM
    ):
        return body
    others = tx.execute(
        select(outbox)
        .where(
            _b.receiver == r["receiver"], _b.lane == lane.value, _b.done_at.is_(None), _b.id > r["id"], _b.attempts == 0
        )
        .where(_b.held.is_(False), _b.kind == "text", _b.weight.in_([w.value for w in light]))
        .order_by(_b.id)
        .limit(20)
        .with_for_update(skip_locked=True)  # another process may be about to send one of them
    ).mappings()
    joined: list[int] = []
    for other in others:
        if other["order_no"] is not None and _waits_for_others(tx, other, [r["id"], *joined]):
            break
        content = body["content"] + "\n\n" + from_text(other["body"])["content"]
        if len(content.encode()) > TEXT_LIMIT:
            break
        body["content"] = content
        joined.append(other["id"])
    if joined:
        tx.execute(update(outbox).where(_b.id == r["id"]).values(body=to_text(body)))
        tx.execute(update(outbox).where(_b.id.in_(joined)).values(done_at=now, outcome=Outcome.JOINED.value))
    return body


def _waits_for_others(tx: Connection, r: RowMapping, leaving: list[int]) -> bool:
    """True if somebody has yet to hear something earlier about the same order that is not leaving now."""
    earlier = select(_b.id).where(
        _b.order_no == r["order_no"], _b.done_at.is_(None), _b.held.is_(False), _b.id < r["id"], _b.id.not_in(leaving)
    )
    due = and_(_b.created_at < r["created_at"], or_(_b.attempts > 0, _b.not_before <= r["not_before"]))
    return tx.execute(earlier.where(due).limit(1)).first() is not None


def still_mine(tx: Connection, letter: Letter, owner: str) -> bool:
    """False if another sender took the letter over meanwhile: then this one's result changes nothing."""
    mine = select(_b.id).where(
        _b.id == letter.id, _b.lease_owner == owner, _b.attempts == letter.attempts, _b.done_at.is_(None)
    )
    return tx.execute(mine.with_for_update()).first() is not None


def finish(
    tx: Connection, letter_id: int, outcome: Outcome, now: datetime, *, error: str = "", response_code: str = ""
) -> None:
    """The letter has ended."""
    values: dict[str, Any] = {"done_at": now, "outcome": outcome.value, "error": error[:200], "lease_until": None}
    if response_code:
        values |= {"response_code": response_code, "response_at": now}
    tx.execute(update(outbox).where(_b.id == letter_id).values(**values))


def put_back(tx: Connection, letter_id: int, until: datetime, *, unknown: bool, error: str) -> None:
    """To be tried again."""
    tx.execute(
        update(outbox)
        .where(_b.id == letter_id)
        .values(not_before=until, lease_until=None, unknown=True if unknown else _b.unknown, error=error[:200])
    )


def waiting(tx: Connection) -> dict[str, int]:
    """How many letters wait, by lane."""
    rows = tx.execute(select(_b.lane, func.count()).where(_b.done_at.is_(None), _b.held.is_(False)).group_by(_b.lane))
    counts = {Lane(lane): int(n) for lane, n in rows}
    return {"emergency": counts.get(Lane.EMERGENCY, 0), "normal": counts.get(Lane.NORMAL, 0)}


def arrived_since(tx: Connection, receiver: str, since: datetime) -> bool:
    """True if the last message to a member that the platform took or sent back was taken, and not before ``since``."""
    ended = (Outcome.SENT.value, Outcome.UNDELIVERED.value, Outcome.REFUSED.value)
    last = (
        select(_b.outcome)
        .where(_b.receiver == receiver, _b.tried_at > since, _b.kind.in_(("text", "card")), _b.outcome.in_(ended))
        .order_by(_b.tried_at.desc(), _b.id.desc())  # of two at one instant the later one
        .limit(1)
    )
    return tx.execute(last).scalar() == Outcome.SENT.value


def earliest(tx: Connection, now: datetime) -> datetime | None:
    """When the next waiting letter may leave."""
    return tx.execute(select(func.min(_b.not_before)).where(_b.done_at.is_(None), _b.held.is_(False))).scalar()


def lane_of(priority: Priority) -> Lane:
    """The lane of an order's letters."""
    return Lane.EMERGENCY if priority is Priority.EMERGENCY else Lane.NORMAL


def _letter(r: RowMapping, body: Mapping[str, Any], *, shut: bool, probe: bool) -> Letter:
    return Letter(
        id=r["id"],
        key=r["key"],
        lane=Lane(r["lane"]),
        kind=r["kind"],
        weight=Weight(r["weight"]),
        receiver=r["receiver"],
        order_no=r["order_no"],
        round=r["round"],
        body=body,
        created_at=r["created_at"],
        attempts=r["attempts"] + 1,
        unknown=bool(r["unknown"]),
        shut=shut,
        probe=probe,
    )


def content_of(tx: Connection, key: str) -> tuple[int | None, str]:
    """The order a letter was about, and its words; (None, "") for a letter that is not ours."""
    found = tx.execute(select(_b.order_no, _b.body).where(_b.key == key)).first()
    if found is None:
        return None, ""
    body = from_text(found.body)
    return found.order_no, str(body.get("content") or body.get("head_content") or "")
