"""Whose data stands where, and what becomes of it when somebody is forgotten or its time is over."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, func, or_, select, update
from sqlalchemy.types import String

from bot.store.personal import REGISTER, Kept
from bot.store.schema import attachments, contacts, equipment, inbox, log, orders, outbox, people

_IN_ONE = 500
# Keys to the platform and to a calendar: theirs who hold them, not part of what is told of a person.
_SECRET = frozenset({"response_code", "token"})


# What a line of history may go on saying: codes, and who (see `forget`); everything else is somebody's words.
_CODES = frozenset(
    {"category", "priority", "was", "now", "from", "to", "holder", "ground", "media", "kind", "n", "intent", "clocks"}
)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody by all his names: the id by which tables know him, userids as given, and what texts may call him.

    ``staff``: his own name, where he is staff; orders that he reported for others (代报) are not about him.
    """

    id: str
    userids: tuple[str, ...]
    names: tuple[str, ...] = ()
    staff: str = ""


def find(tx: Connection, name: str) -> Who | None:
    """Whom a userid, an external_userid or a contact id means; None for somebody of whom nothing is kept."""
    listed = tx.execute(select(people).where(people.c.id == name.casefold())).mappings().first()
    known = (
        tx.execute(
            select(contacts).where(
                or_(contacts.c.id == name, contacts.c.id == name.casefold(), contacts.c.userid == name)
            )
        )
        .mappings()
        .first()
    )
    if listed is None and known is None:
        return None
    rows = [row for row in (listed, known) if row is not None]
    userids = tuple(dict.fromkeys(row["userid"] for row in rows))
    staff = listed["name"] if listed and listed["role"] != "resident" else ""
    told = select(orders.c.reporter_name, orders.c.phone).where(_reported(rows[0]["id"], staff)).distinct()
    called = [n for row in rows for n in (row["name"], row.get("phone", ""))] + [
        n for row in tx.execute(told) for n in row
    ]
    return Who(rows[0]["id"], userids, tuple(dict.fromkeys(n for n in called if len(n) >= 2)), staff)


def numbers_of(tx: Connection, who: Who) -> list[int]:
    """The orders that somebody reported."""
    return list(tx.execute(select(orders.c.no).where(_reported(who.id, who.staff)).order_by(orders.c.no)).scalars())


def _reported(who: str, staff: str) -> ColumnElement[bool]:
    mine = orders.c.reporter == who
    return and_(mine, orders.c.reporter_name.in_(["", staff])) if staff else mine


def open_numbers(tx: Connection, who: Who) -> list[tuple[int, str]]:
    """The orders that are not over and that he reported or holds, with their priority."""
    mine = or_(orders.c.reporter == who.id, orders.c.holder == who.id)
    rows = tx.execute(
        select(orders.c.no, orders.c.priority).where(mine, orders.c.closed_at.is_(None)).order_by(orders.c.no)
    )
    return [(int(no), str(priority)) for no, priority in rows]


def tally(tx: Connection, contact_id: str) -> tuple[int, int]:
    """How many orders somebody has reported, and how many files are kept with them."""
    mine = orders.c.reporter == contact_id
    files = select(func.count()).select_from(attachments.join(orders, orders.c.no == attachments.c.order_no))
    count = select(func.count()).select_from(orders).where(mine)
    return int(tx.execute(count).scalar() or 0), int(tx.execute(files.where(mine)).scalar() or 0)


def phone_of(tx: Connection, contact_id: str) -> str:
    """The phone that somebody gave with an order, the last one."""
    given = select(orders.c.phone).where(orders.c.reporter == contact_id, orders.c.phone != "")
    return tx.execute(given.order_by(orders.c.no.desc()).limit(1)).scalar() or ""


def kept_of(tx: Connection, who: Who) -> dict[str, list[dict[str, Any]]]:
    """Everything kept of somebody, table by table; without keys to the platform."""
    numbers = numbers_of(tx, who)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, kept in REGISTER.items():
        rows = [row for where in _about(kept, who, numbers) for row in _rows(tx, kept, where)]
        unique = {json.dumps(row, default=str, sort_keys=True): row for row in rows}
        if unique:
            found[name] = [{k: v for k, v in row.items() if k not in _SECRET} for row in unique.values()]
    return found


def files_of(tx: Connection, who: Who) -> list[str]:
    """Where the files of somebody and of his orders lie."""
    return [row["path"] for row in kept_of(tx, who).get("attachments", []) if row["path"]]


def forget(tx: Connection, who: Who, pseudonym: str) -> None:
    """Put the pseudonym in his place everywhere, drop what he said and what was said to him, keep the figures."""
    numbers = numbers_of(tx, who)
    scrub_orders(tx, numbers)
    for kept in REGISTER.values():
        mine = _is(kept, [*kept.owners], who.id)
        if mine is not None and kept.goes:
            tx.execute(delete(kept.table).where(mine))
        elif mine is not None and kept.words and kept.table is not orders:
            _scrub(tx, kept, mine)
        for column in (*kept.owners, *kept.mentions):
            if not kept.goes or column in kept.mentions:
                tx.execute(update(kept.table).where(kept.table.c[column] == who.id).values({column: pseudonym}))
    folded = [userid.casefold() for userid in who.userids]
    mine = or_(inbox.c.sender.in_(who.userids), func.lower(inbox.c.sender).in_(folded))
    tx.execute(update(inbox).where(mine).values(sender=pseudonym, body="{}"))
    tx.execute(update(contacts).where(func.lower(contacts.c.human).in_(folded)).values(human=""))
    tx.execute(update(equipment).where(func.lower(equipment.c.owner).in_(folded)).values(owner=""))
    _forget_in_histories(tx, who, pseudonym)
    _forget_in_messages(tx, who)


