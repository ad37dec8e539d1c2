"""The gate before the platform's message interface: shut by its own limit (45009), opened by one probing letter."""

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from bot.core.letters import LEASE, Lane, gate_after
from bot.store.schema import gates, outbox

_g = gates.c
_b = outbox.c
_APP = _g.name == "app"


def state(tx: Connection, lane: Lane, now: datetime) -> tuple[bool, bool]:
    """Whether the lane is kept shut, and whether its next letter is a probe; an emergency probes first."""
    gate = tx.execute(select(_g.step, _g.shut_until).where(_APP)).first()
    if gate is None or gate.step == 0:
        return False, False
    if gate.shut_until is not None and gate.shut_until > now:
        return True, True
    if lane is Lane.NORMAL:
        urgent = (
            select(_b.id).where(_b.done_at.is_(None), _b.lane == Lane.EMERGENCY.value, _b.not_before <= now).limit(1)
        )
        if tx.execute(urgent).first() is not None:
            return True, True
    return False, True


def start_probe(tx: Connection, now: datetime) -> bool:
    """True for the one sender that may probe; the gate stays shut to all others while the probe is under way."""
    free = or_(_g.shut_until.is_(None), _g.shut_until <= now)
    return tx.execute(update(gates).where(_APP, free).values(shut_until=now + LEASE)).rowcount == 1


def shut(tx: Connection, now: datetime, *, probe: bool) -> None:
    """The platform said 45009 or 45033; only a probe's answer, not a straggler's, makes the next wait longer."""
    step = tx.execute(select(_g.step).where(_APP).with_for_update()).scalar()
    if step is None:
        tx.execute(insert(gates).values(name="app", step=1, shut_until=now + gate_after(1)))
    elif probe or step == 0:
        tx.execute(update(gates).where(_APP).values(step=step + 1, shut_until=now + gate_after(step + 1)))


def open_again(tx: Connection) -> None:
    """A probe was not turned away."""
    tx.execute(update(gates).where(_APP).values(step=0, shut_until=None))


def probe_again(tx: Connection, now: datetime) -> None:
    """A probe told nothing about the limit: the next one follows after the same wait."""
    step = tx.execute(select(_g.step).where(_APP)).scalar() or 1
    tx.execute(update(gates).where(_APP).values(shut_until=now + gate_after(step)))
