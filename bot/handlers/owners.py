"""首问负责: who took a report in answers to the resident until the end, hears of every stall, and owes the callback."""

from dataclasses import replace

from bot import store, words
from bot.core.digests import Span
from bot.core.errors import Refused
from bot.core.first_contact import lines, span_of
from bot.core.kinds import Role
from bot.core.letters import Weight
from bot.core.orders import LogLine, Order, Status
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import followups
from bot.texts import render

LINES_AT_MOST = 12


def take_on(turn: Turn, order: Order, person: str) -> Order:
    """Somebody takes a report in; who did so first stays responsible."""
    if order.owner is not None:
        return order
    return turn.keep(order, replace(order, owner=person), LogLine("owner", turn.now, person))


def settled(turn: Turn, order: Order, speaker: Speaker) -> Order:
    """Customer service settles what was unsure (待核实): it stays with whoever did."""
    if order.status is not Status.UNSURE or speaker.role is not Role.SERVICE:
        return order
    return take_on(turn, order, speaker.id)


def stalled(turn: Turn, order: Order, what: str) -> None:
    """The order is stuck: whoever took it in has to tell the resident."""
    if order.owner is None or order.owner == order.holder:
        return
    turn.say(
        order.owner, "owner.stalled", order=order, weight=Weight.REMINDER, no=order.no, line=words.order_line(order),
        what=what, who=_who(turn, order), phone=order.phone or render("phone.not_given"),
    )  # fmt: skip


def owe_callback(turn: Turn, order: Order) -> None:
    """The work is done: whoever took the report in calls the resident; where he did the work himself, somebody else."""
    if order.owner is not None and turn.person(order.owner) is not None:
        followups.open_owners(turn, order)


def figures(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """首问, 首问 上周: how each person stands who takes reports in."""
    if speaker.person is None or not speaker.person.leads:
        raise Refused("not_for_you")
    span = span_of(rest, turn.now, turn.desk.settings.community.timezone)
    if span is None:
        raise Refused("refused.owners_when")
    told = per_person(turn, span) or render("owner.none")
    tz = turn.desk.settings.community.timezone
    start, end = (at.astimezone(tz).strftime("%m-%d %H:%M") for at in span)
    turn.say(speaker.id, "owner.figures", start=start, end=end, list=told)


def per_person(turn: Turn, span: Span) -> str:
    """One line a person; "" where nobody was first contact for anything."""
    found = lines(store.orders.owned(turn.tx, span.start), store.tasks.owed_by_owners(turn.tx, span.start), span)
    told = [
        render(
            "owner.line", name=turn.name_of(line.person), taken=line.taken, open=line.open, owed=line.owed,
            overdue=line.overdue, mean=words.span(line.mean) if line.mean is not None else "-",
        )
        for line in found[:LINES_AT_MOST]
    ]  # fmt: skip
    if len(found) > LINES_AT_MOST:
        told.append(render("owner.more", n=len(found) - LINES_AT_MOST))
    return "\n".join(told)


def _who(turn: Turn, order: Order) -> str:
    return order.reporter_name or turn.name_of(order.reporter)
