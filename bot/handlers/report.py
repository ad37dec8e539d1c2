"""Reports: from words to an order, and from further words to the order they belong to."""

from dataclasses import dataclass, replace

from bot import store, words
from bot.core.duty import SERVICE_CATEGORIES, Candidate
from bot.core.joining import dangers_beside, latest_within, mate_of, merged
from bot.core.kinds import Category, Priority
from bot.core.letters import Weight
from bot.core.orders import LogLine, Move, Order, Status, make_move
from bot.core.pace import RESIDENT, crowded
from bot.core.people import Speaker
from bot.core.places import completed, findable, gap_of, sendable
from bot.core.reading import NOWHERE, Fault, Place, Reading
from bot.core.repeats import linked
from bot.core.visits import Wish
from bot.desk import Turn
from bot.handlers import crew, dispatching, doubts, event_words, incidents, receipts, repeats
from bot.texts import render

LINES_LOOKED_AT = 6
WORDS_AT_MOST = 4_000  # characters; a page shows fewer
_UNCLEAR = Fault(Category.OTHER, Priority.NORMAL)


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody tells: the words as they are, read, and for whom (代报: somebody else's name and phone)."""

    text: str
    reading: Reading
    name: str = ""
    phone: str = ""
    for_other: bool = False


def report(turn: Turn, speaker: Speaker, text: str, reading: Reading) -> list[Order]:
    """A person reports something: one order a fault, or more words for an order that is open already."""
    return take(turn, speaker, Telling(text, reading, phone=reading.phone or ""))


def take(turn: Turn, speaker: Speaker, telling: Telling) -> list[Order]:
    """Open or join an order for each fault told; the reporter hears at once."""
    reading = telling.reading
    faults = reading.faults or (_UNCLEAR,)
    fresh = telling.for_other or turn.just_met(speaker.id)
    mine = [] if fresh else store.orders.open_of_reporter(turn.tx, speaker.id)
    said: list[str] = []
    orders: list[Order] = []
    asks: list[Order] = []
    heard: set[int] = set()
    opened = False
    for fault in faults:
        place = _place_of(turn, speaker, telling, fault)
        # An order that this message has changed already is not the row that `mine` holds any more.
        changed = {o.no for o in orders}
        others = [o for o in mine if o.no not in changed]
        mate = mate_of(others, fault.category, place, turn.now, turn.policy.join_within)
        if mate is not None:
            wish = turn.wish(reading)
            if fault.doubtful:  # what was told before may make it certain
                fault = _graver(turn, mate, telling.text) or fault
            orders.append(join(turn, speaker, mate, telling.text, fault, place, telling.phone, wish))
            said.append(receipts.joined_words(turn, orders[-1]))
            continue
        if fault.priority is not Priority.EMERGENCY and (full := too_many(turn, mine)) and not telling.for_other:
            if full.no not in changed:
                orders.append(join(turn, speaker, full, telling.text, None))
                said.append(render("storm.crowded", no=full.no))
            continue
        beside = dangers_beside(mine, fault.priority, place, turn.now, turn.policy.join_within)
        order, candidate = _open(turn, speaker, telling, fault, place, beside)
        for other in beside:
            if other.no not in heard | changed:  # whom these words have joined has heard them
                after = _tell_beside(turn, speaker, other, telling.text, order)
                mine = [after if o.no == after.no else o for o in mine]
                heard.add(after.no)
        opened = True
        orders.append(order)
        said.append(receipts.receipt(turn, order, candidate))
        if order.status is not Status.FOLLOWING and gap_of(place, order.category, turn.register):
            asks.append(order)
    home = next((o.place for o in orders if o.place.building and findable(o.place)), orders[0].place)
    if findable(home) and not telling.for_other:
        turn.learn(speaker.id, last_place=home)
    if opened or turn.hurry <= RESIDENT:  # in a storm the hundredth word of the same danger is not answered again
        receipts.answer(turn, speaker, said, orders, asks)
    return orders


def too_many(turn: Turn, mine: list[Order]) -> Order | None:
    """The newest of the reporter's orders where there are too many for one more."""
    return mine[0] if crowded([o.opened_at for o in mine], turn.now, turn.policy.join_within) else None


def _place_of(turn: Turn, speaker: Speaker, telling: Telling, fault: Fault) -> Place:
    """Where this fault is; a unit that was not told is filled in only where the register has no other.

    Who tells the code of a device and no door means where the device stands: the digits of a code are no address.
    """
    told = fault.place or telling.reading.place
    if not told.room and (machine := turn.machines.coded(telling.text)):
        return machine.where
    place = told if telling.for_other else completed(told, speaker.contact.last_place)
    return turn.register.check(place)[0]


def _device(turn: Turn, said: str, place: Place, category: Category) -> str | None:
    """The code of the one piece of equipment that the words are about, if the list has it."""
    found = turn.machines.named(said, place, category)
    return found.code if found else None


def _open(turn: Turn, speaker: Speaker, telling: Telling, fault: Fault, place: Place,
          beside: list[Order]) -> tuple[Order, Candidate | None]:  # fmt: skip
    """One new order with its holder, its first timers and its page, which names the dangers ``beside`` it."""
    sure = telling.reading.sure and fault.category is not Category.OTHER
    draft = Order(
        no=0,
        reporter=speaker.id,
        reporter_name=telling.name or turn.known_name(speaker.id),
        phone=telling.phone or (speaker.person.phone if speaker.person else ""),
        words=telling.text,
        category=fault.category,
        priority=fault.priority,
        place=place,
        status=Status.OPEN if sure or fault.priority is Priority.EMERGENCY else Status.UNSURE,
        opened_at=turn.now,
        clock_at=turn.now,
        round=1,
        twin=dispatching.twin_of(turn, fault.category, place),
        doubtful=fault.doubtful,
        wish=turn.wish(telling.reading),
        device=_device(turn, telling.text, place, fault.category),
    )
    lines = [
        LogLine(
            "report",
            turn.now,
            speaker.id,
            {"category": fault.category.value, "priority": fault.priority.value, "rules": turn.desk.rules_version},
        )
    ]
    waits = draft.status is Status.OPEN and fault.priority is not Priority.EMERGENCY
    if waits and not sendable(place, turn.register) and fault.category not in SERVICE_CATEGORIES:
        return turn.open(replace(draft, status=Status.ASKING), lines, words.reasons(telling.reading)), None
    near = incidents.around(turn, draft) if draft.status is Status.OPEN else None
    event = incidents.event_for(turn, draft, near) if near else None
    if event is not None:
        return incidents.joined_at_birth(turn, draft, lines, event, words.reasons(telling.reading)), None
    earlier = repeats.found(turn, draft) if draft.status is Status.OPEN else None
    notes = [render("page.beside", no=other.no, category=words.fault(other)) for other in beside]
    if earlier is not None:
        draft = linked(draft, earlier)
        notes.append(repeats.note(turn, earlier))
        lines.append(repeats.line(turn, draft))
    note = "；".join(notes)
    order, candidate = place_with_someone(turn, draft, lines, words.reasons(telling.reading), note)
    if earlier is not None:
        repeats.tell(turn, order, earlier)
    if near is not None:
        incidents.propose(turn, order, near)
    if order.doubtful:
        doubts.ask(turn, order)
    return order, candidate


def _tell_beside(turn: Turn, speaker: Speaker, order: Order, text: str, danger: Order) -> Order:
    """Another ``danger`` told by somebody whose first one is open: whoever is on the way to that one hears of it.

    They may be one scene (煤气味, then 里面的老人晕过去了), and a new order alone may go to another trade.
    """
    after = replace(order, words=_longer(order.words, text))
    after = turn.keep(order, after, LogLine("supplement", turn.now, speaker.id, {"text": text, "beside": danger.no}))
    said = render("order.beside", no=order.no, text=text, other=danger.no, category=words.fault(danger))
    if order.holder and order.holder != danger.holder:  # who has both reads it on the page
        turn.tell(order.holder, said, order=after)
    elif order.status is Status.FOLLOWING:
        _tell_leading(turn, after, text)
    crew.pass_on(turn, after, speaker.id, said)
    return after


def unexplained(turn: Turn, speaker: Speaker, text: str, *, place: Place = NOWHERE, phone: str = "", media: str = "",
                priority: Priority = Priority.NORMAL) -> Order:  # fmt: skip
    """What no rule can sort and a person has to look at (待核实), ready for `place_with_someone`."""
    return Order(
        no=0,
        reporter=speaker.id,
        reporter_name=turn.known_name(speaker.id),
        phone=phone or (speaker.person.phone if speaker.person else ""),
        words=text,
        category=Category.OTHER,
        priority=priority,
        place=place,
        status=Status.UNSURE,
        opened_at=turn.now,
        clock_at=turn.now,
        round=1,
        media=media,
    )


def place_with_someone(
    turn: Turn, draft: Order, lines: list[LogLine], why: tuple[str, ...] = (), note: str = ""
) -> tuple[Order, Candidate | None]:
    """Store a new order together with its first holder, and page him."""
    candidate = dispatching.pick(turn, draft)
    draft = dispatching.clock_start(turn, draft, holder=candidate.person.id if candidate else None)
    given = dispatching.because(LogLine("dispatch", turn.now, "", {"holder": draft.holder or ""}), candidate)
    order = turn.open(draft, [*lines, given], why)
    dispatching.send(turn, order, candidate, note)
    return order, candidate


def join(turn: Turn, speaker: Speaker, order: Order, text: str, fault: Fault | None, place: Place = NOWHERE,
         phone: str = "", wish: Wish | None = None) -> Order:  # fmt: skip
    """Put further words to an order; whoever has it hears them. A graver fault raises the order."""
    now_place = merged(order.place, place)
    after = replace(
        order,
        words=_longer(order.words, text),
        place=now_place,
        phone=order.phone or phone,
        wish=wish or order.wish,
        # The clocks follow the wish: of an order that somebody has accepted they are wound anew.
        round=order.round + (1 if wish and wish != order.wish and order.accepted_at else 0),
    )
    if after.device is None:
        after = replace(after, device=_device(turn, after.words, now_place, order.category))
    if now_place.building != order.place.building:
        after = replace(after, twin=order.twin or dispatching.twin_of(turn, order.category, now_place, order.no))
    plain = order.doubtful and fault is not None and fault.priority is Priority.EMERGENCY and not fault.doubtful
    lines = [LogLine("supplement", turn.now, speaker.id, {"text": text})]
    if plain:
        after = replace(after, doubtful=False)
        lines.append(LogLine("danger_told", turn.now, speaker.id))
    after = turn.keep(order, after, *lines)
    if plain:
        doubts.settled_by_words(turn, after, text)
    graver = fault is not None and (
        fault.priority.rank < order.priority.rank
        or (fault.category is Category.ELEVATOR_ENTRAPMENT and order.category is Category.ELEVATOR_FAULT)
        or bool(order.media)
    )
    if graver and fault is not None:
        after = dispatching.raise_to(
            turn, after, fault.category, fault.priority, by=speaker.id, note=render("page.raised"),
            doubtful=fault.doubtful,
        )  # fmt: skip
        if after.doubtful:
            doubts.ask(turn, after)
        if order.accepted_at is not None and order.holder and after.holder == order.holder and text:
            _tell_holder(turn, order, after, text)  # to another holder the page says it
    elif _waits_for_place(turn, order) and (sendable(now_place, turn.register) or _insists(order, place)):
        after = dispatch_asked(turn, after)
    elif after.wish != order.wish and dispatching.waits(turn, order, after):
        after = dispatching.again(turn, after, render("visit.page_note"))
    elif order.holder and (turn.relay is Weight.MUST or after.words != order.words):
        _tell_holder(turn, order, after, text)
    elif order.status is Status.FOLLOWING:
        _tell_leading(turn, after, text)
    if after.words != order.words or now_place != order.place:
        crew.pass_on(turn, after, speaker.id, _heard(turn, order, after, text))
    return after


def _longer(known: str, text: str) -> str:
    """The words of an order with further ones, each once; what no page can show any more is left to the history."""
    if not text or f"\n{text}\n" in f"\n{known}\n" or len(known) > WORDS_AT_MOST:
        return known
    return f"{known}\n{text}" if known else text


def _insists(order: Order, told: Place) -> bool:
    """True where a place that no list has was told twice: the list may be wrong."""
    return findable(told) and merged(order.place, told) == order.place


def _waits_for_place(turn: Turn, order: Order) -> bool:
    """True where nothing but the place kept the order from the trade, also after customer service was sent to ask."""
    asked = order.status is Status.UNSURE and not sendable(order.place, turn.register)
    return order.status is Status.ASKING or (asked and order.category not in (*SERVICE_CATEGORIES, Category.OTHER))


def dispatch_asked(turn: Turn, order: Order) -> Order:
    """The place is known now: the order goes out."""
    store.questions.forget(turn.tx, order.no, "place")
    near = incidents.around(turn, order)
    event = incidents.event_for(turn, order, near) if near else None
    if event is not None:
        after = incidents.wait_on(turn, order, event.id, by="")
        if order.holder:
            turn.say(order.holder, "incident.answered", order=after, no=after.no, event=event.id)
        return after
    earlier = repeats.found(turn, order)
    note = repeats.note(turn, earlier) if earlier else ""
    if earlier is not None:
        known = linked(order, earlier)
        order = turn.keep(order, known, repeats.line(turn, known))
    after = dispatching.move_on(turn, order, Move.DISPATCH, by="", exclude=(), note=note)
    if earlier is not None:
        repeats.tell(turn, after, earlier)
    if near is not None:
        incidents.propose(turn, after, near)
    dispatching.taken_over(turn, order, after)
    return after


def verify(turn: Turn, order: Order, note: str = "") -> Order:
    """Nobody said where: customer service has to ask (待核实)."""
    probe = replace(order, status=Status.UNSURE)
    candidate = dispatching.pick(turn, probe)
    after, line = make_move(order, Move.VERIFY, by="", at=turn.now, holder=candidate.person.id if candidate else None)
    after = turn.keep(order, dispatching.clock_start(turn, after), dispatching.because(line, candidate))
    dispatching.send(turn, after, candidate, note)
    return after


def supplement(turn: Turn, speaker: Speaker, text: str, reading: Reading) -> bool:
    """Further words about what is already reported; False if there is nothing they could belong to."""
    mine = store.orders.open_of_reporter(turn.tx, speaker.id)
    order = latest_within(mine, turn.now, turn.policy.join_within)
    if order is None and (reading.place or reading.phone or reading.visit):
        order = next((o for o in mine if o.status is not Status.FINISHED), None)
    if order is None:
        return False
    fault = _graver(turn, order, text)
    after = join(turn, speaker, order, text, fault, reading.place, reading.phone or "", turn.wish(reading))
    said = receipts.joined_words(turn, after)
    if after.wish != order.wish:
        said += "\n" + render("visit.changed", no=after.no, when=turn.visit(after))
    turn.tell(speaker.id, said, order=after)
    return True


def graver_together(turn: Turn, speaker: Speaker, text: str) -> bool:
    """True where a word that says nothing alone makes an emergency of what the same person has just reported."""
    order = latest_within(store.orders.open_of_reporter(turn.tx, speaker.id), turn.now, turn.policy.join_within)
    return order is not None and _graver(turn, order, text) is not None


def _graver(turn: Turn, order: Order, text: str) -> Fault | None:
    """The emergency that the order's words and further ones make together: "里面有人" after "电梯坏了"."""
    if order.priority is Priority.EMERGENCY or not order.words:
        return None
    # Whatever was said in between must not stand between the lift and who is in it, and a heap of words hints at
    # anything: so with each of the first and the last ones by itself.
    lines = order.words.split("\n")
    for known in dict.fromkeys((lines[0], *lines[-LINES_LOOKED_AT:])):
        faults = turn.desk.reader.read(f"{known}，{text}").faults
        if faults and faults[0].priority is Priority.EMERGENCY:
            return faults[0]
    return None


def _tell_leading(turn: Turn, order: Order, text: str) -> None:
    """Further words about an order that waits on an event reach whoever works on it, without pressing."""
    event, lead = event_words.event_and_lead(turn, order)
    if event and lead and lead.holder and text:
        said = render("incident.word", no=order.no, event=event.id, lead=lead.no, text=text)
        turn.tell(lead.holder, said, order=order, weight=Weight.MAY)


def _tell_holder(turn: Turn, before: Order, order: Order, text: str) -> None:
    assert order.holder is not None
    turn.tell(order.holder, _heard(turn, before, order, text), order=order, weight=turn.relay)


def _heard(turn: Turn, before: Order, order: Order, text: str) -> str:
    """What the reporter has added, for those who work on the order."""
    key = "order.supplement_place" if order.place != before.place else "order.supplement"
    heard = render(key, no=order.no, text=text or words.place(order.place), place=words.place(order.place))
    if order.twin != before.twin:
        heard += "\n" + render("page.twin", twin=order.twin)
    if order.wish != before.wish:
        heard += "\n" + render("visit.changed", no=order.no, when=turn.visit(order))
    return heard
