"""What somebody asks of a colleague or of whoever leads (申请): swaps, leave, hand-overs; decided once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, or_, select, update

from bot.store.schema import requests

_r = requests.c


class Request(NamedTuple):
    """One request. ``other``: who is asked, "" where anybody who leads may decide. ``outcome``: "" while open."""

    id: int
    kind: str
    asker: str
    other: str
    about: Mapping[str, Any]
    asked_at: datetime
    until_at: datetime
    outcome: str


def add(
    tx: Connection, kind: str, asker: str, other: str, about: Mapping[str, Any], now: datetime, until: datetime
) -> int:
    """Remember a request; returns its number."""
    result = tx.execute(
        insert(requests).values(
            kind=kind,
            asker=asker,
            other=other,
            about=json.dumps(about, ensure_ascii=False),
            asked_at=now,
            until_at=until,
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def get(tx: Connection, number: int) -> Request | None:
    """The request of that number, locked against other writers."""
    row = tx.execute(select(requests).where(_r.id == number).with_for_update()).mappings().first()
    return None if row is None else _request(row)


def open_to(tx: Connection, person: str, *, leads: bool, now: datetime) -> list[Request]:
    """The open requests somebody may decide, newest first."""
    asked = or_(_r.other == person, _r.other == "") if leads else _r.other == person
    rows = tx.execute(
        select(requests).where(_r.decided_at.is_(None), _r.until_at > now, asked).order_by(_r.id.desc())
    ).mappings()
    return [_request(row) for row in rows]


def decide(tx: Connection, number: int, outcome: str, by: str, now: datetime) -> bool:
    """True for whoever decides first."""
    changed = tx.execute(
        update(requests)
        .where(_r.id == number, _r.decided_at.is_(None))
        .values(outcome=outcome, decided_by=by, decided_at=now)
    ).rowcount
    return changed == 1


def change(tx: Connection, number: int, about: Mapping[str, Any]) -> None:
    """What is left of a request that is settled piece by piece."""
    tx.execute(update(requests).where(_r.id == number).values(about=json.dumps(about, ensure_ascii=False)))


def _request(row: Mapping[Any, Any]) -> Request:
    return Request(
        row["id"],
        row["kind"],
        row["asker"],
        row["other"],
        json.loads(row["about"]),
        row["asked_at"],
        row["until_at"],
        row["outcome"],
    )
