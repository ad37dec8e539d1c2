"""时限: what is promised and who says so; with a number, the clocks of one order as its history has them."""

from datetime import timedelta

from bot import store, words
from bot.core import targets
from bot.core.dues import accept_by, arrive_by, finish_by
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.orders import Order
from bot.core.people import Speaker
from bot.core.replay import Times, replay
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import which
from bot.texts import render


def show(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """时限 for who leads and for customer service; 时限 N for whoever may see the order's inside."""
    if speaker.person is None or not (speaker.person.leads or speaker.role is Role.SERVICE):
        raise Refused("not_for_you")
    if no is not None:
        _order(turn, speaker, which.allowed(turn, speaker, Verb.SEE, no))
        return
    lines = [
        render(
            "targets.row",
            priority=words.priority(row.priority),
            what=render(f"targets.{row.what}"),
            within=words.span(row.within),
            clock=render("targets.working" if row.working else "targets.around"),
            source=row.source,
        )
        for row in targets.rows(turn.policy)
    ]
    turn.say(speaker.id, "targets.table", list="\n".join(lines))


def _order(turn: Turn, speaker: Speaker, order: Order) -> None:
    times = replay(order.opened_at, store.orders.history(turn.tx, order.no))
    working = turn.policy.targets[order.priority].working
    turn.say(
        speaker.id,
        "targets.order",
        order=order,
        no=order.no,
        priority=words.priority(order.priority),
        clock=render("targets.working" if working else "targets.around"),
        list="\n".join(_lines(turn, order, times)),
    )


def _lines(turn: Turn, order: Order, times: Times) -> list[str]:
    done = {"accept": times.accepted_at, "arrive": times.arrived_at, "finish": times.finished_at}
    due = {"accept": accept_by, "arrive": arrive_by, "finish": finish_by}
    found = []
    for what, by in due.items():
        at = done[what]
        found.append(
            render(
                "targets.kept" if at else "targets.open",
                what=render(f"targets.{what}"),
                by=turn.when(by(order, turn.policy)),
                at=turn.when(at) if at else "",
            )
        )
    pauses = [(start, end) for start, end in times.pauses]
    if times.parked_at is not None:
        pauses.append((times.parked_at, turn.now))
    if pauses:
        waited = sum((end - start for start, end in pauses), timedelta())
        found.append(render("targets.pauses", n=len(pauses), waited=words.span(waited)))
    return found
