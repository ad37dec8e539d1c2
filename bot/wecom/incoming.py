"""What the platform sends, made into ``Incoming``: strict about size and shape, tolerant about everything else."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from bot.core.messages import Channel, Incoming
from bot.wecom.errors import BadCallback

MAX_BODY = 64 * 1024
"""Bytes of a callback's body; genuine ones have about 1 KiB, a text of 2 048 bytes makes 4 KiB."""

MAX_TEXT = 2_000
"""Characters of a text that are read; what comes after is cut."""

_MAX_ELEMENTS = 2_000
_MAX_DEPTH = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799  # the end of the year 9999, where datetime ends

# Ids are cut a little above their documented lengths, so that a column can be given a size.
_LENGTHS = {"kind": 32, "sender": 128, "event": 64, "open_kfid": 64, "task_id": 128, "media_id": 512}
_MAX_KEY = 1_024

# These may stand once or many times; a reader should not have to ask which it was.
_ALWAYS_MANY = frozenset({"SelectedItem", "OptionId", "item"})

_FORBIDDEN_IN_XML = bytes(n for n in range(32) if n not in b"\t\n\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_TAKEN = frozenset(("ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "MediaId")).union(
    ("Event", "EventKey", "TaskId", "ResponseCode", "OpenKfId")
)

_TAKEN_KF = frozenset(("content", "media_id", "menu_id", "event_type", "open_kfid", "external_userid"))


class _Stop(Exception):
    """Ends a parse at the first thing that has no place in a callback."""


def _refuse(*_: object) -> None:
    raise _Stop


def _parser() -> Any:
    # The encoding is fixed: a declaration may not choose a codec.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def envelope(body: bytes) -> str:
    """The Encrypt text of the outer XML, found before anything is known to be genuine.

    Raises ``BadCallback`` (413 above ``MAX_BODY``, else 400) at the first doubt: a document type, a third level, a
    seventeenth element, a second Encrypt.
    """
    if len(body) > MAX_BODY:
        raise BadCallback(413, "size")
    depth = elements = 0
    inside = False
    found: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth, elements, inside
        depth += 1
        elements += 1
        if depth > 2 or elements > 16:
            raise _Stop
        if depth == 2 and name == "Encrypt":
            if found:
                raise _Stop
            inside = True
            found.append("")

    def end(_: str) -> None:
        nonlocal depth, inside
        depth -= 1
        inside = False

    def words(data: str) -> None:
        if inside:
            found[0] += data

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _Stop, ValueError):
        raise BadCallback(400, "envelope") from None
    encrypt = found[0].strip() if found else ""
    if not encrypt:
        raise BadCallback(400, "envelope")
    return encrypt


def parse(plain: bytes, corp_id: str, agent_id: int | None = None, received_at: datetime = _EPOCH) -> Incoming:
    """The message or event in a decrypted callback.

    Kinds and events nobody has heard of give an ``Incoming`` too. ``received_at`` stands in where the platform gives
    no usable time. Raises ``BadCallback``: 400 where it is not XML of a sane size and depth, 403 where it names another
    corp or, with ``agent_id`` given, another app.
    """
    given = _tree(plain)
    if _text(given, "ToUserName", corp_id) != corp_id:
        raise BadCallback(403, "receiver")
    if agent_id is not None and _text(given, "AgentID") not in ("", str(agent_id)):
        raise BadCallback(403, "agent")
    kind = _cut("kind", _text(given, "MsgType"))
    event = _cut("event", _text(given, "Event"))
    number = _message_number(_text(given, "MsgId"))
    return Incoming(
        key=f"msg:{number}" if number and kind != "event" else f"evt:{_fingerprint(given)}",
        channel=Channel.KF if event == "kf_msg_or_event" else Channel.APP,
        kind=kind,
        sender=_cut("sender", _text(given, "FromUserName")),
        sent_at=_instant(_text(given, "CreateTime"), received_at),
        text=_text(given, "Content")[:MAX_TEXT],
        open_kfid=_cut("open_kfid", _text(given, "OpenKfId")),
        media_id=_cut("media_id", _text(given, "MediaId")),
        event=event,
        event_key=_text(given, "EventKey")[:_MAX_KEY],
        task_id=_cut("task_id", _text(given, "TaskId")),
        response_code=_text(given, "ResponseCode")[:_MAX_KEY],
        fields={name: value for name, value in given.items() if name not in _TAKEN},
    )


