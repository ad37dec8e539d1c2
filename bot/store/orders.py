"""Orders and their history, in SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

from bot.core.kinds import Category, Priority
from bot.core.orders import LogLine, Order, Status
from bot.core.reading import Place
from bot.core.visits import Wish
from bot.store.body import from_text, to_text
from bot.store.db import instant, microseconds
from bot.store.quick import Quick
from bot.store.schema import inbox, log, orders, people

_o = orders.c
_MICROSECOND = timedelta(microseconds=1)
_NEW = [c.name for c in orders.columns if c.name != "no"]
_ADD = Quick(insert(orders), _NEW)
_LOG = Quick(insert(log), ["order_no", "at", "by", "what", "detail"])
_BY_NO_LOCKED = Quick(select(orders).where(_o.no == bindparam("number")).with_for_update())
_OPEN_OF = Quick(
    select(orders).where(_o.reporter == bindparam("who"), _o.closed_at.is_(None)).order_by(_o.no.desc()).limit(50)
)
_HELD_BY = select(orders).where(_o.holder == bindparam("who"), _o.closed_at.is_(None)).order_by(_o.no).limit(50)
_TWINS = (
    select(_o.no)
    .where(
        _o.category == literal_column("'elevator_entrapment'"),  # in these words the partial index is used
        _o.building == bindparam("building"),
        _o.opened_at >= bindparam("since"),
        _o.closed_at.is_(None),
    )
    .order_by(_o.no)
    .limit(1)
)


_TAKE_FROM = Quick(update(people).where(people.c.id == bindparam("who")).values(open_orders=people.c.open_orders - 1))
_GIVE_TO = Quick(
    update(people)
    .where(people.c.id == bindparam("who"))
    .values(open_orders=people.c.open_orders + 1, given_at=bindparam("when"))
)


_SERVES = Quick(
    update(people)
    .where(people.c.id == bindparam("who"))
    .values(last_building=bindparam("where"), served_at=bindparam("when"))
)
_WAITING = (Status.UNSURE, Status.OPEN)
# On the way to a building, in it, or just done there.
_SERVING = (Status.ACCEPTED, Status.ARRIVED, Status.FINISHED)


class Overtaken(Exception):
    """Somebody else wrote the order first; the turn has to be done again on what it is now."""


def add(tx: Connection, order: Order, why: Sequence[str] = ()) -> int:
    """Store a new order; returns its number."""
    values = _values(order)
    values |= {"why": "\n".join(why), "version": 0}
    return _ADD.add(tx, values)


def get(tx: Connection, no: int) -> Order | None:
    """The order of that number, locked against other writers, or None."""
    rows = _BY_NO_LOCKED.rows(tx, {"number": no})
    return order_of(rows[0]) if rows else None


def save(tx: Connection, before: Order, after: Order) -> None:
    """Write the order if nobody did since ``before`` was read; raises Overtaken."""
    values = _values(after)
    values["version"] = before.version + 1
    changed = tx.execute(
        update(orders).where(_o.no == before.no, _o.version == before.version).values(**values)
    ).rowcount
    if changed != 1:
        raise Overtaken(f"order {before.no}")


def move_load(tx: Connection, before: Order | None, after: Order, at: datetime) -> None:
    """Keep count of everybody's open orders, and of where people were last, so that choosing a person costs the same
    however many orders there are."""
    moved = before is None or before.status is not after.status
    if moved and after.status in _SERVING and after.holder and after.place.building:
        _SERVES.run(tx, {"who": after.holder, "where": after.place.building, "when": at})
    was = before.holder if before and not _idle(before) else None
    now = after.holder if not _idle(after) else None
    if was == now:
        return
    if was:
        _TAKE_FROM.run(tx, {"who": was})
    if now:
        _GIVE_TO.run(tx, {"who": now, "when": at})


def _idle(order: Order) -> bool:
    return order.status in (Status.FINISHED, Status.CLOSED, Status.CANCELLED)


def write_log(tx: Connection, no: int, lines: Iterable[LogLine]) -> None:
    """Append lines to the history of an order."""
    rows = [
        {
            "order_no": no,
            "at": line.at,
            "by": line.by,
            "what": line.what,
            "detail": to_text(dict(line.detail)),
        }
        for line in lines
    ]
    if rows:
        _LOG.add_all(tx, rows)


def history(tx: Connection, no: int) -> list[LogLine]:
    """The whole history of an order, oldest first."""
    rows = tx.execute(select(log).where(log.c.order_no == no).order_by(log.c.id)).mappings()
    return [LogLine(r["what"], r["at"], r["by"], from_text(r["detail"])) for r in rows]


def reopened_at(tx: Connection, no: int) -> datetime | None:
    """When the order's present life began, if it is not its first (没修好)."""
    return last_time(tx, no, "reopen")


