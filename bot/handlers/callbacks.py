"""回访 answered by a tap: well, not well, or nobody there."""

from datetime import timedelta

from bot import store
from bot.core.callbacks import ABSENT_AT_MOST
from bot.core.errors import Refused
from bot.core.orders import MOVES, Move, Order
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import followups, reopening
from bot.texts import render

ANSWERS = ("ok", "again", "absent")
AGAIN_AFTER = timedelta(hours=24)


def tapped(turn: Turn, speaker: Speaker, no: int | None, answer: str) -> None:
    """One tap says how the call went."""
    if answer not in ANSWERS:
        raise Refused("refused.followup_empty", no=no)
    order, tasks = followups.to_do(turn, speaker, no)
    result = render(f"callback.{answer}")
    if answer == "absent":
        tried = max(task.tries for task in tasks) + 1
        if tried < ABSENT_AT_MOST:
            for task in tasks:
                store.tasks.put_off(turn.tx, task.id, turn.now + AGAIN_AFTER)
                store.timers.arm(turn.tx, "task", f"task:{task.id}", turn.now + AGAIN_AFTER)
            turn.note(order, "follow_up", speaker.id, text=result)
            by = turn.when(turn.now + AGAIN_AFTER)
            turn.say(speaker.id, "callback.later", order=order, no=order.no, n=tried, by=by)
            return
    followups.settle(turn, speaker, order, tasks, result)
    if answer == "again":
        _reopen(turn, speaker, order)


def _reopen(turn: Turn, speaker: Speaker, order: Order) -> None:
    late = order.closed_at is not None and turn.now - order.closed_at > turn.policy.reopen_within
    if late or (order.status, Move.REOPEN) not in MOVES:
        turn.say(speaker.id, "callback.too_late", order=order, no=order.no)
        return
    reopening.not_fixed(turn, speaker, order.no, render("callback.reopened"))
