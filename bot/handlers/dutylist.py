"""The duty list in chat: 值班 for now or a day, its feed, and 我上班了 我下班了 where a team works without a table."""

from datetime import date, datetime, time, timedelta

from bot import store
from bot.core.days import take_days
from bot.core.duty import Shift
from bot.core.errors import Refused
from bot.core.people import Person, Speaker
from bot.desk import Turn
from bot.handlers import handover, lead
from bot.handlers.rota import day_words, on_shifts, shift_words, today
from bot.texts import render

DAYS_AT_MOST = 7


def show(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """值班: who is on duty now; 值班 明天, 值班 11-25: on a day; 值班 订阅: the calendar of one's own shifts."""
    me = on_shifts(speaker)
    if not rest:
        turn.say(me.id, "lead.roster", list=lead.duty_lines(turn) or render("lead.nobody_on_duty"))
    elif rest.startswith("订阅"):
        _subscribe(turn, me, fresh="重" in rest)
    else:
        days = take_days(rest, today(turn))
        if days is None or days.rest:
            raise Refused("refused.duty_how")
        if (days.last - days.first).days >= DAYS_AT_MOST:
            raise Refused("refused.duty_span", n=DAYS_AT_MOST)
        for offset in range((days.last - days.first).days + 1):
            _tell_day(turn, me, days.first + timedelta(days=offset))


def clock_on(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """我上班了: on duty from now, until 我下班了 or ``[duty] on_shift_for``."""
    me = on_shifts(speaker)
    planned = store.rota.planned_now(turn.tx, me.id, turn.now)
    if planned is not None:
        raise Refused("refused.on_already", time=turn.when(planned))
    until = turn.now + turn.desk.settings.duty.on_shift_for
    store.rota.clock_on(turn.tx, me.id, 3 if me.leads else 1, turn.now, until, today(turn))
    turn.desk.forget_lists()
    turn.say(me.id, "rota.on", time=turn.when(until), n=len(store.orders.held_by(turn.tx, me.id)))


def clock_off(turn: Turn, speaker: Speaker, no: int | None = None, rest: str = "") -> None:
    """我下班了: off duty from now; what is open is offered to who stays."""
    me = on_shifts(speaker)
    if not store.rota.clock_off(turn.tx, me.id, turn.now):
        planned = store.rota.planned_now(turn.tx, me.id, turn.now)
        if planned is not None:
            raise Refused("refused.off_listed", time=turn.when(planned))
        raise Refused("refused.off_already")
    turn.desk.forget_lists()
    turn.say(me.id, "rota.off")
    handover.offer_orders(turn, me, set())


def _subscribe(turn: Turn, me: Person, *, fresh: bool) -> None:
    home = turn.desk.settings.server.public_url
    if not home:
        raise Refused("refused.no_feed")
    token = store.feeds.token_of(turn.tx, me.id, fresh=fresh)
    turn.say(me.id, "rota.feed_fresh" if fresh else "rota.feed", url=f"{home}/duty/{token}.ics")


def _tell_day(turn: Turn, me: Person, day: date) -> None:
    zone = turn.desk.settings.community.timezone
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    # The night of the day begins behind its midnight; that of the day before is still at work in it.
    found = store.rota.all_between(turn.tx, start, end + timedelta(hours=12))
    those = [s for s in found if s.day == day or s.start < end]
    lines = [_line(turn, shift) for shift in those if shift.person in turn.roster.people]
    weekday = render(f"weekday.{day.weekday()}")
    text = "\n".join(lines) or render("rota.day_empty")
    turn.say(me.id, "rota.day", day=day_words(day), weekday=weekday, list=text)


def _line(turn: Turn, shift: Shift) -> str:
    person = turn.roster.people[shift.person]
    tier = "" if shift.tier == 1 else render("rota.tier_too", tier=render(f"tier.{shift.tier}"))
    return render("rota.day_line", shift=shift_words(turn, shift), name=person.name, tier=tier)
