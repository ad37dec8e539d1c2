"""What customer service and whoever works says about events: 事件 并单 拆单 预计恢复 扫尾, and the taps."""

import re

from bot import store, words
from bot.core.errors import Refused
from bot.core.incidents import SYSTEM_OF, Incident, Standing, System, can_lead, same_outage
from bot.core.kinds import Role
from bot.core.moments import parse_moment
from bot.core.orders import Order, Status
from bot.core.people import Speaker
from bot.core.reading import Place
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import event_words, incidents, which
from bot.texts import render
from bot.voice import Tap


def join_tapped(turn: Turn, speaker: Speaker, no: int | None, more: str = "") -> None:
    """One tap: everything alike in the building is one event."""
    event = _event(turn, speaker, no)
    if event.standing in (Standing.OVER, Standing.APART):
        raise Refused("refused.event_over", event=event.id)
    since = min(event.opened_at, turn.now) - turn.desk.settings.incidents.window
    alike = store.incidents.alike(turn.tx, event.system, event.building, since)
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    if lead is not None and can_lead(lead) and lead.no not in {o.no for o in alike}:
        alike = [lead, *alike]
    first = lead or (alike[0] if alike else None)
    alike = [o for o in alike if first and same_outage(event.system, o.place, first.place)]
    if len(alike) < 2:
        raise Refused("refused.event_alone", event=event.id)
    _say_joined(turn, speaker, incidents.form(turn, event.system, alike, by=speaker.id, event=event))


def apart_tapped(turn: Turn, speaker: Speaker, no: int | None, more: str = "") -> None:
    """These are different faults: nobody is asked about them again."""
    event = _event(turn, speaker, no)
    if event.standing is not Standing.PROPOSED:
        raise Refused("refused.event_over", event=event.id)
    store.incidents.keep(turn.tx, event.id, standing=Standing.APART.value)
    turn.say(speaker.id, "incident.apart", event=event.id)


def undo_tapped(turn: Turn, speaker: Speaker, no: int | None, more: str = "") -> None:
    """One tap: it was no event, everything goes out on its own."""
    event = _event(turn, speaker, no)
    if event.standing is not Standing.OPEN:
        raise Refused("refused.event_over", event=event.id)
    incidents.dissolve(turn, event, by=speaker.id)
    turn.say(speaker.id, "incident.undone", event=event.id)


def merge(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """并单 N M: order N waits on order M."""
    number = re.fullmatch(r"(?:工单|到|#)?\s*(\d{1,9})", rest.strip())
    if no is None or number is None or int(number[1]) == no:
        raise Refused("refused.merge_how")
    order = which.allowed(turn, speaker, Verb.JOIN, no)
    lead = which.allowed(turn, speaker, Verb.JOIN, int(number[1]))
    event, leader = event_words.event_and_lead(turn, lead)
    if lead.status is Status.FOLLOWING and leader is not None:
        lead = leader
    if not can_lead(order) or not can_lead(lead) or order.no == lead.no:
        raise Refused("refused.merge", no=order.no, status=order.status, lead=lead.no)
    if order.incident is not None:
        raise Refused("refused.merge_leads", no=order.no)
    system = SYSTEM_OF.get(lead.category, System.OTHER)
    opened = event if event and event.standing is Standing.OPEN and event.lead == lead.no else None
    _say_joined(turn, speaker, incidents.form(turn, system, [lead, order], by=speaker.id, event=opened))


def split(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """拆单 N: an order leaves its event."""
    if no is None:
        raise Refused("refused.split_how")
    order = which.allowed(turn, speaker, Verb.JOIN, no)
    event = store.incidents.get(turn.tx, order.incident) if order.incident is not None else None
    if event is not None and event.lead == order.no and event.standing is Standing.OPEN:
        incidents.dissolve(turn, event, by=speaker.id)
        turn.say(speaker.id, "incident.undone", event=event.id)
        return
    if order.status is not Status.FOLLOWING:
        raise Refused("refused.split", no=no)
    after = incidents.part(turn, order, by=speaker.id)
    name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.say(speaker.id, "incident.split", order=after, no=no, name=name)


def foretell(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """预计恢复 N 时间: everybody who waits hears when it will be over."""
    order = which.find(turn, speaker, Verb.FORETELL, no)
    if order.status is Status.FOLLOWING:
        order = event_words.event_and_lead(turn, order)[1] or order
    if order.status.is_over or order.status is Status.FINISHED:
        raise Refused("refused.foretell", no=order.no, status=order.status)
    at = parse_moment(rest, turn.now, turn.desk.settings.community.timezone)
    if at is None:
        raise Refused("refused.foretell_how", no=order.no)
    if order.incident is not None:
        store.incidents.keep(turn.tx, order.incident, eta=at)
    turn.note(order, "foretell", speaker.id, eta=at.isoformat())
    time = turn.when(at)
    turn.say(order.reporter, "incident.foretold", order=order, reserve=event_words.KF_KEPT, no=order.no, time=time)
    event_words.tell(turn, order, "incident.foretold", time=time)
    if speaker.id != order.reporter:
        turn.say(speaker.id, "incident.foretell_done", order=order, no=order.no, time=time)


def show(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """事件 [E]: the events that are open, or one of them."""
    if not speaker.is_staff:
        raise Refused("not_for_you")
    events = [_event(turn, speaker, no)] if no is not None else store.incidents.open_ones(turn.tx)
    if not events:
        raise Refused("none.event")
    turn.tell(speaker.id, "\n".join(_line(turn, event) for event in events))


def sweep(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """扫尾 E: whoever of the event has not answered is asked once more."""
    event = _event(turn, speaker, no)
    if event.standing is not Standing.OVER:
        raise Refused("refused.sweep", event=event.id)
    incidents.sweep(turn, event)
    if speaker.id not in {p.id for p in event_words.desk_people(turn)}:
        turn.say(speaker.id, "incident.sweep_done", event=event.id)


def _event(turn: Turn, speaker: Speaker, number: int | None) -> Incident:
    """The event somebody names, where he may decide about it."""
    if speaker.person is None or not (speaker.person.leads or speaker.role is Role.SERVICE):
        raise Refused("not_for_you")
    if number is None:
        raise Refused("refused.event_which")
    event = store.incidents.get(turn.tx, number)
    if event is None:
        raise Refused("refused.event_unknown", event=number)
    return event


def _say_joined(turn: Turn, speaker: Speaker, event: Incident) -> None:
    lead = _lead(turn, event)
    n = sum(store.incidents.counts(turn.tx, event.id).values())
    text = render("incident.joined", event=event.id, no=lead.no, n=n)
    taps = [Tap(render("tap.event_undo"), f"event_undo:{event.id}")]
    turn.offer(speaker.id, text, taps, order=lead, title=render("incident.joined_title", event=event.id))


def _lead(turn: Turn, event: Incident) -> Order:
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    if lead is None:
        raise Refused("refused.event_over", event=event.id)
    return lead


def _line(turn: Turn, event: Incident) -> str:
    lead = store.orders.get(turn.tx, event.lead) if event.lead else None
    how = store.incidents.counts(turn.tx, event.id)
    return render(
        "incident.line", event=event.id, place=words.place(Place(event.building or None, event.unit)),
        system=render(f"system.{event.system}"), standing=render(f"event_standing.{event.standing}"),
        n=sum(how.values()), well=how.get(Status.CLOSED, 0), eta=event_words.until(turn, event),
        lead=words.order_line(lead) if lead else "-",
    )  # fmt: skip
