"""Periodic work: one row a period, so that it is done once whatever restarts."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.store.schema import jobs

_NEXT = "next"  # the period whose row says when the job comes, not when it was done


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


def last_done(tx: Connection, job: str, subject: str) -> datetime | None:
    """When that was last done first."""
    return tx.execute(select(jobs.c.done_at).where(jobs.c.job == job, jobs.c.period == subject)).scalar()


def forget(tx: Connection, job: str, before: datetime) -> None:
    """Periods of the job done before then will not be asked for again."""
    tx.execute(delete(jobs).where(jobs.c.job == job, jobs.c.done_at < before))


def appoint(tx: Connection, job: str, at: datetime, now: datetime) -> None:
    """The job comes next at ``at``, unless it is due already."""
    mine = (jobs.c.job == job) & (jobs.c.period == _NEXT)
    known = tx.execute(select(jobs.c.done_at).where(mine)).scalar()
    if known is None:
        tx.execute(insert(jobs).values(job=job, period=_NEXT, done_at=at))
    elif known > now:
        tx.execute(update(jobs).where(mine).values(done_at=at))


def appointed(tx: Connection, job: str) -> datetime | None:
    """When the job comes next; None where it does not."""
    return tx.execute(select(jobs.c.done_at).where(jobs.c.job == job, jobs.c.period == _NEXT)).scalar()


def take_appointment(tx: Connection, job: str, now: datetime, following: datetime) -> bool:
    """True for the one who takes the job that is due; it comes again at ``following``."""
    mine = (jobs.c.job == job) & (jobs.c.period == _NEXT)
    return bool(tx.execute(update(jobs).where(mine, jobs.c.done_at <= now).values(done_at=following)).rowcount)


def call_off(tx: Connection, job: str) -> None:
    """The job does not come any more."""
    tx.execute(delete(jobs).where(jobs.c.job == job, jobs.c.period == _NEXT))
