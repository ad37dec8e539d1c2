"""What a message means here and now: a tap, a command, the answer to a question, or free words."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import store, switchboard
from bot.core.errors import Refused
from bot.core.joining import latest_within, same_matter
from bot.core.kinds import Category, Intent, Priority
from bot.core.messages import Channel, Incoming
from bot.core.orders import Order, Status
from bot.core.people import Speaker
from bot.core.reading import Context, OpenOrder, Reading
from bot.core.taps import key_of
from bot.desk import Turn
from bot.handlers import (
    answers,
    chat,
    engineer,
    kf_session,
    lead,
    media,
    notices,
    places,
    reopening,
    report,
    reporter,
    storm,
)
from bot.store.questions import Question

_DIGITS = 9  # of an order number, as in what people type
_SCORES = frozenset("12345")
_TAPS = frozenset({"template_card_event", "template_card_menu_event", "click", "scancode_waitmsg", "enter_agent"})
# The questions after which a short answer is read by what was asked.
_ASKED = frozenset({"place", "what", "score", "reply"})
# What the main thing says already: a receipt is thanks enough, a score confirms; what is called off is not confirmed.
_SAID_ALREADY = frozenset(
    {
        (Intent.REPORT, Intent.THANKS),
        (Intent.REPORT, Intent.GREETING),
        (Intent.RATE, Intent.CONFIRM),
        (Intent.CANCEL, Intent.CONFIRM),
    }
)
# Taps of the app's menu (bot/wecom/menu.toml).
MENU: dict[str, Callable[[Turn, Speaker], None]] = {
    "menu.report": lambda turn, speaker: turn.say(speaker.id, "menu.report"),
    "menu.mine": lambda turn, speaker: engineer.mine(turn, speaker),
    "menu.today": lambda turn, speaker: lead.today(turn, speaker),
    "menu.scan": lambda turn, speaker: turn.say(speaker.id, "menu.scan"),
}


def handle(turn: Turn, speaker: Speaker, incoming: Incoming) -> int | None:
    """Do what one message asks; returns the number of the order it opened or joined as a report, if any.

    Raises Refused where a rule says no.
    """
    if storm.raging(turn, speaker) and not _always(turn, speaker, incoming):
        storm.hold(turn, speaker)
        return None
    if incoming.is_event:
        _event(turn, speaker, incoming)
        return None
    if not speaker.id:
        return None
    if incoming.fields.get("origin") == "5":
        kf_session.human_speaks(turn, speaker, incoming)
        return None
    if incoming.kind == "text" and ":" in key_of(incoming.event_key):
        _tap(turn, speaker, key_of(incoming.event_key))
    elif incoming.kind == "text":
        return _text(turn, speaker, incoming.text)
    elif incoming.kind in media.KINDS and incoming.media_id:
        order = media.received(turn, speaker, incoming)
        return order.no if order else None
    elif incoming.kind == "location":
        return _text(turn, speaker, _where(incoming))
    else:
        chat.not_understood(turn, speaker)
    return None


def _always(turn: Turn, speaker: Speaker, incoming: Incoming) -> bool:
    """What is acted on however much else comes from the same sender: danger, files, and what no person did."""
    if incoming.kind == "text":
        return ":" not in key_of(incoming.event_key) and storm.danger(turn, speaker, incoming.text)
    if incoming.is_event:
        return incoming.event not in _TAPS
    return incoming.kind in media.KINDS


def _where(incoming: Incoming) -> str:
    """The words of a shared location: the app's label, or name and address of 微信客服."""
    parts = [incoming.fields.get(name) for name in ("Label", "name", "address")]
    return " ".join(str(part) for part in parts if part)[:500]


def _event(turn: Turn, speaker: Speaker, incoming: Incoming) -> None:
    """Taps are acted on; what the bot does not know is on record, and that is all."""
    match incoming.event:
        case "template_card_event" | "template_card_menu_event":
            if incoming.task_id and incoming.response_code:
                store.pages.set_response_code(turn.tx, incoming.task_id, incoming.response_code, turn.now)
            _tap(turn, speaker, incoming.event_key)
        case "click":
            if incoming.event_key in MENU:
                MENU[incoming.event_key](turn, speaker)
        case "scancode_waitmsg":
            result = answers.scan_result(incoming)
            if not engineer.arrived_by_scan(turn, speaker, result):
                places.scanned(turn, speaker, result)
        case "enter_agent" | "subscribe" if speaker.id:
            chat.entered(turn, speaker)
        case "unsubscribe":
            notices.left(turn, speaker)
        case "enter_session":
            kf_session.entered(turn, speaker, incoming)
        case "session_status_change":
            kf_session.changed(turn, speaker, incoming)
        case "msg_send_fail":
            kf_session.not_arrived(turn, speaker, incoming)
        case event if event in notices.EVENTS:
            notices.announced(turn, incoming)


