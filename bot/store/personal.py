"""What is personal in every column of every table, and what stands there when it is dropped.

A test holds `REGISTER` to the schema: a new table, or a new column of an old one, has to be entered here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from bot.store.schema import (
    attachments,
    buildings,
    contacts,
    corrections,
    crew,
    cursors,
    duty,
    equipment,
    feeds,
    gates,
    holidays,
    inbox,
    incidents,
    jobs,
    log,
    meta,
    orders,
    outbox,
    people,
    place_names,
    processes,
    questions,
    ratings,
    requests,
    rooms,
    rotations,
    run_people,
    runs,
    settled_days,
    tasks,
    ticks,
    timers,
    tokens,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One table. ``owners``: columns with the id of whom the row is about; ``mentions``: with the id of somebody else
    in it; ``userids``: with a userid as it was given; ``words``: what is personal, and what stands there afterwards;
    ``about``: the order the row belongs to; ``goes``: with its owner the row goes; ``plain``: nothing personal."""

    table: Table
    plain: tuple[str, ...]
    owners: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    userids: tuple[str, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    goes: bool = False

    def columns(self) -> set[str]:
        """Every column that is entered."""
        return {*self.plain, *self.owners, *self.mentions, *self.userids, *self.words, *filter(None, [self.about])}


_ORDER_TIMES = ("opened_at", "accepted_at", "first_accepted_at", "arrived_at", "parked_at", "finished_at", "closed_at")
_ORDER_STATE = (
    "no",
    "category",
    "priority",
    "building",
    "area",
    "status",
    "round",
    "clock_at",
    "parked_for",
    "parked_until",
    "pauses",
)
_ORDER_END = ("closed_how", "asked_score_at", "score", "media", "twin", "reopened", "version")
_ORDER_LINKS = ("incident", "repeat_of", "repeats", "device")
_ORDER_VISIT = ("doubtful", "visit_since", "visit_until")
_LETTER = ("id", "key", "lane", "kind", "weight", "round", "reserve", "created_at", "not_before", "expires_at")
_LETTER_SENT = ("attempts", "unknown", "tried_at", "lease_until", "lease_owner", "done_at", "outcome", "error")

REGISTER: dict[str, Kept] = {
    kept.table.name: kept
    for kept in (
        Kept(
            orders,
            (*_ORDER_STATE, *_ORDER_TIMES, *_ORDER_END, *_ORDER_VISIT, *_ORDER_LINKS),
            owners=("reporter",),
            mentions=("holder", "owner"),
            words={"reporter_name": "", "phone": "", "words": "", "unit": None, "room": None, "why": "", "visit": ""},
        ),
        Kept(log, ("id", "at", "what"), mentions=("by",), words={"detail": "{}"}, about="order_no"),
        Kept(
            attachments,
            ("id", "kind", "source", "at", "fetch_at", "failures"),
            owners=("contact",),
            words={"media_id": "", "path": ""},
            about="order_no",
        ),
        Kept(
            tasks,
            ("id", "kind", "opened_at", "due_at", "done_at", "tries"),
            mentions=("done_by",),
            words={"about": "", "result": ""},
            about="order_no",
        ),
        Kept(ratings, ("id", "score", "at"), words={"words": ""}, about="order_no"),
        Kept(
            inbox,
            ("id", "key", "channel", "kind", "sent_at", "received_at", "handled_at", "failed"),
            userids=("sender",),
            words={"body": "{}"},
            about="order_no",
        ),
        Kept(
            outbox,
            (*_LETTER, *_LETTER_SENT, "response_at", "held", "crowded"),
            owners=("receiver",),
            words={"body": "{}", "response_code": ""},
            about="order_no",
        ),
        Kept(
            questions, ("id", "kind", "until"), owners=("contact",), words={"draft": "{}"}, about="order_no", goes=True
        ),
        Kept(
            contacts,
            ("channel", "open_kfid", "noticed", "named_at", "wrote_at", "sent_since"),
            owners=("id",),
            userids=("userid", "human"),
            words={"name": "", "last_place": "", "offered_place": ""},
            goes=True,
        ),
        Kept(
            people,
            (
                *("role", "skills", "buildings", "open_orders", "given_at"),
                *("open_at_most", "last_building", "served_at", "firm"),
            ),
            owners=("id",),
            mentions=("mentor",),
            userids=("userid",),
            words={"name": "", "phone": ""},
            goes=True,
        ),
        Kept(
            crew,
            ("id", "added_at", "removed_at"),
            owners=("person",),
            mentions=("added_by",),
            about="order_no",
        ),
        Kept(duty, ("id", "start_at", "end_at", "tier", "day", "code", "source"), owners=("person",), goes=True),
        Kept(rotations, ("id", "name", "rule", "crew", "start_on", "until_on", "tier"), owners=("person",), goes=True),
        Kept(settled_days, ("day", "source"), owners=("person",), goes=True),
        Kept(
            requests,
            ("id", "kind", "asked_at", "until_at", "decided_at", "outcome"),
            owners=("asker",),
            mentions=("other", "decided_by"),
            words={"about": "{}"},
        ),
        Kept(
            equipment,
            ("code", "name", "kind", "building", "place", "installed_on", "warranty_until"),
            userids=("owner",),
        ),
        Kept(
            corrections,
            ("id", "read_category", "read_priority", "category", "priority", "rules", "how", "at"),
            mentions=("by",),
            words={"words": "", "why": ""},
            about="order_no",
        ),
        Kept(feeds, (), owners=("person",), words={"token": ""}, goes=True),
        Kept(
            incidents,
            ("id", "system", "building", "unit", "standing", "opened_at", "eta", "over_at"),
            mentions=("joined_by",),
            words={"done": ""},
            about="lead",
        ),
        Kept(
            runs,
            ("id", "category", "drill", "token", "started_at", "ended_at"),
            mentions=("started_by",),
            words={"place": "", "note": ""},
            about="order_no",
        ),
        Kept(run_people, ("run_id", "role"), mentions=("person",)),
        Kept(ticks, ("run_id", "step", "at"), mentions=("by",), words={"note": ""}, about="order_no"),
        Kept(buildings, tuple(buildings.c.keys())),
        Kept(processes, tuple(processes.c.keys())),
        Kept(holidays, tuple(holidays.c.keys())),
        Kept(rooms, tuple(rooms.c.keys())),
        Kept(place_names, tuple(place_names.c.keys())),
        Kept(timers, tuple(timers.c.keys())),
        Kept(jobs, tuple(jobs.c.keys())),
        Kept(meta, tuple(meta.c.keys())),
        Kept(cursors, tuple(cursors.c.keys())),
        Kept(tokens, tuple(tokens.c.keys())),
        Kept(gates, tuple(gates.c.keys())),
    )
}
