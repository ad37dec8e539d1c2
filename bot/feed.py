"""Somebody's shifts as a calendar (iCalendar) that his telephone subscribes to; nobody else knows the library."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from bot import store
from bot.core.duty import Shift
from bot.core.people import Person
from bot.desk import Desk
from bot.texts import render

PAST = timedelta(days=14)
AHEAD = timedelta(days=400)


def duty_feed(desk: Desk, token: str) -> bytes | None:
    """The calendar behind an unguessable address; None where there is none, or its owner no longer works here."""
    now = desk.clock()
    with desk.db.reading() as tx:
        owner = store.feeds.owner_of(tx, token)
        person = desk.roster(tx, now).people.get(owner) if owner else None
        if person is None or not person.is_staff:
            return None
        shifts = store.rota.shifts_between(tx, person.id, now - PAST, now + AHEAD)
    return calendar_of(person, shifts, desk.settings.community.name, now)


def calendar_of(person: Person, shifts: Sequence[Shift], community: str, now: datetime) -> bytes:
    """The shifts as an iCalendar file; nothing of the orders stands in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//baoxiu//duty//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", render("feed.name", community=community, name=person.name))
    calendar.add("refresh-interval", timedelta(hours=1), {"value": "DURATION"})
    for shift in shifts:
        event = Event()
        event.add("uid", f"{shift.start:%Y%m%dT%H%M}-{shift.end:%Y%m%dT%H%M}-{shift.tier}-{person.id}@baoxiu")
        event.add("dtstamp", now)
        event.add("dtstart", shift.start)
        event.add("dtend", shift.end)
        event.add("summary", render("feed.shift", code=shift.code, tier=render(f"tier.{shift.tier}")))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
