"""The digests that come by themselves: 日报 周报 月报, once a period whatever restarts."""

from datetime import timedelta

from bot import store
from bot.core import periods
from bot.core.kinds import Role
from bot.core.people import Person
from bot.core.periods import Daily, Monthly, Weekly, When
from bot.desk import Desk, Turn
from bot.handlers import lead
from bot.texts import render

# Later than this it says so; less is only the tick.
WORTH_SAYING_LATE = timedelta(minutes=1)


def plans(desk: Desk) -> dict[str, When]:
    """Which digest comes when."""
    digest = desk.settings.digest
    return {
        "daily": Daily(digest.daily),
        "weekly": Weekly(digest.weekly.weekday, digest.weekly.at),
        "monthly": Monthly(digest.monthly.day, digest.monthly.at),
    }


def arm(turn: Turn) -> None:
    """At start: see to it that the next digest of each kind is armed, at the moment now configured.

    One whose moment passed while the bot was down is sent now, unless it was sent before.
    """
    tz = turn.desk.settings.community.timezone
    for name, when in plans(turn.desk).items():
        due = periods.following(when, turn.now, tz)
        known = store.timers.due_of(turn.tx, f"digest.{name}", "digest")
        if known is not None and known <= turn.now:
            continue
        store.timers.arm(turn.tx, f"digest.{name}", "digest", due)


def send(turn: Turn, name: str) -> None:
    """Send the latest digest of the kind, once, however late; and arm the next."""
    when = plans(turn.desk)[name]
    tz = turn.desk.settings.community.timezone
    period, moment = periods.latest(when, turn.now, tz)
    store.timers.arm(turn.tx, f"digest.{name}", "digest", periods.following(when, turn.now, tz))
    if not store.jobs.first_time(turn.tx, f"digest.{name}", period, turn.now):
        return
    start, end = periods.span(when, moment, tz)
    late = turn.now - moment > WORTH_SAYING_LATE
    text = render(
        "digest.text",
        name=render(f"digest.{name}"),
        community=turn.desk.settings.community.name,
        start=start.astimezone(tz).strftime("%m-%d %H:%M"),
        end=end.astimezone(tz).strftime("%m-%d %H:%M"),
        body=lead.digest_body(turn, start, end, per_person=name != "daily"),
        late=render("digest.late", time=turn.when(moment)) if late else "",
    ).strip()
    for person in _readers(turn):
        turn.tell(person.id, text)
    turn.tell_group(text)


def _readers(turn: Turn) -> list[Person]:
    """Supervisors and managers; in an estate without any, the admins."""
    return turn.roster.of_role(Role.MANAGER, Role.SUPERVISOR) or turn.roster.of_role(Role.ADMIN)
