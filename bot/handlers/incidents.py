"""One outage, one event (事件): its reports are joined, one order leads and is worked on, the others wait on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot import store, words
from bot.core.incidents import (
    PROPOSED_AT,
    SYSTEM_OF,
    Incident,
    Standing,
    System,
    can_lead,
    gravest,
    joins_by_rule,
    lead_among,
    same_outage,
    takes_in,
    unit_of,
)
from bot.core.kinds import Priority
from bot.core.letters import Weight
from bot.core.orders import LogLine, Move, Order, Status, make_move
from bot.desk import Turn
from bot.handlers import dispatching
from bot.handlers.event_words import KF_KEPT, desk_people, known, numbers, place_of
from bot.store.timers import Timer
from bot.texts import render
from bot.voice import Tap

AT_ONCE = 25  # orders that one turn finishes or parts: nobody else waits long for the database
EMERGENCIES_PROPOSED = 5


class Around(NamedTuple):
    """What else is going on with the same system in the same building."""

    system: System
    since: datetime
    events: list[Incident]


def around(turn: Turn, order: Order) -> Around | None:
    """What a report may belong to; None, at the price of one question, where it is the only one of its kind."""
    system = SYSTEM_OF.get(order.category)
    building = order.place.building
    if system is None or not building:
        return None
    since = turn.now - turn.desk.settings.incidents.window
    if not store.incidents.anybody_else(turn.tx, system, building, since, order.no):
        return None
    return Around(system, since, store.incidents.of_building(turn.tx, system, building, since))


def _others(turn: Turn, order: Order, near: Around) -> list[Order]:
    """The orders that may be of one outage with this one. In an outage these are hundreds: only asked for where it
    matters which they are."""
    alike = store.incidents.alike(turn.tx, near.system, order.place.building or "", near.since)
    others = [o for o in alike if o.no != order.no and same_outage(near.system, o.place, order.place)]
    leads = [store.orders.get(turn.tx, e.lead) for e in near.events if e.standing is Standing.OPEN and e.lead]
    return [*(o for o in leads if o and can_lead(o) and o.no not in {x.no for x in others}), *others]


def event_for(turn: Turn, order: Order, near: Around) -> Incident | None:
    """The event that takes a report in without asking anybody: one a person has joined, or one by rule."""
    for event in near.events:
        if takes_in(event, order):
            return event
    rules = turn.desk.settings.incidents.join_by_rule
    set_apart = any(e.standing is Standing.APART for e in near.events)
    if set_apart or near.system not in rules or order.priority is Priority.EMERGENCY:
        return None
    others = _others(turn, order, near)
    if not others or not joins_by_rule(near.system, rules, order, others):
        return None
    return form(turn, near.system, others, by="")


def _worth_asking(n: int, grave: bool) -> bool:
    return n in PROPOSED_AT or (grave and n <= EMERGENCIES_PROPOSED)


def joined_at_birth(turn: Turn, draft: Order, lines: list[LogLine], event: Incident, why: Sequence[str]) -> Order:
    """Store a new report that waits on an event: nobody is paged for it."""
    lines = [*lines, LogLine("follow", turn.now, "", {"event": event.id, "lead": event.lead})]
    order = turn.open(replace(draft, status=Status.FOLLOWING, holder=None, incident=event.id), lines, why)
    _widen(turn, event, [order])
    n = sum(store.incidents.counts(turn.tx, event.id).values())
    if n in PROPOSED_AT and n > 2:  # of the first two it was told when they became one
        _tell_size(turn, event, n)
    return order


def propose(turn: Turn, order: Order, near: Around) -> None:
    """Ask customer service whether an order and those around it are one event."""
    grave = order.priority is Priority.EMERGENCY
    live = [e for e in near.events if e.standing in (Standing.OPEN, Standing.PROPOSED)]
    if not live and not grave and any(e.standing is Standing.APART for e in near.events):
        return
    if not any(e.standing is Standing.OPEN for e in near.events):
        # Then those alike are all there are, and counting them says whether there is anything to ask.
        n = store.incidents.how_many_alike(turn.tx, near.system, order, near.since) + 1
        if not _worth_asking(n, grave):
            return
    all_of_it = [*_others(turn, order, near), order]
    n = len(all_of_it)
    if n < 2 or not _worth_asking(n, grave):
        return
    building = order.place.building or ""
    number = live[0].id if live else store.incidents.add(turn.tx, near.system, building, None, turn.now)
    text = render(
        "incident.proposed", event=number, place=words.place(replace(order.place, room=None, area=None)),
        system=render(f"system.{near.system}"), numbers=numbers(sorted(all_of_it, key=lambda o: o.no)), no=order.no,
    )  # fmt: skip
    taps = [
        Tap(render("tap.event_join"), f"event_join:{number}"),
        Tap(render("tap.event_apart"), f"event_apart:{number}"),
    ]
    for person in desk_people(turn):
        turn.offer(person.id, text, taps, order=order, title=render("incident.proposed_title", event=number))


def form(turn: Turn, system: System, orders: Sequence[Order], *, by: str, event: Incident | None = None) -> Incident:
    """Join orders into one event; the leading one is worked on, the others wait. Everybody concerned hears it."""
    there = event if event and event.standing is Standing.OPEN else _event_among(turn, orders)
    leading = [o for o in orders if there and o.no == there.lead]
    lead = leading[0] if leading else lead_among(orders)
    at = there or event
    number = at.id if at else store.incidents.add(turn.tx, system, lead.place.building or "", None, turn.now)
    places = [o.place for o in orders]
    unit = unit_of(places) if there is None else there.unit if unit_of(places) == there.unit else None
    store.incidents.keep(turn.tx, number, standing=Standing.OPEN.value, lead=lead.no, unit=unit, joined_by=by)
    if lead.incident != number:
        line = LogLine("lead", turn.now, by, {"event": number})
        lead = turn.keep(lead, replace(lead, incident=number), line)
    worst = gravest(orders)
    if worst.priority.rank < lead.priority.rank:
        lead = dispatching.raise_to(turn, lead, worst.category, worst.priority, by=by, note=render("page.raised"))
    rest = [o for o in orders if o.no != lead.no]
    freed: dict[str, list[Order]] = {}
    joined = []
    for order in rest:
        for person in dispatching.involved(turn, order) - {by}:
            freed.setdefault(person, []).append(order)
        joined.append(wait_on(turn, order, number, by))
    name = turn.name_of(lead.holder) if lead.holder else render("name.nobody")
    for person, his in freed.items():
        turn.say(person, "incident.freed", order=lead, no=lead.no, event=number, numbers=numbers(his), name=name)
    for order in joined:
        turn.tell(order.reporter, known(turn, order), order=order, weight=Weight.MAY, reserve=KF_KEPT)
    formed = store.incidents.get(turn.tx, number)
    assert formed is not None
    if there is None and not by:
        _tell_size(turn, formed, len(orders) + 1)
    return formed


def part(turn: Turn, order: Order, *, by: str, reason: str = "") -> Order:
    """An order leaves its event and goes out on its own."""
    after = dispatching.move_on(
        turn, order, Move.DISPATCH, by=by, exclude=(), reason=reason, note=render("page.parted")
    )
    name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.say(after.reporter, "incident.parted", order=after, weight=Weight.MAY, reserve=KF_KEPT, no=after.no, name=name)
    return after


def dissolve(turn: Turn, event: Incident, *, by: str) -> None:
    """It was no event: all that waited go out on their own, some at a time."""
    store.incidents.keep(turn.tx, event.id, standing=Standing.APART.value)
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    if lead and lead.incident == event.id:
        turn.keep(lead, replace(lead, incident=None), LogLine("unlead", turn.now, by, {"event": event.id}))
    store.timers.arm(turn.tx, "event", f"event:{event.id}", turn.now)


def finished(turn: Turn, lead: Order, done: str) -> None:
    """The leading order is done: the event is over, and everybody is asked for his own home, some at a time."""
    event = _led_by(turn, lead)
    if event is None:
        return
    store.incidents.keep(turn.tx, event.id, standing=Standing.OVER.value, over_at=turn.now, done=done)
    store.timers.arm(turn.tx, "event", f"event:{event.id}", turn.now)
    sweep_at = turn.now + turn.desk.settings.incidents.sweep_after
    store.timers.arm(turn.tx, "sweep", f"event:{event.id}", sweep_at)


def lead_gone(turn: Turn, lead: Order, before: Order, by: str) -> None:
    """The leading order is called off while others wait: the next leads, with the same man if he was at work."""
    event = _led_by(turn, lead)
    if event is None:
        return
    waiting = store.incidents.followers(turn.tx, event.id, 1)
    if not waiting:
        store.incidents.keep(turn.tx, event.id, standing=Standing.OVER.value, over_at=turn.now)
        return
    at_work = turn.person(before.holder) if before.accepted_at is not None else None
    note = render("page.new_lead", no=lead.no, event=event.id)
    if at_work is not None:
        heir = dispatching.give(turn, waiting[0], at_work, Move.DISPATCH, by=by, note=note)
    else:
        heir = dispatching.move_on(turn, waiting[0], Move.DISPATCH, by=by, exclude=(), note=note)
    turn.keep(heir, replace(heir, incident=event.id), LogLine("lead", turn.now, by, {"event": event.id}))
    store.incidents.keep(turn.tx, event.id, lead=heir.no)


def reopened(turn: Turn, order: Order) -> bool:
    """A member of an event is not well again: the first one leads it once more, and the others wait on that one.

    Returns True if the order waits now, and nobody needs to be found for it.
    """
    event = store.incidents.get(turn.tx, order.incident) if order.incident is not None else None
    if event is None or event.standing is Standing.APART:
        return False
    if event.standing is Standing.OVER:
        store.incidents.keep(turn.tx, event.id, standing=Standing.OPEN.value, lead=order.no, over_at=None, eta=None)
        return False
    return event.lead != order.no and order.priority is not Priority.EMERGENCY


def ring(turn: Turn, timer: Timer) -> None:
    """Carry on with what an event's standing asks for, or ask whose home is not well yet."""
    event = store.incidents.get(turn.tx, int(timer.subject.removeprefix("event:")))
    if event is None or timer.kind == "sweep":
        store.timers.done(turn.tx, timer.id)
        if event is not None and event.standing is Standing.OVER:
            sweep(turn, event)
        return
    waiting = store.incidents.followers(turn.tx, event.id, AT_ONCE) if event.standing is not Standing.OPEN else []
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    for order in waiting:
        if event.standing is Standing.OVER and lead is not None:
            _finish_with(turn, order, lead, event)
        else:
            part(turn, order, by="")
    if len(waiting) == AT_ONCE:
        store.timers.move_on(turn.tx, timer.id, 0, turn.now)
    else:
        store.timers.done(turn.tx, timer.id)


