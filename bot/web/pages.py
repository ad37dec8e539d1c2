"""The plain pages: is it alive, is it ready, how is it doing, what does it keep about me."""

import structlog
from flask import Flask, Response

from bot.web.parts import WebParts

_log = structlog.get_logger(__name__)


def add_routes(app: Flask, parts: WebParts) -> None:
    """Adds /healthz, /readyz, /metrics, /privacy and the duty feeds."""

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

    @app.get("/privacy")
    def privacy() -> Response:
        return Response(parts.notice_html, mimetype="text/html")
