"""A message comes in: once, in one transaction, and never without an answer to a person."""

from dataclasses import replace
from functools import partial

import structlog

from bot import metrics, store
from bot.conversation import handle
from bot.core.duty import leads_for
from bot.core.errors import Refused
from bot.core.kinds import Priority
from bot.core.messages import Channel, Incoming
from bot.core.orders import LogLine, Status
from bot.core.pace import TRIES
from bot.core.people import Contact, Speaker, kf_contact_id, person_id
from bot.core.reading import Fault, Reading
from bot.core.register import Register
from bot.desk import Desk, Turn
from bot.handlers import answers, chat, handbook, report, silence
from bot.handlers.receipts import receipt
from bot.store.inbox import Repeated
from bot.store.orders import Overtaken

_log = structlog.get_logger("inbox")
_TRIES = 5
PLATFORM = "sys"  # the sender of events that nobody caused
FROM_CUSTOMER = "3"  # the origin of a 微信客服 item: 4 is the system, 5 a human servicer (wecom-protocol 6.3)


def receive(desk: Desk, incoming: Incoming) -> None:
    """Store the message and do what it asks, both or neither. Returns only when it is durable.

    A repeat of a message changes nothing. What a rule refuses is answered with the reason; what breaks the bot
    goes to customer service as it is. Raises only where the database itself fails: then nothing is stored.
    """
    ahead: dict[str, Reading] = {}
    register = desk.register
    for attempt in range(_TRIES):
        try:
            # Understanding needs no database: done before the turn, it keeps no other writer waiting.
            if incoming.kind == "text" and not ahead:
                ahead = {incoming.text: desk.understand(incoming.text)}
            desk.do(partial(_take, incoming, ahead, register))
            return
        except Repeated:
            return
        except Overtaken:
            if attempt == _TRIES - 1:
                raise
        except Refused as refused:
            if _say_refusal(desk, incoming, refused):
                return
        except store.Unavailable:
            raise
        except Exception as error:
            if isinstance(error, store.Collided) and attempt < _TRIES - 1:
                continue  # two first messages of one person, each about to remember him
            _log.exception("message could not be handled", key=incoming.key, error=type(error).__name__)
            metrics.message_failed()
            _rescue(desk, incoming, error)
            return


def _take(incoming: Incoming, ahead: dict[str, Reading], register: Register, turn: Turn) -> None:
    turn.use(ahead, register)
    if turn.desk.db.is_sqlite:
        order_no = _act(turn, incoming)
        # Last, so that one row says it all; a repeat fails here and takes everything else back with it.
        store.inbox.add(turn.tx, incoming, turn.now, order_no)
        return
    # First, where several write at once: a twin waits here until this turn has ended, and opens no order whose number
    # would be lost with it. The servers do not take numbers back.
    row = store.inbox.add(turn.tx, incoming, turn.now)
    order_no = _act(turn, incoming)
    if order_no is not None:
        store.inbox.handled(turn.tx, row, turn.now, order_no)


def _act(turn: Turn, incoming: Incoming) -> int | None:
    """What the message asks; and where that gives somebody a place free, what waits for one."""
    order_no = handle(turn, speaker_of(turn, incoming), incoming)
    if turn.freed:
        silence.room_again(turn)
    if turn.emergencies:
        handbook.follow(turn)
    return order_no


def handle_stored(desk: Desk, tries: int = _TRIES) -> bool:
    """Handle the oldest message that was stored first (微信客服); False if there is none."""
    row = 0
    incoming: Incoming | None = None
    try:
        with desk.turn() as turn:
            found = store.inbox.next_unhandled(turn.tx)
            if found is None:
                return False
            row, incoming = found
            order_no = _act(turn, incoming)
            store.inbox.handled(turn.tx, row, turn.now, order_no)
    except Overtaken:
        return True
    except Refused as refused:
        assert incoming is not None
        with desk.turn() as turn:
            store.inbox.handled(turn.tx, row, turn.now)
            _refuse(turn, speaker_of(turn, incoming), incoming, refused)
    except store.Unavailable:
        raise
    except Exception as error:
        if isinstance(error, store.Collided) and tries > 1:
            return handle_stored(desk, tries - 1)
        if incoming is None:
            raise
        _log.exception("message could not be handled", key=incoming.key, error=type(error).__name__)
        metrics.message_failed()
        _rescue(desk, incoming, error, row)
    return True


