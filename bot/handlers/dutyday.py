"""What happens to the duty list by itself: the rules fill it, gaps are told, shifts change, requests run out."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from bot import store, words
from bot.core import periods
from bot.core.gaps import ELSEWHERE, Gap, gaps, unlearned
from bot.core.periods import Daily
from bot.core.reading import Place
from bot.core.workdays import WorkCalendar
from bot.desk import Desk, Turn
from bot.handlers import handover, rota
from bot.store.timers import LISTS_CHANGED, ROSTER, Timer
from bot.texts import render

FILL_AT = time(0, 7)
GAPS_AHEAD = timedelta(days=14)
GAPS_AT_MOST = 14


def plans(desk: Desk) -> dict[str, Daily]:
    """Which of them is done when."""
    gaps_at = desk.settings.duty.gaps_at
    return {"fill": Daily(FILL_AT)} | ({"gaps": Daily(gaps_at)} if gaps_at else {})


def arm(turn: Turn) -> None:
    """At start: fill the list, which may be old, and see to it that the next time of each is armed."""
    fill(turn)
    handover.arm(turn)
    tz = turn.desk.settings.community.timezone
    for name, when in plans(turn.desk).items():
        known = store.timers.due_of(turn.tx, name, ROSTER)
        if known is None or known > turn.now:
            store.timers.arm(turn.tx, name, ROSTER, periods.following(when, turn.now, tz))


def ring(turn: Turn, timer: Timer) -> None:
    """Do what is due; what comes once a day once, however late, and arm its next time."""
    if timer.kind == handover.CHANGE:
        handover.ring(turn, timer)
        return
    when = plans(turn.desk).get(timer.kind)
    if when is None:
        store.timers.done(turn.tx, timer.id)
        if timer.kind == LISTS_CHANGED:
            turn.desk.forget_lists()
            handover.arm(turn)
        return
    tz = turn.desk.settings.community.timezone
    period, _ = periods.latest(when, turn.now, tz)
    store.timers.arm(turn.tx, timer.kind, ROSTER, periods.following(when, turn.now, tz))
    if store.jobs.first_time(turn.tx, f"roster.{timer.kind}", period, turn.now):
        _DAILY[timer.kind](turn)


def unanswered(turn: Turn, number: int) -> None:
    """A request has waited long enough: a hand-over is said again, everything else lapses."""
    request = store.requests.get(turn.tx, number)
    if request is None or request.outcome:
        return
    if request.kind == handover.KIND:
        handover.remind(turn, request)
    else:
        rota.lapse(turn, request)


def fill(turn: Turn) -> None:
    """The rules fill the duty list for the days that have come into sight."""
    settings = turn.desk.settings
    store.rota.refill(turn.tx, turn.now, settings.community.timezone, settings.shifts, _calendar(turn).is_workday)
    turn.desk.forget_lists()


def tell_gaps(turn: Turn) -> None:
    """Who leads hears when in the coming 14 days which trade has nobody, by building; and nothing where nothing is."""
    until = turn.now + GAPS_AHEAD
    found = gaps(turn.roster.people, turn.roster.shifts, turn.now, until)
    parts = []
    if len(found) == 1 and found[0].total and (found[0].start, found[0].end) == (turn.now, until):
        parts.append(render("rota.no_list"))
    elif found:
        lines = [gap_words(turn, gap) for gap in found[:GAPS_AT_MOST]]
        if len(found) > GAPS_AT_MOST:
            lines.append(render("rota.gaps_more", n=len(found) - GAPS_AT_MOST))
        parts.append(render("rota.gaps", list="\n".join(lines)))
        lacking = "、".join(render(f"skill.{s}") for s in unlearned(turn.roster.people))
        parts += [render("rota.unlearned", list=lacking)] if lacking else []
    parts += _unknown_years(turn, until)
    for person in rota.leads(turn) if parts else ():
        turn.tell(person.id, "\n".join(parts))


def gap_words(turn: Turn, gap: Gap) -> str:
    """11-25 00:00 至 11-25 08:00 缺 强电、电梯（3栋）"""
    zone = turn.desk.settings.community.timezone
    start, end = (f"{at.astimezone(zone):%m-%d %H:%M}" for at in (gap.start, gap.end))
    if gap.total:
        return render("rota.gap_total", start=start, end=end)
    missing = []
    for skill, buildings in gap.missing:
        names = [render("rota.gap_elsewhere") if b == ELSEWHERE else words.place(Place(b)) for b in buildings]
        within = render("rota.gap_in", buildings="、".join(names)) if names else ""
        missing.append(render(f"skill.{skill}") + within)
    return render("rota.gap", start=start, end=end, list="、".join(missing))


def _unknown_years(turn: Turn, until: datetime) -> list[str]:
    """A year without holidays is told where something here follows them."""
    zone = turn.desk.settings.community.timezone
    uses = any(target.working for target in turn.policy.targets.values())
    uses = uses or any(rotation.rule.workdays for rotation in store.rota.load_rotations(turn.tx))
    if not uses or not turn.desk.settings.community.holidays:
        return []
    years = {turn.now.astimezone(zone).year, until.astimezone(zone).year}
    calendar = _calendar(turn)
    return [render("rota.unknown_year", year=year) for year in sorted(years) if not calendar.knows(year)]


def _calendar(turn: Turn) -> WorkCalendar:
    return WorkCalendar(turn.desk.settings.official_days, store.rota.own_days(turn.tx))


_DAILY: dict[str, Callable[[Turn], None]] = {"fill": fill, "gaps": tell_gaps}