def _tap(turn: Turn, speaker: Speaker, key: str) -> None:
    verb, _, tail = key.partition(":")
    number, _, more = tail.partition(":")
    if not number.isdecimal() or len(number) > _DIGITS:
        chat.not_understood(turn, speaker)
    elif verb == "place":
        places.tapped(turn, speaker, int(number), more)
    elif verb in switchboard.TAPS and (verb != "rate" or more in _SCORES):
        switchboard.TAPS[verb](turn, speaker, int(number), more if verb in switchboard.WITH_MORE else "")
    else:
        chat.not_understood(turn, speaker)


def _text(turn: Turn, speaker: Speaker, text: str) -> int | None:
    if not text.strip():
        chat.not_understood(turn, speaker)
        return None
    if (parsed := switchboard.parse(text, speaker.role)) is not None:
        parsed.command.handler(turn, speaker, parsed.no, parsed.rest)
        return None
    reading = turn.read(text)
    questions = [] if turn.just_met(speaker.id) else store.questions.open_for(turn.tx, speaker.id, turn.now)
    if chosen := answers.chosen(turn, questions, text):
        return _for_number(turn, speaker, *chosen)
    reading = _in_context(turn, speaker, text, reading, questions)
    if questions and answers.answer(turn, speaker, questions, text, reading):
        return None
    if speaker.contact.human and speaker.contact.channel is Channel.KF and not _worth_an_order(reading):
        return None  # a human has the session; the bot stays silent there
    act = _all_of_it if not reading.alarming or _looked_at(speaker, reading) else _with_a_look
    orders = act(turn, speaker, text, reading)
    return orders[0].no if orders else None


def _looked_at(speaker: Speaker, reading: Reading) -> bool:
    """True where somebody reads the words anyhow: as an order, or as one that customer service has to settle."""
    if reading.intent in (Intent.OTHER, Intent.GREETING):
        return not speaker.is_staff
    return reading.intent in (Intent.REPORT, Intent.NOT_FIXED)


def _with_a_look(turn: Turn, speaker: Speaker, text: str, reading: Reading) -> list[Order]:
    """Do what the words ask for, and have a person look for the danger that they may tell of."""
    orders: list[Order] = []
    with turn.one_answer(speaker.id):
        try:
            orders = _all_of_it(turn, speaker, text, reading)
        except Refused as refused:
            # A refusal would take everything else back, the look too.
            if refused.key == "which":
                answers.ask_which(turn, speaker, text, refused)
            chat.refuse(turn, speaker, refused)
        chat.look_for_danger(turn, speaker, text)
    return orders


def _in_context(turn: Turn, speaker: Speaker, text: str, reading: Reading, questions: Sequence[Question]) -> Reading:
    """The same words after what was asked and with what is open; a plain report says enough by itself."""
    asked = next((q.kind for q in questions if q.kind in _ASKED), None)
    if asked is None and reading.intent is Intent.REPORT and reading.sure:
        return reading
    mine = [] if turn.just_met(speaker.id) else store.orders.open_of_reporter(turn.tx, speaker.id)
    if asked is None and any(order.status is Status.FINISHED for order in mine):
        asked = "confirm"
    if asked is None and not mine and not reading.intent.is_about_an_order:
        return reading
    known = tuple(OpenOrder(o.no, o.category, o.status.value, o.place) for o in mine)
    return turn.desk.understand(text, Context(asked, known))


def _for_number(turn: Turn, speaker: Speaker, text: str, no: int) -> int | None:
    """What was said before, for the order whose number was missing then."""
    parsed = switchboard.parse(text, speaker.role)
    if parsed is not None:
        parsed.command.handler(turn, speaker, no, parsed.rest)
        return None
    orders = _all_of_it(turn, speaker, text, turn.read(text), no)
    return orders[0].no if orders else None


def _worth_an_order(reading: Reading) -> bool:
    return reading.intent in (Intent.REPORT, Intent.NOT_FIXED) and reading.sure


