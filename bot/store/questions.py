"""What the bot has asked somebody and waits to hear."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.store.quick import Quick
from bot.store.schema import questions

_q = questions.c
_OPEN = Quick(
    select(questions).where(_q.contact == bindparam("who"), _q.until > bindparam("now")).order_by(_q.id.desc())
)


class Question(NamedTuple):
    """One open question, of a kind that `bot/answers.py` knows."""

    id: int
    kind: str
    order_no: int
    draft: Mapping[str, Any]


def ask(
    tx: Connection, contact: str, kind: str, order_no: int, until: datetime, draft: Mapping[str, Any] | None = None
) -> None:
    """Remember a question; it takes the place of the same one asked before."""
    tx.execute(delete(questions).where(_q.contact == contact, _q.kind == kind, _q.order_no == order_no))
    tx.execute(
        insert(questions).values(
            contact=contact,
            kind=kind,
            order_no=order_no,
            until=until,
            draft=json.dumps(draft or {}, ensure_ascii=False),
        )
    )


def open_for(tx: Connection, contact: str, now: datetime) -> list[Question]:
    """The open questions to somebody, latest first."""
    rows = _OPEN.rows(tx, {"who": contact, "now": now})
    return [Question(r["id"], r["kind"], r["order_no"], json.loads(r["draft"])) for r in rows]


def answered(tx: Connection, question: Question) -> None:
    """The question is settled."""
    tx.execute(delete(questions).where(_q.id == question.id))


def forget(tx: Connection, order_no: int, *kinds: str) -> None:
    """Questions about an order that no longer matter."""
    tx.execute(delete(questions).where(_q.order_no == order_no, _q.kind.in_(kinds)))
