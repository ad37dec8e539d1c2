"""What customer service owes a reporter: the call after a bad score, the call where the chat window is shut."""

from datetime import timedelta
from typing import Any

from bot import store, words
from bot.core.duty import service_for
from bot.core.errors import Refused
from bot.core.letters import cut
from bot.core.orders import Order
from bot.core.people import Person, Speaker
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import which
from bot.texts import render

CALL_BACK_WITHIN = timedelta(hours=24)  # complaint: answer within 24 h (domain-facts A 4.2)
PHONE_WITHIN = timedelta(minutes=30)
ABOUT_BYTES = 900  # of the words a task quotes; the rest is with the order


def open_low_score(turn: Turn, order: Order, score: int, text: str) -> None:
    """A bad score: customer service calls back, never the one who was rated."""
    _open(
        turn,
        order,
        "low_score",
        text,
        CALL_BACK_WITHIN,
        "task.low_score",
        score=score,
        text=cut(text, ABOUT_BYTES) or "-",
    )


def open_phone(turn: Turn, order: Order, about: str) -> None:
    """The platform takes no more messages for this customer: somebody has to phone."""
    _open(turn, order, "phone", about, PHONE_WITHIN, "task.phone", text=cut(about, ABOUT_BYTES))


def done(turn: Turn, speaker: Speaker, no: int | None, result: str) -> None:
    """回访 N 结果: the call has been made."""
    if no is None:
        raise Refused("refused.followup_no")
    order = which.allowed(turn, speaker, Verb.FOLLOW_UP, no)
    if order.holder == speaker.id:
        raise Refused("refused.followup_own", no=no)
    tasks = store.tasks.open_of(turn.tx, no)
    if not tasks:
        raise Refused("none.follow_up", no=no)
    if not result:
        raise Refused("refused.followup_empty", no=no)
    for task in tasks:
        store.tasks.finish(turn.tx, task.id, speaker.id, result, turn.now)
    turn.note(order, "follow_up", speaker.id, text=result)
    turn.say(speaker.id, "task.done", order=order, no=no)


def overdue(turn: Turn, task_id: int) -> None:
    """Nobody has called in time: the supervisor hears of it."""
    task = store.tasks.get(turn.tx, task_id)
    if task is None:
        return
    order = store.orders.get(turn.tx, task.order_no)
    if order is None:
        return
    for person in people_of(turn, order, leads=True):
        turn.say(person.id, "task.overdue", order=order, no=order.no, line=words.order_line(order))


def people_of(turn: Turn, order: Order, *, leads: bool = False) -> list[Person]:
    """Who does such tasks: customer service on duty, else all of it, else the supervisors; never the holder."""
    candidates = service_for(turn.roster, turn.now, {order.holder} if order.holder else ())
    if leads:
        return [c.person for c in candidates if c.ground == "supervisor"] or [c.person for c in candidates][:1]
    first = candidates[0].ground if candidates else ""
    return [c.person for c in candidates if c.ground == first]


def _open(turn: Turn, order: Order, kind: str, about: str, within: timedelta, key: str, **fields: Any) -> None:
    due = turn.now + within
    task_id = store.tasks.add(turn.tx, kind, order.no, about, turn.now, due)
    if task_id is not None:
        store.timers.arm(turn.tx, "task", f"task:{task_id}", due)
    elif kind != "phone":
        return
    # One call settles everything that could not be delivered, but each word of it has to be known.
    contact = order.phone or render("phone.not_given")
    for person in people_of(turn, order):
        turn.say(
            person.id, key, order=order, no=order.no, line=words.order_line(order), by=turn.when(due),
            who=order.reporter_name or turn.name_of(order.reporter), phone=contact, **fields,
        )  # fmt: skip
