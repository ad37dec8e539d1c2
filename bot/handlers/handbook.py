"""The emergency handbook at work (应急处置手册): its steps go to who takes part, are ticked off, and become a report.

A drill (演练) is the same without an order: nobody is dispatched, no resident hears, and each message says what it is.
"""

import re
import secrets
from dataclasses import replace
from functools import cache

from bot import store, words
from bot.core.errors import Refused
from bot.core.handbook import Plan, PlanStep, Run, Tick, marks, open_steps, plans
from bot.core.kinds import Category, Priority, Role
from bot.core.letters import Weight
from bot.core.orders import Order, Status
from bot.core.people import Person, Speaker
from bot.core.reading import Place
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import dispatching, which
from bot.handlers.event_words import desk_people
from bot.texts import handbook, render
from bot.voice import Tap

BUTTONS = 6
_STEP = re.compile(r"^\s*(\d{1,2})(?:[.、步\s]+|$)(.*)$", re.S)


@cache
def the_plans() -> dict[Category, Plan]:
    """The handbook."""
    return plans(handbook())


def follow(turn: Turn) -> None:
    """What this turn's emergencies mean for the handbook: whom to phone from the dispatch on, and when to stop."""
    numbers, turn.emergencies = list(turn.emergencies), {}
    for no in numbers:
        order = store.orders.get(turn.tx, no)
        if order is None:
            continue
        if order.priority is not Priority.EMERGENCY or order.status.is_over:
            _call_off(turn, order)
            continue
        _tell_place(turn, order)
        if order.status.waits_for_taker and not order.doubtful:
            _desk_begins(turn, order)


def _desk_begins(turn: Turn, order: Order) -> None:
    """Customer service phones while somebody is still being found; who works on one of the same kind and building has
    phoned already."""
    plan = the_plans().get(order.category)
    if plan is None:
        return
    run = store.runs.of_order(turn.tx, order.no)
    building = order.place.building
    if run is not None and run.ended_at is None and run.category is not order.category:
        done = [tick.step for tick in store.runs.ticked(turn.tx, run.id)]
        store.runs.change(turn.tx, run, order.category)
        turn.note(order, "plan_changed", run=run.id, was=run.category.value, done=done)
        run = replace(run, category=order.category)
        for person, role in run.people.items():
            _offer(turn, run, plan, [], person, role, _head(turn, run, plan, role, order), order)
    elif run is None and not (building and store.runs.at_work(turn.tx, order.category, building)):
        people = {p.id: Role.SERVICE for p in desk_people(turn) if p.id in turn.roster.on_duty(turn.now)}
        if people:
            _start(turn, plan, words.place(order.place), people, "", order=order, waits=True)


def _tell_place(turn: Turn, order: Order) -> None:
    """Where it is has been found out since: whoever phones has to say it."""
    run, place = store.runs.of_order(turn.tx, order.no), words.place(order.place)
    if run is None or run.ended_at is not None or run.place == place:
        return
    store.runs.take_on(turn.tx, run, {}, place)
    for person in [p for p, role in run.people.items() if role is Role.SERVICE and p != order.holder]:
        turn.say(person, "run.place", order=order, run=run.id, no=order.no, place=place)


def _call_off(turn: Turn, order: Order) -> None:
    """It is no emergency, or none any more: nobody need go on phoning."""
    run = store.runs.of_order(turn.tx, order.no)
    if run is None or run.ended_at is not None:
        return
    why = words.status(order.status) if order.status.is_over else render("run.no_emergency")
    store.runs.end(turn.tx, run.id, turn.now, why)
    for person in run.people:
        turn.say(person, "run.called_off", order=order, run=run.id, no=order.no, why=why)


def begin(turn: Turn, order: Order, by: str) -> Run | None:
    """An emergency has been taken: everybody who takes part gets his steps, once. None where there is no plan.

    Customer service has had its own since the dispatch. Who takes the order over later gets what is left to do.
    """
    plan = the_plans().get(order.category)
    if plan is None or order.priority is not Priority.EMERGENCY:
        return None
    run = store.runs.of_order(turn.tx, order.no)
    if run is not None and run.ended_at:
        return None
    begun = run is not None and store.orders.last_time(turn.tx, order.no, "plan") is not None
    people: dict[str, Role] = {}
    if not begun:
        people |= {p.id: Role.SERVICE for p in desk_people(turn)} | {p.id: Role.SUPERVISOR for p in _leads(turn)}
    if order.holder:
        people[order.holder] = Role.ENGINEER
    if run is None:
        return _start(turn, plan, words.place(order.place), people, by, order=order)
    others = {person: role for person, role in people.items() if run.people.get(person) is not role}
    place = words.place(order.place)
    store.runs.take_on(turn.tx, run, others, place)
    run = replace(run, people={**run.people, **others}, place=place)
    if not begun:
        turn.note(order, "plan", by, run=run.id)
    ticks = store.runs.ticked(turn.tx, run.id)
    for person, role in others.items():
        _offer(turn, run, plan, ticks, person, role, _head(turn, run, plan, role, order), order)
    return run


