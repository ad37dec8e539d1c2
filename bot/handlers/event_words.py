"""What people hear about an event (事件): what is known of it, who works on it, and until when."""

from collections.abc import Sequence

from bot import store, words
from bot.core.dues import arrive_by
from bot.core.duty import service_for
from bot.core.incidents import Incident, Standing
from bot.core.letters import Weight
from bot.core.orders import Order, Status
from bot.core.people import Person
from bot.core.reading import Place
from bot.desk import Turn
from bot.texts import render

NUMBERS_AT_MOST = 12
# Done and score are worth more to an outside resident than a step on the way.
KF_KEPT = 2


def known(turn: Turn, order: Order) -> str:
    """What the reporter of an order that waits on an event is told of it: that it is known, who is on it, till when."""
    event, lead = event_and_lead(turn, order)
    if event is None or lead is None:
        return render("incident.known_bare", no=order.no)
    return render(
        "incident.known", no=order.no, event=event.id, n=sum(store.incidents.counts(turn.tx, event.id).values()),
        category=words.category(order.category), place=words.place(order.place),
        who=_who(turn, lead), eta=until(turn, event),
    )  # fmt: skip


def until(turn: Turn, event: Incident) -> str:
    """When it is expected to be over, in words."""
    if event.eta is None or event.eta <= turn.now:
        return render("incident.no_eta")
    return render("incident.eta", time=turn.when(event.eta))


def event_and_lead(turn: Turn, order: Order) -> tuple[Incident | None, Order | None]:
    """The event an order waits on, and the order that leads it."""
    event = store.incidents.get(turn.tx, order.incident) if order.incident is not None else None
    lead = store.orders.get(turn.tx, event.lead) if event and event.lead else None
    return event, lead


def worker(turn: Turn, order: Order) -> str | None:
    """Person id of who works for the order: its holder, or the holder of the order that leads its event."""
    if order.status is not Status.FOLLOWING:
        return order.holder
    lead = event_and_lead(turn, order)[1]
    return lead.holder if lead else None


def tell(turn: Turn, lead: Order, key: str, /, **fields: object) -> None:
    """Everybody who waits on the order hears of a step on its way; nothing is asked where it leads no event."""
    if lead.incident is None or lead.status is Status.FOLLOWING:
        return
    event = store.incidents.get(turn.tx, lead.incident)
    if event is None or event.lead != lead.no or event.standing is not Standing.OPEN:
        return
    for order in store.incidents.followers(turn.tx, event.id):
        turn.say(
            order.reporter, key, order=order, weight=Weight.MAY, reserve=KF_KEPT, no=order.no, event=event.id, **fields
        )


def place_of(event: Incident) -> str:
    """3栋2单元"""
    return words.place(Place(event.building or None, event.unit))


def numbers(orders: Sequence[Order]) -> str:
    """工单 1、2、3 等 30 个"""
    told = "、".join(str(o.no) for o in orders[:NUMBERS_AT_MOST])
    more = len(orders) > NUMBERS_AT_MOST
    return render("incident.numbers_more" if more else "incident.numbers", list=told, n=len(orders))


def desk_people(turn: Turn) -> list[Person]:
    """Who decides about events: customer service on duty, else those who lead."""
    candidates = service_for(turn.roster, turn.now)
    return [c.person for c in candidates if c.ground == candidates[0].ground]


def _who(turn: Turn, lead: Order) -> str:
    name = turn.name_of(lead.holder) if lead.holder else render("name.nobody")
    match lead.status:
        case Status.ACCEPTED:
            return render("incident.accepted", name=name, by=turn.when(arrive_by(lead, turn.policy)))
        case Status.ARRIVED:
            return render("incident.arrived", name=name)
        case Status.PARKED:
            return render("incident.parked", name=name)
        case _:
            return render("incident.notified", name=name)