def look(turn: Turn, order: Order) -> None:
    """Does anybody still work for an order that waits? If not, it goes out on its own."""
    event = store.incidents.get(turn.tx, order.incident) if order.incident is not None else None
    lead = store.orders.get(turn.tx, event.lead) if event and event.lead else None
    if event is None or event.standing is not Standing.OPEN or lead is None or not can_lead(lead):
        part(turn, order, by="")


def sweep(turn: Turn, event: Incident) -> None:
    """谁家还没好: whoever has not answered is asked once more, and customer service hears how many are well."""
    silent = store.incidents.of_status(turn.tx, event.id, Status.FINISHED)
    for order in silent:
        text = render("incident.sweep", no=order.no, event=event.id, system=render(f"system.{event.system}"))
        title = render("incident.sweep_title", no=order.no)
        turn.offer(order.reporter, text, _well(order), order=order, title=title, weight=Weight.MAY, reserve=1)
    how = store.incidents.counts(turn.tx, event.id)
    undone = [o for s in (Status.OPEN, Status.ACCEPTED, Status.ARRIVED, Status.PARKED) for o in
              store.incidents.of_status(turn.tx, event.id, s)]  # fmt: skip
    for person in desk_people(turn):
        turn.say(
            person.id, "incident.swept", event=event.id, place=place_of(event), system=render(f"system.{event.system}"),
            well=how.get(Status.CLOSED, 0), silent=len(silent), bad=len(undone),
            numbers=numbers(undone) if undone else "-",
        )  # fmt: skip


