"""回访 by policy: what is armed when an order is closed, and the task that comes of it."""

from bot import store
from bot.core.callbacks import RAIN_LASTS, Policy, Rule, Why, plan, rained_on
from bot.core.errors import Refused
from bot.core.kinds import Intent, Role
from bot.core.orders import Order
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import followups
from bot.texts import render

_RAIN = "rain"


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
    if order is not None and found is not None and not (found[0] is Why.LEAK and _asked_after_rain(turn, order)):
        followups.open_callback(turn, order, found[0], turn.desk.settings.callbacks.within)


def closed(turn: Turn, order: Order) -> None:
    """An order is closed: the policy says whether and when its reporter is called."""
    found = plan(order, _complained(turn, order), policy_of(turn))
    if found is not None:
        store.timers.arm(turn.tx, "callback", f"callback:{order.no}", turn.now + found[1])


def rain(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """下雨了: the leaks repaired last are called about now, each once a rain."""
    if speaker.person is None or not (speaker.person.leads or speaker.role is Role.SERVICE):
        raise Refused("not_for_you")
    store.jobs.first_within(turn.tx, _RAIN, _RAIN, RAIN_LASTS, turn.now)
    asked = store.tasks.opened_since(turn.tx, Why.RAIN, store.jobs.last_done(turn.tx, _RAIN, _RAIN) or turn.now)
    policy = policy_of(turn)
    leaks = store.orders.leaks_closed_since(turn.tx, turn.now - policy[Why.LEAK].after)
    wanted = [o for o in leaks if o.no not in asked and rained_on(o, turn.now, policy)]
    for order in wanted:
        followups.open_callback(turn, order, Why.RAIN, turn.desk.settings.callbacks.within)
    if wanted:
        orders = "、".join(render("callback.rain_order", no=order.no) for order in wanted)
        turn.say(speaker.id, "callback.rain", n=len(wanted), orders=orders)
    else:
        turn.say(speaker.id, "callback.no_rain")


def _asked_after_rain(turn: Turn, order: Order) -> bool:
    """Three days or rain, whichever comes first."""
    return order.closed_at is not None and order.no in store.tasks.opened_since(turn.tx, Why.RAIN, order.closed_at)


def _complained(turn: Turn, order: Order) -> bool:
    lines = store.orders.history(turn.tx, order.no)
    return any(line.detail.get("intent") == Intent.COMPLAINT for line in lines[:1])
