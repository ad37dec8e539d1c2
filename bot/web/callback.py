"""The platform's callbacks: 200 once durably taken, 4xx when not genuine, 503 when the platform should ask again."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import unquote

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from bot import metrics
from bot.web.parts import WebParts
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import BadCallback
from bot.wecom.incoming import envelope, parse

AGE_WINDOW = timedelta(seconds=300)
"""How far a callback's timestamp may lie from now, either way; the platform publishes no figure."""

_MAX_QUERY = 8 * 1024
_SUMMARY_EVERY = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class Unavailable(Exception):
    """A message cannot be stored durably now; the platform is to deliver it again."""


def add_routes(app: Flask, parts: WebParts) -> None:
    """Adds /wecom/callback and /wecom/kf; the latter takes the app's keys where 微信客服 has none of its own."""
    refusals = _Refusals()
    for path, crypto in (("/wecom/callback", parts.app_crypto), ("/wecom/kf", parts.kf_crypto or parts.app_crypto)):
        door = _Door(parts, crypto, refusals)
        app.add_url_rule(path, f"verify {path}", door.verify, methods=["GET"])
        app.add_url_rule(path, f"take {path}", door.take, methods=["POST"])


class _Refusals:
    """Counts refused callbacks and tells of them in one line a minute, however many there are."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: Counter[str] = Counter()
        self._next: datetime | None = None

    def count(self, reason: str, now: datetime) -> None:
        """Counts one refusal at ``now``."""
        metrics.callback(reason)
        with self._lock:
            self._since[reason] += 1
            if self._next is not None and self._next - _SUMMARY_EVERY <= now < self._next:
                return
            told, self._since, self._next = self._since, Counter(), now + _SUMMARY_EVERY
        _log.warning("callbacks refused", refused=dict(told))


class _Door:
    """One callback address with its keys."""

    def __init__(self, parts: WebParts, crypto: CallbackCrypto, refusals: _Refusals) -> None:
        self._parts = parts
        self._crypto = crypto
        self._refusals = refusals

    def verify(self) -> Response:
        """URL verification: the answer is exactly the plaintext of echostr."""
        return self._guarded(self._verify)

    def take(self) -> Response:
        """A message or an event: 200 and nothing else, once it is stored."""
        return self._guarded(self._take)

    def _guarded(self, answer: Callable[[datetime], Response]) -> Response:
        now = self._parts.now()
        try:
            return answer(now)
        except BadCallback as refusal:
            self._refusals.count(refusal.reason, now)
            return Response(f"{refusal.reason}\n", refusal.status, mimetype="text/plain")
        except Exception as error:
            # Its text may quote the message, so only its class is told; a 503 brings the message again.
            if not isinstance(error, Unavailable):
                _log.error("a callback failed", error=type(error).__name__)
            metrics.callback("unavailable")
            return Response("unavailable\n", 503, mimetype="text/plain")

    def _verify(self, now: datetime) -> Response:
        signature, timestamp, nonce, echo = _arguments("msg_signature", "timestamp", "nonce", "echostr")
        plain = self._crypto.open(signature, timestamp, nonce, echo)
        self._check_age(timestamp, now)
        metrics.callback("verified")
        return Response(plain, content_type="text/plain")

    def _take(self, now: datetime) -> Response:
        signature, timestamp, nonce = _arguments("msg_signature", "timestamp", "nonce")
        plain = self._crypto.open(signature, timestamp, nonce, envelope(_body()))
        self._check_age(timestamp, now)
        self._parts.receive(parse(plain, self._parts.corp_id, self._parts.agent_id, received_at=now))
        metrics.callback("accepted")
        return Response(b"", content_type="text/plain")

    def _check_age(self, timestamp: str, now: datetime) -> None:
        offset = self._parts.clock_offset() or timedelta()
        age = (now + offset).timestamp() - int(timestamp)
        if abs(age) > AGE_WINDOW.total_seconds():
            raise BadCallback(403, "stale")


def _arguments(*names: str) -> list[str]:
    """The query's values in the order of ``names``, each of which must stand there once.

    Percent signs are decoded once and a plus stays a plus, since signature and ciphertext are base64.
    """
    query = request.query_string
    if len(query) > _MAX_QUERY:
        raise BadCallback(400, "query")
    found: dict[str, str] = {}
    for part in query.decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if name in names:
            if name in found or not value:
                raise BadCallback(400, "query")
            found[name] = unquote(value)
    if len(found) < len(names):
        raise BadCallback(400, "query")
    return [found[name] for name in names]


def _body() -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise BadCallback(413, "size") from None
    except BadRequest:  # the sender went away in the middle
        raise BadCallback(400, "body") from None
