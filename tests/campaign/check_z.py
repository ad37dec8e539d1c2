"""The common check Z that every case ends with.

Each acknowledged message is stored, and a report has exactly one order; each order's page and receipt, and every other
message the outbox calls sent, is on its receiver's phone exactly once; each open order has an armed next action; every
history is complete; the database itself is sound.
"""

import json
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, and_, func, select, text

from bot.core.orders import Status
from bot.sandbox.platform import Platform
from bot.store import Database
from bot.store.schema import inbox, log, orders, outbox, timers
from tests.campaign.rows import Row
from tests.campaign.speakers import Said

_OVER = {Status.CLOSED.value, Status.CANCELLED.value}
_SHOWN_ONCE = ("text", "card")
# What a robot or a webhook is told has no key of the platform's; 微信客服 is counted by the cases that use it.


def check_z(row: Row, url: str, platform: Platform, taken: Iterable[Said] = (), *, drained: bool = True) -> None:
    """Counts what is lost and doubled into the row, and AssertionError for what is neither.

    ``drained``: nothing waits any more; otherwise a letter that has been tried may be on its phone or not.
    """
    database = Database(url)
    try:
        with database.reading() as tx:
            row.counted(*_messages_and_orders(tx, list(taken)))
            row.counted(0, _pages_twice(tx))
            row.counted(*_phones(tx, platform, drained=drained))
            _armed(tx)
            _history(tx)
            _sound(tx, database)
    finally:
        database.close()
    assert not platform.violations, platform.violations[:3]
    assert not platform.dropped, platform.dropped[:3]


def _messages_and_orders(tx: Connection, taken: list[Said]) -> tuple[int, int]:
    """Acknowledged messages without row or order; orders beyond one a message."""
    if not taken:
        return 0, 0
    stored = dict(tx.execute(select(inbox.c.key, inbox.c.order_no)).all())
    existing = Counter((reporter, words) for reporter, words in tx.execute(select(orders.c.reporter, orders.c.words)))
    numbers = set(tx.execute(select(orders.c.no)).scalars())
    lost = sum(said.key not in stored or (said.report and stored[said.key] not in numbers) for said in taken)
    wanted = Counter((said.who, said.words) for said in taken if said.report)
    # A message that was given up may have been stored all the same, its answer lost: no more than one order of it.
    doubled = sum(max(0, existing[report] - max(1, wanted[report])) for report in existing)
    return lost, doubled


def _pages_twice(tx: Connection) -> int:
    """Pages beyond one an order, round and receiver."""
    cards = select(func.count()).where(outbox.c.kind == "card", outbox.c.weight == "dispatch")
    grouped = cards.group_by(outbox.c.order_no, outbox.c.round, outbox.c.receiver)
    return sum(int(n) - 1 for n in tx.execute(grouped).scalars())


def _phones(tx: Connection, platform: Platform, *, drained: bool) -> tuple[int, int]:
    """Messages that the outbox calls sent and no phone shows, or that phones show more often than that; orders that
    nobody was ever paged for."""
    sent: Counter[tuple[str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    columns = (outbox.c.receiver, outbox.c.kind, outbox.c.key, outbox.c.body, outbox.c.outcome)
    rows = select(*columns).where(outbox.c.kind.in_(_SHOWN_ONCE), outbox.c.attempts > 0)
    for receiver, kind, key, body, outcome in tx.execute(rows):
        one = receiver, key if kind == "card" else json.loads(body)["content"]
        if outcome == "sent":
            sent[one] += 1
        elif outcome != "joined":  # it may have arrived before it was dropped or broke off
            tried[one] += 1
    shown: Counter[tuple[str, str]] = Counter()
    for userid, member in platform.app.members.items():
        for item in member.phone.shown:
            if item.kind in _SHOWN_ONCE:
                shown[userid, item.task_id or item.text] += 1
    lost = (sent - shown).total()
    if drained:
        paged = select(outbox.c.order_no).where(outbox.c.kind == "card", outbox.c.outcome == "sent")
        waiting = and_(orders.c.status == Status.OPEN.value, orders.c.holder.is_not(None))
        unpaged = select(func.count()).select_from(orders).where(orders.c.no.not_in(paged), waiting)
        lost += int(tx.execute(unpaged).scalar() or 0)
    return lost, (shown - sent - tried).total()


def _armed(tx: Connection) -> None:
    """Every open order waits for something."""
    armed = set(tx.execute(select(timers.c.subject)).scalars())
    open_ = tx.execute(select(orders.c.no).where(orders.c.status.not_in(_OVER))).scalars()
    idle = [no for no in open_ if f"order:{no}" not in armed]
    assert not idle, f"orders without an armed next action: {idle[:5]}"


def _history(tx: Connection) -> None:
    """Every order's history begins with its report and tells of every state it has been in."""
    told: dict[int, list[str]] = {}
    for no, what in tx.execute(select(log.c.order_no, log.c.what).order_by(log.c.id)):
        told.setdefault(no, []).append(what)
    columns = (orders.c.no, orders.c.status, orders.c.first_accepted_at, orders.c.finished_at, orders.c.parked_at)
    for no, status, accepted, finished, parked in tx.execute(select(*columns)):
        history = told.get(no, [])
        needed = [("report", True), ("accept", accepted), ("finish", finished), ("park", parked)]
        missing = [what for what, needs in needed if needs and what not in history]
        ended = status not in _OVER or {"confirm", "lapse", "close", "cancel"} & set(history)
        assert not missing, f"the history of order {no} lacks {missing}: {history}"
        assert ended, f"the history of order {no} lacks its end: {history}"


def _sound(tx: Connection, database: Database) -> None:
    """The database's own check of itself, and no row whose order is gone."""
    kind = database.engine.dialect.name
    if kind == "sqlite":
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert not tx.exec_driver_sql("PRAGMA foreign_key_check").all()
    elif kind == "postgresql":
        tx.execute(text("create extension if not exists amcheck"))
        check = "select count(bt_index_check(c.oid, true)) from pg_index i join pg_class c on c.oid = i.indexrelid"
        joined = " join pg_am am on am.oid = c.relam join pg_namespace n on n.oid = c.relnamespace"
        tx.execute(text(check + joined + " where am.amname = 'btree' and n.nspname = 'public' and i.indisvalid"))
    else:
        for table in (orders, outbox, inbox, timers, log):
            answer = tx.exec_driver_sql(f"check table {table.name}").all()
            assert answer[-1][-1] == "OK", answer
    for table, column in ((log, log.c.order_no), (outbox, outbox.c.order_no)):
        orphans = select(func.count()).select_from(table).where(column.not_in(select(orders.c.no)))
        assert tx.execute(orphans).scalar() == 0, f"{table.name} speaks of orders that do not exist"
