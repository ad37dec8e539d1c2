"""What happens to an order whose holder says nothing, before he has accepted and after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import store, words
from bot.core.choice import limit_of
from bot.core.dues import lease_ends
from bot.core.kinds import Role
from bot.core.orders import LogLine, Move, Order, Status, make_move
from bot.core.people import Person
from bot.desk import Turn
from bot.handlers import dispatching, which
from bot.texts import render

REFUSALS_SHOWN = 3
A_SHIFT = timedelta(hours=8)


def hand_to_next(turn: Turn, order: Order, late: str = "") -> bool:
    """Nobody has accepted in time: the next on duty becomes the holder; both are told why. False: there is nobody.

    Whoever leads has it already where nobody else could: it stays with him.
    """
    holder = turn.person(order.holder)
    candidate = dispatching.pick(turn, order, dispatching.tried(turn, order))
    if candidate is None or (not candidate.on_duty and holder is not None and holder.leads):
        return False
    waited = words.span(turn.now - order.clock_at)
    note = render("silence.page", name=turn.name_of(order.holder), waited=waited) if order.holder else ""
    refused = refusals(turn, order)
    if refused:
        note += "\n" + refused_so_far(turn, refused, len(refused))
    after = dispatching.pass_to(turn, order, candidate, "silent", note + late)
    _tell_former(turn, order, after, "silence.moved_on", late, waited=waited)
    return True


def hand_down(turn: Turn, order: Order) -> bool:
    """What stands with somebody who leads goes to whoever is on duty for it now, with an accept clock of his own.

    False: nobody is.
    """
    holder = turn.person(order.holder)
    if holder is not None and not holder.leads:
        return False
    candidate = dispatching.pick(turn, order, _asked_in_vain(turn, order))
    if candidate is None or not candidate.on_duty:
        return False
    after, line = make_move(order, Move.HAND_OVER, by="", at=turn.now, holder=candidate.person.id)
    after = turn.keep(order, dispatching.clock_start(turn, after), dispatching.because(line, candidate))
    dispatching.send(turn, after, candidate, render("silence.handed_down"))
    dispatching.pass_files(turn, order, after)
    _tell_former(turn, order, after, "silence.there_is_somebody")
    return True


def room_again(turn: Turn) -> None:
    """Somebody has a place free: what stands with whoever leads because his line was full goes out in this turn."""
    usual = turn.desk.settings.duty.open_orders_at_most
    freed = {pid for pid in turn.freed if (p := turn.person(pid)) and limit_of(p, usual) is not None}
    here = set(turn.freed.values())
    turn.freed = {}
    if not freed:
        return
    leads = [p.id for p in turn.roster.of_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)]
    for order in store.orders.offered_to(turn.tx, leads):
        line = {c.person.id for c in dispatching.line_of(turn, order)}
        if order.no not in here and line & freed and _was_full(turn, order):
            hand_down(turn, order)


def _was_full(turn: Turn, order: Order) -> bool:
    for line in reversed(store.orders.history(turn.tx, order.no)):
        if "why" in line.detail:
            return bool(line.detail["why"].get("full"))
    return False


def forgotten(turn: Turn, order: Order, leads: Sequence[Person], late: str = "") -> None:
    """Accepted, and neither 到场 nor a word for as long as an acceptance holds: the order goes back to the line."""
    former = turn.person(order.holder)
    who = {order.holder or "", *which.helpers(turn, order)}
    ends = lease_ends(order, turn.policy, store.orders.last_word(turn.tx, order.no, who))
    if ends is None or ends > turn.now:
        return
    waited = words.span(turn.now - (order.accepted_at or order.clock_at))
    name = turn.name_of(order.holder)
    # What the desk had accepted is still for the desk.
    status = Status.UNSURE if former and former.role is Role.SERVICE else Status.OPEN
    wanted = replace(order, status=status)
    candidate = dispatching.pick(turn, wanted, {order.holder or ""}) or dispatching.pick(turn, wanted)
    holder = candidate.person.id if candidate else None
    after, line = make_move(order, Move.COME_BACK, by="", at=turn.now, holder=holder, status=status)
    line = replace(line, detail={**line.detail, "from": name, "waited": waited})
    after = turn.keep(order, dispatching.clock_start(turn, after), dispatching.because(line, candidate))
    dispatching.send(turn, after, candidate, render("lease.page", name=name, waited=waited) + late)
    dispatching.pass_files(turn, order, after)
    _tell_former(turn, order, after, "lease.lost", late, waited=waited)
    for lead in leads:
        if lead.id not in (after.holder, order.holder):
            turn.say(
                lead.id, "lease.lead", order=after, no=after.no, line=words.order_line(after), name=name,
                waited=waited, next=turn.name_of(after.holder) if after.holder else render("name.nobody"),
            )  # fmt: skip


def refusals(turn: Turn, order: Order) -> list[LogLine]:
    """Who refused the order in its present life, and why, oldest first."""
    found: list[LogLine] = []
    for line in store.orders.history(turn.tx, order.no):
        if line.what == "reopen":
            found.clear()
        elif line.what in ("refuse", "declined"):
            found.append(line)
    return found


def refused_so_far(turn: Turn, refused: Sequence[LogLine], n: int) -> str:
    """The count and the latest reasons in one line; ``n`` may count one more, who is named beside it."""
    last = refused[-REFUSALS_SHOWN:]
    who = "、".join(
        render("silence.refused_by", name=turn.name_of(line.by), reason=line.detail.get("reason") or "-")
        for line in last
    )
    return render("silence.refused_so_far", n=n, who=who)


def _asked_in_vain(turn: Turn, order: Order) -> set[str]:
    """Who was asked in this shift."""
    since = max(order.opened_at, turn.now - A_SHIFT)
    return store.pages.ever_paged(turn.tx, order.no, since) | ({order.holder} if order.holder else set())


def _tell_former(turn: Turn, before: Order, after: Order, key: str, late: str = "", **fields: object) -> None:
    """Whoever had the order hears that it went on, and to whom."""
    if before.holder is None or before.holder == after.holder:
        return
    name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.close_cards(before, render("card.moved", name=name), only=before.holder)
    turn.tell(before.holder, render(key, no=after.no, name=name, **fields) + late, order=after)
    if before.accepted_at:
        for apprentice in turn.roster.apprentices_of(before.holder):
            turn.say(apprentice.id, "engineer.taken_away", order=after, no=after.no, name=name)
