"""The plain pages: is it alive, is it ready, how is it doing, what does it keep about me."""

from collections.abc import Callable

import structlog
from flask import Flask, Response

from bot.web.parts import WebParts

_log = structlog.get_logger(__name__)


def add_routes(app: Flask, parts: WebParts) -> None:
    """Adds /healthz, /readyz, /metrics, /privacy, the duty feeds and the reports of emergencies."""

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        reasons = parts.ready()
        return Response("\n".join(reasons or ["ok"]) + "\n", 503 if reasons else 200, mimetype="text/plain")

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(parts.metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/duty/<token>.ics")
    def duty(token: str) -> Response:
        try:
            found = parts.duty_feed(token)
        except Exception as error:  # the address is a secret: it must not stand in the log
            _log.error("a duty feed failed", error=type(error).__name__)
            return Response("unavailable\n", 503, mimetype="text/plain")
        if found is None:
            return Response("Not Found\n", 404, mimetype="text/plain")
        return Response(found, content_type="text/calendar; charset=utf-8")

    @app.get("/run/<token>.csv")
    def run_table(token: str) -> Response:
        return _secret(lambda: parts.run_table(token), "text/csv; charset=utf-8", "attachment; filename=report.csv")

    @app.get("/run/<token>")
    def run_page(token: str) -> Response:
        return _secret(lambda: parts.run_page(token), "text/html; charset=utf-8")

    @app.get("/privacy")
    def privacy() -> Response:
        return Response(parts.notice_html, mimetype="text/html")


def _secret(found: Callable[[], str | bytes | None], kind: str, disposition: str = "inline") -> Response:
    """What stands behind an address that is a secret, and so must not stand in the log when something fails."""
    try:
        content = found()
    except Exception as error:
        _log.error("a report failed", error=type(error).__name__)
        return Response("unavailable\n", 503, mimetype="text/plain")
    if content is None:
        return Response("Not Found\n", 404, mimetype="text/plain")
    return Response(content, content_type=kind, headers={"Content-Disposition": disposition})
