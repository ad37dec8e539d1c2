"""The plain pages: is it alive, is it ready, how is it doing, what does it keep about me."""

from flask import Flask, Response

from bot.web.parts import WebParts


def add_routes(app: Flask, parts: WebParts) -> None:
    """Adds /healthz, /readyz, /metrics and /privacy."""

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

    @app.get("/privacy")
    def privacy() -> Response:
        return Response(parts.notice_html, mimetype="text/html")
