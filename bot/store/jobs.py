"""Periodic work: one row a period, so that it is done once whatever restarts."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.store.schema import jobs


def first_time(tx: Connection, job: str, period: str, now: datetime) -> bool:
    """True for whoever does the job of this period first; the row stays with the transaction."""
    if tx.execute(select(jobs.c.job).where(jobs.c.job == job, jobs.c.period == period)).first() is not None:
        return False
    tx.execute(insert(jobs).values(job=job, period=period, done_at=now))
    return True
