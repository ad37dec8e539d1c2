"""回访 by policy: what is armed when an order is closed, and the task that comes of it."""

from bot import store
from bot.core.callbacks import Policy, Rule, Why, plan
from bot.core.kinds import Intent
from bot.core.orders import Order
from bot.desk import Turn
from bot.handlers import followups


def policy_of(turn: Turn) -> Policy:
    """The property's policy; complaints are called back without exception, like bad scores."""
    s = turn.desk.settings.callbacks
    return {
        Why.COMPLAINT: Rule(100, s.complaint_after),
        Why.EMERGENCY: Rule(s.emergency_share, s.emergency_after),
        Why.REPEAT: Rule(s.repeat_share, s.leak_after),
        Why.LEAK: Rule(s.leak_share, s.leak_after),
        Why.SAMPLE: Rule(s.other_share, s.other_after),
    }


def ring(turn: Turn, no: int) -> None:
    """The time has come to call the reporter of an order that is still closed."""
    order = store.orders.get(turn.tx, no)
    found = plan(order, _complained(turn, order), policy_of(turn)) if order else None
    if order is not None and found is not None:
        followups.open_callback(turn, order, found[0], turn.desk.settings.callbacks.within)


def closed(turn: Turn, order: Order) -> None:
    """An order is closed: the policy says whether and when its reporter is called."""
    found = plan(order, _complained(turn, order), policy_of(turn))
    if found is not None:
        store.timers.arm(turn.tx, "callback", f"callback:{order.no}", turn.now + found[1])


def _complained(turn: Turn, order: Order) -> bool:
    lines = store.orders.history(turn.tx, order.no)
    return any(line.detail.get("intent") == Intent.COMPLAINT for line in lines[:1])
