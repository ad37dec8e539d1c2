"""The demo page and the small JSON interface under it: look at the phones, speak, tap, send, and set the pace."""

import base64
import binascii
from collections.abc import Callable
from importlib import resources
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.core import Media
from bot.sandbox.errors import Refused
from bot.sandbox.findings import JsonObject
from bot.sandbox.line import Answer
from bot.sandbox.phones import Phone, Shown
from bot.sandbox.sample import read_cast
from bot.sandbox.stage import Stage

NEWEST = 80
LARGEST_PICTURE = 5 * 1024 * 1024
_FILES = {
    "index.html": "text/html; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "style.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "phone.js": "text/javascript; charset=utf-8",
    "card.js": "text/javascript; charset=utf-8",
}
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class BadRequest(ValueError):
    """The page asked for something that cannot be done; the argument is the name of the page's words for it."""


def create_blueprint(stage: Stage) -> Blueprint:
    """The routes ``/`` and ``/sandbox/…``."""
    page = Blueprint("page", __name__)
    cast = read_cast()
    page.add_url_rule("/", "index", lambda: _file("index.html"))
    page.add_url_rule("/sandbox/<name>", "file", _file)
    page.add_url_rule("/sandbox/api/state", "state", lambda: _state(stage, cast))
    page.add_url_rule("/sandbox/api/media/<media_id>", "media", lambda media_id: _picture(stage, media_id))
    for name, act in _acts(stage).items():
        page.add_url_rule(f"/sandbox/api/{name}", name, _action(act), methods=["POST"])
    page.after_request(_guarded)
    return page


def _acts(stage: Stage) -> dict[str, Callable[[JsonObject], Any]]:
    platform = stage.platform

    def is_customer(body: JsonObject) -> bool:
        return body.get("person") in platform.kf.customers

    def say(body: JsonObject) -> list[Answer]:
        words = str(body.get("text", ""))[:20000]
        if not words.strip():
            raise BadRequest("no_words")
        speak = platform.customer_says if is_customer(body) else platform.member_says
        return speak(body["person"], words)

    def tap(body: JsonObject) -> list[Answer]:
        if is_customer(body):
            return platform.customer_taps(body["person"], str(body.get("key")))
        selected = body.get("selected") or {}
        if not isinstance(selected, dict):
            raise BadRequest("not_now")
        return platform.member_taps(body["person"], str(body.get("key")), body.get("task_id") or None, selected)

    def photo(body: JsonObject) -> list[Answer]:
        fields = _sent_picture(body.get("data"))
        if is_customer(body):
            return platform.customer_sends(body["person"], "image", **fields)
        return platform.member_sends(body["person"], "image", **fields)

    def menu(body: JsonObject) -> list[Answer]:
        return platform.member_clicks_menu(body["person"], str(body.get("key")))

    def enter(body: JsonObject) -> list[Answer]:
        return platform.customer_enters(body["person"], "page", str(body.get("scene_param", ""))[:128])

    def speed(body: JsonObject) -> None:
        stage.clock.speed = float(body.get("speed", 1))

    def play(body: JsonObject) -> None:
        if not stage.play():
            stage.stop()

    return {"say": say, "tap": tap, "photo": photo, "menu": menu, "enter": enter, "speed": speed, "play": play}


def _action(act: Callable[[JsonObject], Any]) -> Callable[[], tuple[Response, int]]:
    def view() -> tuple[Response, int]:
        # Another site's page can post forms here, but not JSON: that needs a permission which nobody gives.
        if request.mimetype != "application/json":
            return jsonify(error="not_now"), 415
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return jsonify(error="not_now"), 400
        try:
            answers = act(body)
        except (LookupError, ValueError, TypeError) as error:
            return jsonify(error=str(error) if isinstance(error, BadRequest) else "not_now"), 409
        if answers is not None and not any(status == 200 for status, _ in answers):
            return jsonify(error="no_answer"), 502
        return jsonify(ok=True), 200

    return view


def _sent_picture(data: Any) -> JsonObject:
    """The picked picture; nothing picked: the built-in one."""
    if data is None:
        return {}
    if not isinstance(data, str) or len(data) > LARGEST_PICTURE * 2:
        raise BadRequest("too_big")
    try:
        picture = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("no_picture") from None
    for magic, content_type in _PICTURES.items():
        if picture.startswith(magic) and len(picture) <= LARGEST_PICTURE:
            return {"data": picture, "content_type": content_type}
    raise BadRequest("no_picture")


def _state(stage: Stage, cast: JsonObject) -> Response:
    """Everything on the screens, or only the time where nothing changed since ``version``."""
    platform = stage.platform
    with platform.core.lock:
        now = platform.clock()
        answer: JsonObject = {
            "version": platform.core.version,
            "now": now.timestamp(),
            "speed": stage.clock.speed,
            "caption": stage.caption,
            "playing": stage.playing,
            "actor": stage.actor,
        }
        if request.args.get("version") != str(platform.core.version):
            names = {member.userid: member.name for member in platform.app.members.values()}
            names |= {who: customer.nickname for who, customer in platform.kf.customers.items()}
            names |= cast["names"]
            people = {person for pane in cast["pane"] for person in pane["people"]} & names.keys()
            answer["panes"] = cast["pane"]
            answer["names"] = names
            answer["customers"] = sorted(platform.kf.customers)
            answer["menu"] = (platform.app.menu or {}).get("button", [])
            answer["phones"] = {person: _phone(platform.phone(person)) for person in people}
    return jsonify(answer)


def _phone(phone: Phone) -> list[JsonObject]:
    return [_item(item) for item in phone.thread[-NEWEST:]]


def _item(item: Shown) -> JsonObject:
    card = item.raw.get("template_card") or item.raw.get("msgmenu")
    return {
        "number": item.number,
        "at": item.at.timestamp(),
        "kind": item.kind,
        "text": item.text,
        "mine": item.mine,
        "by": item.by,
        "task_id": item.task_id,
        "media_id": item.media_id,
        "card": card,
        "buttons": [
            {"key": button.key, "text": button.text, "where": button.where, "enabled": button.enabled}
            for button in item.buttons
        ],
        "replaced": item.replaced,
    }


def _picture(stage: Stage, media_id: str) -> Response:
    """A picture for the page, by what its bytes are; anything else stays away from the browser."""
    try:
        media: Media = stage.platform.core.fetch_media(media_id)
    except Refused:
        return Response(status=404)
    for magic, content_type in _PICTURES.items():
        if media.data.startswith(magic):
            return Response(media.data, content_type=content_type)
    return Response(status=404)


def _file(name: str) -> Response:
    if name not in _FILES:
        return Response(status=404)
    data = resources.files(__package__).joinpath("page", name).read_bytes()
    return Response(data, content_type=_FILES[name])


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
