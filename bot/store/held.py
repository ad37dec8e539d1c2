"""What a restore brought back and nobody has judged yet: letters, clocks and messages that wait for a human's word."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, not_, or_, select, update

from bot.core.letters import Outcome
from bot.store.db import microseconds
from bot.store.inbox import HELD
from bot.store.schema import inbox, meta, outbox, timers
from bot.store.timers import Timer

_NAME = "restored"
_THE_ROW = meta.c.name == _NAME
_b, _t, _i = outbox.c, timers.c, inbox.c
_OF_PEOPLE = or_(_t.subject.like("order:%"), _t.subject.like("task:%"))


class Restored(NamedTuple):
    """A restore that nobody has spoken about yet."""

    taken_at: datetime
    restored_at: datetime
    told: bool


class Held(NamedTuple):
    """How much waits for a human's word."""

    letters: int
    clocks: int
    messages: int


def hold_everything(tx: Connection, taken_at: datetime, now: datetime) -> None:
    """In the transaction of the restore: nothing of what it brings leaves, rings or is handled."""
    tx.execute(update(outbox).where(_b.done_at.is_(None)).values(held=True))
    tx.execute(update(timers).where(_OF_PEOPLE).values(held=True))
    # Digests and the like are armed anew at the start; what they missed is not made up for.
    tx.execute(delete(timers).where(not_(_OF_PEOPLE)))
    tx.execute(update(inbox).where(_i.handled_at.is_(None)).values(handled_at=now, failed=HELD))
    tx.execute(delete(meta).where(_THE_ROW))
    tx.execute(insert(meta).values(name=_NAME, value=_text(Restored(taken_at, now, told=False))))


def restored(tx: Connection, *, lock: bool = False) -> Restored | None:
    """The restore that waits for a human's word; None if there is none."""
    question = select(meta.c.value).where(_THE_ROW)
    found = tx.execute(question.with_for_update() if lock else question).scalar()
    if found is None:
        return None
    values = json.loads(found)
    return Restored(
        datetime.fromisoformat(values["taken_at"]), datetime.fromisoformat(values["restored_at"]), values["told"]
    )


def told(tx: Connection, what: Restored) -> None:
    """Whoever leads has been told."""
    tx.execute(update(meta).where(_THE_ROW).values(value=_text(what._replace(told=True))))


def counts(tx: Connection) -> Held:
    """How much waits."""
    letters = select(func.count()).select_from(outbox).where(_b.done_at.is_(None), _b.held.is_(True))
    clocks = select(func.count()).select_from(timers).where(_t.held.is_(True))
    messages = select(func.count()).select_from(inbox).where(_i.failed == HELD)
    return Held(*(int(tx.execute(question).scalar() or 0) for question in (letters, clocks, messages)))


def clocks(tx: Connection) -> Sequence[Timer]:
    """The timers that wait."""
    columns = (_t.id, _t.kind, _t.subject, _t.round, _t.step, _t.due_at, _t.failures)
    return [Timer(*row) for row in tx.execute(select(*columns).where(_t.held.is_(True)))]


def let_go(tx: Connection) -> None:
    """Everything leaves, rings and is handled as it would have."""
    tx.execute(update(outbox).where(_b.held.is_(True)).values(held=False))
    tx.execute(update(inbox).where(_i.failed == HELD).values(handled_at=None, failed=""))
    _go_on(tx)


def drop(tx: Connection, now: datetime) -> None:
    """Letters and messages of then are over; clocks go on (whoever calls has moved them past what they missed)."""
    waiting = and_(_b.held.is_(True), _b.done_at.is_(None))
    tx.execute(update(outbox).where(waiting).values(done_at=now, outcome=Outcome.DROPPED.value, error="restored"))
    tx.execute(update(inbox).where(_i.failed == HELD).values(failed="dropped"))
    _go_on(tx)


def _go_on(tx: Connection) -> None:
    tx.execute(update(timers).where(_t.held.is_(True)).values(held=False))
    tx.execute(delete(meta).where(_THE_ROW))


def _text(what: Restored) -> str:
    assert microseconds(what.taken_at) is not None  # a naive moment would be misread
    return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in what._asdict().items()})
