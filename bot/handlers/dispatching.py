"""Who gets an order, and how he hears of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot import store, words
from bot.core.choice import Job, asks_for_loads, choose
from bot.core.dues import accept_starts
from bot.core.duty import SERVICE_CATEGORIES, SKILL_OF, Candidate, engineers_for, leads_for, service_for
from bot.core.joining import TWIN_WITHIN
from bot.core.kinds import Category, Priority, Role, Skill
from bot.core.orders import MOVES, LogLine, Move, Order, Status, make_move
from bot.core.people import Person
from bot.core.reading import Place
from bot.desk import Turn
from bot.handlers import reasons
from bot.texts import render

FILES_KEPT = timedelta(hours=70)


def pick(turn: Turn, order: Order, exclude: Collection[str] = ()) -> Candidate | None:
    """Who should get the order now, and why; None only where the people list has nobody at all."""
    line = line_of(turn, order, exclude)
    usual = turn.desk.settings.duty.open_orders_at_most
    loads = store.roster.loads(turn.tx, line[0].person.role) if asks_for_loads(line, usual) else {}
    if order.no and order.holder in loads and not order.status.is_over and order.status is not Status.FINISHED:
        # The order itself is no reason against whoever has it.
        own = loads[order.holder]
        loads[order.holder] = replace(own, open_orders=own.open_orders - 1)
    return choose(line, loads, job_of(turn, order), usual)


def job_of(turn: Turn, order: Order) -> Job:
    """What somebody is wanted for."""
    skill = None if _for_the_desk(order) else SKILL_OF.get(order.category, Skill.GENERAL)
    return Job(skill, order.place.building, order.priority, turn.now)


def because(line: LogLine, candidate: Candidate | None) -> LogLine:
    """The line of the history with the figures that decided for the candidate."""
    return replace(line, detail={**line.detail, "why": dict(candidate.why)}) if candidate and candidate.why else line


def line_of(turn: Turn, order: Order, exclude: Collection[str] = ()) -> list[Candidate]:
    """Everybody who may get the order, the best ground first: who is on duty when its clock starts."""
    at = _on_duty_at(turn, order)
    if _for_the_desk(order):
        return service_for(turn.roster, at, exclude)
    return engineers_for(turn.roster, at, order.category, order.place.building, exclude)


def _for_the_desk(order: Order) -> bool:
    return order.status is Status.UNSURE or order.category in SERVICE_CATEGORIES


def tried(turn: Turn, order: Order) -> set[str]:
    """Everybody the order was sent to since it was reported, or reopened, and whoever holds it."""
    since = store.orders.reopened_at(turn.tx, order.no) if order.reopened else None
    return store.pages.ever_paged(turn.tx, order.no, since) | ({order.holder} if order.holder else set())


def involved(turn: Turn, order: Order) -> set[str]:
    """Who thinks that the order may be his: the holder with his apprentices, and while nobody has accepted whoever can
    still tap 接单."""
    if order.accepted_at is None:
        return set(store.pages.live_pages(turn.tx, order.no)) | ({order.holder} if order.holder else set())
    along = {p.id for p in turn.roster.apprentices_of(order.holder)}
    return along | ({order.holder} if order.holder else set())


def clock_start(turn: Turn, order: Order, **changes: Any) -> Order:
    """The accept clock starts now; for a normal order in quiet hours, when they end. ``changes``: further fields."""
    return replace(order, clock_at=_starts_at(turn, order), **changes)


def _starts_at(turn: Turn, order: Order) -> datetime:
    at = accept_starts(order, turn.policy, turn.now)
    if at == turn.now or order.wish is None or _has_crew(turn, order, order.wish.since):
        return at
    # Who will be on duty then is not known yet: it goes to those of now, who can hand it over.
    return accept_starts(replace(order, wish=None), turn.policy, turn.now)


def _on_duty_at(turn: Turn, order: Order) -> datetime:
    """Whose shift counts: that of the moment the accept clock starts, or of the wished time it is held back for."""
    at = _starts_at(turn, order)
    wished = order.wish.since if order.wish and order.wish.since > at > turn.now else at
    return wished if wished == at or _has_crew(turn, order, wished) else at


def _has_crew(turn: Turn, order: Order, at: datetime) -> bool:
    """True if the duty list has somebody for the order at that time."""
    if _for_the_desk(order):
        line = service_for(turn.roster, at)
    else:
        line = engineers_for(turn.roster, at, order.category, order.place.building)
    return bool(line) and line[0].on_duty


def send(turn: Turn, order: Order, candidate: Candidate | None, note: str = "") -> None:
    """Page the holder, and tell customer service where nobody was on duty for it, or nobody had room."""
    if candidate is not None:
        # Whoever leads has to know that nobody else has it.
        stands = [reasons.ground(turn, candidate.why)] if candidate.why and not candidate.on_duty else []
        if _is_alone(turn, candidate):
            stands.append(render("crew.alone_page"))
        turn.page(order, candidate, "；".join([*stands, note]) if note else "".join(stands))
    if candidate is not None and _is_alone(turn, candidate):
        _tell_alone(turn, order, candidate.person)
    if candidate is None or not candidate.on_duty or _only_backup(turn, order, candidate):
        _tell_gap(turn, order, candidate)


def _is_alone(turn: Turn, candidate: Candidate) -> bool:
    """True for an apprentice who has the order because no journeyman is on duty for it."""
    return candidate.on_duty and candidate.person.mentor in turn.roster.people


def _tell_alone(turn: Turn, order: Order, apprentice: Person) -> None:
    on_duty = turn.roster.on_duty(turn.now)
    leads = leads_for(turn.roster, turn.now)
    first = [c.person for c in leads if c.ground == leads[0].ground]
    for lead in [p for p in first if p.id in on_duty] or first:
        turn.say(
            lead.id, "crew.alone", order=order, no=order.no, line=words.order_line(order), name=apprentice.name,
            mentor=turn.name_of(apprentice.mentor),
        )  # fmt: skip


def _only_backup(turn: Turn, order: Order, candidate: Candidate) -> bool:
    """True if the backup has it because tier 1 is empty, not because somebody of tier 1 has passed it on."""
    return candidate.ground in ("tier2", "tier3") and line_of(turn, order)[0].ground != "tier1"


def pass_files(turn: Turn, before: Order, after: Order) -> None:
    """What the reporter has sent goes to whoever has the order now; the platform keeps it three days."""
    if not after.holder or after.holder == before.holder:
        return
    files = store.attachments.of_reporter(turn.tx, after.no, after.reporter, turn.now - FILES_KEPT)
    if files:
        turn.say(after.holder, "talk.files", order=after, no=after.no, n=len(files))
    for file in files:
        turn.forward_media(after.holder, file.kind, file.media_id, after)


def pass_on(turn: Turn, order: Order, reason: str) -> Order:
    """The platform cannot reach the holder: the next who fits has it at once, on the clock that is running."""
    name = turn.name_of(order.holder)
    candidate = pick(turn, order, tried(turn, order))
    if candidate is None:
        return _left_with_a_lead(turn, order, reason)
    return pass_to(turn, order, candidate, reason, render("page.passed_on", name=name))


def _left_with_a_lead(turn: Turn, order: Order, reason: str) -> Order:
    """Everybody has been asked: it stands with whoever leads, who has the page already, and the ladder goes on."""
    holder = turn.person(order.holder)
    lead = holder if holder and holder.leads else next((c.person for c in leads_for(turn.roster, turn.now)), holder)
    after, line = make_move(order, Move.PASS_ON, by="", at=turn.now, holder=lead.id if lead else None)
    after = turn.keep(order, after, replace(line, detail={**line.detail, "reason": reason}))
    _tell_gap(turn, after, None)
    return after


def pass_to(turn: Turn, order: Order, candidate: Candidate | None, reason: str, note: str) -> Order:
    """The order moves on by itself: the candidate holds it from now, on the clock that is running."""
    holder = candidate.person.id if candidate else None
    after, line = make_move(order, Move.PASS_ON, by="", at=turn.now, holder=holder)
    after = turn.keep(order, after, because(replace(line, detail={**line.detail, "reason": reason}), candidate))
    send(turn, after, candidate, note)
    pass_files(turn, order, after)
    return after


def move_on(turn: Turn, order: Order, move: Move, *, by: str, exclude: Collection[str], note: str = "",
            reason: str = "") -> Order:  # fmt: skip
    """Take the order from its holder and give it to the next who fits; a new accept clock starts."""
    wanted = replace(order, status=Status.OPEN) if move is Move.DISPATCH else order
    candidate = pick(turn, wanted, exclude) or pick(turn, wanted)
    after, line = make_move(order, move, by=by, at=turn.now, holder=candidate.person.id if candidate else None)
    after = clock_start(turn, after)
    line = replace(line, detail={**line.detail, "reason": reason}) if reason else line
    after = turn.keep(order, after, because(line, candidate))
    send(turn, after, candidate, note)
    pass_files(turn, order, after)
    return after


def waits(turn: Turn, before: Order, after: Order) -> bool:
    """True if nobody has accepted, and the offer waits for its time, or has to now that the wished time is another."""
    if before.status is not Status.OPEN:
        return False
    return before.clock_at > turn.now or _starts_at(turn, after) > turn.now


def again(turn: Turn, order: Order, note: str) -> Order:
    """Offer an order that nobody has accepted anew, to the same person where he fits; whoever was asked hears of it."""
    asked = set(store.pages.live_pages(turn.tx, order.no))
    turn.close_cards(order, render("card.changed"))
    candidate = _same_or_next(turn, order)
    holder = candidate.person.id if candidate else None
    after, line = make_move(order, Move.DISPATCH, by="", at=turn.now, holder=holder)
    after = turn.keep(order, clock_start(turn, after), because(line, candidate))
    send(turn, after, candidate, note)
    pass_files(turn, order, after)
    for other in asked - {holder}:
        turn.say(other, "engineer.taken_away", order=after, no=after.no, name=turn.name_of(holder))
    return after


def taken_over(turn: Turn, before: Order, after: Order) -> None:
    """Whoever had the order and has it no more hears who does."""
    if not before.holder or before.holder == after.holder:
        return
    name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.close_cards(before, render("card.moved", name=name), only=before.holder)
    turn.say(before.holder, "engineer.taken_away", order=after, no=after.no, name=name)


def _same_or_next(turn: Turn, order: Order) -> Candidate | None:
    """Whoever has the order, if he is as good as the best: he has read it already."""
    best = pick(turn, order)
    equals = [c for c in line_of(turn, order) if best and c.ground == best.ground]
    same = next((c for c in equals if c.person.id == order.holder), None)
    return replace(same, why={"ground": "kept"}) if same else best


def give(turn: Turn, order: Order, person: Person, move: Move, *, by: str, note: str = "") -> Order:
    """Give the order to a person somebody named (转单, 派单)."""
    after, line = make_move(order, move, by=by, at=turn.now, holder=person.id)
    named = Candidate(person, "named", {"ground": "named"})
    after = turn.keep(order, clock_start(turn, after), because(line, named))
    for other in involved(turn, order) - {person.id, by}:
        turn.say(other, "engineer.taken_away", order=after, no=after.no, name=person.name)
    turn.close_cards(order, render("card.moved", name=person.name), but=person.id)
    turn.page(after, named, note)
    pass_files(turn, order, after)
    return after


def raise_to(turn: Turn, order: Order, category: Category, priority: Priority, *, by: str, note: str,
             doubtful: bool = False) -> Order:  # fmt: skip
    """The order is worse, or something else, than it was taken for: the clocks start anew.

    Whoever has accepted keeps it, unless he is customer service and it is a matter for the trade; otherwise it goes
    to the person who fits what it is now. Where it is no emergency any more, everybody else who was called hears so.
    """
    since = store.orders.reopened_at(turn.tx, order.no) if order.reopened else None
    called = store.pages.called(turn.tx, order.no, since) if _calms(order, priority) else set()
    after = _raised(turn, order, category, priority, by=by, note=note, doubtful=doubtful)
    if _calms(order, priority):
        _all_clear(turn, after, called - {after.holder or "", by})
    return after


def _calms(order: Order, priority: Priority) -> bool:
    return order.priority is Priority.EMERGENCY and priority is not Priority.EMERGENCY


def _all_clear(turn: Turn, order: Order, called: Collection[str]) -> None:
    fields = {
        "no": order.no,
        "place": words.place(order.place),
        "category": words.category(order.category),
        "priority": words.priority(order.priority),
    }
    for person in sorted(called):
        turn.tell(person, render("doubt.all_clear", **fields), order=order)
    steps = {line.what for line in store.orders.history(turn.tx, order.no)}
    if steps & {"accept.group", "accept.everyone_again"}:
        turn.tell_group(render("doubt.group", **fields))
    if steps & {"accept.everyone", "accept.everyone_again"}:
        turn.call_gateway(
            {
                "event": "emergency_called_off",
                "order": order.no,
                "category": order.category.value,
                "place": fields["place"],
                "text": render("doubt.group", **fields),
            },
            order=order,
        )


def _raised(turn: Turn, order: Order, category: Category, priority: Priority, *, by: str, note: str,
            doubtful: bool) -> Order:  # fmt: skip
    twin = order.twin or twin_of(turn, category, order.place, order.no)
    after = replace(
        order, category=category, priority=priority, round=order.round + 1, media="", twin=twin, doubtful=doubtful
    )
    line = LogLine("raise", turn.now, by, {"category": category.value, "priority": priority.value})
    if order.status is Status.FOLLOWING:
        # What has become graver is not waited with: it is an order of its own again.
        after = replace(after, incident=None)
    if order.status in (Status.ASKING, Status.UNSURE, Status.OPEN, Status.FOLLOWING):
        known = category is not Category.OTHER or order.status in (Status.OPEN, Status.FOLLOWING)
        target = Status.OPEN if known else Status.UNSURE
        after = clock_start(turn, replace(after, status=target))
        candidate = _same_or_next(turn, after)
        after = replace(after, holder=candidate.person.id if candidate else None)
        after = turn.keep(order, after, because(line, candidate))
        turn.close_cards(order, render("card.changed"))
        send(turn, after, candidate, note)
        pass_files(turn, order, after)
        return after
    taker = turn.person(order.holder)
    trade = category not in (*SERVICE_CATEGORIES, Category.OTHER)
    if priority is Priority.EMERGENCY and _nobody_is_at_it(turn, order):
        order = turn.keep(order, replace(after, round=order.round), line)
        after = move_on(turn, order, Move.DISPATCH, by=by, exclude=(), note=note)
        taken_over(turn, order, after)
        return after
    if taker and taker.role is Role.SERVICE and trade and (order.status, Move.DISPATCH) in MOVES:
        order = turn.keep(order, replace(after, round=order.round), line)
        return move_on(turn, order, Move.DISPATCH, by=by, exclude={taker.id}, note=note)
    after = turn.keep(order, after, line)
    if after.holder:
        turn.say(
            after.holder,
            "doubt.lowered" if _calms(order, priority) else "order.raised",
            order=after,
            no=after.no,
            place=words.place(after.place),
            category=words.fault(after),
            priority=words.priority(priority),
        )
    return after


def _nobody_is_at_it(turn: Turn, order: Order) -> bool:
    """True of an accepted order whose holder may be at home: it waits for parts, or his shift is over."""
    if order.status is Status.PARKED:
        return True
    return order.status is Status.ACCEPTED and order.holder not in turn.roster.on_duty(turn.now)


def twin_of(turn: Turn, category: Category, place: Place, no: int = 0) -> int | None:
    """An earlier order that may be the same event: people in a lift of the same building, minutes ago."""
    if category is not Category.ELEVATOR_ENTRAPMENT or not place.building:
        return None
    twin = store.orders.entrapment_in(turn.tx, place.building, turn.now - TWIN_WITHIN)
    return twin if twin != no else None


def _tell_gap(turn: Turn, order: Order, candidate: Candidate | None) -> None:
    on_duty = turn.roster.on_duty(turn.now)
    desk = turn.roster.of_role(Role.SERVICE)
    told = [p for p in desk if p.id in on_duty] or desk
    for person in told:
        if candidate is None or person.id != candidate.person.id:
            turn.say(
                person.id,
                "dispatch.full" if candidate and candidate.why.get("full") else "dispatch.gap",
                order=order,
                no=order.no,
                category=words.fault(order),
                place=words.place(order.place),
                name=candidate.person.name if candidate else render("name.nobody"),
            )


def explained(turn: Turn, order: Order) -> Order:
    """The sender has answered what a picture is about, though not what is broken: no need to climb any more."""
    return turn.keep(order, replace(order, media="", round=order.round + 1), LogLine("explained", turn.now))
