"""The auditor: once a minute, in one process of all, it looks whether everything that waits will be seen to."""

import time
from collections.abc import Callable
from datetime import UTC, timedelta

import structlog

from bot import metrics, store
from bot.alarms import Alarms
from bot.core.audit import Breach, Finding, breach_of, lacking
from bot.core.kinds import Priority
from bot.core.orders import LogLine, Order
from bot.desk import Desk, Turn
from bot.store.orders import Overtaken
from bot.texts import render
from bot.wecom.client import WeComClient
from bot.wecom.errors import PlatformError

_log = structlog.get_logger("watch")
FORGET_AFTER = timedelta(hours=2)
# What a downtime left behind is done within seconds of a start; only what is late after that is a finding.
SETTLES_S = 60.0
_SHOWN = 5


class Auditor:
    """One pass a minute; whatever it finds is mended where it can be, counted, and told."""

    def __init__(self, desk: Desk, client: WeComClient, alarms: Alarms) -> None:
        self._desk = desk
        self._client = client
        self._alarms = alarms
        self._from = time.monotonic() + SETTLES_S

    def run(self) -> None:
        """One look, if this minute nobody had one yet."""
        if time.monotonic() < self._from:
            return
        findings = audit(self._desk)
        if findings is None:
            return
        metrics.audited(clean=not findings)
        if not findings:
            self._beat()
            return
        for finding in findings:
            metrics.audit_found(finding.breach.value)
        _log.error("the audit found something", findings=[f"{f.breach} {f.subject}" for f in findings[:20]])
        told = self._alarms.fresh([f"{f.breach}:{f.subject}" for f in findings])
        fresh = [f for f in findings if f"{f.breach}:{f.subject}" in told]
        if fresh:
            self._alarms.tell(words_of(fresh))

    def _beat(self) -> None:
        url = self._desk.settings.watch.heartbeat_url
        if not url:
            return
        try:
            self._client.beat(url)
        except PlatformError as error:
            # Whoever waits for it raises the alarm.
            _log.warning("the heartbeat was not taken", reason=str(error))


def audit(desk: Desk) -> list[Finding] | None:
    """Everything that is wrong now, mended where it can be; None where another process has looked this minute."""
    now = desk.clock()
    minute = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    try:
        with desk.db.writing() as tx:
            if not store.jobs.first_time(tx, "audit", minute, now):
                return None
            for job in ("audit", "alarm", "storm", "storm_told"):
                store.jobs.forget(tx, job, now - FORGET_AFTER)
    except store.Collided:
        return None
    with desk.db.reading() as tx:
        orders, armed = store.audit.open_orders(tx), store.audit.armed(tx)
        late = {breach: ask(tx, now) for breach, ask in _LATE.items()}
        late[Breach.TIMER_FAILING] = store.audit.failing_timers(tx)
    suspects = [order for order in orders if lacking(order, armed.get(order.no, {}), desk.policy, now)]
    mended = [found for order in suspects if (found := _mend(desk, order.no))]
    return mended + [Finding(breach, subject) for breach, subjects in late.items() for subject in _counted(subjects)]


_LATE: dict[Breach, Callable[..., list[str]]] = {
    Breach.TIMER_OVERDUE: store.audit.overdue_timers,
    Breach.LETTER_OVERDUE: store.audit.overdue_letters,
    Breach.MESSAGE_OVERDUE: store.audit.overdue_messages,
    Breach.FILE_OVERDUE: store.audit.overdue_files,
}


def words_of(findings: list[Finding]) -> str:
    """What the admins read."""
    lines = []
    for breach in dict.fromkeys(f.breach for f in findings):
        mine = [f for f in findings if f.breach is breach]
        told = "、".join(_named(f.subject) for f in mine[:_SHOWN]) + ("…" if len(mine) > _SHOWN else "")
        lines.append(
            render(f"watch.{breach}", what=told) + (render("watch.mended") if all(f.mended for f in mine) else "")
        )
    return render("watch.found", lines="\n".join(lines))


def _named(subject: str) -> str:
    kind, _, no = subject.rpartition("order:")
    return render("watch.order", no=no) if no.isdecimal() and (kind or subject.startswith("order:")) else subject


def _counted(subjects: list[str]) -> list[str]:
    """Each subject once, however many rows say the same of it."""
    return list(dict.fromkeys(subjects))


def _mend(desk: Desk, no: int) -> Finding | None:
    """Look again, with the order held; arm what is missing. None where it was only in motion."""

    def mend(turn: Turn) -> Order | None:
        order = store.orders.get(turn.tx, no)
        if order is None or order.closed_at is not None:
            return None
        dues = lacking(order, store.audit.armed_for(turn.tx, no), turn.policy, turn.now)
        if not dues:
            return None
        store.audit.arm(turn.tx, order, dues, urgent=order.priority is Priority.EMERGENCY)
        store.orders.write_log(turn.tx, no, [LogLine("rearmed", turn.now, "", {"clocks": [d.clock for d in dues]})])
        return order

    try:
        with desk.turn() as turn:
            order = mend(turn)
    except Overtaken:
        return None
    return Finding(breach_of(order), f"order:{no}", mended=True) if order else None
