"""A person corrects what the rules have read: kept as a labelled sentence, and told to the reporter."""

from bot import store, words
from bot.core.dues import accept_by, arrive_by
from bot.core.letters import Weight
from bot.core.orders import Order
from bot.desk import Turn
from bot.store.corrections import Correction
from bot.texts import render


def keep(turn: Turn, before: Order, after: Order, how: str, by: str) -> None:
    """Remember what the words were read as, and what they should have been read as.

    ``how``: recategorise, unsure (a 待核实 was settled), danger, no_danger (a doubtful danger was settled).
    """
    if not before.words:
        return  # a picture or voice: there was nothing to read
    store.corrections.add(
        turn.tx,
        Correction(
            order_no=before.no,
            words=before.words,
            read_category=before.category,
            read_priority=before.priority,
            category=after.category,
            priority=after.priority,
            why=store.orders.why_of(turn.tx, before.no),
            rules=_rules_of(turn, before),
            how=how,
            by=by,
            at=turn.now,
        ),
    )


def _rules_of(turn: Turn, order: Order) -> str:
    """The version of the rules that read the report; it may have been another than today's."""
    read = next((line for line in store.orders.history(turn.tx, order.no) if line.what == "report"), None)
    return str(read.detail.get("rules", "")) if read else ""


def tell_reporter(turn: Turn, before: Order, after: Order, by: str) -> None:
    """The reporter hears of a correction where it changes who comes or when."""
    if after.reporter == by or (before.holder, before.priority) == (after.holder, after.priority):
        return
    late = after.accepted_at is not None
    due = arrive_by(after, turn.policy) if late else accept_by(after, turn.policy)
    turn.say(
        after.reporter, "reporter.recategorised", order=after, weight=Weight.MAY, reserve=2, no=after.no,
        category=words.category(after.category), priority=words.priority(after.priority),
        place=words.place(after.place),
        name=turn.name_of(after.holder) if after.holder else render("name.nobody"),
        by=render("reporter.by_arrive" if late else "reporter.by_accept", by=turn.when(due)),
    )  # fmt: skip