def scrub_orders(tx: Connection, numbers: Sequence[int]) -> None:
    """Drop words, names, phones, flat and files of these orders, with all that was written about them."""
    for some in _some(numbers):
        for kept in REGISTER.values():
            if kept is REGISTER["orders"]:
                _scrub(tx, kept, orders.c.no.in_(some))
            elif kept.about:
                _scrub(tx, kept, kept.table.c[kept.about].in_(some))


def hide_reporters(tx: Connection, numbers: Sequence[int], pseudonym_of: Callable[[str], str]) -> None:
    """Put pseudonyms in the place of whoever reported these orders, with all that is about them."""
    for some in _some(numbers):
        for (who,) in tx.execute(select(orders.c.reporter).where(orders.c.no.in_(some)).distinct()).all():
            name = pseudonym_of(who)
            for kept in REGISTER.values():
                number = "no" if kept.table is orders else kept.about
                for column in (*kept.owners, *kept.mentions) if number else ():
                    here = and_(kept.table.c[number].in_(some), kept.table.c[column] == who)
                    tx.execute(update(kept.table).where(here).values({column: name}))


def residue(tx: Connection, who: Who) -> list[str]:
    """Where somebody can still be found by an id, a userid or a phone: table and column, nothing if nowhere."""
    signs = {who.id, *who.userids, *(name for name in who.names if name.isascii())}
    found = []
    for name, kept in REGISTER.items():
        for column in kept.table.columns:
            if isinstance(column.type, String) and _still_in(tx, column, signs):
                found.append(f"{name}.{column.name}")
    return found


def _still_in(tx: Connection, column: "Column[Any]", signs: Collection[str]) -> bool:
    # A short userid like "li" stands inside many words; as a whole value, or quoted in JSON, it is the person.
    hits = [
        hit
        for sign in signs
        for hit in (func.lower(column) == sign.casefold(), column.like(f'%"{_like(sign)}"%', escape="\\"))
    ]
    hits += [column.like(f"%{_like(sign)}%", escape="\\") for sign in signs if len(sign) >= 7]
    return tx.execute(select(func.count()).select_from(column.table).where(or_(*hits))).scalar() != 0


def _forget_in_histories(tx: Connection, who: Who, pseudonym: str) -> None:
    """He may be named as the holder in the history of other people's orders."""
    quoted = f'%"{_like(who.id)}"%'
    rows = tx.execute(select(log.c.id, log.c.detail).where(log.c.detail.like(quoted, escape="\\"))).all()
    for id_, detail in rows:
        told = {k: pseudonym if v == who.id else v for k, v in json.loads(detail).items()}
        tx.execute(update(log).where(log.c.id == id_).values(detail=json.dumps(told, ensure_ascii=False)))


def _forget_in_messages(tx: Connection, who: Who) -> None:
    """He may be named, or quoted, in what others wrote and were written: what is dealt with need not say so."""
    for table, over in ((inbox, inbox.c.handled_at), (outbox, outbox.c.done_at)):
        body = table.c.body
        named = [body.like(f"%{_like(name)}%", escape="\\") for name in who.names]
        named += [body.like(f'%"{_like(userid)}"%', escape="\\") for userid in who.userids]
        if named:
            _scrub(tx, REGISTER[table.name], and_(over.is_not(None), or_(*named)))


def _about(kept: Kept, who: Who, numbers: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    mine = _is(kept, [*kept.owners, *kept.mentions], who.id)
    if mine is not None:
        yield mine
    folded = [userid.casefold() for userid in who.userids]
    for column in kept.userids:
        yield func.lower(kept.table.c[column]).in_(folded)
    if kept.about:
        for some in _some(numbers):
            yield kept.table.c[kept.about].in_(some)


def _is(kept: Kept, columns: Sequence[str], who: str) -> ColumnElement[bool] | None:
    return or_(*(kept.table.c[column] == who for column in columns)) if columns else None


def _rows(tx: Connection, kept: Kept, where: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    rows = tx.execute(select(kept.table).where(where).order_by(*kept.table.primary_key.columns)).mappings()
    return iter(dict(row) for row in rows)


def _scrub(tx: Connection, kept: Kept, where: ColumnElement[bool]) -> None:
    if kept.table is log:
        for id_, detail in tx.execute(select(log.c.id, log.c.detail).where(where, log.c.detail != "{}")).all():
            told = {k: v for k, v in json.loads(detail).items() if k in _CODES}
            tx.execute(update(log).where(log.c.id == id_).values(detail=json.dumps(told, ensure_ascii=False)))
        return
    if kept.table is outbox:
        scrub_letters(tx, where)
    elif kept.words:
        tx.execute(update(kept.table).where(where).values(**kept.words))


def scrub_letters(tx: Connection, where: ColumnElement[bool]) -> None:
    """Drop what these letters said."""
    # Which card an update greyed has to stay, or the card would count as live again.
    greyed = and_(where, outbox.c.kind == "update_card")
    for id_, body in tx.execute(select(outbox.c.id, outbox.c.body).where(greyed)).all():
        left = {"card": json.loads(body).get("card", "")}
        tx.execute(update(outbox).where(outbox.c.id == id_).values(body=json.dumps(left)))
    others = and_(where, outbox.c.kind != "update_card")
    tx.execute(update(outbox).where(others).values(**REGISTER["outbox"].words))


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """A few at a time: a statement does not take any number of values."""
    return (numbers[start : start + _IN_ONE] for start in range(0, len(numbers), _IN_ONE))
