"""What people change of their own shifts: 换班 请假, and the answers 同意 不同意."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot import store
from bot.core.days import take_days
from bot.core.duty import Shift
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.people import Person, Speaker
from bot.core.shifts import take_code
from bot.core.swaps import clash_of_two
from bot.desk import Turn
from bot.store.requests import Request
from bot.texts import render
from bot.voice import Tap

ANSWER_WITHIN = timedelta(days=3)
AROUND = timedelta(days=2)  # a swap is looked at with the shifts so near to it
LISTED_AHEAD = timedelta(days=14)
LISTED_AT_MOST = 10
_AGREED, _REFUSED, _LAPSED, _VOID = "agreed", "refused", "lapsed", "void"


def swap(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """换班 日期 班次 同事 [日期]: the colleague answers, then both lists change."""
    me = on_shifts(speaker)
    days = take_days(rest, today(turn))
    if days is None:
        raise Refused("refused.swap_how")
    code, words = take_code(days.rest, turn.desk.settings.shifts) or ("", days.rest)
    name, _, tail = words.partition(" ")
    back = take_days(tail, today(turn))
    gives = _ahead(turn, me.id, days.first, days.last, code)
    if not gives:
        raise Refused("refused.swap_none", day=day_words(days.first), code=code, list=_my_shifts(turn, me.id))
    if not name:
        raise Refused("refused.swap_self")
    other = colleague(turn, name)
    if other.id == me.id:
        raise Refused("refused.swap_self")
    if not other.is_staff:
        raise Refused("refused.swap_whom", name=other.name)
    takes = _ahead(turn, other.id, back.first, back.last, "") if back else []
    if back and not takes:
        raise Refused("refused.swap_none_his", name=other.name, day=day_words(back.first))
    if not back:  # what he has on the same day comes back in exchange
        takes = _ahead(turn, other.id, days.first, days.last, "")
        if any((t.start, t.end) == (g.start, g.end) for t in takes for g in gives):
            raise Refused("refused.swap_same", name=other.name, day=day_words(days.first))
    _fits(turn, me.id, other.id, gives, takes)
    until = min(turn.now + ANSWER_WITHIN, *(s.start for s in (*gives, *takes)))
    about = {"gives": _spans(gives), "takes": _spans(takes)}
    number = _remember(turn, "swap", me.id, other.id, about, until)
    his = [render("rota.swap_gives", name=me.name, shifts=_shifts(turn, gives))]
    mine = [render("rota.swap_mine", name=other.name, shifts=_shifts(turn, gives))]
    if takes:
        his.append(render("rota.swap_takes", name=me.name, shifts=_shifts(turn, takes)))
        mine.append(render("rota.swap_his", name=other.name, shifts=_shifts(turn, takes)))
    text = render("rota.swap_asked", n=number, name=me.name, what="\n".join(his))
    _offer(turn, other.id, number, text, "rota.card_swap", me.name)
    turn.say(me.id, "rota.swap_sent", n=number, name=other.name, what="\n".join(mine))


def leave(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """请假 日期 [班次] [原因]: whoever leads answers, then the shifts are off the list."""
    me = on_shifts(speaker)
    days = take_days(rest, today(turn))
    if days is None:
        raise Refused("refused.leave_how")
    code, reason = take_code(days.rest, turn.desk.settings.shifts) or ("", days.rest)
    gives = _ahead(turn, me.id, days.first, days.last, code)
    if not gives:
        raise Refused("refused.swap_none", day=day_words(days.first), code=code, list=_my_shifts(turn, me.id))
    asked = [p for p in leads(turn) if p.id != me.id]
    if not asked:
        raise Refused("refused.no_lead")
    until = max(s.end for s in gives)
    about = {"gives": _spans(gives), "reason": reason[:200]}
    number = _remember(turn, "leave", me.id, "", about, until)
    why = render("rota.leave_reason", reason=reason[:200]) if reason else ""
    text = render("rota.leave_asked", n=number, name=me.name, shifts=_shifts(turn, gives), reason=why)
    for person in asked:
        _offer(turn, person.id, number, text, "rota.card_leave", me.name)
    names = "、".join(p.name for p in asked)
    turn.say(me.id, "rota.leave_sent", n=number, names=names, shifts=_shifts(turn, gives))


def agree(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """同意 N: to a swap by the colleague, to a leave by whoever leads."""
    request = _asked_of(turn, speaker, no)
    gives = store.rota.exactly(turn.tx, request.asker, _moments(request.about["gives"]))
    takes = store.rota.exactly(turn.tx, request.other, _moments(request.about.get("takes", [])))
    if not _as_asked(request, gives, takes) or any(s.end <= turn.now for s in (*gives, *takes)):
        _decide(turn, request, _VOID, speaker.id)
        turn.say(speaker.id, "refused.request_void", n=request.id)
        turn.say(request.asker, "refused.request_void", n=request.id)
        return
    if request.kind == "swap":
        _swap_agreed(turn, request, gives, takes)
    else:
        _leave_agreed(turn, request, speaker, gives)
    turn.desk.forget_lists()


def disagree(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """不同意 N: everything stays as it is."""
    request = _asked_of(turn, speaker, no)
    _decide(turn, request, _REFUSED, speaker.id)
    turn.say(speaker.id, "rota.refused_by_you", n=request.id)
    turn.say(request.asker, "rota.refused_to_asker", n=request.id, name=turn.name_of(speaker.id))


def lapse(turn: Turn, request: Request) -> None:
    """Nobody has answered in time: whoever asked must not believe that he is free."""
    _decide(turn, request, _LAPSED, "")
    turn.say(request.asker, "rota.lapsed", n=request.id)


def colleague(turn: Turn, name: str) -> Person:
    """The member of staff of that name; raises Refused with those who fit."""
    wanted = name.strip().lstrip("@ ").strip("。.，, ")
    found = turn.roster.named(wanted) if wanted else []
    if not found:
        raise Refused("refused.nobody_called", name=wanted[:20])
    if len(found) > 1:
        raise Refused("refused.several_called", names="、".join(f"{p.name}（{p.userid}）" for p in found))
    return found[0]


def leads(turn: Turn) -> list[Person]:
    """Who is told of the duty list: supervisors on duty, else all of them, else managers, else admins."""
    on_duty = turn.roster.on_duty(turn.now)
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        those = turn.roster.of_role(role)
        if those:
            return [p for p in those if p.id in on_duty] or those
    return []


def shift_words(turn: Turn, shift: Shift) -> str:
    """11-25周三夜（00:00–08:00）"""
    zone = turn.desk.settings.community.timezone
    start, end = shift.start.astimezone(zone), shift.end.astimezone(zone)
    day = shift.day or start.date()
    times = f"{start:%H:%M}–{end:%H:%M}" if start.date() == day else f"{start:%m-%d %H:%M}–{end:%H:%M}"
    return render(
        "rota.shift", day=day_words(day), weekday=render(f"weekday.{day.weekday()}"), code=shift.code, times=times
    )


def _swap_agreed(turn: Turn, request: Request, gives: Sequence[Shift], takes: Sequence[Shift]) -> None:
    asker, other = request.asker, request.other
    _fits(turn, asker, other, gives, takes)
    _decide(turn, request, _AGREED, other)
    store.rota.give_to(turn.tx, gives, other, "swap")
    store.rota.give_to(turn.tx, takes, asker, "swap")
    names = turn.name_of(asker), turn.name_of(other)
    lines = [
        render("rota.swap_line", shifts=_shifts(turn, shifts), before=names[way], after=names[1 - way])
        for way, shifts in enumerate((gives, takes))
        if shifts
    ]
    for person in (asker, other):
        turn.say(person, "rota.swap_done", n=request.id, what="\n".join(lines))
    for lead in leads(turn):
        if lead.id not in (asker, other):
            turn.say(lead.id, "rota.swap_for_lead", asker=names[0], other=names[1], what="\n".join(lines))


def _leave_agreed(turn: Turn, request: Request, speaker: Speaker, gives: Sequence[Shift]) -> None:
    _decide(turn, request, _AGREED, speaker.id)
    store.rota.take_off(turn.tx, gives, "leave")
    shifts, asker = _shifts(turn, gives), turn.name_of(request.asker)
    turn.say(request.asker, "rota.leave_done", n=request.id, name=turn.name_of(speaker.id), shifts=shifts)
    turn.say(speaker.id, "rota.leave_agreed", n=request.id, asker=asker, shifts=shifts)
    for lead in leads(turn):
        if lead.id not in (speaker.id, request.asker):
            name = turn.name_of(speaker.id)
            turn.say(lead.id, "rota.leave_told", n=request.id, name=name, asker=asker, shifts=shifts)


def on_shifts(speaker: Speaker) -> Person:
    """Who is talking, where he works here; raises Refused."""
    if speaker.person is None or not speaker.is_staff or speaker.person.firm:
        raise Refused("not_for_you")
    return speaker.person


def _asked_of(turn: Turn, speaker: Speaker, no: int | None) -> Request:
    """The open request somebody answers; raises Refused."""
    me = on_shifts(speaker)
    if no is None:
        waiting = [r for r in store.requests.open_to(turn.tx, me.id, leads=me.leads, now=turn.now) if r.asker != me.id]
        waiting = [r for r in waiting if r.kind in ("swap", "leave")]
        if not waiting:
            raise Refused("refused.no_request", n="")
        if len(waiting) > 1:
            lines = [f"{r.id}：{turn.name_of(r.asker)}" for r in waiting[:LISTED_AT_MOST]]
            raise Refused("refused.request_which", list="\n".join(lines))
        no = waiting[0].id
    request = store.requests.get(turn.tx, no)
    asked = request is not None and (request.other == me.id or (request.other == "" and me.leads))
    if request is None or not asked or request.kind not in ("swap", "leave"):
        raise Refused("refused.no_request", n=f" {no}")
    if request.asker == me.id:
        raise Refused("refused.request_own")
    if request.outcome or request.until_at <= turn.now:
        raise Refused("refused.request_over", n=no)
    return request


def _decide(turn: Turn, request: Request, outcome: str, by: str) -> None:
    if not store.requests.decide(turn.tx, request.id, outcome, by, turn.now):
        raise Refused("refused.request_over", n=request.id)


def _as_asked(request: Request, gives: Sequence[Shift], takes: Sequence[Shift]) -> bool:
    """True while all the shifts are still there, and still whose they were."""
    about = request.about
    return len(gives) == len(about["gives"]) and len(takes) == len(about.get("takes", []))


def _spans(shifts: Sequence[Shift]) -> list[tuple[str, str]]:
    return [(s.start.isoformat(), s.end.isoformat()) for s in shifts]


def _moments(spans: Sequence[tuple[str, str]]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans]


def _fits(turn: Turn, asker: str, other: str, gives: Sequence[Shift], takes: Sequence[Shift]) -> None:
    start, end = min(s.start for s in (*gives, *takes)), max(s.end for s in (*gives, *takes))
    near = [
        shift
        for person in (asker, other)
        for shift in store.rota.shifts_between(turn.tx, person, start - AROUND, end + AROUND)
    ]
    found = clash_of_two(asker, other, near, gives, takes)
    if found is not None:
        raise Refused("refused.swap_clash", name=turn.name_of(found.person), shift=shift_words(turn, found.shift))


def _remember(turn: Turn, kind: str, asker: str, other: str, about: Mapping[str, object], until: datetime) -> int:
    number = store.requests.add(turn.tx, kind, asker, other, about, turn.now, until)
    store.timers.arm(turn.tx, "request", f"request:{number}", until)
    return number


def _offer(turn: Turn, to: str, number: int, text: str, title: str, about: str) -> None:
    taps = [Tap(render("tap.agree"), f"agree:{number}"), Tap(render("tap.disagree"), f"disagree:{number}")]
    turn.offer(to, text, taps, order=None, title=render(title, n=number), about=about)


def _ahead(turn: Turn, person: str, first: date, last: date, code: str) -> list[Shift]:
    """What somebody has on these days, with that code if one is given, and has not begun."""
    found = store.rota.shifts_on(turn.tx, person, first, last)
    return [s for s in found if s.start > turn.now and code in ("", s.code)]


def _my_shifts(turn: Turn, person: str) -> str:
    found = store.rota.shifts_between(turn.tx, person, turn.now, turn.now + LISTED_AHEAD)
    lines = [shift_words(turn, s) for s in found if s.start > turn.now]
    return "\n".join(lines[:LISTED_AT_MOST]) or render("name.none")


def _shifts(turn: Turn, shifts: Sequence[Shift]) -> str:
    return "、".join(shift_words(turn, s) for s in sorted(shifts, key=lambda s: s.start))


def today(turn: Turn) -> date:
    """The local day."""
    return turn.now.astimezone(turn.desk.settings.community.timezone).date()


def day_words(day: date) -> str:
    """11-25"""
    return f"{day:%m-%d}"
