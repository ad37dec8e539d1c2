"""The HTTP face: callbacks of the platform, and the few pages an operator or a resident looks at."""

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from bot.web import callback, pages
from bot.web.parts import WebParts
from bot.wecom.incoming import MAX_BODY

__all__ = ["WebParts", "create_app"]

_log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def create_app(parts: WebParts) -> Flask:
    """The WSGI application with the paths of CONTRACT.md and /privacy."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    callback.add_routes(app, parts)
    pages.add_routes(app, parts)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    @app.errorhandler(HTTPException)
    def say_shortly(error: HTTPException) -> Response:
        response = Response(f"{error.name}\n", error.code, mimetype="text/plain")
        if error.code == 405 and (allowed := dict(error.get_headers()).get("Allow")):
            response.headers["Allow"] = allowed
        return response

    @app.errorhandler(Exception)
    def hide(error: Exception) -> Response:
        _log.error("a page failed", path=request.path, error=type(error).__name__)
        return Response("unavailable\n", 503, mimetype="text/plain")

    return app
