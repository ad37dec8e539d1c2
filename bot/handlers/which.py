"""Which order a person means, and whether he may."""

from bot import store, words
from bot.core.errors import Refused
from bot.core.orders import MOVES, Move, Order, Status
from bot.core.people import Speaker
from bot.core.rights import Verb, may
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
        if (not moves or any((order.status, m) in MOVES for m in moves))
        and may(verb, order, speaker.id, speaker.role, _paged(turn, order))
    ]
    if not fitting:
        raise Refused(f"none.{verb}")
    if len(fitting) > 1:
        raise Refused("which", list=words.order_lines(fitting), orders=fitting)
    return fitting[0]


def allowed(turn: Turn, speaker: Speaker, verb: Verb, no: int) -> Order:
    """The numbered order, if the speaker may do ``verb`` to it; raises Refused otherwise."""
    order = store.orders.get(turn.tx, no)
    if order is None or not may(verb, order, speaker.id, speaker.role, _paged(turn, order)):
        raise Refused("unknown_order", no=no)
    return order


def _paged(turn: Turn, order: Order) -> set[str]:
    return store.pages.ever_paged(turn.tx, order.no)


def _candidates(turn: Turn, speaker: Speaker, verb: Verb) -> list[Order]:
    """Orders that somebody may mean without saying the number."""
    if verb in (Verb.ACCEPT, Verb.REFUSE):
        numbers = store.pages.orders_paged_to(turn.tx, speaker.id)
        return [o for o in store.orders.open_numbers(turn.tx, numbers) if o.status in _WAITING]
    if verb in (Verb.WORK, Verb.HAND_OVER):
        return store.orders.held_by(turn.tx, speaker.id)
    if verb in (Verb.REOPEN, Verb.RATE):
        since = turn.now - turn.policy.reopen_within
        recent = store.orders.recent_of_reporter(turn.tx, speaker.id)
        return [o for o in recent if o.closed_at is None or o.closed_at >= since]
    mine = store.orders.open_of_reporter(turn.tx, speaker.id)
    if mine or not speaker.is_staff:
        return mine
    return store.orders.held_by(turn.tx, speaker.id)
