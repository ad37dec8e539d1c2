"""Sentences that were read wrong or in doubt, with what a person said they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.core.kinds import Category, Priority
from bot.store.schema import corrections

_c = corrections.c


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction. ``why`` is what the rules gave as their reasons, ``rules`` the version of them that read it."""

    order_no: int
    words: str
    read_category: Category
    read_priority: Priority
    category: Category
    priority: Priority
    why: str
    rules: str
    how: str
    by: str
    at: datetime


def add(tx: Connection, one: Correction) -> None:
    """Keep a correction."""
    tx.execute(
        insert(corrections).values(
            order_no=one.order_no,
            words=one.words,
            read_category=one.read_category.value,
            read_priority=one.read_priority.value,
            category=one.category.value,
            priority=one.priority.value,
            why=one.why,
            rules=one.rules,
            how=one.how,
            by=one.by,
            at=one.at,
        )
    )


def all_of(tx: Connection, since: datetime) -> Iterator[Correction]:
    """Every correction since then whose words are still kept, oldest first."""
    kept = select(corrections).where(_c.at >= since, _c.words != "").order_by(_c.id)
    for r in tx.execute(kept).mappings():
        yield Correction(
            order_no=r["order_no"],
            words=r["words"],
            read_category=Category(r["read_category"]),
            read_priority=Priority(r["read_priority"]),
            category=Category(r["category"]),
            priority=Priority(r["priority"]),
            why=r["why"],
            rules=r["rules"],
            how=r["how"],
            by=r["by"],
            at=r["at"],
        )
