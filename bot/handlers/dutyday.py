"""What happens to the duty list once a day, each once a period whatever restarts: the rules fill it."""

from datetime import time

from bot import store
from bot.core import periods
from bot.core.periods import Daily
from bot.core.workdays import WorkCalendar
from bot.desk import Desk, Turn
from bot.store.timers import Timer

SUBJECT = "roster"
FILL_AT = time(0, 7)


def plans(desk: Desk) -> dict[str, Daily]:
    """Which of them is done when."""
    return {"fill": Daily(FILL_AT)}


def arm(turn: Turn) -> None:
    """At start: fill the list, which may be old, and see to it that the next time of each is armed."""
    fill(turn)
    tz = turn.desk.settings.community.timezone
    for name, when in plans(turn.desk).items():
        known = store.timers.due_of(turn.tx, name, SUBJECT)
        if known is None or known > turn.now:
            store.timers.arm(turn.tx, name, SUBJECT, periods.following(when, turn.now, tz))


def ring(turn: Turn, timer: Timer) -> None:
    """Do the one that is due, once, however late; and arm its next time."""
    tz = turn.desk.settings.community.timezone
    when = plans(turn.desk)[timer.kind]
    period, _ = periods.latest(when, turn.now, tz)
    store.timers.arm(turn.tx, timer.kind, SUBJECT, periods.following(when, turn.now, tz))
    if store.jobs.first_time(turn.tx, f"roster.{timer.kind}", period, turn.now):
        {"fill": fill}[timer.kind](turn)


def fill(turn: Turn) -> None:
    """The rules fill the duty list for the days that have come into sight."""
    settings = turn.desk.settings
    calendar = WorkCalendar(settings.official_days, store.rota.own_days(turn.tx))
    store.rota.refill(turn.tx, turn.now, settings.community.timezone, settings.shifts, calendar.is_workday)
    turn.desk.forget_lists()
