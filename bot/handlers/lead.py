"""What supervisors and managers ask for: 今日 超时 关闭."""

from datetime import datetime, time, timedelta

from bot import store, words
from bot.core import digests
from bot.core.dues import broken_since
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.orders import Move, Order, make_move
from bot.core.people import Speaker
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import callback_policy, dispatching, incidents, which
from bot.texts import render

LIST_AT_MOST = 20


def today(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """今日: the day so far."""
    _only_leads(speaker)
    tz = turn.desk.settings.community.timezone
    start = datetime.combine(turn.now.astimezone(tz).date(), time(), tz)
    turn.say(speaker.id, "lead.today", date=start.strftime("%m-%d"), body=digest_body(turn, start, turn.now))


def overdue(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """超时: what is late now, the worst first."""
    _only_leads(speaker)
    late = [(since, o) for o in store.orders.all_open(turn.tx) if (since := broken_since(o, turn.policy, turn.now))]
    if not late:
        turn.say(speaker.id, "lead.none_late")
        return
    late.sort(key=lambda pair: (pair[1].priority.rank, pair[0]))
    lines = [
        render("lead.late_line", line=words.order_line(o), late=words.span(turn.now - since), name=_holder(turn, o))
        for since, o in late[:LIST_AT_MOST]
    ]
    turn.say(speaker.id, "lead.late", n=len(late), list="\n".join(lines))


def close(turn: Turn, speaker: Speaker, no: int | None, reason: str) -> None:
    """关闭 N 原因."""
    order = which.find(turn, speaker, Verb.CLOSE, no)
    after, line = make_move(order, Move.CLOSE, by=speaker.id, at=turn.now)
    if not reason:
        raise Refused("refused.close_reason", no=order.no)
    after = turn.keep(order, after, line)
    turn.note(after, "close_reason", speaker.id, text=reason)
    turn.close_cards(after, render("card.closed"))
    for person in dispatching.involved(turn, order) - {speaker.id}:
        turn.say(person, "engineer.closed", order=after, no=after.no, reason=reason)
    incidents.lead_gone(turn, after, order, speaker.id)
    callback_policy.closed(turn, after)
    turn.say(after.reporter, "reporter.closed", order=after, no=after.no, reason=reason)
    if after.reporter != speaker.id:
        turn.say(speaker.id, "lead.closed", order=after, no=after.no)


def duty_lines(turn: Turn) -> str:
    """Who is on duty now, one line a tier."""
    by_tier: dict[int, list[str]] = {}
    for pid, tier in turn.roster.on_duty(turn.now).items():
        person = turn.roster.people[pid]
        skills = "/".join(render(f"skill.{s}") for s in sorted(person.skills)) or render(f"role.{person.role}")
        by_tier.setdefault(tier, []).append(f"{person.name}（{skills}）")
    return "\n".join(f"{render(f'tier.{tier}')}：{'、'.join(by_tier[tier])}" for tier in sorted(by_tier))


def digest_body(turn: Turn, start: datetime, end: datetime) -> str:
    """The figures of a span in words; formulas in docs/figures.md."""
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
        callbacks=render(
            "digest.callbacks", due=due, on_time=in_time, owner_due=owner_due, owner_on_time=owner_in_time
        ),
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
