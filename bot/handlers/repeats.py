"""返修 found by itself: what was done last time goes to whoever is sent, and the second time the supervisor hears."""

from bot import store, words
from bot.core.kinds import Role
from bot.core.orders import LogLine, Order
from bot.core.repeats import LEADS_HEAR_FROM, comes_back, within
from bot.desk import Turn
from bot.texts import render


def found(turn: Turn, order: Order) -> Order | None:
    """The order that was closed not long ago for the same thing, if any."""
    if not order.place.building and not order.device:
        return None
    s = turn.desk.settings.repeats
    span = within(s.within, s.long_within, s.long, s.longest_within, s.longest).of(order.category)
    since = turn.now - span
    before = store.repeats.closed_since(turn.tx, order.place.building, order.category, since, order.device)
    return next((o for o in before if o.no != order.no and comes_back(order, o)), None)


def note(turn: Turn, earlier: Order) -> str:
    """For the page: which order it was, who did what, and when."""
    closed = earlier.closed_at or earlier.opened_at
    return render(
        "repeat.note", no=earlier.no, time=turn.when(closed), name=turn.name_of(earlier.holder) if earlier.holder else
        render("name.nobody"), done=_done(turn, earlier),
    )  # fmt: skip


def line(turn: Turn, order: Order) -> LogLine:
    """The link, for the history."""
    return LogLine("repeat", turn.now, "", {"of": order.repeat_of, "n": order.repeats})


def tell(turn: Turn, order: Order, earlier: Order) -> None:
    """From the second repeat on the supervisors hear of it at once."""
    if order.repeats < LEADS_HEAR_FROM:
        return
    on_duty = turn.roster.on_duty(turn.now)
    leads = turn.roster.of_role(Role.SUPERVISOR) or turn.roster.of_role(Role.MANAGER, Role.ADMIN)
    for person in [p for p in leads if p.id in on_duty] or leads:
        if person.id != order.holder:
            turn.say(
                person.id, "repeat.lead", order=order, no=order.no, n=order.repeats, line=words.order_line(order),
                before=note(turn, earlier),
            )  # fmt: skip


def _done(turn: Turn, order: Order) -> str:
    done = [line.detail.get("done") for line in store.orders.history(turn.tx, order.no) if line.what == "finish"]
    return str(done[-1]) if done and done[-1] else "-"
