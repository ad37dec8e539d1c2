"""The change of shift (交接班): who leaves offers what is open, who comes hears of it, and 接班 takes it over."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import store, words
from bot.core.choice import choose
from bot.core.errors import Refused
from bot.core.letters import Weight
from bot.core.orders import MOVES, Move, Order, make_move
from bot.core.people import Person, Speaker
from bot.desk import Turn
from bot.handlers import dispatching
from bot.handlers.rota import leads, on_shifts
from bot.store.requests import Request
from bot.store.timers import ROSTER, Timer
from bot.texts import render
from bot.voice import Tap

CHANGE = "change"
KIND = "take_over"
REMIND_AFTER = timedelta(minutes=15)
STANDS_FOR = timedelta(hours=12)
LISTED_AT_MOST = 20


def arm(turn: Turn) -> None:
    """See to it that the next change of shift rings; one that is due already stays."""
    known = store.timers.due_of(turn.tx, CHANGE, ROSTER)
    following = store.rota.next_change(turn.tx, turn.now)
    if following is not None and (known is None or known > turn.now):
        store.timers.arm(turn.tx, CHANGE, ROSTER, following)


def ring(turn: Turn, timer: Timer) -> None:
    """Shifts have begun or ended: those who leave offer what they have, those who come hear what is open."""
    store.timers.done(turn.tx, timer.id)
    turn.desk.forget_lists()
    on_duty = turn.roster.on_duty(turn.now)
    ended = store.rota.ended_between(turn.tx, timer.due_at, turn.now)
    begun = store.rota.begun_between(turn.tx, timer.due_at, turn.now)
    came = {pid for pid in begun & on_duty.keys() if pid not in ended}
    for pid, source in ended.items():
        person = turn.person(pid)
        if person is None or pid in on_duty:
            continue
        if source == store.rota.BY_SAYING:
            turn.say(pid, "rota.off_by_itself")
        offer_orders(turn, person, came)
    for pid in sorted(came):
        _welcome(turn, pid)
    following = store.rota.next_change(turn.tx, turn.now)
    if following is not None:
        store.timers.arm(turn.tx, CHANGE, ROSTER, following)


def offer_orders(turn: Turn, leaving: Person, came: Iterable[str]) -> None:
    """Whoever leaves offers his open orders to those on duty; nothing changes hands until they take them."""
    orders = [o for o in store.orders.held_by(turn.tx, leaving.id) if (o.status, Move.TAKE_OVER) in MOVES]
    if not orders:
        return
    by_taker: dict[str, list[Order]] = defaultdict(list)
    given: dict[str, int] = defaultdict(int)
    for order in orders:
        taker = _taker(turn, order, leaving.id, set(came), given)
        given[taker] += 1
        by_taker[taker].append(order)
    for taker, theirs in by_taker.items():
        if taker:
            _offer(turn, leaving, taker, theirs)
        else:
            _nobody(turn, leaving, theirs)


def take_over(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """接班: all that was offered; 接班 12 13: these orders. The button says the number of the offer itself."""
    me = on_shifts(speaker)
    waiting = [
        r for r in store.requests.open_to(turn.tx, me.id, leads=False, now=turn.now) if r.kind == KIND
    ]  # fmt: skip
    if no is not None:
        waiting = [r for r in waiting if r.id == no]
    if not waiting:
        raise Refused("refused.nothing_offered")
    wanted = {int(n) for n in re.findall(r"\d{1,9}", rest)}
    offered = {n for r in waiting for n in r.about["orders"]}
    if wanted - offered:
        missing = "、".join(f"工单 {n}" for n in sorted(wanted - offered))
        raise Refused("refused.not_offered", list=missing)
    taken: list[Order] = []
    for request in waiting:
        taken += _take(turn, me, request, wanted or offered)
    if taken:
        turn.say(me.id, "rota.taken_over", n=len(taken), list=words.order_lines(taken))
    else:
        turn.say(me.id, "rota.nothing_left")


def remind(turn: Turn, request: Request) -> None:
    """Nobody has taken the list over: who was asked hears it again, and whoever leads hears it too."""
    still = _still(turn, request)
    if not still:
        store.requests.decide(turn.tx, request.id, "void", "", turn.now)
        return
    asker, taker = turn.name_of(request.asker), turn.name_of(request.other)
    lines = words.order_lines(still[:LISTED_AT_MOST])
    turn.say(request.other, "rota.take_over_again", name=asker, list=lines)
    for lead in leads(turn):
        if lead.id != request.other:
            turn.say(lead.id, "rota.take_over_late", name=asker, taker=taker, list=lines)


def _taker(turn: Turn, order: Order, leaving: str, came: set[str], given: dict[str, int]) -> str:
    line = dispatching.line_of(turn, order, {leaving})
    crew = [c for c in line if c.ground == line[0].ground and c.ground.startswith("tier")]
    crew = [c for c in crew if c.person.id in came] or crew
    if not crew:
        return ""
    loads = {pid: replace(load, open_orders=load.open_orders + given[pid])
             for pid, load in store.roster.loads(turn.tx, crew[0].person.role).items()}  # fmt: skip
    found = choose(crew, loads, dispatching.job_of(turn, order))
    return found.person.id if found else ""


def _offer(turn: Turn, leaving: Person, taker: str, orders: Sequence[Order]) -> None:
    about = {"orders": [o.no for o in orders]}
    number = store.requests.add(turn.tx, KIND, leaving.id, taker, about, turn.now, turn.now + STANDS_FOR)
    store.timers.arm(turn.tx, "request", f"request:{number}", turn.now + REMIND_AFTER)
    lines = words.order_lines(orders[:LISTED_AT_MOST])
    text = render("rota.take_over", name=leaving.name, n=len(orders), list=lines, example=orders[0].no)
    tap = Tap(render("tap.take_over"), f"take_over:{number}")
    turn.offer(taker, text, [tap], order=None, title=render("rota.card_take_over"), about=leaving.name)
    turn.say(leaving.id, "rota.offered", n=len(orders), name=turn.name_of(taker), list=lines)


def _nobody(turn: Turn, leaving: Person, orders: Sequence[Order]) -> None:
    lines = words.order_lines(orders[:LISTED_AT_MOST])
    turn.say(leaving.id, "rota.offered_nobody", n=len(orders), list=lines)
    for lead in leads(turn):
        if lead.id != leaving.id:
            turn.say(lead.id, "rota.nobody_takes", name=leaving.name, n=len(orders), list=lines, example=orders[0].no)


def _welcome(turn: Turn, pid: str) -> None:
    """Who comes on hears what he has himself from before; what is offered to him comes with a list of its own."""
    held = store.orders.held_by(turn.tx, pid)
    # What quiet hours hold back comes by itself when they end.
    mine = [o for o in held if (o.status, Move.TAKE_OVER) in MOVES and o.clock_at <= turn.now]
    if mine:
        turn.say(pid, "rota.came", n=len(mine), list=words.order_lines(mine[:LISTED_AT_MOST]))


def _still(turn: Turn, request: Request) -> list[Order]:
    """What of an offer is still there to be taken."""
    found = [store.orders.get(turn.tx, no) for no in request.about["orders"]]
    return [o for o in found if o and o.holder == request.asker and (o.status, Move.TAKE_OVER) in MOVES]


def _take(turn: Turn, me: Person, request: Request, wanted: set[int]) -> list[Order]:
    still = _still(turn, request)
    taken = []
    for order in still:
        if order.no not in wanted:
            continue
        after, line = make_move(order, Move.TAKE_OVER, by=me.id, at=turn.now, holder=me.id)
        line = replace(line, detail={**line.detail, "why": {"ground": "took_over"}})
        after = turn.keep(order, after, line)
        for other in dispatching.involved(turn, order) - {me.id, request.asker}:
            turn.say(other, "engineer.taken_by", order=after, no=after.no, name=me.name)
        turn.close_cards(after, render("card.accepted", name=me.name))
        key = "rota.reporter_taken_over"
        turn.say(after.reporter, key, order=after, weight=Weight.MAY, reserve=2, no=after.no, name=me.name)
        taken.append(after)
    left = [o.no for o in still if o.no not in {t.no for t in taken}]
    if left:
        store.requests.change(turn.tx, request.id, {"orders": left})
    else:
        store.requests.decide(turn.tx, request.id, "taken", me.id, turn.now)
    if taken:
        turn.say(request.asker, "rota.taken_from_you", name=me.name, list=words.order_lines(taken))
    return taken
