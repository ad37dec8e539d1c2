"""What supervisors and managers ask for: 今日 超时 关闭."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from bot import store, words
from bot.core import digests
from bot.core.choice import Load, limit_of
from bot.core.dues import broken_since
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.orders import Move, Order, make_move
from bot.core.people import Person, Speaker
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import callback_policy, dispatching, incidents, owners, which
from bot.texts import render

LIST_AT_MOST = 20


def today(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """今日: the day so far."""
    _only_leads(speaker)
    tz = turn.desk.settings.community.timezone
    start = datetime.combine(turn.now.astimezone(tz).date(), time(), tz)
    turn.say(speaker.id, "lead.today", date=start.strftime("%m-%d"), body=digest_body(turn, start, turn.now))


def overdue(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """超时: what is late now, the worst first; and what waits for somebody who leads to find a taker."""
    _only_leads(speaker)
    everything = store.orders.all_open(turn.tx)
    late = [(since, o) for o in everything if (since := broken_since(o, turn.policy, turn.now))]
    late.sort(key=lambda pair: (pair[1].priority.rank, pair[0]))
    shown = late[:LIST_AT_MOST]
    refused = store.orders.refusals_of(turn.tx, [o.no for _, o in shown])
    lines = []
    for since, o in shown:
        name = _holder(turn, o)
        if o.status.waits_for_taker and o.no in refused:
            name += render("lead.refused", n=refused[o.no])
        lines.append(render("lead.late_line", line=words.order_line(o), late=words.span(turn.now - since), name=name))
    text = render("lead.late", n=len(late), list="\n".join(lines)) if late else render("lead.none_late")
    waiting = [o for o in everything if _stands_with_a_lead(turn, o)]
    if waiting:
        text += "\n" + render("lead.waiting", n=len(waiting), list=words.order_lines(waiting[:LIST_AT_MOST]))
    turn.tell(speaker.id, text)


def close(turn: Turn, speaker: Speaker, no: int | None, reason: str) -> None:
    """关闭 N 原因."""
    order = which.find(turn, speaker, Verb.CLOSE, no)
    after, line = make_move(order, Move.CLOSE, by=speaker.id, at=turn.now)
    if not reason:
        raise Refused("refused.close_reason", no=order.no)
    after = turn.keep(order, after, line)
    turn.note(after, "close_reason", speaker.id, text=reason)
    turn.close_cards(after, render("card.closed"))
    for person in (dispatching.involved(turn, order) | which.helpers(turn, order)) - {speaker.id}:
        turn.say(person, "engineer.closed", order=after, no=after.no, reason=reason)
    incidents.lead_gone(turn, after, order, speaker.id)
    callback_policy.closed(turn, after)
    turn.say(after.reporter, "reporter.closed", order=after, no=after.no, reason=reason)
    if after.reporter != speaker.id:
        turn.say(speaker.id, "lead.closed", order=after, no=after.no)


def duty_lines(turn: Turn) -> str:
    """Who is on duty now, one line a tier: what each can do, and how much he has."""
    by_tier: dict[int, list[str]] = {}
    loads = store.roster.loads(turn.tx, Role.ENGINEER)
    for pid, tier in turn.roster.on_duty(turn.now).items():
        by_tier.setdefault(tier, []).append(_on_duty(turn, turn.roster.people[pid], loads))
    return "\n".join(f"{render(f'tier.{tier}')}：{'、'.join(by_tier[tier])}" for tier in sorted(by_tier))


def _on_duty(turn: Turn, person: Person, loads: Mapping[str, Load]) -> str:
    about = ["/".join(render(f"skill.{s}") for s in sorted(person.skills)) or render(f"role.{person.role}")]
    if person.firm:
        about.append(person.firm)
    elif person.mentor in turn.roster.people:
        about.append(render("lead.apprentice", name=turn.name_of(person.mentor)))
    elif person.id in loads:
        most = limit_of(person, turn.desk.settings.duty.open_orders_at_most)
        key = "lead.load" if most is None else "lead.load_of"
        about.append(render(key, n=loads[person.id].open_orders, most=most))
    return f"{person.name}（{'，'.join(about)}）"


def _stands_with_a_lead(turn: Turn, order: Order) -> bool:
    holder = turn.person(order.holder)
    return order.status.waits_for_taker and (holder is None or holder.leads)


def digest_body(turn: Turn, start: datetime, end: datetime, *, per_person: bool = False) -> str:
    """The figures of a span in words; formulas in docs/figures.md. ``per_person``: first contact by person too."""
    f = digests.figures(
        store.orders.between(turn.tx, start, end, turn.policy.reach()),
        store.ratings.between(turn.tx, start, end),
        digests.Firsts(
            accepted=store.orders.first_moves(turn.tx, "accept", start, end),
            arrived=store.orders.first_moves(turn.tx, "arrive", start, end),
        ),
        digests.Span(start, end),
        turn.policy,
    )
    by_priority = "、".join(
        render("digest.by_priority", priority=words.priority(p), taken=f.taken_by[p], late=f.late_by[p])
        for p in f.taken_by
        if f.taken_by[p] or f.late_by[p]
    )
    top = "、".join(f"{words.category(c)}{n}" for c, n in f.top_categories)
    punctual = store.tasks.punctual(turn.tx, start, end)
    due, in_time = (sum(counted) for counted in zip((0, 0), *punctual.values(), strict=True))
    owner_due, owner_in_time = punctual.get("owner", (0, 0))
    calls = render("digest.callbacks", due=due, on_time=in_time, owner_due=owner_due, owner_on_time=owner_in_time)
    if per_person and (by_person := owners.per_person(turn, digests.Span(start, end))):
        calls += "\n" + render("owner.digest", list=by_person)
    late_top = "、".join(f"{words.category(c)}{n}" for c, n in f.late_categories)
    worst = [store.orders.get(turn.tx, no) for no in f.worst]
    return render(
        "digest.body",
        taken=f.taken,
        done=f.done,
        open=f.open,
        late=f.late,
        by_priority=by_priority or "-",
        categories=top or "-",
        late_categories=late_top or "-",
        response=_mean(f.response),
        arrival=_mean(f.arrival),
        on_time=render("digest.share", n=f.on_time, of=f.due, percent=round(100 * f.on_time / f.due)) if f.due else "-",
        satisfaction=render("digest.satisfaction", n=f.satisfied, of=f.rated, mean=f"{f.mean_score:.1f}", asked=f.asked)
        if f.rated
        else render("digest.no_score", asked=f.asked),
        callbacks=calls,
        duty=duty_lines(turn) or render("lead.nobody_on_duty"),
        worst="\n".join(words.order_line(o) for o in worst if o) or "-",
    )


def _mean(spans: tuple[timedelta, ...]) -> str:
    if not spans:
        return "-"
    ordered = sorted(spans)
    mean = sum(ordered, timedelta()) / len(ordered)
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return render("digest.mean", mean=words.span(mean), median=words.span(median))


def _holder(turn: Turn, order: Order) -> str:
    return turn.name_of(order.holder) if order.holder else render("name.nobody")


def _only_leads(speaker: Speaker) -> None:
    if speaker.person is None or not (speaker.person.leads or speaker.role is Role.SERVICE):
        raise Refused("not_for_you")
