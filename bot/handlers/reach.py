"""Who is on duty and cannot be reached: told to those who lead, before the shift."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot import store
from bot.core.kinds import Role
from bot.core.people import Person
from bot.core.reach import Unreachable, due_on_duty
from bot.desk import Turn
from bot.texts import render

# Of a shift that lasts for weeks it is told again after this.
TOLD_FOR = timedelta(days=7)


def tell(turn: Turn, missing: Mapping[Person, tuple[Unreachable, datetime | None]]) -> None:
    """Tell supervisors (else managers, else admins) who would not get an order; once for each shift and reason."""
    lines = [
        render("reach.line", name=who.name, userid=who.userid, start=_start(turn, start), why=render(f"reach.{why}"))
        for who, (why, start) in sorted(missing.items(), key=lambda item: (item[1][1] or turn.now, item[0].id))
        if store.jobs.first_within(turn.tx, "unreachable", _case(who, why, start), TOLD_FOR, turn.now)
    ]
    if not lines:
        return
    text = render("reach.missing", lines="\n".join(lines))
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        readers = [person for person in turn.roster.of_role(role) if person not in missing]
        if readers:
            break
    for person in readers:
        turn.tell(person.id, text)
    turn.tell_group(text)


def try_out(turn: Turn, person: Person, start: datetime | None) -> None:
    """Nothing proves that messages arrive: only one that is sent shows whether he has a licence."""
    turn.try_out(person.id, render("reach.try_out", name=person.name, start=_start(turn, start)))


def did_not_arrive(turn: Turn, receiver: str, why: Unreachable) -> None:
    """The message that tried it out came back."""
    due = due_on_duty(turn.roster, turn.now, [receiver])
    person = turn.person(receiver)
    if person is not None:
        tell(turn, {person: (why, due.get(person))})


def _start(turn: Turn, start: datetime | None) -> str:
    if start is None:
        return render("reach.listed")
    return render("reach.starts", time=turn.when(start)) if start > turn.now else render("reach.now")


def _case(person: Person, why: Unreachable, start: datetime | None) -> str:
    return hashlib.blake2b(f"{person.id} {why} {start}".encode(), digest_size=16).hexdigest()
