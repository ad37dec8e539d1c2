"""Everybody who writes: address, account of 微信客服, last place."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, insert, select, update

from bot.core.messages import Channel
from bot.core.people import Contact
from bot.core.reading import Place
from bot.store.body import from_text, to_text
from bot.store.quick import Quick
from bot.store.schema import contacts, orders

_c = contacts.c
_GET = Quick(select(contacts).where(_c.id == bindparam("who")))
_ADD = Quick(insert(contacts), [c.name for c in contacts.columns])
_KEEP = Quick(
    update(contacts)
    .where(_c.id == bindparam("who"))
    .values({n: bindparam(n) for n in ("name", "last_place", "offered_place", "noticed", "human")})
)
KF_WINDOW = timedelta(hours=48)
KF_MESSAGES = 5


def get(tx: Connection, contact_id: str) -> Contact | None:
    """The contact, or None if that one never wrote."""
    rows = _GET.rows(tx, {"who": contact_id})
    if not rows:
        return None
    return _contact(rows[0])


def _contact(r: Mapping[Any, Any]) -> Contact:
    return Contact(
        id=r["id"],
        channel=Channel(r["channel"]),
        userid=r["userid"],
        open_kfid=r["open_kfid"],
        name=r["name"],
        last_place=place_from(r["last_place"]),
        offered_place=place_from(r["offered_place"]),
        noticed=r["noticed"],
        human=r["human"],
    )


def add(tx: Connection, contact: Contact, wrote_at: datetime) -> None:
    """Remember somebody who writes for the first time, with what is known of him by the end of the turn."""
    _ADD.run(
        tx,
        {
            "id": contact.id,
            "channel": contact.channel.value,
            "userid": contact.userid,
            "open_kfid": contact.open_kfid,
            "wrote_at": wrote_at,
            "sent_since": 0,
            "named_at": None,
            **_learned(contact),
        },
    )


def keep(tx: Connection, contact: Contact) -> None:
    """Write what was learned of somebody who is known already."""
    _KEEP.run(tx, {"who": contact.id, **_learned(contact)})


def _learned(contact: Contact) -> dict[str, object]:
    return {
        "name": contact.name,
        "last_place": place_text(contact.last_place),
        "offered_place": place_text(contact.offered_place),
        "noticed": contact.noticed,
        "human": contact.human,
    }


def heard_from(tx: Connection, contact_id: str, at: datetime) -> None:
    """The customer wrote at ``at`` (the platform's time): the 微信客服 account is full again.

    After 48 h of silence it is a new session, which no human has taken, whatever became of the one before.
    """
    human = case((_c.wrote_at < at - KF_WINDOW, ""), else_=_c.human)
    tx.execute(
        update(contacts)
        .where(_c.id == contact_id, (_c.wrote_at.is_(None)) | (_c.wrote_at <= at))
        .values(wrote_at=at, sent_since=0, human=human)
    )


def may_still_send(tx: Connection, contact_id: str, at: datetime) -> int:
    """How many messages 微信客服 would still take for this customer now."""
    row = tx.execute(select(_c.wrote_at, _c.sent_since).where(_c.id == contact_id)).first()
    if row is None or row.wrote_at is None or at >= row.wrote_at + KF_WINDOW:
        return 0
    return max(0, KF_MESSAGES - int(row.sent_since))


def of_place(tx: Connection, building: str | None, unit: str | None, at: datetime) -> list[tuple[Contact, int]]:
    """Everybody whose last address is in that building and unit (None: any), and how many messages 微信客服 would
    still take for him now."""
    wanted = select(contacts)
    if building:
        # A place is stored as a list that begins with the building.
        wanted = wanted.where(_c.last_place.startswith(to_text([building])[:-1] + ",", autoescape=True))
    found = []
    for r in tx.execute(wanted.order_by(_c.id)).mappings():
        open_window = r["wrote_at"] is not None and at < r["wrote_at"] + KF_WINDOW
        contact = _contact(r)
        if unit is None or contact.last_place.unit == unit:
            found.append((contact, max(0, KF_MESSAGES - int(r["sent_since"])) if open_window else 0))
    return found


def spend(tx: Connection, contact_id: str) -> None:
    """One message of the account is used."""
    tx.execute(update(contacts).where(_c.id == contact_id).values(sent_since=_c.sent_since + 1))


def set_human(tx: Connection, contact_id: str, servicer: str) -> None:
    """A human has the session (userid), or the bot again ("")."""
    tx.execute(update(contacts).where(_c.id == contact_id).values(human=servicer))


def unnamed(tx: Connection) -> Contact | None:
    """Somebody whose name the platform has not been asked for yet."""
    found = tx.execute(select(_c.id).where(_c.named_at.is_(None)).limit(1)).scalar()
    return get(tx, found) if found else None


def set_name(tx: Connection, contact_id: str, name: str, at: datetime) -> None:
    """The name the platform gives ("" where it gives none), also on orders that are still without one."""
    tx.execute(update(contacts).where(_c.id == contact_id).values(name=name[:64], named_at=at))
    if name:
        mine = (orders.c.reporter == contact_id) & orders.c.closed_at.is_(None) & (orders.c.reporter_name == "")
        tx.execute(update(orders).where(mine).values(reporter_name=name[:64]))


def place_text(place: Place) -> str:
    """A place as stored."""
    return to_text([place.building, place.unit, place.room, place.area]) if place else ""


def place_from(stored: str) -> Place:
    """A stored place."""
    return Place(*from_text(stored)) if stored else Place()