def start(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """预案 N: begin the handbook for an emergency before anybody has taken it, or show how far its run is."""
    if no is None:
        raise Refused("refused.plan_how")
    order = which.allowed(turn, speaker, Verb.SEE, no)
    if not speaker.is_staff:
        raise Refused("not_for_you")
    run = store.runs.of_order(turn.tx, no)
    took_part = run is not None and speaker.id in run.people
    if run is None or (run.ended_at is None and store.orders.last_time(turn.tx, no, "plan") is None):
        if order.status.is_over or order.status is Status.FINISHED:
            raise Refused("refused.plan_over", no=no, status=order.status)
        run = begin(turn, order, speaker.id)
        if run is None:
            raise Refused("refused.plan_none", no=no, category=words.category(order.category))
        if speaker.id in run.people and not took_part:
            return
    _join(turn, run, speaker)
    turn.tell(speaker.id, _overview(turn, run), order=order)


def drill(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """演练 电梯困人 3栋: the handbook without an order, and without any resident."""
    if speaker.person is None or not speaker.person.leads:
        raise Refused("not_for_you")
    what, _, where = rest.strip().partition(" ")
    category = turn.desk.reader.read_category(what) if what else None
    plan = the_plans().get(category) if category else None
    place = turn.desk.reader.read_place(where)
    if plan is None or not place:
        raise Refused("refused.drill_how", list="、".join(p.title for p in the_plans().values()))
    people = {p.id: Role.SERVICE for p in desk_people(turn)}
    people |= {p.id: Role.SUPERVISOR for p in _leads(turn)} | {speaker.id: Role.SUPERVISOR}
    engineer = _who_would_go(turn, plan.category, place)
    if engineer:
        people[engineer] = Role.ENGINEER
    _start(turn, plan, words.place(place), people, speaker.id, order=None)


def tick(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """步骤 R 2 说明, or the button of a step: it is done now."""
    run = _run(turn, speaker, no)
    said = _STEP.match(rest)
    plan = the_plans()[run.category]
    step = plan.step(int(said[1])) if said else None
    if run.ended_at is not None:
        raise Refused("refused.run_over", run=run.id)
    if step is None:
        raise Refused("refused.step_which", run=run.id, n=len(plan.steps))
    note = said[2].strip() if said else ""
    if not store.runs.tick(turn.tx, run, Tick(step.number, turn.now, speaker.id, note)):
        raise Refused("refused.step_done", run=run.id, step=step.number)
    _join(turn, run, speaker)
    done = render(
        "run.done_step", drill=_drill(run), run=run.id, step=step.number, words=step.words,
        mark=f"（{step.mark}）" if step.mark else "", time=turn.when(turn.now), name=turn.name_of(speaker.id),
        note=f"：{note}" if note else "",
    )  # fmt: skip
    ticks = store.runs.ticked(turn.tx, run.id)
    order = _order(turn, run)
    _offer(turn, run, plan, ticks, speaker.id, run.people.get(speaker.id, Role.ENGINEER), done, order)
    if step.mark:
        for person in run.people:
            if person != speaker.id:
                turn.tell(person, done, order=order, weight=Weight.MAY)
    if not open_steps(plan, ticks):
        close(turn, run, "")


def end(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """预案结束 R 说明: the run is over, also with steps that were not needed."""
    run = _run(turn, speaker, no)
    if not (speaker.person and (speaker.person.leads or speaker.role is Role.SERVICE)):
        raise Refused("not_for_you")
    if run.ended_at is not None:
        raise Refused("refused.run_over", run=run.id)
    close(turn, run, rest)
    if speaker.id not in _readers(turn, run):
        turn.say(speaker.id, "run.closed", drill=_drill(run), run=run.id)


def order_finished(turn: Turn, order: Order) -> None:
    """The emergency is over, and so is its run."""
    run = store.runs.of_order(turn.tx, order.no) if order.category in the_plans() else None
    if run is not None and run.ended_at is None:
        close(turn, run, "")


def close(turn: Turn, run: Run, note: str) -> None:
    """End a run; who leads gets the times and the address of the report."""
    store.runs.end(turn.tx, run.id, turn.now, note)
    plan = the_plans()[run.category]
    ticks = store.runs.ticked(turn.tx, run.id)
    left = open_steps(plan, ticks)
    home = turn.desk.settings.server.public_url
    text = render(
        "run.report", drill=_drill(run), run=run.id, title=plan.title, place=run.place,
        start=turn.when(run.started_at), span=words.span(turn.now - run.started_at),
        marks="、".join(f"{mark} {turn.when(at)}" for mark, at in marks(plan, ticks)) or "-",
        done=len(ticks), n=len(plan.steps), left="、".join(str(s.number) for s in left) or "-",
        link=render("run.link", url=f"{home}/run/{run.token}") if home else "",
    )  # fmt: skip
    order = _order(turn, run)
    for person in _readers(turn, run):
        turn.tell(person, text, order=order)


def _start(turn: Turn, plan: Plan, place: str, people: dict[str, Role], by: str, *, order: Order | None,
           waits: bool = False) -> Run:  # fmt: skip
    """Begin a run; ``waits``: nobody has taken the order yet, and only customer service has something to do."""
    run = store.runs.add(
        turn.tx,
        Run(
            id=0, category=plan.category, drill=order is None, place=place, order_no=order.no if order else None,
            people=people, token=secrets.token_urlsafe(24), started_at=turn.now, started_by=by,
        ),
    )  # fmt: skip
    if order is not None:
        turn.note(order, "plan_desk" if waits else "plan", by, run=run.id)
    for person, role in people.items():
        _offer(turn, run, plan, [], person, role, _head(turn, run, plan, role, order), order)
    return run


def _head(turn: Turn, run: Run, plan: Plan, role: Role, order: Order | None) -> str:
    about = render("run.about_drill")
    if order is not None:
        key = "run.about_order" if order.accepted_at else "run.about_waiting"
        about = render(key, no=order.no)
    return render(
        "run.start", drill=_drill(run), run=run.id, title=plan.title, place=run.place, role=render(f"role.{role}"),
        about=about,
    )  # fmt: skip


def _offer(turn: Turn, run: Run, plan: Plan, ticks: list[Tick], person: str, role: Role, head: str,
           order: Order | None) -> None:  # fmt: skip
    """What is still to be done of one role, the next ones to tap."""
    left = open_steps(plan, ticks, run.duties(role))
    if not left:
        turn.tell(person, head, order=order)
        return
    listed = "\n".join(_line(turn, step) for step in left)
    text = f"{head}\n{listed}\n" + render("run.how", run=run.id, step=left[0].number)
    taps = [Tap(_button(step), f"tick:{run.id}:{step.number}") for step in left[:BUTTONS]]
    title = render("run.title", drill=_drill(run), run=run.id, title=plan.title)
    turn.offer(person, text, taps, order=order, title=title, about=run.place)


def _line(turn: Turn, step: PlanStep) -> str:
    number = getattr(turn.desk.settings.contacts, step.call, "") if step.call else ""
    call = render("run.call", who=render(f"call.{step.call}"), number=number) if number else ""
    missing = render("run.no_number", who=render(f"call.{step.call}")) if step.call and not number else ""
    return render("run.line", step=step.number, words=step.words, call=call or missing)


def _button(step: PlanStep) -> str:
    return f"{step.number} {step.mark or step.words[:6]}"


def _overview(turn: Turn, run: Run) -> str:
    plan = the_plans()[run.category]
    done = {tick.step: tick for tick in store.runs.ticked(turn.tx, run.id)}
    lines = [
        render("run.ticked", step=s.number, words=s.words, time=turn.when(done[s.number].at),
               name=turn.name_of(done[s.number].by)) if s.number in done else _line(turn, s)
        for s in plan.steps
    ]  # fmt: skip
    return (
        render("run.overview", drill=_drill(run), run=run.id, title=plan.title, place=run.place)
        + "\n"
        + "\n".join(lines)
    )


def _run(turn: Turn, speaker: Speaker, number: int | None) -> Run:
    if not speaker.is_staff:
        raise Refused("not_for_you")
    run = store.runs.get(turn.tx, number) if number is not None else None
    if run is None:
        raise Refused("refused.run_unknown", run=number or "-")
    return run


def _join(turn: Turn, run: Run, speaker: Speaker) -> None:
    if speaker.id not in run.people and speaker.role is not None:
        role = speaker.role if speaker.role in (Role.ENGINEER, Role.SERVICE) else Role.SUPERVISOR
        store.runs.join(turn.tx, run, {speaker.id: role})


def _who_would_go(turn: Turn, category: Category, place: Place) -> str | None:
    probe = Order(
        no=0, reporter="", words="", category=category, priority=Priority.EMERGENCY, place=place, status=Status.OPEN,
        opened_at=turn.now, clock_at=turn.now,
    )  # fmt: skip
    candidate = dispatching.pick(turn, probe)
    return candidate.person.id if candidate else None


def _order(turn: Turn, run: Run) -> Order | None:
    return store.orders.get(turn.tx, run.order_no) if run.order_no is not None else None


def _readers(turn: Turn, run: Run) -> list[str]:
    """Who gets the report: who leads and took part, and those of them on duty now."""
    took_part = [p for p in run.people if (person := turn.person(p)) and person.leads]
    return list(dict.fromkeys([*took_part, *(p.id for p in _leads(turn))]))


def _leads(turn: Turn) -> list[Person]:
    on_duty = turn.roster.on_duty(turn.now)
    those = turn.roster.of_role(Role.SUPERVISOR) or turn.roster.of_role(Role.MANAGER, Role.ADMIN)
    return [p for p in those if p.id in on_duty] or those


def _drill(run: Run) -> str:
    return render("run.drill") if run.drill else ""
