"""Which order a person means, and whether he may."""

from bot import store, words
from bot.core.errors import Refused
from bot.core.orders import MOVES, Move, Order, Status
from bot.core.people import Person, Speaker
from bot.core.rights import RIGHTS, Relation, Verb, may
from bot.desk import Turn

# What an order must be ready for where the number is left out.
_MOVE_OF: dict[Verb, tuple[Move, ...]] = {
    Verb.ACCEPT: (Move.ACCEPT,),
    Verb.REFUSE: (Move.REFUSE,),
    Verb.CANCEL: (Move.CANCEL,),
    Verb.CONFIRM: (Move.CONFIRM,),
    Verb.REOPEN: (Move.REOPEN,),
    Verb.HAND_OVER: (Move.HAND_OVER,),
    Verb.DISPATCH: (Move.DISPATCH,),
    Verb.CLOSE: (Move.CLOSE,),
}
_WAITING = (Status.UNSURE, Status.OPEN)


def find(turn: Turn, speaker: Speaker, verb: Verb, no: int | None, move: Move | None = None) -> Order:
    """The order somebody wants to do ``verb`` to.

    Raises Refused in the same words for "not yours" and "does not exist"; where the number is left out and one
    order fits, that one; several: their list.
    """
    if no is not None:
        return allowed(turn, speaker, verb, no)
    moves = (move,) if move else _MOVE_OF.get(verb, ())
    fitting = [
        order
        for order in _candidates(turn, speaker, verb)
        if (not moves or any((order.status, m) in MOVES for m in moves)) and _may(turn, speaker, verb, order)
    ]
    if not fitting:
        raise Refused(f"none.{verb}")
    if len(fitting) > 1:
        raise Refused("which", list=words.order_lines(fitting), orders=fitting)
    return fitting[0]


def allowed(turn: Turn, speaker: Speaker, verb: Verb, no: int) -> Order:
    """The numbered order, if the speaker may do ``verb`` to it; raises Refused otherwise."""
    order = store.orders.get(turn.tx, no)
    if order is None or not _may(turn, speaker, verb, order):
        raise Refused("unknown_order", no=no)
    return order


def helpers(turn: Turn, order: Order) -> set[str]:
    """Who helps with the order: was added, or goes with whoever has accepted it. Nobody once the work is done."""
    if order.status.is_over or order.status is Status.FINISHED:
        return set()
    along = turn.roster.apprentices_of(order.holder) if order.accepted_at else ()
    return store.crew.of_order(turn.tx, order.no) | {p.id for p in along}


def helped_by(turn: Turn, person: Person) -> list[Order]:
    """The orders somebody helps with and that are not done, oldest first."""
    found = {o.no: o for o in store.orders.open_numbers(turn.tx, store.crew.numbers_of(turn.tx, person.id))}
    if person.mentor and person.mentor in turn.roster.people:
        found |= {o.no: o for o in store.orders.held_by(turn.tx, person.mentor) if o.accepted_at}
    return [o for _, o in sorted(found.items()) if o.holder != person.id and o.status is not Status.FINISHED]


def somebody(turn: Turn, name: str, order: Order) -> Person:
    """The member of staff of that name; raises Refused with the list of those who fit."""
    wanted = name.strip().removeprefix("给").lstrip("@ ").strip("。.，, ")
    # Words after the name are a remark: 转单 N 李师傅 他离得近.
    first = wanted.split(maxsplit=1)[0] if wanted else ""
    found = turn.roster.named(wanted) or turn.roster.named(first)
    if not found:
        raise Refused("refused.nobody_named", no=order.no, name=wanted[:20])
    if len(found) > 1:
        raise Refused("refused.several_named", no=order.no, names="、".join(f"{p.name}（{p.userid}）" for p in found))
    return found[0]


def _may(turn: Turn, speaker: Speaker, verb: Verb, order: Order) -> bool:
    paged = store.pages.ever_paged(turn.tx, order.no)
    if verb is Verb.RATE and speaker.is_staff:
        return may(verb, order, speaker.id, speaker.role, paged, store.crew.of_order(turn.tx, order.no))
    if may(verb, order, speaker.id, speaker.role, paged):
        return True
    if not speaker.is_staff or Relation.HELPER not in RIGHTS[verb]:
        return False
    return may(verb, order, speaker.id, speaker.role, paged, helpers(turn, order))


def _candidates(turn: Turn, speaker: Speaker, verb: Verb) -> list[Order]:
    """Orders that somebody may mean without saying the number."""
    if verb in (Verb.ACCEPT, Verb.REFUSE):
        numbers = store.pages.orders_paged_to(turn.tx, speaker.id)
        return [o for o in store.orders.open_numbers(turn.tx, numbers) if o.status in _WAITING]
    if verb in (Verb.WORK, Verb.HAND_OVER, Verb.HELP):
        return store.orders.held_by(turn.tx, speaker.id)
    if verb in (Verb.ARRIVE, Verb.NOTE, Verb.LEAVE, Verb.EXPLAIN):
        helping = helped_by(turn, speaker.person) if speaker.person else []
        return [*store.orders.held_by(turn.tx, speaker.id), *helping]
    if verb in (Verb.REOPEN, Verb.RATE):
        since = turn.now - turn.policy.reopen_within
        recent = store.orders.recent_of_reporter(turn.tx, speaker.id)
        return [o for o in recent if o.closed_at is None or o.closed_at >= since]
    mine = store.orders.open_of_reporter(turn.tx, speaker.id)
    if mine or not speaker.is_staff:
        return mine
    return store.orders.held_by(turn.tx, speaker.id)
