"""The platform's HTTP interface: paths, tokens, error answers, and the faults that were ordered for them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime

from flask import Flask, Response, request
from werkzeug.exceptions import ClientDisconnected, HTTPException

from bot.sandbox import sockets
from bot.sandbox.core import Request
from bot.sandbox.demo_page import create_blueprint
from bot.sandbox.errors import Refused, errmsg
from bot.sandbox.faults import AFTER, BEFORE
from bot.sandbox.findings import JsonObject
from bot.sandbox.media import fetch, upload
from bot.sandbox.platform import Platform
from bot.sandbox.stage import Stage

MAX_BODY = 32 * 1024 * 1024
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
Work = Callable[[dict[str, str], JsonObject], JsonObject | Response]


@dataclass(frozen=True, slots=True)
class Call:
    """One path of the interface. ``scopes``: whose tokens it takes (none: no token); ``query``: its other arguments."""

    path: str
    method: str
    work: Work
    scopes: frozenset[str] = frozenset({"app"})
    query: frozenset[str] = frozenset()


def create_app(platform: Platform, stage: Stage | None = None) -> Flask:
    """The WSGI application of the sandbox; with a ``stage`` it also serves the demo page."""
    flask = Flask(__name__, static_folder=None)
    flask.config.update(MAX_CONTENT_LENGTH=MAX_BODY, PROPAGATE_EXCEPTIONS=True)
    for call in _calls(platform):
        flask.add_url_rule(call.path, call.path, _view(platform, call), methods=[call.method])
    flask.add_url_rule("/escalation", "escalation", lambda: _escalation(platform), methods=["POST"])
    if stage is not None:
        flask.register_blueprint(create_blueprint(stage))
    flask.register_error_handler(HTTPException, lambda error: _unknown(platform, error))
    flask.after_request(lambda response: _dated(platform, response))
    return flask


def _calls(platform: Platform) -> list[Call]:
    core, app, kf = platform.core, platform.app, platform.kf
    both, nobody = frozenset({"app", "kf"}), frozenset[str]()
    agent = frozenset({"agentid"})

    def gettoken(query: dict[str, str], _: JsonObject) -> JsonObject:
        token, seconds = core.fetch_token(query.get("corpid", ""), query.get("corpsecret", ""))
        return {"access_token": token, "expires_in": seconds}

    posts: dict[str, Callable[[JsonObject], JsonObject]] = {
        "kf/sync_msg": kf.sync,
        "kf/send_msg": kf.send,
        "kf/send_msg_on_event": kf.send_on_event,
        "kf/service_state/get": kf.session,
        "kf/service_state/trans": kf.transfer,
        "kf/account/list": kf.accounts,
        "kf/add_contact_way": kf.contact_way,
        "kf/customer/batchget": kf.batch,
    }
    return [
        Call("/cgi-bin/gettoken", "GET", gettoken, nobody, frozenset({"corpid", "corpsecret"})),
        Call("/cgi-bin/getcallbackip", "GET", lambda q, b: {"ip_list": ["127.0.0.1"]}, both),
        Call("/cgi-bin/user/get", "GET", lambda q, b: app.user(q.get("userid", "")), query=frozenset({"userid"})),
        Call("/cgi-bin/menu/create", "POST", lambda q, b: _of(platform, q, app.create_menu, b), query=agent),
        Call("/cgi-bin/menu/get", "GET", lambda q, b: _of(platform, q, app.get_menu), query=agent),
        Call("/cgi-bin/menu/delete", "GET", lambda q, b: _of(platform, q, app.delete_menu), query=agent),
        Call("/cgi-bin/message/send", "POST", lambda q, b: app.send(b)),
        Call("/cgi-bin/message/update_template_card", "POST", lambda q, b: app.update(b)),
        Call("/cgi-bin/message/recall", "POST", lambda q, b: app.recall(b)),
        Call("/cgi-bin/media/upload", "POST", lambda q, b: upload(core, q, request), both, frozenset({"type"})),
        Call("/cgi-bin/media/get", "GET", lambda q, b: fetch(core, q, request), both, frozenset({"media_id"})),
        *(Call(f"/cgi-bin/{path}", "POST", _posted(work), both) for path, work in posts.items()),
        Call(
            "/cgi-bin/webhook/send",
            "POST",
            lambda q, b: platform.robot_says(q.get("key", ""), b),
            nobody,
            frozenset({"key"}),
        ),
    ]


def _posted(work: Callable[[JsonObject], JsonObject]) -> Work:
    return lambda query, body: work(body)


def _of(platform: Platform, query: dict[str, str], work: Callable[..., JsonObject], *args: JsonObject) -> JsonObject:
    """Menu calls name the app in the query."""
    if query.get("agentid") != str(platform.agent_id):
        platform.core.violate("menu: agentid missing or of another app")
        raise Refused(41011 if not query.get("agentid") else 301002)
    return work(*args)


def _view(platform: Platform, call: Call) -> Callable[[], Response]:
    def view() -> Response:
        body = _body(platform, call)
        fault = platform.core.faults.take(call.path, BEFORE)
        if fault is not None:
            answer: JsonObject = {"errcode": fault.value} if fault.kind == "errcode" else {}
            _record(platform, call, body, answer, fault.kind)
            return _before(platform, fault.kind, fault.value)
        result = _work(platform, call, body)
        response = result if isinstance(result, Response) else _json(platform, result)
        fault = platform.core.faults.take(call.path, AFTER)
        answer = {} if isinstance(result, Response) else result
        _record(platform, call, body, answer, fault.kind if fault else "")
        return _after(fault.kind, fault.value, response) if fault else response

    return view


def _work(platform: Platform, call: Call, body: JsonObject) -> JsonObject | Response:
    query = request.args.to_dict()
    for name in sorted(query.keys() - call.query - ({"access_token"} if call.scopes else set())):
        platform.core.violate(f"{call.path}: unknown argument {name!r}"[:200])
    try:
        if call.scopes:
            platform.core.check_token(query.get("access_token", ""), set(call.scopes))
        result = call.work(query, body)
    except Refused as refusal:
        return {"errcode": refusal.errcode, "errmsg": errmsg(refusal.errcode, time.monotonic_ns()), **refusal.extra}
    return result if isinstance(result, Response) else {"errcode": 0, "errmsg": "ok", **result}


def _body(platform: Platform, call: Call) -> JsonObject:
    """The JSON object sent; what is not one counts as empty, as the documents say, and is written down."""
    data = request.get_data()
    if call.method == "GET" or request.mimetype == "multipart/form-data":
        return {}
    try:
        parsed = json.loads(data.decode())
        if isinstance(parsed, dict):
            return parsed
    except ValueError:
        pass
    platform.core.violate(f"{call.path}: the body is not a JSON object in UTF-8")
    return {}


def _record(platform: Platform, call: Call, body: JsonObject, answer: JsonObject, fault: str) -> None:
    with platform.core.lock:
        platform.core.sends.append(Request(call.path, body, answer, platform.clock(), fault))


def _json(platform: Platform, answer: JsonObject) -> Response:
    response = Response(json.dumps(answer, ensure_ascii=False), content_type="application/json; charset=UTF-8")
    if answer.get("errcode"):
        response.headers["Error-Code"] = str(answer["errcode"])
        response.headers["Error-Msg"] = str(answer["errmsg"])
    return response


def _before(platform: Platform, kind: str, value: int | float | str | None) -> Response:
    """The answer of a fault that strikes before anything happens."""
    if kind == "errcode":
        errcode = int(value or -1)
        return _json(platform, {"errcode": errcode, "errmsg": errmsg(errcode, time.monotonic_ns())})
    if kind == "http":
        return Response(_HTML, int(value or 500), content_type="text/html")
    if kind == "html":
        return Response(_HTML, content_type="text/html")
    if kind == "empty":
        return Response("")
    sockets.reset(request.environ)


def _after(kind: str, value: int | float | str | None, response: Response) -> Response:
    """What becomes of the answer to a call that did take effect."""
    if kind == "stall":
        time.sleep(float(value or 10))
        return response
    if kind == "html_after":
        return Response(_HTML, content_type="text/html")
    if kind == "no_errcode":
        said = {name: value for name, value in json.loads(response.get_data()).items() if not name.startswith("err")}
        return Response(json.dumps(said), content_type="application/json")
    if kind == "truncated":
        sockets.truncate(request.environ, response.get_data())
    sockets.reset(request.environ)


def _escalation(platform: Platform) -> Response:
    fault = platform.core.faults.take("/escalation", BEFORE)
    if fault is not None:
        return _before(platform, fault.kind, fault.value)
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        platform.core.violate("/escalation: the body is not a JSON object")
        return Response(status=400)
    platform.escalate(body)
    fault = platform.core.faults.take("/escalation", AFTER)
    response = Response("{}", content_type="application/json")
    return _after(fault.kind, fault.value, response) if fault else response


def _unknown(platform: Platform, error: HTTPException) -> Response:
    """A path or method that the platform does not have."""
    # Who dies in the middle of a request breaks no rule.
    if request.path.startswith("/cgi-bin/") and not isinstance(error, ClientDisconnected):
        platform.core.violate(f"{request.method} {request.path}: {error.code}"[:200])
    return Response(error.name, error.code or 500, content_type="text/plain")


def _dated(platform: Platform, response: Response) -> Response:
    response.headers["Date"] = format_datetime(platform.clock(), usegmt=True)
    return response
