"""Scores: one an order, never changed by anybody but the reporter."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.schema import orders, ratings

_r = ratings.c


def save(tx: Connection, order_no: int, score: int, words: str, at: datetime) -> None:
    """Keep the reporter's score, or his better thought."""
    if tx.execute(update(ratings).where(_r.order_no == order_no).values(score=score, words=words, at=at)).rowcount == 0:
        tx.execute(insert(ratings).values(order_no=order_no, score=score, words=words, at=at))
    tx.execute(update(orders).where(orders.c.no == order_no).values(score=score))


def add_words(tx: Connection, order_no: int, words: str) -> None:
    """Keep free words that came after the score."""
    tx.execute(update(ratings).where(_r.order_no == order_no).values(words=words))


def between(tx: Connection, start: datetime, end: datetime) -> list[int]:
    """The scores given in the span."""
    return list(tx.execute(select(_r.score).where(_r.at >= start, _r.at < end)).scalars())
