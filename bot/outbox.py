"""Letters leave: leased, carried outside any transaction, and marked by what the platform answered."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot import metrics, store
from bot.core.letters import BESIDE_THE_GATE, TRY_OUT, Lane, Letter, Outcome, Weight, try_again_after
from bot.core.orders import Status
from bot.core.reach import Unreachable
from bot.desk import Desk, Turn
from bot.handlers import broadcast, dispatching, followups, reach
from bot.store.orders import Overtaken
from bot.texts import render
from bot.wecom.carrier import Carried
from bot.wecom.errors import Limited, OutcomeUnknown, PlatformError, Refused, TryLater

_log = structlog.get_logger("outbox")
_KF_SHUT = frozenset({95001, 95002, 95013, 95031})
_KF_HUMAN = 95018
_CARD_LIVES = timedelta(hours=72)
_TRIES = 3


class Carries(Protocol):
    """Hands a letter to the platform."""

    def carry(self, letter: Letter, response_code: str = "") -> Carried: ...

    def servicer_of(self, letter: Letter) -> str: ...


def send_next(desk: Desk, carrier: Carries, lane: Lane) -> bool:
    """Send the next letter of the lane; False if none may leave now."""
    letter = claim(desk, lane)
    if letter is None:
        return False
    deliver(desk, carrier, letter)
    return True


def claim(desk: Desk, lane: Lane) -> Letter | None:
    """Lease the next letter of the lane."""
    with desk.db.writing() as tx:
        return store.outbox.claim(tx, lane, desk.clock(), desk.me.id)


def deliver(desk: Desk, carrier: Carries, letter: Letter) -> None:
    """Carry a leased letter and write down how it went. Never raises what the platform or the network did."""
    code = ""
    if letter.shut:
        _settle(desk, letter, Refused(95001))
        return
    if letter.kind == "update_card":
        with desk.db.writing() as tx:
            code = store.pages.take_code_of(tx, letter.body["card"], desk.clock() - _CARD_LIVES)
        if not code:
            _finish(desk, letter, Outcome.STALE)
            return
    try:
        result: Carried | PlatformError = carrier.carry(letter, code)
    except PlatformError as error:
        result = error
    servicer = ""
    if isinstance(result, Refused) and result.errcode == _KF_HUMAN:
        servicer = carrier.servicer_of(letter)
    _settle(desk, letter, result, servicer)


def _settle(desk: Desk, letter: Letter, result: Carried | PlatformError, servicer: str = "") -> None:
    """One transaction that marks the letter and does what follows; nothing, if another sender took it over."""
    for attempt in range(_TRIES):
        try:
            _write_down(desk, letter, result, servicer)
            return
        except (store.Collided, Overtaken):
            if attempt == _TRIES - 1:
                raise


def _write_down(desk: Desk, letter: Letter, result: Carried | PlatformError, servicer: str) -> None:
    with desk.turn() as turn:
        if not store.outbox.still_mine(turn.tx, letter, desk.me.id):
            return
        if letter.probe:
            _learn_from_probe(turn, result)
        match result:
            case Carried() if letter.kind == "broadcast":
                store.outbox.finish(turn.tx, letter.id, Outcome.SENT, turn.now)
                metrics.message_sent("sent")
                broadcast.not_reached(turn, letter, result.unreached)
            case Carried(missed=True):
                _undelivered(turn, letter, "no licence" if result.unlicensed else "invalid receiver")
            case Carried():
                store.outbox.finish(turn.tx, letter.id, Outcome.SENT, turn.now, response_code=result.response_code)
                metrics.message_sent("sent")
            case Limited() if letter.kind not in BESIDE_THE_GATE:
                store.gates.shut(turn.tx, turn.now, probe=letter.probe)
                store.outbox.put_back(turn.tx, letter.id, turn.now, unknown=False, error=str(result))
                metrics.message_sent("limited")
            case TryLater():
                _again(turn, letter, str(result), unknown=False)
                metrics.message_sent("later")
            case OutcomeUnknown():
                _again(turn, letter, result.reason, unknown=True)
                metrics.message_sent("unknown")
            case Refused():
                _refused(turn, letter, result, servicer)
                metrics.message_sent("refused")


def _learn_from_probe(turn: Turn, result: Carried | PlatformError) -> None:
    if isinstance(result, Carried | Refused):
        store.gates.open_again(turn.tx)
    elif not isinstance(result, Limited):
        store.gates.probe_again(turn.tx, turn.now)


def _again(turn: Turn, letter: Letter, error: str, *, unknown: bool) -> None:
    until = turn.now + try_again_after(letter.attempts, letter.lane)
    store.outbox.put_back(turn.tx, letter.id, until, unknown=unknown, error=error)


def _refused(turn: Turn, letter: Letter, refused: Refused, servicer: str) -> None:
    _log.warning("the platform refused a letter", errcode=refused.errcode, kind=letter.kind, order=letter.order_no)
    if letter.kind.startswith("kf_") and refused.errcode == _KF_HUMAN:
        _human_has_it(turn, letter, servicer)
    elif letter.kind.startswith("kf_") and letter.weight is not Weight.MAY and letter.order_no:
        outcome = Outcome.SHUT if refused.errcode in _KF_SHUT else Outcome.REFUSED
        store.outbox.finish(turn.tx, letter.id, outcome, turn.now, error=str(refused))
        order = store.orders.get(turn.tx, letter.order_no)
        if order is not None:
            followups.open_phone(turn, order, _words_of(letter))
    elif letter.kind == "broadcast":
        store.outbox.finish(turn.tx, letter.id, Outcome.REFUSED, turn.now, error=str(refused))
        broadcast.not_reached(turn, letter, str(letter.body["touser"]).split("|"))
    elif letter.key.startswith(TRY_OUT) or letter.weight is Weight.DISPATCH:
        _undelivered(turn, letter, "no licence" if refused.unlicenseduser else str(refused))
    else:
        store.outbox.finish(turn.tx, letter.id, Outcome.REFUSED, turn.now, error=str(refused))


def _undelivered(turn: Turn, letter: Letter, error: str) -> None:
    """The receiver does not exist for the platform: a page moves on to the next person at once."""
    store.outbox.finish(turn.tx, letter.id, Outcome.UNDELIVERED, turn.now, error=error)
    metrics.message_sent("refused")
    if letter.key.startswith(TRY_OUT):
        why = Unreachable.UNLICENSED if error == "no licence" else Unreachable.UNDELIVERED
        reach.did_not_arrive(turn, letter.receiver, why)
    if letter.weight is not Weight.DISPATCH or letter.order_no is None or letter.kind == "webhook":
        return
    order = store.orders.get(turn.tx, letter.order_no)
    if order is None:
        return
    turn.note(order, "undelivered", "", to=letter.receiver, error=error)
    if order.holder != letter.receiver or order.status not in (Status.OPEN, Status.UNSURE):
        return
    dispatching.pass_on(turn, order, error)


def _human_has_it(turn: Turn, letter: Letter, servicer: str) -> None:
    """95018: a human has the session; the bot is silent there and tells that colleague in the app."""
    store.outbox.finish(turn.tx, letter.id, Outcome.HUMAN, turn.now)
    if servicer:
        store.contacts.set_human(turn.tx, letter.receiver, servicer)
    order = store.orders.get(turn.tx, letter.order_no) if letter.order_no else None
    if order is None or letter.weight is Weight.MAY:
        return
    name = turn.contact(letter.receiver).name or render("name.unknown")
    text = render("kf.for_servicer", name=name, text=_words_of(letter))
    if servicer:
        turn.tell(servicer.casefold(), text, order=order)
        return
    for person in followups.people_of(turn, order):
        turn.tell(person.id, text, order=order)


def _words_of(letter: Letter) -> str:
    return str(letter.body.get("content") or letter.body.get("head_content") or "")


def _finish(desk: Desk, letter: Letter, outcome: Outcome) -> None:
    with desk.db.writing() as tx:
        store.outbox.finish(tx, letter.id, outcome, desk.clock())
        if letter.probe:
            store.gates.probe_again(tx, desk.clock())


def next_chance(desk: Desk) -> datetime | None:
    """When the next waiting letter may leave."""
    with desk.db.reading() as tx:
        return store.outbox.earliest(tx, desk.clock())
