"""Voice, pictures, videos and files that people send."""

from datetime import timedelta

from bot import store, words
from bot.core.joining import latest_within
from bot.core.messages import Incoming
from bot.core.orders import LogLine, Order
from bot.core.pace import FILES
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import crew, dispatching, report, which
from bot.texts import render

KINDS = ("image", "voice", "video", "file")
ASK_FOR = timedelta(minutes=30)
_FILES_WITHIN = timedelta(hours=2)


def received(turn: Turn, speaker: Speaker, incoming: Incoming) -> Order | None:
    """Keep the file with the order it belongs to; with no order it is a report that nobody can read yet."""
    kind, media_id = incoming.kind, incoming.media_id
    file_id = store.attachments.add(turn.tx, None, speaker.id, kind, media_id, incoming.channel.value, turn.now)
    held = store.orders.held_by(turn.tx, speaker.id) if speaker.is_staff else []
    if speaker.person and speaker.is_staff:
        held += which.helped_by(turn, speaker.person)
    if held:
        return _from_holder(turn, speaker, held, file_id, kind, media_id)
    order = _belongs_to(turn, speaker, kind)
    if order is not None:
        store.attachments.belong_to(turn.tx, [file_id], order.no)
        turn.note(order, "attachment", speaker.id, kind=kind)
        if turn.hurry > FILES:
            return order
        if order.holder:
            what = render(f"media.{kind}")
            turn.say(order.holder, "media.for_holder", order=order, no=order.no, what=what)
            turn.forward_media(order.holder, kind, media_id, order)
        crew.pass_file_on(turn, order, speaker.id, kind, media_id)
        turn.say(speaker.id, "media.joined", order=order, no=order.no, what=render(f"media.{kind}"))
        return order
    if speaker.contact.human:
        return None  # the human in the session has it on the screen
    return _as_report(turn, speaker, file_id, kind, media_id)


def _belongs_to(turn: Turn, speaker: Speaker, kind: str) -> Order | None:
    """The order an engineer has just asked about, or a fresh one; a picture shows any that is open.

    A voice long after a report is not about it: the one who speaks may be shut in a lift.
    """
    mine = store.orders.open_of_reporter(turn.tx, speaker.id)
    asked = {q.order_no for q in store.questions.open_for(turn.tx, speaker.id, turn.now) if q.kind == "reply"}
    about = next((o for o in mine if o.no in asked), None) or latest_within(mine, turn.now, _FILES_WITHIN)
    return about or (mine[0] if mine and kind == "image" else None)


def _from_holder(
    turn: Turn, speaker: Speaker, held: list[Order], file_id: int, kind: str, media_id: str
) -> Order | None:
    """A photo from the site: it belongs to the one order, or the bot asks to which."""
    working = [o for o in held if o.accepted_at is not None] or held
    if len(working) == 1:
        order = working[0]
        store.attachments.belong_to(turn.tx, [file_id], order.no)
        turn.note(order, "attachment", speaker.id, kind=kind)
        turn.say(speaker.id, "media.attached", order=order, no=order.no, what=render(f"media.{kind}"))
        if order.holder and order.holder != speaker.id:
            what, name = render(f"media.{kind}"), turn.name_of(speaker.id)
            turn.say(order.holder, "crew.file", order=order, no=order.no, what=what, name=name)
            turn.forward_media(order.holder, kind, media_id, order)
        return order
    waiting = [q for q in store.questions.open_for(turn.tx, speaker.id, turn.now) if q.kind == "photo"]
    files = [*(waiting[0].draft["files"] if waiting else []), file_id]
    store.questions.ask(turn.tx, speaker.id, "photo", 0, turn.now + ASK_FOR, {"files": files})
    turn.say(speaker.id, "media.which", list=words.order_lines(working))
    return None


def _as_report(turn: Turn, speaker: Speaker, file_id: int, kind: str, media_id: str) -> Order:
    """Customer service hears or sees it at once, the sender is asked in one line, and silence climbs."""
    draft = report.unexplained(turn, speaker, "", place=speaker.contact.offered_place, media=kind)
    order, candidate = report.place_with_someone(
        turn, draft, [LogLine("report", turn.now, speaker.id, {"media": kind})]
    )
    store.attachments.belong_to(turn.tx, [file_id], order.no)
    if candidate:
        turn.forward_media(candidate.person.id, kind, media_id, order)
    store.questions.ask(turn.tx, speaker.id, "what", order.no, turn.now + ASK_FOR)
    turn.say(speaker.id, "media.what", order=order, no=order.no, what=render(f"media.{kind}"), phone=turn.phone_line)
    return order


def explain(turn: Turn, speaker: Speaker, order: Order, text: str) -> None:
    """The sender says what the voice or picture is about: the order becomes what the words say."""
    reading = turn.read(text)
    fault = reading.faults[0] if reading.faults else None
    after = report.join(turn, speaker, order, text, fault, reading.place, wish=turn.wish(reading))
    if fault is None and after.media:
        after = dispatching.explained(turn, after)
    candidate_name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.say(speaker.id, "media.explained", order=after, no=after.no, name=candidate_name)
