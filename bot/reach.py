"""Once a day: can everybody who is on duty in the next 24 hours be reached? Asked of the platform, not of hope."""

from datetime import datetime, timedelta

import structlog

from bot import store
from bot.core import periods
from bot.core.people import Person, person_id
from bot.core.periods import Daily
from bot.core.reach import PROOF_LASTS, Unreachable, by_error, by_status, due_on_duty
from bot.desk import Desk, Turn
from bot.handlers import reach
from bot.wecom.client import WeComClient
from bot.wecom.errors import PlatformError, Refused

_log = structlog.get_logger("reach")
AGAIN_AFTER = timedelta(minutes=10)


def arm(turn: Turn) -> None:
    """At start: see to it that the next check comes at the moment now configured; one that was missed comes at once."""
    at = turn.desk.settings.duty.reach_check
    if at is None:
        store.jobs.call_off(turn.tx, "reach")
        return
    following = periods.following(Daily(at), turn.now, turn.desk.settings.community.timezone)
    store.jobs.appoint(turn.tx, "reach", following, turn.now)


def check_if_due(desk: Desk, app: WeComClient) -> bool:
    """The daily check, by whichever process comes first; False if it is not time."""
    at = desk.settings.duty.reach_check
    now = desk.clock()
    if at is None:
        return False
    following = periods.following(Daily(at), now, desk.settings.community.timezone)
    with desk.db.reading() as tx:
        due = store.jobs.appointed(tx, "reach")
    if due is None or due > now:
        return False
    with desk.db.writing() as tx:
        if not store.jobs.take_appointment(tx, "reach", now, following):
            return False
    _check(desk, app, now)
    return True


def _check(desk: Desk, app: WeComClient, now: datetime) -> None:
    with desk.db.reading() as tx:
        roster = desk.roster(tx, now)
    due = due_on_duty(roster, now, [person_id(userid) for userid in desk.settings.duty.emergency_list])
    found: dict[Person, Unreachable | None] = {}
    unasked = 0
    for person in due:
        try:
            found[person] = by_status(app.user_get(person.userid).get("status"))
        except Refused as refused:
            found[person] = by_error(refused.errcode)
            if found[person] is None:
                _log.warning("the platform does not tell of a member", errcode=refused.errcode)
        except PlatformError as error:
            _log.warning("a member could not be asked for", reason=str(error))
            unasked += 1
    with desk.turn() as turn:
        store.jobs.forget(turn.tx, "unreachable", now - PROOF_LASTS)
        reach.tell(turn, {person: (why, due[person]) for person, why in found.items() if why})
        for person, why in found.items():
            if why is None and not store.outbox.arrived_since(turn.tx, person.id, now - PROOF_LASTS):
                reach.try_out(turn, person, due[person])
        if unasked:
            store.jobs.appoint(turn.tx, "reach", now + AGAIN_AFTER, now)
