"""What ``kf/send_msg`` and ``kf/send_msg_on_event`` may be given."""

import re

from bot.sandbox.findings import Findings, JsonObject

_MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}\Z")
_CLICK_ID = re.compile(r"[A-Za-z0-9_]{1,128}\Z")
_MEDIA = {"image", "voice", "video", "file"}
KINDS = {"text", "link", "miniprogram", "msgmenu", "location", "ca_link"} | _MEDIA


def check_kf_message(body: JsonObject, *, on_event: bool = False) -> Findings:
    """Everything wrong with the shape of one message to a customer; ``on_event``: sent with a one-use code."""
    found = Findings()
    kind = found.text("msgtype", body.get("msgtype"), required=40008)
    known = {"text", "msgmenu"} if on_event else KINDS
    address = {"code"} if on_event else {"touser", "open_kfid"}
    if kind not in known:
        found.add(40008, f"msgtype {kind!r}"[:200])
        return found
    found.only("kf message", body, address | {"msgid", "msgtype", kind})
    for name in sorted(address):
        found.text(name, body.get(name), required=60251 if name == "open_kfid" else 40058)
    if "msgid" in body and not (isinstance(body["msgid"], str) and _MSGID.match(body["msgid"])):
        found.add(40058, "msgid: 1 to 32 of digits, letters, _ -")
    part = found.as_object(kind, body.get(kind))
    if kind in _MEDIA:
        found.only(kind, part, {"media_id"})
        found.text("media_id", part.get("media_id"), required=41006)
    elif kind == "msgmenu":
        _menu(found, part, most=10 if on_event else 50)
    else:
        _CHECKS[kind](found, part)
    return found


def _text(found: Findings, part: JsonObject) -> None:
    found.only("text", part, {"content"})
    found.text("text.content", part.get("content"), required=44004, octets=2048, advised=True)


def _link(found: Findings, part: JsonObject) -> None:
    found.only("link", part, {"title", "desc", "url", "thumb_media_id"})
    found.text("link.title", part.get("title"), required=41016, octets=128, advised=True)
    found.text("link.desc", part.get("desc"), octets=512, advised=True)
    found.url("link.url", part.get("url"), required=41010)
    found.text("link.thumb_media_id", part.get("thumb_media_id"), required=41006)


def _miniprogram(found: Findings, part: JsonObject) -> None:
    found.only("miniprogram", part, {"appid", "title", "thumb_media_id", "pagepath"})
    found.text("miniprogram.appid", part.get("appid"), required=42030)
    found.text("miniprogram.title", part.get("title"), octets=64, advised=True)
    found.text("miniprogram.thumb_media_id", part.get("thumb_media_id"), required=41006)
    path = found.text("miniprogram.pagepath", part.get("pagepath"), required=40058)
    if path and not path.split("?")[0].endswith(".html"):
        found.add(40058, "miniprogram.pagepath: must end in .html")


def _menu(found: Findings, part: JsonObject, most: int) -> None:
    found.only("msgmenu", part, {"head_content", "list", "tail_content"})
    found.text("msgmenu.head_content", part.get("head_content"), octets=1024, errcode=95008)
    found.text("msgmenu.tail_content", part.get("tail_content"), octets=1024, errcode=95008)
    items = found.as_objects("msgmenu.list", part.get("list", []), 0, most, 95008)
    if sum(item.get("type") in ("click", "view", "miniprogram") for item in items) > 10:
        found.add(95008, "msgmenu.list: more than 10 that can be tapped")
    for item in items:
        kind = str(item.get("type"))
        found.only("msgmenu.list", item, {"type", kind})
        if kind not in _ITEMS:
            found.add(95009, f"msgmenu item type {kind!r}"[:200])
            continue
        inner = found.as_object(f"msgmenu {kind}", item.get(kind))
        found.only(f"msgmenu {kind}", inner, {*_ITEMS[kind], "no_newline"} if kind == "text" else set(_ITEMS[kind]))
        for name, octets in _ITEMS[kind].items():
            needed = 0 if (kind, name) == ("click", "id") else 95008
            found.text(f"msgmenu {kind}.{name}", inner.get(name), required=needed, octets=octets, errcode=95008)
        if kind == "click" and inner.get("id") and not _CLICK_ID.match(str(inner["id"])):
            found.add(95008 if "#" in str(inner["id"]) else 0, "msgmenu click.id: letters, digits and _")
        if kind == "text":
            found.number("msgmenu text.no_newline", inner.get("no_newline"), {0, 1})


def _location(found: Findings, part: JsonObject) -> None:
    found.only("location", part, {"name", "address", "latitude", "longitude"})
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = part.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            found.add(40058, f"location.{name}: a number up to {most}")


def _ca_link(found: Findings, part: JsonObject) -> None:
    found.only("ca_link", part, {"link_url"})
    found.url("ca_link.link_url", part.get("link_url"), required=40058)


_ITEMS = {
    "click": {"id": 128, "content": 128},
    "view": {"url": 2048, "content": 1024},
    "miniprogram": {"appid": 32, "pagepath": 1024, "content": 1024},
    "text": {"content": 256},
}
_CHECKS = {
    "text": _text,
    "link": _link,
    "miniprogram": _miniprogram,
    "location": _location,
    "ca_link": _ca_link,
}
