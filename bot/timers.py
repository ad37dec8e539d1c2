"""Timers ring: each in one transaction with its effect, emergencies first, and one bad row cannot stop the others."""

from datetime import timedelta

import structlog

from bot import metrics, store
from bot.desk import Desk, Turn
from bot.handlers import callback_policy, clocks, digests, dutyday, followups, incidents
from bot.store.orders import Overtaken
from bot.store.timers import Timer

_log = structlog.get_logger("timers")
_SOON = timedelta(milliseconds=500)  # after a deadlock nothing is wrong with the timer itself
_LONGEST = {True: timedelta(seconds=30), False: timedelta(minutes=10)}


def arm(turn: Turn) -> None:
    """At start: everything that comes round by itself."""
    digests.arm(turn)
    dutyday.arm(turn)


def run_due(desk: Desk, at_most: int = 500) -> int:
    """Do everything that is due; returns how many timers rang."""
    rang = 0
    while rang < at_most and run_one(desk):
        rang += 1
    return rang


def run_one(desk: Desk) -> bool:
    """Do the next timer that is due; False if none is."""
    timer: Timer | None = None
    try:
        with desk.turn() as turn:
            timer = store.timers.next_due(turn.tx, turn.now)
            if timer is None:
                return False
            _effect(turn, timer)
            if timer.kind != store.timers.LISTS_CHANGED:
                metrics.timer_ran(turn.now - timer.due_at)
    except (Overtaken, store.Unavailable):
        return False
    except store.Collided:
        if timer is None:
            return False
        _put_off(desk, timer, _SOON)
    except Exception as error:
        if timer is None:
            raise
        _log.exception("a timer failed", kind=timer.kind, subject=timer.subject, error=type(error).__name__)
        _put_off(desk, timer)
    return True


def _effect(turn: Turn, timer: Timer) -> None:
    if timer.subject.startswith("order:"):
        clocks.ring(turn, timer)
    elif timer.subject == "digest":
        digests.send(turn, timer.kind.removeprefix("digest."))
    elif timer.kind == "callback":
        store.timers.done(turn.tx, timer.id)
        callback_policy.ring(turn, int(timer.subject.removeprefix("callback:")))
    elif timer.kind in ("event", "sweep"):
        incidents.ring(turn, timer)
    elif timer.kind == "task":
        store.timers.done(turn.tx, timer.id)
        followups.overdue(turn, int(timer.subject.removeprefix("task:")))
    elif timer.subject == store.timers.ROSTER:
        dutyday.ring(turn, timer)
    elif timer.kind == "request":
        store.timers.done(turn.tx, timer.id)
        dutyday.unanswered(turn, int(timer.subject.removeprefix("request:")))
    else:
        store.timers.done(turn.tx, timer.id)


def _put_off(desk: Desk, timer: Timer, first: timedelta = timedelta(seconds=5)) -> None:
    """Back-off from 5 s to 10 min; for an order that may be an emergency never more than 30 s."""
    longest = _LONGEST[timer.kind in ("accept", "page", "arrive", "media")]
    wait = min(first * 2 ** min(timer.failures, 10), longest)
    with desk.db.writing() as tx:
        store.timers.put_off(tx, timer.id, desk.clock() + wait)