def speaker_of(turn: Turn, incoming: Incoming) -> Speaker:
    """Who is talking; a first contact is remembered."""
    if incoming.channel is Channel.KF:
        contact_id = kf_contact_id(incoming.open_kfid, incoming.sender)
    else:
        contact_id = person_id(incoming.sender)
    if incoming.sender in ("", PLATFORM):
        return Speaker(Contact("", incoming.channel, ""))
    if incoming.fields.get("origin") == FROM_CUSTOMER:
        store.contacts.heard_from(turn.tx, contact_id, incoming.sent_at)
    contact = store.contacts.get(turn.tx, contact_id)
    if contact is None:
        contact = Contact(contact_id, incoming.channel, incoming.sender, incoming.open_kfid)
        turn.meet(contact, incoming.sent_at)
    turn.know(contact)
    turn.hurry = turn.desk.pace.note(contact_id, incoming.key, turn.now)
    speaker = Speaker(contact, turn.person(contact_id) if incoming.channel is Channel.APP else None)
    if not speaker.is_staff:
        turn.greet_first(contact)
    return speaker


def _say_refusal(desk: Desk, incoming: Incoming, refused: Refused) -> bool:
    """The rule said no: keep the message, undo everything else, say why."""
    try:
        with desk.turn() as turn:
            store.inbox.add(turn.tx, incoming, turn.now)
            _refuse(turn, speaker_of(turn, incoming), incoming, refused)
    except Repeated:
        pass
    return True


def _refuse(turn: Turn, speaker: Speaker, incoming: Incoming, refused: Refused) -> None:
    guessed = refused.key == "unknown_order"
    if guessed and turn.desk.pace.note(f"guess:{speaker.id}", incoming.key, turn.now) > TRIES:
        return  # whoever tries out numbers is told nothing any more
    if refused.key == "which" and incoming.kind == "text":
        answers.ask_which(turn, speaker, incoming.text, refused)
    chat.refuse(turn, speaker, refused)


def _rescue(desk: Desk, incoming: Incoming, error: Exception, row: int | None = None) -> None:
    """Something is wrong with the bot: a danger still goes out as one, anything else to a person as it was said."""
    failed = type(error).__name__
    danger = None if incoming.is_event else _danger_in(desk, incoming.text)
    try:
        with desk.turn() as turn:
            stored = row or store.inbox.add(turn.tx, incoming, turn.now)
            store.inbox.handled(turn.tx, stored, turn.now, None, failed)
            speaker = speaker_of(turn, incoming)
            if incoming.is_event or not speaker.id:
                return
            draft = report.unexplained(turn, speaker, incoming.text, priority=Priority.URGENT)
            if danger is not None:
                draft = replace(draft, status=Status.OPEN, category=danger.category, priority=danger.priority,
                                place=danger.place, doubtful=danger.doubtful)  # fmt: skip
            lines = [LogLine("report", turn.now, speaker.id, {"failed": failed})]
            order, candidate = report.place_with_someone(turn, draft, lines)
            if danger is not None:
                turn.tell(speaker.id, receipt(turn, order, candidate), order=order)
            else:
                turn.say(speaker.id, "rescue", order=order, no=order.no, phone=turn.phone_line)
    except Repeated:
        return
    except store.Unavailable:
        raise
    except Exception as again:
        _log.exception("message could not be rescued", key=incoming.key, error=type(again).__name__)
        _last_resort(desk, incoming, failed, row)


def _danger_in(desk: Desk, text: str) -> Fault | None:
    """The emergency that the words tell of, read apart from whatever has failed; None also where reading fails."""
    try:
        reading = desk.understand(text)
    except Exception as error:
        _log.error("message could not be read", error=type(error).__name__)
        return None
    worst = reading.faults[0] if reading.faults else None
    if worst is None or worst.priority is not Priority.EMERGENCY:
        return None
    return replace(worst, place=worst.place or reading.place)


def _last_resort(desk: Desk, incoming: Incoming, failed: str, row: int | None) -> None:
    """Not even an order can be opened: whoever leads gets the bare words, and the sender the number to call."""
    with desk.turn() as turn:
        stored = row or store.inbox.add(turn.tx, incoming, turn.now)
        store.inbox.handled(turn.tx, stored, turn.now, None, failed)
        speaker = speaker_of(turn, incoming)
        if incoming.is_event or not speaker.id:
            return
        for candidate in leads_for(turn.roster, turn.now):
            turn.say(candidate.person.id, "rescue_lead", name=turn.name_of(speaker.id), text=incoming.text)
        turn.say(speaker.id, "rescue_sender", phone=turn.phone_line)
