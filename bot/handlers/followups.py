"""What customer service owes a reporter: the call after a bad score, the call where the chat window is shut."""

from collections.abc import Sequence
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
from bot.store.tasks import Task
from bot.texts import render
from bot.voice import Tap

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
    order, tasks = to_do(turn, speaker, no)
    if not result:
        raise Refused("refused.followup_empty", no=no)
    settle(turn, speaker, order, tasks, result)


def to_do(turn: Turn, speaker: Speaker, no: int | None) -> tuple[Order, list[Task]]:
    """The order and its open tasks, where this person may do them: never who worked on it."""
    if no is None:
        raise Refused("refused.followup_no")
    order = which.allowed(turn, speaker, Verb.FOLLOW_UP, no)
    if order.holder == speaker.id:
        raise Refused("refused.followup_own", no=no)
    if speaker.id in workers(turn, order):
        raise Refused("refused.followup_worked", no=no)
    tasks = store.tasks.open_of(turn.tx, no)
    if not tasks:
        raise Refused("none.follow_up", no=no)
    return order, tasks


def settle(turn: Turn, speaker: Speaker, order: Order, tasks: Sequence[Task], result: str) -> None:
    """The call has been made, and this is how it went."""
    for task in tasks:
        store.tasks.finish(turn.tx, task.id, speaker.id, result, turn.now)
    turn.note(order, "follow_up", speaker.id, text=result)
    turn.say(speaker.id, "task.done", order=order, no=order.no)


def workers(turn: Turn, order: Order) -> set[str]:
    """Everybody who was on site for the order or said that it was done."""
    history = store.orders.history(turn.tx, order.no)
    return {line.by for line in history if line.what in ("arrive", "finish") and line.by}


def results(turn: Turn, order: Order) -> list[str]:
    """The calls of an order, one line each."""
    return [_result(turn, task) for task in store.tasks.all_of(turn.tx, order.no)]


def open_owners(turn: Turn, order: Order) -> None:
    """首问: who took the report in calls back; where he did the work himself, somebody else does."""
    due = turn.now + CALL_BACK_WITHIN
    task_id = store.tasks.add(turn.tx, "owner", order.no, "", turn.now, due)
    if task_id is None:
        return
    store.timers.arm(turn.tx, "task", f"task:{task_id}", due)
    own = [turn.person(order.owner)] if order.owner not in workers(turn, order) else people_of(turn, order)
    text = render(
        "owner.callback", no=order.no, line=words.order_line(order), by=turn.when(due), who=_who(turn, order),
        phone=_phone(order),
    )  # fmt: skip
    _offer(turn, order, [person for person in own if person], text)


def open_callback(turn: Turn, order: Order, why: str, within: timedelta) -> None:
    """The policy asks for a call."""
    due = turn.now + within
    task_id = store.tasks.add(turn.tx, why, order.no, "", turn.now, due)
    if task_id is None:
        return
    store.timers.arm(turn.tx, "task", f"task:{task_id}", due)
    history = store.orders.history(turn.tx, order.no)
    done = [str(line.detail.get("done", "")) for line in history if line.what == "finish"]
    text = render(
        "callback.task", why=render(f"callback_why.{why}"), line=words.order_line(order), no=order.no,
        closed=turn.when(order.closed_at or turn.now), done=cut(done[-1], ABOUT_BYTES) if done else "-",
        who=_who(turn, order), phone=_phone(order), by=turn.when(due),
    )  # fmt: skip
    worked = workers(turn, order)
    _offer(turn, order, [p for p in people_of(turn, order) if p.id not in worked], text)


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
    for person in people_of(turn, order):
        turn.say(
            person.id, key, order=order, no=order.no, line=words.order_line(order), by=turn.when(due),
            who=_who(turn, order), phone=_phone(order), **fields,
        )  # fmt: skip


def _offer(turn: Turn, order: Order, people: Sequence[Person], text: str) -> None:
    taps = [Tap(render(f"tap.visit_{answer}"), f"visit:{order.no}:{answer}") for answer in ("ok", "again", "absent")]
    for person in people:
        turn.offer(person.id, text, taps, order=order, title=render("callback.title", no=order.no))


def _result(turn: Turn, task: Task) -> str:
    why = render(f"callback_why.{task.kind}")
    if task.done_at is None:
        return render("callback.line_open", why=why, by=turn.when(task.due_at))
    name = turn.name_of(task.done_by) if task.done_by else "-"
    return render("callback.line", why=why, time=turn.when(task.done_at), name=name, result=task.result)


def _who(turn: Turn, order: Order) -> str:
    return order.reporter_name or turn.name_of(order.reporter)


def _phone(order: Order) -> str:
    return order.phone or render("phone.not_given")
