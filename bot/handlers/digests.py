"""The digests that come by themselves: 日报 周报 月报, once a period whatever restarts."""

from datetime import timedelta

from bot import store
from bot.core import digests, periods
from bot.core.kinds import Role
from bot.core.periods import Daily, Monthly, Weekly, When
from bot.desk import Desk, Turn
from bot.handlers import lead
from bot.texts import render

# A digest missed while the bot was down is sent on the same day; an older one would only confuse.
STILL_WORTH_IT = timedelta(hours=12)


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
    """Send the latest digest of the kind, once; and arm the next."""
    when = plans(turn.desk)[name]
    tz = turn.desk.settings.community.timezone
    period, moment = periods.latest(when, turn.now, tz)
    store.timers.arm(turn.tx, f"digest.{name}", "digest", periods.following(when, turn.now, tz))
    if turn.now - moment > STILL_WORTH_IT or not store.jobs.first_time(turn.tx, f"digest.{name}", period, turn.now):
        return
    start, end = periods.span(when, moment, tz)
    figures = digests.figures(
        store.orders.between(turn.tx, start, end), store.ratings.between(turn.tx, start, end), start, end, turn.policy
    )
    late = turn.now - moment > timedelta(minutes=1)
    text = render(
        "digest.text",
        name=render(f"digest.{name}"),
        community=turn.desk.settings.community.name,
        start=start.astimezone(tz).strftime("%m-%d %H:%M"),
        end=end.astimezone(tz).strftime("%m-%d %H:%M"),
        body=lead.digest_body(turn, figures),
        late=render("digest.late", time=turn.when(moment)) if late else "",
    ).strip()
    for person in turn.roster.of_role(Role.MANAGER, Role.SUPERVISOR):
        turn.tell(person.id, text)
    turn.tell_group(text)
