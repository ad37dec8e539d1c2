"""Whether somebody can be reached through the app, as far as the platform tells."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.duty import Roster
from bot.core.people import Person

AHEAD = timedelta(hours=24)
PROOF_LASTS = timedelta(days=30)  # a message that arrived says for so long that range and licence are in order


class Unreachable(StrEnum):
    """Why messages would not arrive."""

    UNKNOWN = "unknown"  # no such member of the corp
    OUT_OF_RANGE = "out_of_range"  # outside the app's visible range
    DISABLED = "disabled"
    NOT_ACTIVATED = "not_activated"
    LEFT = "left"
    UNLICENSED = "unlicensed"  # without an interface licence
    UNDELIVERED = "undelivered"  # the platform named him an invalid receiver


# Errors and states of user/get (wecom-protocol 7).
_BY_ERROR = {60111: Unreachable.UNKNOWN, 60011: Unreachable.OUT_OF_RANGE, 60021: Unreachable.OUT_OF_RANGE}
_BY_STATUS = {2: Unreachable.DISABLED, 4: Unreachable.NOT_ACTIVATED, 5: Unreachable.LEFT}


def by_error(errcode: int) -> Unreachable | None:
    """What a refusal of ``user/get`` says of the member; None where it says nothing of him."""
    return _BY_ERROR.get(errcode)


def by_status(status: object) -> Unreachable | None:
    """What the member's state says."""
    return _BY_STATUS.get(status) if isinstance(status, int) else None


def due_on_duty(roster: Roster, now: datetime, also: Collection[str]) -> dict[Person, datetime | None]:
    """Everybody on duty within a day, with the start of that shift, and whoever is called at the end of the ladder
    (``also``), with None where he has no shift."""
    found: dict[Person, datetime | None] = {roster.people[who]: None for who in also if who in roster.people}
    for shift in sorted(roster.shifts, key=lambda shift: shift.start):
        person = roster.people.get(shift.person)
        if person is not None and shift.start < now + AHEAD and shift.end > now and found.get(person) is None:
            found[person] = shift.start
    return found