def _all_of_it(turn: Turn, speaker: Speaker, text: str, reading: Reading, no: int | None = None) -> list[Order]:
    """Everything a message wants, in one answer: 修好了，5分，谢谢."""
    further = [intent for intent in reading.also if (reading.intent, intent) not in _SAID_ALREADY]
    if Intent.CONFIRM in (reading.intent, *further):
        further = [intent for intent in further if intent is not Intent.RATE]  # the score goes with the confirmation
    if not further and not reading.score:
        return _by_intent(turn, speaker, text, reading, no)
    with turn.one_answer(speaker.id):
        orders = _by_intent(turn, speaker, text, reading, no)
        for intent in further:
            try:
                orders += _by_intent(turn, speaker, text, replace(reading, intent=intent, also=()), no)
            except Refused as refused:
                chat.refuse(turn, speaker, refused)
    return orders


def _by_intent(turn: Turn, speaker: Speaker, text: str, reading: Reading, no: int | None = None) -> list[Order]:
    """Free words, by what they want and what is open; ``no`` is the order they are about, where that was asked."""
    match reading.intent:
        case Intent.REPORT:
            return report.report(turn, speaker, text, reading)
        case Intent.NOT_FIXED:
            return _not_fixed(turn, speaker, text, reading, no)
        case Intent.SUPPLEMENT:
            if report.supplement(turn, speaker, text, reading):
                return []
            turn.say(speaker.id, "supplement.nothing_open")
        case Intent.STATUS:
            reporter.status(turn, speaker, no)
        case Intent.URGE:
            reporter.urge(turn, speaker, no)
        case Intent.CANCEL:
            reporter.cancel(turn, speaker, no)
        case Intent.CONFIRM:
            _confirm(turn, speaker, text, reading, no)
        case Intent.RATE:
            _rate(turn, speaker, text, reading, no)
        case Intent.THANKS:
            chat.welcome_back(turn, speaker)
        case Intent.GREETING:
            return _other(turn, speaker, text, reading)
        case Intent.INQUIRY:
            chat.inquire(turn, speaker, text)
        case Intent.COMPLAINT:
            return [chat.complain(turn, speaker, text, reading)]
        case _:
            return _other(turn, speaker, text, reading)
    return []


def _other(turn: Turn, speaker: Speaker, text: str, reading: Reading) -> list[Order]:
    """Nothing was recognised: a further word on something fresh, else a person has to look (待核实)."""
    if reading.sure and not report.graver_together(turn, speaker, text):
        say = chat.greet if reading.intent is Intent.GREETING else chat.not_understood
        say(turn, speaker)
        return []
    if report.supplement(turn, speaker, text, reading):
        return []
    if speaker.is_staff:
        chat.not_understood(turn, speaker)
        return []
    return report.report(turn, speaker, text, reading)


def _not_fixed(turn: Turn, speaker: Speaker, text: str, reading: Reading, no: int | None) -> list[Order]:
    """A repair that did not hold reopens its order; with none there it is a report like any other."""
    if no is not None:
        reopening.not_fixed(turn, speaker, no, text, reading)
        return []
    mine = store.orders.recent_of_reporter(turn.tx, speaker.id)
    over = [
        o
        for o in mine
        if o.status is Status.FINISHED
        or (o.status is Status.CLOSED and o.closed_at and turn.now - o.closed_at <= turn.policy.reopen_within)
    ]
    told = {f.category for f in reading.faults}
    danger = any(f.priority is Priority.EMERGENCY for f in reading.faults)
    unnamed = not told or (Category.OTHER in told and not danger)
    fitting = [
        o for o in over if any(same_matter(o, fault.category, fault.place or reading.place) for fault in reading.faults)
    ] or (over if unnamed else [])
    if fitting:
        reopening.not_fixed(turn, speaker, fitting[0].no, text, reading)
        return []
    working = latest_within(mine, turn.now, turn.policy.reopen_within)
    if working is not None and not told:
        reopening.not_fixed(turn, speaker, working.no, text, reading)
        return []
    return report.report(turn, speaker, text, reading)


def _confirm(turn: Turn, speaker: Speaker, text: str, reading: Reading, no: int | None) -> None:
    finished = [o for o in store.orders.open_of_reporter(turn.tx, speaker.id) if o.status is Status.FINISHED]
    if not finished:
        turn.say(speaker.id, "none.confirm", phone=turn.phone_line)
        return
    reporter.confirm(turn, speaker, no, rated=bool(reading.score))
    if reading.score:
        reporter.rate(turn, speaker, no or finished[0].no, reading.score, text)


def _rate(turn: Turn, speaker: Speaker, text: str, reading: Reading, no: int | None) -> None:
    if reading.score is None:
        chat.welcome_back(turn, speaker)
    else:
        reporter.rate(turn, speaker, no, reading.score, text if len(text.strip()) > 2 else "")
