"""What a reporter hears at once of what was taken in: the receipt of each order, and what joined one, in one answer."""

from bot import words
from bot.core.dues import accept_by
from bot.core.duty import Candidate
from bot.core.kinds import Priority
from bot.core.orders import Order, Status
from bot.core.people import Speaker
from bot.core.places import findable
from bot.desk import Turn
from bot.handlers import event_words
from bot.handlers.asking import ask_where
from bot.texts import render
from bot.voice import ANSWER_BYTES


def receipt(turn: Turn, order: Order, candidate: Candidate | None, *, steps: bool = True) -> str:
    """What the reporter hears at once: the number, what was understood, what happens next, what to do until then.

    ``steps``: with the fixed safety steps, unless they were told before.
    """
    fields = {
        "no": order.no,
        "category": words.fault(order),
        "priority": words.priority(order.priority),
        "place": words.place(order.place),
        "by": turn.when(accept_by(order, turn.policy)),
        "name": candidate.person.name if candidate else "",
        "phone": turn.phone_line_for(order),
    }
    safety = words.safety("resident", order.category, order.priority) if steps else ""
    if order.status is Status.FOLLOWING:
        return event_words.known(turn, order) + (f"\n{safety}" if safety else "")
    if order.status is Status.ASKING:
        key = "receipt.asking"
    elif candidate is None:
        key = "receipt.nobody"
    elif order.status is Status.UNSURE:
        key = "receipt.unsure"
    elif order.clock_at > turn.now:
        key = "visit.receipt" if order.wish else "receipt.quiet"
    else:
        key = "receipt.emergency" if order.priority is Priority.EMERGENCY else "receipt.dispatched"
    fields["when"] = turn.visit(order)
    told = render(key, **fields)
    if order.wish and key != "visit.receipt":
        told += "\n" + render("visit.line", when=fields["when"])
    if order.repeat_of:
        told += "\n" + render("repeat.receipt", earlier=order.repeat_of)
    return told + (f"\n{safety}" if safety else "")


def answer(turn: Turn, speaker: Speaker, said: list[str], orders: list[Order], asks: list[Order]) -> None:
    """One message: what was taken, and the question if something is missing."""
    # What holds an order up is asked first.
    main = next((order for order in asks if not findable(order.place)), asks[0] if asks else orders[0])
    *before, text = _together(said)
    for full in before:
        turn.tell(speaker.id, full, order=main)
    if asks:
        ask_where(turn, speaker, text, main, [o for o in asks if o is not main and o.place == main.place])
    else:
        turn.tell(speaker.id, text, order=main)


def _together(said: list[str]) -> list[str]:
    """As few messages as hold all that is said, none of them too long to be shown whole."""
    messages = [said[0]]
    for each in said[1:]:
        joined = f"{messages[-1]}\n\n{each}"
        if len(joined.encode()) <= ANSWER_BYTES:
            messages[-1] = joined
        else:
            messages.append(each)
    return messages


def joined_words(turn: Turn, order: Order) -> str:
    """What the reporter hears when his words joined an order."""
    worker = event_words.worker(turn, order)
    fields = {
        "no": order.no,
        "category": words.fault(order),
        "place": words.place(order.place),
        "status": words.status(order.status),
        "name": turn.name_of(worker) if worker else render("name.nobody"),
    }
    safety = words.safety("resident", order.category, order.priority)
    text = render("receipt.joined_asking" if order.status is Status.ASKING else "receipt.joined", **fields)
    return text + (f"\n{safety}" if safety and order.priority is Priority.EMERGENCY else "")
