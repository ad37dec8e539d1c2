"""After a restore: what is old waits for a human's word. 放行 lets it go on, 作废 drops what was missed."""

from bot import store
from bot.core.dues import Clock, clocks_of, overdue
from bot.core.errors import Refused
from bot.core.kinds import Priority, Role
from bot.core.people import Person, Speaker
from bot.desk import Turn
from bot.store.held import Held
from bot.store.timers import Timer
from bot.texts import render

SHOWN = 20


def announce(turn: Turn) -> None:
    """At start: whoever leads hears once that something waits for him."""
    what = store.held.restored(turn.tx, lock=True)
    if what is None or what.told:
        return
    store.held.told(turn.tx, what)
    open_ones = [o for o in store.orders.all_open(turn.tx) if o.priority is Priority.EMERGENCY]
    urgent = "、".join(f"工单 {order.no}" for order in open_ones[:SHOWN])
    text = render(
        "restored.told",
        taken=turn.when(what.taken_at),
        urgent=render("restored.urgent", list=urgent) if urgent else "",
        **store.held.counts(turn.tx)._asdict(),
    )
    for person in _deciders(turn):
        turn.tell(person.id, text)


def release(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """放行: what was held goes on as it would have."""
    _only_leads(speaker)
    _settle(turn, speaker, drop=False)


def drop(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """作废: what was to be said then is not said any more; clocks go on from now."""
    _only_leads(speaker)
    _settle(turn, speaker, drop=True)


def settle(turn: Turn, *, drop: bool) -> Held | None:
    """The human's word itself; returns what it was about, None if nothing waits."""
    if store.held.restored(turn.tx, lock=True) is None:
        return None
    held = store.held.counts(turn.tx)
    if not drop:
        store.held.let_go(turn.tx)
        return held
    for timer in store.held.clocks(turn.tx):
        if timer.due_at <= turn.now:
            _pass_over(turn, timer)
    store.held.drop(turn.tx, turn.now)
    return held


def _settle(turn: Turn, speaker: Speaker, *, drop: bool) -> None:
    held = settle(turn, drop=drop)
    if held is None:
        turn.say(speaker.id, "restored.nothing")
        return
    text = render("restored.dropped" if drop else "restored.released", **held._asdict())
    turn.tell(speaker.id, text)
    for person in _deciders(turn):
        if person.id != speaker.id:
            turn.say(person.id, "restored.settled", name=turn.name_of(speaker.id), what=text)


def _pass_over(turn: Turn, timer: Timer) -> None:
    """What the clock would have said by now it does not say; its next step it does."""
    if not timer.subject.startswith("order:"):
        store.timers.done(turn.tx, timer.id)
        return
    order = store.orders.get(turn.tx, int(timer.subject.removeprefix("order:")))
    following = None
    if order is not None and order.round == timer.round and Clock(timer.kind) in clocks_of(order):
        _, following = overdue(order, Clock(timer.kind), timer.step, turn.policy, turn.now)
    if following is None:
        store.timers.done(turn.tx, timer.id)
    else:
        store.timers.move_on(turn.tx, timer.id, following.number, following.at)


def _only_leads(speaker: Speaker) -> None:
    if speaker.person is None or not speaker.person.leads:
        raise Refused("not_for_you")


def _deciders(turn: Turn) -> list[Person]:
    """The admins; in an estate without any, whoever leads."""
    return turn.roster.of_role(Role.ADMIN) or turn.roster.of_role(Role.MANAGER, Role.SUPERVISOR)