def last_time(tx: Connection, no: int, what: str) -> datetime | None:
    """When that last happened to the order; None: never."""
    return tx.execute(select(func.max(log.c.at)).where(log.c.order_no == no, log.c.what == what)).scalar()


def refusals_of(tx: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """How often each of the numbered orders was refused, where it was."""
    refused = log.c.what.in_(["refuse", "declined"])
    found = select(log.c.order_no, func.count()).where(log.c.order_no.in_(list(numbers)), refused)
    return {int(no): int(n) for no, n in tx.execute(found.group_by(log.c.order_no))}


def last_word(tx: Connection, no: int, people_ids: Iterable[str]) -> datetime | None:
    """When one of these people last did or said anything about the order; None: never."""
    said = select(func.max(log.c.at)).where(log.c.order_no == no, log.c.by.in_(list(people_ids)))
    return tx.execute(said).scalar()


def first_moves(tx: Connection, what: str, start: datetime, end: datetime) -> dict[int, datetime]:
    """When ``what`` (``accept``, ``arrive``) first happened to each order opened in the span, whatever came after."""
    rows = tx.execute(
        select(log.c.order_no, func.min(log.c.at))
        .join(orders, _o.no == log.c.order_no)
        .where(log.c.what == what, _o.opened_at >= start, _o.opened_at < end)
        .group_by(log.c.order_no)
    )
    return {int(no): at for no, at in rows}


def open_of_reporter(tx: Connection, reporter: str) -> list[Order]:
    """The reporter's orders that are not over, newest first; at most 50."""
    return [order_of(row) for row in _OPEN_OF.rows(tx, {"who": reporter})]


def recent_of_reporter(tx: Connection, reporter: str, limit: int = 5) -> list[Order]:
    """The reporter's last orders, whatever their state, newest first."""
    rows = tx.execute(select(orders).where(_o.reporter == reporter).order_by(_o.no.desc()).limit(limit)).mappings()
    return [order_of(row) for row in rows]


def held_by(tx: Connection, person: str) -> list[Order]:
    """The open orders a person holds, oldest first; at most 50."""
    return [order_of(row) for row in tx.execute(_HELD_BY, {"who": person}).mappings()]


def open_numbers(tx: Connection, numbers: Iterable[int]) -> list[Order]:
    """Those of the numbered orders that are not over, oldest first."""
    found = tx.execute(select(orders).where(_o.no.in_(list(numbers)), _o.closed_at.is_(None)).order_by(_o.no))
    return [order_of(row) for row in found.mappings()]


def entrapment_in(tx: Connection, building: str, since: datetime) -> int | None:
    """The oldest open order of people shut in a lift of that building since then, if any."""
    found = tx.execute(_TWINS, {"building": building, "since": since}).scalar()
    return None if found is None else int(found)


def all_open(tx: Connection, limit: int = 500) -> list[Order]:
    """Every order that is not over, most pressing first."""
    rows = tx.execute(select(orders).where(_o.closed_at.is_(None)).order_by(_o.no).limit(limit)).mappings()
    return sorted((order_of(row) for row in rows), key=lambda o: (o.priority.rank, o.no))


def offered_to(tx: Connection, people_ids: Collection[str]) -> list[Order]:
    """What stands with one of these people and waits for a taker, most pressing and oldest first; at most 50."""
    mine = (_o.holder.in_(list(people_ids)), _o.closed_at.is_(None), _o.status.in_([s.value for s in _WAITING]))
    rows = tx.execute(select(orders).where(*mine).order_by(_o.no).limit(50)).mappings()
    return sorted((order_of(row) for row in rows), key=lambda o: (o.priority.rank, o.no))


def doubtful(tx: Connection) -> list[Order]:
    """The open orders whose danger nobody has settled yet, oldest first; at most 50."""
    waiting = select(orders).where(_o.doubtful.is_(True), _o.closed_at.is_(None)).order_by(_o.no).limit(50)
    return [order_of(row) for row in tx.execute(waiting).mappings()]


def add_words(tx: Connection, no: int, words: str) -> None:
    """Put further words of the reporter to the order."""
    tx.execute(update(orders).where(_o.no == no).values(words=words))


def original_words(tx: Connection, no: int) -> list[str]:
    """The bodies of every message that belongs to the order, oldest first."""
    return list(tx.execute(select(inbox.c.body).where(inbox.c.order_no == no).order_by(inbox.c.id)).scalars())


def why_of(tx: Connection, no: int) -> str:
    """Which words decided how the report was read."""
    return tx.execute(select(_o.why).where(_o.no == no)).scalar() or ""


def between(tx: Connection, start: datetime, end: datetime, reach: timedelta) -> list[Order]:
    """What a digest counts: orders opened before ``end`` and not closed long before ``start``.

    ``reach``: how long after its closing an order can still count (its time to finish by, its score question).
    """
    # Two statements, as each has an index of its own; one with OR reads every order there ever was.
    still = tx.execute(select(orders).where(_o.closed_at.is_(None))).mappings().all()
    over = tx.execute(select(orders).where(_o.closed_at >= start - reach)).mappings().all()
    return [order for order in map(order_of, [*still, *over]) if order.opened_at < end]


def leaks_closed_since(tx: Connection, since: datetime) -> list[Order]:
    """The leaks that were closed since then, the first first."""
    leak = _o.category == literal_column("'leak'")
    found = select(orders).where(leak, _o.closed_at >= since).order_by(_o.closed_at, _o.no)
    return [order_of(row) for row in tx.execute(found).mappings()]


def owned(tx: Connection, start: datetime) -> list[Order]:
    """The orders somebody is first contact for (首问) that are open, or were closed since ``start``."""
    taken_in = _o.owner.is_not(None)
    still = tx.execute(select(orders).where(_o.closed_at.is_(None), taken_in)).mappings().all()
    over = tx.execute(select(orders).where(_o.closed_at >= start, taken_in)).mappings().all()
    return [order_of(row) for row in [*still, *over]]


def count_open(tx: Connection) -> int:
    """How many orders are not over."""
    return int(tx.execute(select(func.count()).select_from(orders).where(_o.closed_at.is_(None))).scalar() or 0)


def _values(order: Order) -> dict[str, Any]:
    values = {
        "reporter": order.reporter,
        "reporter_name": order.reporter_name,
        "phone": order.phone,
        "words": order.words,
        "category": order.category.value,
        "priority": order.priority.value,
        "building": order.place.building,
        "unit": order.place.unit,
        "room": order.place.room,
        "area": order.place.area,
        "status": order.status.value,
        "holder": order.holder,
        "opened_at": order.opened_at,
        "round": order.round,
        "clock_at": order.clock_at,
        "accepted_at": order.accepted_at,
        "first_accepted_at": order.first_accepted_at,
        "arrived_at": order.arrived_at,
        "parked_at": order.parked_at,
        "parked_for": order.parked_for // _MICROSECOND,
        "parked_until": order.parked_until,
        "pauses": _pauses_out(order.pauses) if order.pauses else None,
        "finished_at": order.finished_at,
        "closed_at": order.closed_at,
        "closed_how": order.closed_how,
        "asked_score_at": order.asked_score_at,
        "score": order.score,
        "media": order.media,
        "twin": order.twin,
        "reopened": order.reopened,
        "doubtful": order.doubtful,
        "visit": order.wish.words if order.wish else "",
        "visit_since": order.wish.since if order.wish else None,
        "visit_until": order.wish.until if order.wish else None,
        "incident": order.incident,
        "repeat_of": order.repeat_of,
        "repeats": order.repeats,
        "owner": order.owner,
        "device": order.device,
    }
    if order.no:
        values["no"] = order.no
    return values


def order_of(row: Mapping[Any, Any]) -> Order:
    """The order that a row of the table says."""
    return Order(
        no=row["no"],
        reporter=row["reporter"],
        reporter_name=row["reporter_name"],
        phone=row["phone"],
        words=row["words"],
        category=Category(row["category"]),
        priority=Priority(row["priority"]),
        place=Place(row["building"], row["unit"], row["room"], row["area"]),
        status=Status(row["status"]),
        holder=row["holder"],
        opened_at=row["opened_at"],
        round=row["round"],
        clock_at=row["clock_at"],
        accepted_at=row["accepted_at"],
        first_accepted_at=row["first_accepted_at"],
        arrived_at=row["arrived_at"],
        parked_at=row["parked_at"],
        parked_for=row["parked_for"] * _MICROSECOND,
        parked_until=row["parked_until"],
        pauses=_pauses_in(row["pauses"]) if row["pauses"] else (),
        finished_at=row["finished_at"],
        closed_at=row["closed_at"],
        closed_how=row["closed_how"],
        asked_score_at=row["asked_score_at"],
        score=row["score"],
        media=row["media"],
        twin=row["twin"],
        reopened=row["reopened"],
        doubtful=row["doubtful"],
        wish=Wish(row["visit"], row["visit_since"], row["visit_until"]) if row["visit_since"] else None,
        incident=row["incident"],
        repeat_of=row["repeat_of"],
        repeats=row["repeats"],
        owner=row["owner"],
        device=row["device"],
        version=row["version"],
    )


def _pauses_out(pauses: Sequence[tuple[datetime, datetime]]) -> str:
    """From when to when, as microseconds since 1970: ``start-end;start-end``."""
    return ";".join(f"{microseconds(start)}-{microseconds(end)}" for start, end in pauses)


def _pauses_in(words: str) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        (_moment(start), _moment(end)) for start, _, end in (pause.partition("-") for pause in words.split(";"))
    )


def _moment(words: str) -> datetime:
    found = instant(int(words))
    assert found is not None
    return found
