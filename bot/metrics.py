"""The bot's own counters, for Prometheus: what came in, what went out, and how late."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_registry = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=_registry)

_callbacks = Counter("baoxiu_callbacks", "Callbacks by outcome.", ["outcome"], registry=_registry)
_sent = Counter("baoxiu_messages_sent", "Attempts to send a message, by outcome.", ["outcome"], registry=_registry)
_failed = Counter("baoxiu_messages_failed", "Messages that broke a handler and went to a person.", registry=_registry)
_orders = Counter("baoxiu_orders_opened", "Orders opened, by priority.", ["priority"], registry=_registry)
_fetches = Counter("baoxiu_token_fetches", "Fetches of an access token, by outcome.", ["outcome"], registry=_registry)
_waiting = Gauge("baoxiu_outbox_waiting", "Messages that wait to be sent.", registry=_registry)
_audits = Counter("baoxiu_audits", "Passes of the auditor, by outcome.", ["outcome"], registry=_registry)
_findings = Counter("baoxiu_audit_findings", "What the auditor found wrong.", ["breach"], registry=_registry)
_revived = Counter("baoxiu_revived", "Parts that went silent and were started again.", ["part"], registry=_registry)
_lateness = Histogram(
    "baoxiu_timer_lateness_seconds",
    "How long after its due time a timer ran.",
    registry=_registry,
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
)
_calls = Histogram(
    "baoxiu_platform_call_seconds",
    "How long a call to the platform took.",
    ["path"],
    registry=_registry,
    buckets=(0.05, 0.1, 0.3, 1, 3, 7, 30),
)


def callback(outcome: str) -> None:
    """One callback was answered: ``accepted``, ``verified``, ``unavailable``, or why it was refused."""
    _callbacks.labels(outcome).inc()


def message_sent(outcome: str) -> None:
    """One attempt to send a message ended: ``sent``, ``refused``, ``later``, ``limited`` or ``unknown``."""
    _sent.labels(outcome).inc()


def message_failed() -> None:
    """A message could not be handled; its words went to customer service as they are."""
    _failed.inc()


def order_opened(priority: str) -> None:
    """An order of this priority was opened."""
    _orders.labels(priority).inc()


def token_fetched(outcome: str) -> None:
    """An access token was asked for: ``fetched`` or ``failed``."""
    _fetches.labels(outcome).inc()


def outbox_waiting(messages: int) -> None:
    """So many messages wait to be sent now."""
    _waiting.set(messages)


def audited(*, clean: bool) -> None:
    """The auditor has looked."""
    _audits.labels("clean" if clean else "found").inc()


def audit_found(breach: str) -> None:
    """The auditor found something wrong."""
    _findings.labels(breach).inc()


def revived(part: str) -> None:
    """A part of the process went silent and was started again."""
    _revived.labels(part).inc()


def timer_ran(lateness: timedelta) -> None:
    """A timer ran, so long after its due time."""
    _lateness.observe(max(lateness.total_seconds(), 0.0))


def platform_called(path: str, seconds: float) -> None:
    """A call to this path of the platform took so long, whatever its outcome."""
    _calls.labels(path).observe(seconds)


def render() -> bytes:
    """Everything in Prometheus text format."""
    return generate_latest(_registry)