def from_kf(item: object) -> Incoming | None:
    """One item of ``kf/sync_msg``; None where it is so odd that nobody could be answered. Never raises.

    ``fields`` holds the item's own object, and ``origin`` (3 customer, 4 system, 5 servicer) and ``servicer_userid``.
    """
    if not isinstance(item, dict):
        return None
    given = _plain(item)
    kind = _cut("kind", _text(given, "msgtype"))
    inner = given.get(kind)
    own = inner if isinstance(inner, dict) else {}
    # For events the ids stand inside the event and nowhere else.
    open_kfid = _cut("open_kfid", _text(given, "open_kfid") or _text(own, "open_kfid"))
    if not kind or not open_kfid:
        return None
    fields = {name: value for name, value in own.items() if name not in _TAKEN_KF}
    fields |= {name: _text(given, name) for name in ("origin", "servicer_userid") if _text(given, name)}
    return Incoming(
        key=f"kf:{open_kfid}:{_text(given, 'msgid')[:64] or _fingerprint(given)}",
        channel=Channel.KF,
        kind=kind,
        sender=_cut("sender", _text(given, "external_userid") or _text(own, "external_userid")),
        sent_at=_instant(_text(given, "send_time"), _EPOCH),
        text=_text(own, "content")[:MAX_TEXT],
        open_kfid=open_kfid,
        media_id=_cut("media_id", _text(own, "media_id")),
        event=_cut("event", _text(own, "event_type")) if kind == "event" else "",
        event_key=_text(own, "menu_id")[:_MAX_KEY],
        fields=fields,
    )


def _tree(plain: bytes) -> dict[str, Any]:
    """The children of the root as nested dicts: leaves are texts with their blanks, repeated elements are tuples."""
    root: dict[str, Any] = {}
    open_elements: list[dict[str, Any]] = []
    words: list[str] = []
    elements = 0

    def start(_: str, __: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if len(open_elements) >= _MAX_DEPTH or elements > _MAX_ELEMENTS:
            raise _Stop
        open_elements.append({})
        words.clear()

    def end(name: str) -> None:
        own = open_elements.pop()
        if not open_elements:
            root.update(own)
            return
        parent = open_elements[-1]
        value = own or _clean("".join(words))
        if name in parent:
            before = parent[name]
            parent[name] = (*before, value) if isinstance(before, tuple) else (before, value)
        else:
            parent[name] = (value,) if name in _ALWAYS_MANY else value
        words.clear()

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words.append
    try:
        parser.Parse(_utf8(plain.translate(None, _FORBIDDEN_IN_XML)), True)
    except (expat.ExpatError, _Stop, ValueError):
        raise BadCallback(400, "xml") from None
    return root


def _utf8(plain: bytes) -> bytes:
    # A genuine message with one broken character still wants an answer.
    try:
        plain.decode()
    except UnicodeDecodeError:
        return plain.decode("utf-8", "replace").encode()
    return plain


def _clean(text: str) -> str:
    return text if text.isprintable() else _CONTROL.sub("", text)


def _text(given: Mapping[str, Any], name: str, default: str = "") -> str:
    value = given.get(name, default)
    if isinstance(value, tuple):  # of a field that should stand once, the first is taken
        value = value[0] if value else default
    return value if isinstance(value, str) else default


def _plain(given: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    """A JSON object with texts for leaves and tuples for lists, no deeper than ``_MAX_DEPTH``."""
    return {_plain_text(name): _plain_value(value, depth + 1) for name, value in given.items()}


def _plain_value(value: object, depth: int) -> Any:
    if depth > _MAX_DEPTH or value is None:
        return ""
    if isinstance(value, dict):
        return _plain(value, depth)
    if isinstance(value, list):
        return tuple(_plain_value(each, depth + 1) for each in value[:_MAX_ELEMENTS])
    return _plain_text(value)


def _plain_text(value: object) -> str:
    # Of an integer of many thousand digits Python refuses to write the digits; it means nothing here.
    if isinstance(value, int) and abs(value) >= 2**64:
        return ""
    return _clean(str(value).encode("utf-8", "replace").decode())


def _cut(name: str, value: str) -> str:
    return value[: _LENGTHS[name]]


def _message_number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        return None
    number = int(text)
    return number if 0 < number < 2**64 else None


def _instant(text: str, otherwise: datetime) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        return otherwise
    seconds = int(text)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= _LAST_SECOND else otherwise


def _fingerprint(given: Mapping[str, Any]) -> str:
    """One digest for one set of fields, whatever their order.

    The documented rule (sender and second) would take two presses in one second for one.
    """
    return hashlib.sha256("\x01".join(sorted(_leaves(given, ""))).encode()).hexdigest()


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}/{name}")
    elif isinstance(value, tuple):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield f"{path}\x00{value}"
