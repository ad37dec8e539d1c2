"""Who gets an order, and how he hears of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import store, words
from bot.core.duty import SERVICE_CATEGORIES, SKILL_OF, Candidate, choose, engineers_for, service_for
from bot.core.joining import TWIN_WITHIN
from bot.core.kinds import Category, Priority, Role, Skill
from bot.core.orders import MOVES, LogLine, Move, Order, Status, make_move
from bot.core.people import Person
from bot.core.reading import Place
from bot.desk import Turn
from bot.texts import render


def pick(turn: Turn, order: Order, exclude: Collection[str] = ()) -> Candidate | None:
    """Who should get the order now; None only where the people list has nobody at all."""
    candidates = line_of(turn, order, exclude)
    if not candidates:
        return None
    ground = candidates[0].ground
    crew = [c for c in candidates if c.ground == ground]
    loads = store.roster.loads(turn.tx, crew[0].person.role) if len(crew) > 1 else {}
    return choose(crew, loads, SKILL_OF.get(order.category, Skill.GENERAL))


def line_of(turn: Turn, order: Order, exclude: Collection[str] = ()) -> list[Candidate]:
    """Everybody who may get the order, the best ground first: who is on duty when its clock starts."""
    at = _starts_at(turn, order)
    if order.status is Status.UNSURE or order.category in SERVICE_CATEGORIES:
        return service_for(turn.roster, at, exclude)
    return engineers_for(turn.roster, at, order.category, order.place.building, exclude)


def tried(turn: Turn, order: Order) -> set[str]:
    """Everybody the order was sent to since it was reported, or reopened, and whoever holds it."""
    since = store.orders.reopened_at(turn.tx, order.no) if order.reopened else None
    return store.pages.ever_paged(turn.tx, order.no, since) | ({order.holder} if order.holder else set())


def involved(turn: Turn, order: Order) -> set[str]:
    """Who thinks that the order may be his: the holder, and while nobody has accepted whoever can still tap 接单."""
    asked = set(store.pages.live_pages(turn.tx, order.no)) if order.accepted_at is None else set()
    return asked | ({order.holder} if order.holder else set())


def clock_start(turn: Turn, order: Order, **changes: Any) -> Order:
    """The accept clock starts now; for a normal order in quiet hours, when they end. ``changes``: further fields."""
    return replace(order, clock_at=_starts_at(turn, order), **changes)


def _starts_at(turn: Turn, order: Order) -> datetime:
    # A voice or picture that nobody has looked at yet may be anything: it is not held back.
    held = order.priority is Priority.NORMAL and not order.media
    return turn.policy.quiet.end_of(turn.now) if held and turn.policy.quiet else turn.now


def send(turn: Turn, order: Order, candidate: Candidate | None, note: str = "") -> None:
    """Page the holder, and tell customer service where nobody was on duty for it."""
    if candidate is not None:
        turn.page(order, candidate, note)
    if candidate is None or not candidate.ground.startswith("tier") or _only_backup(turn, order, candidate):
        _tell_gap(turn, order, candidate)


def _only_backup(turn: Turn, order: Order, candidate: Candidate) -> bool:
    """True if the backup has it because tier 1 is empty, not because somebody of tier 1 has passed it on."""
    return candidate.ground in ("tier2", "tier3") and line_of(turn, order)[0].ground != "tier1"


def pass_on(turn: Turn, order: Order, reason: str) -> Order:
    """The platform cannot reach the holder: the next who fits has it at once, on the clock that is running."""
    name = turn.name_of(order.holder)
    candidate = pick(turn, order, tried(turn, order))
    holder = candidate.person.id if candidate else None
    after, line = make_move(order, Move.PASS_ON, by="", at=turn.now, holder=holder)
    after = turn.keep(order, after, replace(line, detail={**line.detail, "reason": reason}))
    send(turn, after, candidate, render("page.passed_on", name=name))
    return after


def move_on(turn: Turn, order: Order, move: Move, *, by: str, exclude: Collection[str], note: str = "",
            reason: str = "") -> Order:  # fmt: skip
    """Take the order from its holder and give it to the next who fits; a new accept clock starts."""
    wanted = replace(order, status=Status.OPEN) if move is Move.DISPATCH else order
    candidate = pick(turn, wanted, exclude) or pick(turn, wanted)
    after, line = make_move(order, move, by=by, at=turn.now, holder=candidate.person.id if candidate else None)
    after = clock_start(turn, after)
    line = replace(line, detail={**line.detail, "reason": reason}) if reason else line
    after = turn.keep(order, after, line)
    send(turn, after, candidate, note)
    return after


def give(turn: Turn, order: Order, person: Person, move: Move, *, by: str, note: str = "") -> Order:
    """Give the order to a person somebody named (转单, 派单)."""
    after, line = make_move(order, move, by=by, at=turn.now, holder=person.id)
    after = turn.keep(order, clock_start(turn, after), line)
    for other in involved(turn, order) - {person.id, by}:
        turn.say(other, "engineer.taken_away", order=after, no=after.no, name=person.name)
    turn.close_cards(order, render("card.moved", name=person.name), but=person.id)
    turn.page(after, Candidate(person, "named"), note)
    return after


def raise_to(turn: Turn, order: Order, category: Category, priority: Priority, *, by: str, note: str) -> Order:
    """The order is worse, or something else, than it was taken for: the clocks start anew.

    Whoever has accepted keeps it, unless he is customer service and it is a matter for the trade; otherwise it goes
    to the person who fits what it is now.
    """
    twin = order.twin or twin_of(turn, category, order.place, order.no)
    after = replace(order, category=category, priority=priority, round=order.round + 1, media="", twin=twin)
    line = LogLine("raise", turn.now, by, {"category": category.value, "priority": priority.value})
    if order.status in (Status.ASKING, Status.UNSURE, Status.OPEN):
        target = Status.OPEN if category is not Category.OTHER or order.status is Status.OPEN else Status.UNSURE
        after = clock_start(turn, replace(after, status=target))
        # The same man, if he is the one for it: he has read the first card already.
        candidate = pick(turn, after)
        if candidate and order.holder in {c.person.id for c in line_of(turn, after) if c.ground == candidate.ground}:
            candidate = next(c for c in line_of(turn, after) if c.person.id == order.holder)
        after = turn.keep(order, replace(after, holder=candidate.person.id if candidate else None), line)
        turn.close_cards(order, render("card.changed"))
        send(turn, after, candidate, note)
        return after
    taker = turn.person(order.holder)
    trade = category not in (*SERVICE_CATEGORIES, Category.OTHER)
    if taker and taker.role is Role.SERVICE and trade and (order.status, Move.DISPATCH) in MOVES:
        order = turn.keep(order, replace(after, round=order.round), line)
        return move_on(turn, order, Move.DISPATCH, by=by, exclude={taker.id}, note=note)
    after = turn.keep(order, after, line)
    if after.holder:
        turn.say(
            after.holder,
            "order.raised",
            order=after,
            no=after.no,
            category=words.category(category),
            priority=words.priority(priority),
        )
    return after


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
                "dispatch.gap",
                order=order,
                no=order.no,
                category=words.category(order.category),
                place=words.place(order.place),
                name=candidate.person.name if candidate else render("name.nobody"),
            )


def explained(turn: Turn, order: Order) -> Order:
    """The sender has answered what a picture is about, though not what is broken: no need to climb any more."""
    return turn.keep(order, replace(order, media="", round=order.round + 1), LogLine("explained", turn.now))
