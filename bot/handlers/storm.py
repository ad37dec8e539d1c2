"""More than anybody can read comes from one sender: nothing is lost, but it is not answered one by one."""

import hashlib
from datetime import timedelta

from bot import store
from bot.core.duty import service_for
from bot.core.kinds import Priority
from bot.core.pace import MINUTE, RESIDENT, STAFF
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import report

_TOLD_FOR = timedelta(hours=1)


def raging(turn: Turn, speaker: Speaker) -> bool:
    """True where the sender writes faster than he can be answered."""
    return turn.hurry > (STAFF if speaker.is_staff else RESIDENT)


def danger(turn: Turn, speaker: Speaker, text: str) -> bool:
    """Words that speak of danger to life, alone or with what the same person has reported; always acted on."""
    if any(fault.priority is Priority.EMERGENCY for fault in turn.read(text).faults):
        return True
    return report.graver_together(turn, speaker, text)


def hold(turn: Turn, speaker: Speaker) -> None:
    """One answer a minute for all that comes, and somebody of the property is asked to telephone."""
    who = hashlib.blake2b(speaker.id.encode(), digest_size=16).hexdigest()
    if store.jobs.first_within(turn.tx, "storm", who, MINUTE, turn.now):
        turn.say(speaker.id, "storm.held", phone=turn.phone_line)
    if store.jobs.first_within(turn.tx, "storm_told", who, _TOLD_FOR, turn.now):
        for candidate in service_for(turn.roster, turn.now)[:1]:
            if candidate.person.id != speaker.id:
                turn.say(candidate.person.id, "storm.for_service", name=turn.name_of(speaker.id))
