"""Periodic work: one row a period, so that it is done once whatever restarts."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.store.schema import jobs


def first_time(tx: Connection, job: str, period: str, now: datetime) -> bool:
    """True for whoever does the job of this period first; the row stays with the transaction."""
    if tx.execute(select(jobs.c.job).where(jobs.c.job == job, jobs.c.period == period)).first() is not None:
        return False
    tx.execute(insert(jobs).values(job=job, period=period, done_at=now))
    return True


def first_within(tx: Connection, job: str, subject: str, span: timedelta, now: datetime) -> bool:
    """True for whoever asks first, and again once ``span`` has gone by since."""
    mine = (jobs.c.job == job) & (jobs.c.period == subject)
    if tx.execute(update(jobs).where(mine, jobs.c.done_at <= now - span).values(done_at=now)).rowcount:
        return True
    return first_time(tx, job, subject, now)


def forget(tx: Connection, job: str, before: datetime) -> None:
    """Periods of the job done before then will not be asked for again."""
    tx.execute(delete(jobs).where(jobs.c.job == job, jobs.c.done_at < before))
