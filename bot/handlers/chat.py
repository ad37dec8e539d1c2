"""Everything that is neither an order nor about one: greetings, thanks, questions, complaints, 帮助."""

from typing import Any

from bot import store, words
from bot.core.duty import service_for
from bot.core.errors import Refused
from bot.core.kinds import Intent, Role
from bot.core.orders import LogLine, Order, Status
from bot.core.people import Speaker
from bot.core.reading import Reading
from bot.desk import Turn
from bot.handlers import report


def help_(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """帮助: what this person can say."""
    role = "firm" if speaker.person and speaker.person.firm else speaker.role or Role.RESIDENT
    turn.say(speaker.id, f"help.{role}", phone=turn.phone_line)


def greet(turn: Turn, speaker: Speaker) -> None:
    """你好."""
    turn.say(speaker.id, "chat.greeting", community=turn.desk.settings.community.name)


def welcome_back(turn: Turn, speaker: Speaker) -> None:
    """谢谢."""
    turn.say(speaker.id, "chat.thanks")


def inquire(turn: Turn, speaker: Speaker, text: str) -> None:
    """A question that is no fault: customer service is told; the number is given."""
    told = [c.person for c in service_for(turn.roster, turn.now) if c.person.role is Role.SERVICE]
    for person in told[:1]:
        if person.id != speaker.id:
            turn.say(person.id, "chat.inquiry_for_service", name=turn.name_of(speaker.id), text=text,
                     weight=turn.relay)  # fmt: skip
    turn.say(speaker.id, "chat.inquiry_passed_on" if told else "chat.inquiry", phone=turn.phone_line)


def look_for_danger(turn: Turn, speaker: Speaker, text: str) -> None:
    """Words that may tell of a danger, of which nothing else was made: whoever settles what is unsure reads them, and
    the sender hears how to make it plain."""
    others = (c.person.id for c in service_for(turn.roster, turn.now) if c.person.id != speaker.id)
    if (first := next(others, None)) is not None:
        turn.say(first, "chat.danger_for_service", name=turn.name_of(speaker.id), text=text)
    turn.say(speaker.id, "chat.danger_unsure", phone=turn.phone_line)


def complain(turn: Turn, speaker: Speaker, text: str, reading: Reading) -> Order:
    """A complaint is settled by customer service, with a number and a clock like everything that waits."""
    mine = [] if turn.just_met(speaker.id) else store.orders.open_of_reporter(turn.tx, speaker.id)
    if full := report.too_many(turn, mine):
        report.join(turn, speaker, full, text, None)
        turn.say(speaker.id, "storm.crowded", order=full, no=full.no)
        return full
    draft = report.unexplained(turn, speaker, text, place=reading.place, phone=reading.phone or "")
    lines = [LogLine("report", turn.now, speaker.id, {"intent": Intent.COMPLAINT.value})]
    order, _ = report.place_with_someone(turn, draft, lines, words.reasons(reading))
    turn.say(speaker.id, "chat.complaint", order=order, no=order.no)
    return order


def not_understood(turn: Turn, speaker: Speaker) -> None:
    """Chatter, stickers, nonsense: said so, with the way to report."""
    turn.say(speaker.id, "chat.not_understood_staff" if speaker.is_staff else "chat.not_understood")


def refuse(turn: Turn, speaker: Speaker, refused: Refused) -> None:
    """A rule has said no: the sentence that says why."""
    fields: dict[str, Any] = {**refused.fields, "phone": turn.phone_line}
    if fields.get("status") in list(Status):
        fields["status"] = words.status(Status(fields["status"]))
    if speaker.id:
        turn.say(speaker.id, refused.key, **fields)


def entered(turn: Turn, speaker: Speaker) -> None:
    """A member opens the app for the first time: the privacy notice, once."""
    if not speaker.contact.noticed and not speaker.is_staff:
        greet(turn, speaker)
