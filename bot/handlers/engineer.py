"""What whoever has an order does with it: 接单 拒单 到场 挂起 恢复 转单 完工 问 我的工单."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot import store, words
from bot.core.days import day_at_end
from bot.core.dues import accept_by, arrive_by, arrives_as_wished, finish_by
from bot.core.errors import Refused
from bot.core.letters import Weight, cut
from bot.core.orders import MOVES, LogLine, Move, Order, Status, make_move
from bot.core.people import Speaker
from bot.core.places import is_at
from bot.core.rights import Verb
from bot.core.shifts import instant
from bot.desk import Turn
from bot.handlers import crew, dispatching, event_words, handbook, incidents, owners, responsibility, silence, which
from bot.texts import render
from bot.voice import Tap

ASK_FOR = timedelta(minutes=30)
REPLY_FOR = timedelta(hours=2)
PARKED_ASK_AT = 9 * 60  # minutes after midnight
PARKED_AT_MOST = timedelta(days=90)  # a day further ahead is more likely a number than a day
DONE_BYTES = 480  # leaves room for the question after it, also in a menu of 微信客服


def accept(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """接单: one winner; the others are told who, and their cards are closed."""
    order = which.find(turn, speaker, Verb.ACCEPT, no)
    if order.accepted_at is not None:
        if order.holder == speaker.id:
            raise Refused("refused.accept_yours", no=order.no, status=words.status(order.status))
        raise Refused("refused.accept_taken", no=order.no, name=turn.name_of(order.holder))
    after, line = make_move(order, Move.ACCEPT, by=speaker.id, at=turn.now, holder=speaker.id)
    if after.holder != order.holder:
        line = replace(line, detail={**line.detail, "why": {"ground": "took"}})
    after = turn.keep(order, after, line)
    me = turn.name_of(speaker.id)
    mine = crew.details(turn, after)
    accepted = render("engineer.accepted", no=after.no, details=mine, by=_arrival(turn, after))
    suggested = responsibility.words_for(turn, after)
    turn.tell(speaker.id, f"{accepted}\n{suggested}" if suggested else accepted, order=after)
    visit = turn.visit(after) if arrives_as_wished(after) else ""
    first = "visit.accepted" if visit else "reporter.accepted"
    key = first if order.first_accepted_at is None else "reporter.accepted_again"
    # A second name is worth less than done and score, for which the last two messages of 微信客服 are kept.
    weight, reserve = (Weight.MUST, 0) if order.first_accepted_at is None else (Weight.MAY, 2)
    turn.say(
        after.reporter, key, order=after, weight=weight, reserve=reserve, no=after.no, name=me,
        by=_arrival(turn, after), when=visit,
    )  # fmt: skip
    handbook.begin(turn, after, speaker.id)
    event_words.tell(turn, after, "incident.step_accepted", name=me, by=_arrival(turn, after))
    dispatching.pass_files(turn, order, after)
    for other in store.pages.live_pages(turn.tx, order.no):
        if other != speaker.id:
            turn.say(other, "engineer.taken_by", order=after, no=after.no, name=me)
    turn.close_cards(after, render("card.accepted", name=me))
    crew.go_along(turn, after)


def refuse(turn: Turn, speaker: Speaker, no: int | None, reason: str) -> None:
    """拒单 with a reason: the order moves on to the next at once."""
    order = which.find(turn, speaker, Verb.REFUSE, no)
    if (order.status, Move.REFUSE) not in MOVES:
        raise Refused("refused.refuse", no=order.no, status=words.status(order.status))
    if not reason:
        _ask(turn, speaker, "refuse_reason", order, "engineer.ask_refuse_reason")
        return
    if order.holder != speaker.id:
        turn.note(order, "declined", speaker.id, reason=reason)
        turn.close_cards(order, render("card.refused"), only=speaker.id)
        turn.say(speaker.id, "engineer.declined", order=order, no=order.no)
        return
    exclude = dispatching.tried(turn, order)
    note = render("page.refused", name=turn.name_of(speaker.id), reason=reason)
    before = silence.refusals(turn, order)
    if before:
        note += "\n" + silence.refused_so_far(turn, before, len(before) + 1)
    after = dispatching.move_on(turn, order, Move.REFUSE, by=speaker.id, exclude=exclude, reason=reason, note=note)
    turn.close_cards(order, render("card.refused"), only=speaker.id)
    turn.say(speaker.id, "engineer.refused", order=after, no=after.no, name=turn.name_of(after.holder))


def arrive(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """到场; a helper's is noted beside the holder's own, from which the arrival is counted."""
    order = which.find(turn, speaker, Verb.ARRIVE, no, Move.ARRIVE)
    if order.holder == speaker.id:
        _arrive(turn, speaker, order, "")
    else:
        crew.arrived(turn, speaker, order)


def arrived_by_scan(turn: Turn, speaker: Speaker, result: str) -> bool:
    """A code scanned where somebody has an order to come to is 到场 with its proof; False where he has none there."""
    machine, there = turn.machines.coded(result), turn.read_place(result)
    code = machine.code if machine else ""
    coming = [o for o in store.orders.held_by(turn.tx, speaker.id) if o.status is Status.ACCEPTED]
    reached = [order for order in coming if is_at(order, code, there)]
    for order in reached:
        turn.note(order, "scanned", speaker.id, code=code or words.place(there))
        _arrive(turn, speaker, order, render("engineer.scanned"))
    return bool(reached)


def _arrive(turn: Turn, speaker: Speaker, order: Order, proof: str) -> None:
    after, line = _move(order, Move.ARRIVE, turn, speaker)
    after = turn.keep(order, after, line)
    turn.say(speaker.id, "engineer.arrived", order=after, no=after.no, time=turn.when(turn.now), proof=proof)
    turn.say(
        after.reporter, "reporter.arrived", order=after, weight=Weight.MAY, reserve=2,
        no=after.no, name=turn.name_of(speaker.id),
    )  # fmt: skip
    event_words.tell(turn, after, "incident.step_arrived", name=turn.name_of(speaker.id))


def park(turn: Turn, speaker: Speaker, no: int | None, reason: str) -> None:
    """挂起 with a reason, and a day if one is known: no clock runs, and on that day it is asked about."""
    order = which.find(turn, speaker, Verb.WORK, no, Move.PARK)
    after, line = _move(order, Move.PARK, turn, speaker)
    if not reason:
        _ask(turn, speaker, "park_reason", order, "engineer.ask_park_reason")
        return
    why, day = _until(turn, order, reason)
    zone = turn.desk.settings.community.timezone
    until = instant(day, PARKED_ASK_AT, zone) if day else None
    detail = {**line.detail, "reason": why, **({"until": str(day)} if day else {})}
    after = turn.keep(order, replace(after, parked_until=until), replace(line, detail=detail))
    told: dict[str, Any] = {"no": after.no, "reason": why, "day": f"{day:%m-%d}" if day else ""}
    key = "parking.parked" if day else "parking.no_day" if why.startswith("等") else "engineer.parked"
    turn.say(speaker.id, key, order=after, **told)
    key = "parking.reporter" if day else "reporter.parked"
    turn.say(after.reporter, key, order=after, weight=Weight.MAY, reserve=2, **told)
    event_words.tell(turn, after, "incident.step_parked", reason=why)
    owners.stalled(turn, after, why)


def _until(turn: Turn, order: Order, reason: str) -> tuple[str, date | None]:
    """The reason, and the day on which it is asked about; raises Refused for one that is over."""
    today = turn.now.astimezone(turn.desk.settings.community.timezone).date()
    found = day_at_end(reason, today)
    if found is None or found.day > today + PARKED_AT_MOST:
        return reason, None
    if found.day <= today:
        raise Refused("refused.park_day", no=order.no, day=f"{found.day:%m-%d}")
    return found.words or reason, found.day


def resume(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """恢复: the finish clock runs again."""
    order = which.find(turn, speaker, Verb.WORK, no, Move.RESUME)
    after, line = _move(order, Move.RESUME, turn, speaker)
    after = turn.keep(order, after, line)
    turn.say(speaker.id, "engineer.resumed", order=after, no=after.no)


def hand_over(turn: Turn, speaker: Speaker, no: int | None, name: str) -> None:
    """转单 to a colleague, who has to accept in his turn."""
    order = which.find(turn, speaker, Verb.HAND_OVER, no)
    if (order.status, Move.HAND_OVER) not in MOVES:
        raise Refused("refused.hand_over", no=order.no, status=words.status(order.status))
    if not name:
        _ask(turn, speaker, "hand_over", order, "engineer.ask_hand_over", names=_colleagues(turn, speaker))
        return
    person = which.somebody(turn, name, order)
    if person.id == speaker.id:
        raise Refused("refused.hand_over_self", no=order.no)
    me = turn.name_of(speaker.id)
    after = dispatching.give(
        turn, order, person, Move.HAND_OVER, by=speaker.id, note=render("page.handed_over", name=me)
    )
    turn.say(speaker.id, "engineer.handed_over", order=after, no=after.no, name=person.name)


def finish(turn: Turn, speaker: Speaker, no: int | None, done: str) -> None:
    """完工 with a word on what was done; the reporter is asked to confirm."""
    order = which.find(turn, speaker, Verb.WORK, no, Move.FINISH)
    after, line = _move(order, Move.FINISH, turn, speaker)
    if not done:
        _ask(turn, speaker, "done_words", order, "engineer.ask_done_words")
        return
    after = turn.keep(order, after, replace(line, detail={**line.detail, "done": done}))
    turn.say(speaker.id, "engineer.finished", order=after, no=after.no)
    turn.close_cards(after, render("card.finished"))
    crew.thank(turn, order, after)
    told = cut(done, DONE_BYTES)
    text = render("reporter.finished", no=after.no, name=turn.name_of(speaker.id), done=told)
    taps = [Tap(render("tap.confirm"), f"confirm:{after.no}"), Tap(render("tap.not_fixed"), f"not_fixed:{after.no}")]
    turn.offer(after.reporter, text, taps, order=after, title=render("card.confirm_title", no=after.no))
    incidents.finished(turn, after, told)
    owners.owe_callback(turn, after)
    handbook.order_finished(turn, after)


def ask_reporter(turn: Turn, speaker: Speaker, no: int | None, question: str) -> None:
    """问: a word to the reporter through the bot; his next words come back."""
    order = which.find(turn, speaker, Verb.WORK, no)
    if order.status.is_over or order.status is Status.FINISHED:
        raise Refused("refused.ask", no=order.no, status=words.status(order.status))
    if not question:
        raise Refused("refused.ask_empty", no=order.no)
    store.questions.ask(turn.tx, order.reporter, "reply", order.no, turn.now + REPLY_FOR)
    turn.note(order, "ask", speaker.id, text=question)
    turn.say(
        order.reporter, "reporter.asked", order=order, reserve=2,
        no=order.no, name=turn.name_of(speaker.id), text=question,
    )  # fmt: skip
    turn.say(speaker.id, "engineer.asked", order=order, no=order.no)


def mine(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """我的工单."""
    if not speaker.is_staff:
        orders = store.orders.open_of_reporter(turn.tx, speaker.id)
    else:
        orders = store.orders.held_by(turn.tx, speaker.id)
        held = {o.no for o in orders}
        numbers = [n for n in store.pages.orders_paged_to(turn.tx, speaker.id) if n not in held]
        orders += [o for o in store.orders.open_numbers(turn.tx, numbers) if o.accepted_at is None]
        seen = {o.no for o in orders}
        helping = which.helped_by(turn, speaker.person) if speaker.person else []
        orders += [o for o in helping if o.no not in seen]
    if not orders:
        turn.say(speaker.id, "mine.none")
        return
    orders.sort(key=lambda o: (o.priority.rank, o.no))
    lines = [_mine_line(turn, o, speaker) for o in orders]
    turn.say(speaker.id, "mine.list", n=len(orders), list="\n".join(lines))


def _mine_line(turn: Turn, order: Order, speaker: Speaker) -> str:
    line = words.order_line(order)
    if order.wish:
        line = render("visit.mine", line=line, when=turn.visit(order))
    if not speaker.is_staff:
        return line
    if order.holder != speaker.id:
        key = "mine.asked_too" if order.accepted_at is None else "mine.helping"
        return render(key, line=line, name=turn.name_of(order.holder) if order.holder else render("name.nobody"))
    match order.status:
        case Status.OPEN | Status.UNSURE:
            return render("mine.accept_by", line=line, time=turn.when(accept_by(order, turn.policy)))
        case Status.ACCEPTED:
            return render("mine.arrive_by", line=line, time=turn.when(arrive_by(order, turn.policy)))
        case Status.ARRIVED:
            return render("mine.finish_by", line=line, time=turn.when(finish_by(order, turn.policy)))
        case _:
            return line


def _ask(turn: Turn, speaker: Speaker, kind: str, order: Order, key: str, **fields: Any) -> None:
    store.questions.ask(turn.tx, speaker.id, kind, order.no, turn.now + ASK_FOR)
    turn.say(speaker.id, key, order=order, no=order.no, **fields)


def _colleagues(turn: Turn, speaker: Speaker) -> str:
    on_duty = turn.roster.on_duty(turn.now)
    names = [turn.name_of(pid) for pid in on_duty if pid != speaker.id]
    return "、".join(names[:12]) or render("name.nobody")


def _arrival(turn: Turn, order: Order) -> str:
    return turn.when(arrive_by(order, turn.policy))


def _move(order: Order, move: Move, turn: Turn, speaker: Speaker) -> tuple[Order, LogLine]:
    return make_move(order, move, by=speaker.id, at=turn.now)