def wait_on(turn: Turn, order: Order, event: int, by: str) -> Order:
    """An order that stood for itself waits on an event from now on."""
    after, line = make_move(order, Move.FOLLOW, by=by, at=turn.now, incident=event, clock_at=turn.now)
    after = turn.keep(order, after, replace(line, detail={**line.detail, "event": event}))
    store.questions.forget(turn.tx, order.no, "place")
    turn.close_cards(order, render("card.joined"))
    return after


def _finish_with(turn: Turn, order: Order, lead: Order, event: Incident) -> None:
    after, line = make_move(order, Move.FINISH, by=lead.holder or "", at=turn.now, holder=lead.holder)
    after = turn.keep(order, after, replace(line, detail={**line.detail, "done": event.done, "lead": lead.no}))
    name = turn.name_of(lead.holder) if lead.holder else render("name.nobody")
    text = render("incident.finished", no=after.no, event=event.id, name=name, done=event.done)
    title = render("card.confirm_title", no=after.no)
    turn.offer(after.reporter, text, _well(after), order=after, title=title)


def _well(order: Order) -> list[Tap]:
    return [Tap(render("tap.home_well"), f"confirm:{order.no}"), Tap(render("tap.not_fixed"), f"not_fixed:{order.no}")]


def _event_among(turn: Turn, orders: Sequence[Order]) -> Incident | None:
    """The open event that one of the orders leads already."""
    for order in orders:
        event = _led_by(turn, order)
        if event is not None:
            return event
    return None


def _led_by(turn: Turn, order: Order) -> Incident | None:
    if order.incident is None:
        return None
    event = store.incidents.get(turn.tx, order.incident)
    return event if event and event.lead == order.no and event.standing is Standing.OPEN else None


def _widen(turn: Turn, event: Incident, orders: Sequence[Order]) -> None:
    if event.unit is not None and any(o.place.unit != event.unit for o in orders):
        store.incidents.keep(turn.tx, event.id, unit=None)


def _tell_size(turn: Turn, event: Incident, n: int) -> None:
    """Customer service hears that an event joins by itself, and can undo it with one tap."""
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    if lead is None:
        return
    system = render(f"system.{event.system}")
    text = render("incident.grows", event=event.id, place=place_of(event), system=system, n=n, no=lead.no)
    taps = [Tap(render("tap.event_undo"), f"event_undo:{event.id}")]
    for person in desk_people(turn):
        turn.offer(person.id, text, taps, order=lead, title=render("incident.grows_title", event=event.id))
