"""How an order stands, in words that whoever asks may read."""

from collections.abc import Sequence

from bot import store, words
from bot.core.dues import accept_by, arrive_by
from bot.core.kinds import Role
from bot.core.orders import LogLine, Order, Status
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import event_words, followups, reasons, responsibility
from bot.texts import render


def standing(turn: Turn, order: Order) -> str:
    """One order's state in words its reporter may read."""
    fields = {
        "line": words.order_line(order),
        "name": turn.name_of(order.holder) if order.holder else render("name.nobody"),
        "opened": turn.when(order.opened_at),
    }
    match order.status:
        case Status.OPEN | Status.UNSURE:
            by = accept_by(order, turn.policy)
            return render("standing.late" if by < turn.now else "standing.open", by=turn.when(by), **fields)
        case Status.ACCEPTED:
            return render("standing.accepted", by=turn.when(arrive_by(order, turn.policy)), **fields)
        case Status.FOLLOWING:
            return render("standing.following", known=event_words.known(turn, order), **fields)
        case Status.ARRIVED | Status.PARKED | Status.FINISHED:
            return render("standing.with", **fields)
        case _:
            return render("standing.plain", **fields)


def ground(turn: Turn, order: Order, history: Sequence[LogLine]) -> str:
    """Why the holder has it: for staff, while it is open."""
    if not history or not order.holder or order.status.is_over:
        return ""
    return render("standing.why", reason=reasons.reason(turn, order, history))


def inside(turn: Turn, speaker: Speaker, order: Order, history: Sequence[LogLine]) -> str:
    """What only customer service and those above may read: why it was read so, and the last steps."""
    if speaker.role not in (Role.SERVICE, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        return ""
    steps = [
        f"{turn.when(line.at)} {render('log.' + line.what)} {turn.name_of(line.by) if line.by else ''}".rstrip()
        for line in history[-8:]
    ]
    why = store.orders.why_of(turn.tx, order.no)
    told = render(
        "standing.inside", steps="\n".join(steps), why=why or "-", files=store.attachments.count_of(turn.tx, order.no)
    )
    more = [
        render("owner.is", name=turn.name_of(order.owner)) if order.owner else "",
        responsibility.words_for(turn, order),
        *followups.results(turn, order),
    ]
    return told + "".join(f"\n{line}" for line in more if line)
