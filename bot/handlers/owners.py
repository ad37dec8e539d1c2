"""首问负责: who took a report in answers to the resident until the end, hears of every stall, and owes the callback."""

from dataclasses import replace

from bot import words
from bot.core.kinds import Role
from bot.core.letters import Weight
from bot.core.orders import LogLine, Order, Status
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import followups
from bot.texts import render


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


def _who(turn: Turn, order: Order) -> str:
    return order.reporter_name or turn.name_of(order.reporter)
