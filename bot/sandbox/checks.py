"""What ``message/send``, ``message/update_template_card`` and a group robot may be given."""

import base64
import binascii
import hashlib
from collections.abc import Callable

from bot.sandbox.card_checks import check_card
from bot.sandbox.findings import Findings, JsonObject

TEXT_BYTES = 2048
_COMMON = {
    "touser",
    "toparty",
    "totag",
    "msgtype",
    "agentid",
    "safe",
    "enable_id_trans",
    "enable_duplicate_check",
    "duplicate_check_interval",
}
_MEDIA = {"image", "voice", "file"}


def check_message(body: JsonObject, agent_id: int) -> Findings:
    """Everything wrong with the shape of one ``message/send`` request (who it goes to is judged elsewhere)."""
    found = Findings()
    _agent(found, body, agent_id)
    kind = found.text("msgtype", body.get("msgtype"), required=40008)
    check = _KINDS.get(kind)
    if check is None:
        found.add(40008, f"msgtype {kind!r}"[:200])
        return found
    found.only("message/send", body, _COMMON | {kind})
    for name, most, errcode in (("touser", 1000, 40032), ("toparty", 100, 82002), ("totag", 100, 82003)):
        words = found.text(name, body.get(name))
        if words.count("|") >= most:
            found.add(errcode, f"{name}: more than {most}")
    found.number("safe", body.get("safe"), {0, 1})
    found.number("enable_id_trans", body.get("enable_id_trans"), {0, 1})
    found.number("enable_duplicate_check", body.get("enable_duplicate_check"), {0, 1})
    found.number("duplicate_check_interval", body.get("duplicate_check_interval"), range(1, 4 * 3600 + 1))
    check(found, found.as_object(kind, body.get(kind)))
    return found


def check_update(body: JsonObject, agent_id: int) -> Findings:
    """Everything wrong with the shape of one ``message/update_template_card`` request."""
    found = Findings()
    targets = {"userids": 1000, "partyids": 100, "tagids": 100}
    allowed = {"agentid", "response_code", "atall", "button", "template_card", "enable_id_trans", *targets}
    found.only("update_template_card", body, allowed)
    _agent(found, body, agent_id)
    found.text("response_code", body.get("response_code"), required=40058)
    found.number("atall", body.get("atall"), {0, 1})
    for name, most in targets.items():
        value = body.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            found.add(40058, f"{name}: a list of at most {most}")
    if not any(body.get(name) for name in ("atall", *targets)):
        found.add(82001, "update_template_card: nobody to update")
    if ("button" in body) == ("template_card" in body):
        found.add(40058, "update_template_card: either button or template_card")
    elif "button" in body:
        button = found.as_object("button", body["button"])
        found.only("button", button, {"replace_name"})
        found.text("button.replace_name", button.get("replace_name"), required=42038, chars=10, advised=True)
    else:
        check_card(found, found.as_object("template_card", body["template_card"]), update=True)
    return found


def check_robot(body: JsonObject) -> Findings:
    """Everything wrong with one message to a group robot."""
    found = Findings()
    kind = found.text("msgtype", body.get("msgtype"), required=40008)
    check = _ROBOT_KINDS.get(kind)
    if check is None:
        found.add(40008, f"msgtype {kind!r}"[:200])
        return found
    found.only("webhook/send", body, {"msgtype", kind})
    check(found, found.as_object(kind, body.get(kind)))
    return found


def _agent(found: Findings, body: JsonObject, agent_id: int) -> None:
    given = body.get("agentid")
    if given is None:
        found.add(41011, "agentid: missing")
    elif isinstance(given, bool) or not isinstance(given, int):
        found.add(40056, "agentid: an integer is needed")
    elif given != agent_id:
        found.add(301002, f"agentid: {given} is another app")


def _text(found: Findings, part: JsonObject) -> None:
    found.only("text", part, {"content"})
    # Documents disagree on refusing or cutting; cut is the newer page, and noted either way.
    found.text("text.content", part.get("content"), required=44004, octets=TEXT_BYTES, advised=True)


def _markdown(found: Findings, part: JsonObject) -> None:
    found.only("markdown", part, {"content"})
    found.text("markdown.content", part.get("content"), required=44004, octets=TEXT_BYTES, errcode=45002)


def _media(found: Findings, part: JsonObject) -> None:
    found.only("media", part, {"media_id"})
    found.text("media_id", part.get("media_id"), required=41006)


def _video(found: Findings, part: JsonObject) -> None:
    found.only("video", part, {"media_id", "title", "description"})
    found.text("video.media_id", part.get("media_id"), required=41006)
    found.text("video.title", part.get("title"), octets=128, advised=True)
    found.text("video.description", part.get("description"), octets=512, advised=True)


def _textcard(found: Findings, part: JsonObject) -> None:
    found.only("textcard", part, {"title", "description", "url", "btntxt"})
    found.text("textcard.title", part.get("title"), required=41016, chars=128, advised=True)
    found.text("textcard.description", part.get("description"), required=41033, chars=512, advised=True)
    found.url("textcard.url", part.get("url"), required=41010)
    found.text("textcard.btntxt", part.get("btntxt"), chars=4, advised=True)


def _news(found: Findings, part: JsonObject) -> None:
    found.only("news", part, {"articles"})
    allowed = {"title", "description", "url", "picurl", "appid", "pagepath"}
    for article in found.as_objects("news.articles", part.get("articles"), 1, 8, 45008):
        found.only("news.articles", article, allowed)
        found.text("article.title", article.get("title"), required=41016, octets=128, advised=True)
        found.text("article.description", article.get("description"), octets=512, advised=True)
        found.url("article.url", article.get("url"), required=0 if article.get("appid") else 42028)
        found.url("article.picurl", article.get("picurl"))
        found.text("article.pagepath", article.get("pagepath"), octets=128)
        if bool(article.get("appid")) != bool(article.get("pagepath")):
            found.add(42030, "article: appid and pagepath only together")


def _notice(found: Findings, part: JsonObject) -> None:
    allowed = {"appid", "page", "title", "description", "emphasis_first_item", "content_item"}
    found.only("miniprogram_notice", part, allowed)
    found.text("miniprogram_notice.appid", part.get("appid"), required=42030)
    for name in ("title", "description"):
        words = found.text(name, part.get(name), required=41016 if name == "title" else 0, chars=12)
        if words and len(words) < 4:
            found.add(40058, f"miniprogram_notice.{name}: at least 4 characters")
    for item in found.as_objects("content_item", part.get("content_item", []), 0, 10, 42035):
        found.only("content_item", item, {"key", "value"})
        found.text("content_item.key", item.get("key"), required=42027, chars=10)
        found.text("content_item.value", item.get("value"), required=40058, chars=30)


def _robot_text(found: Findings, part: JsonObject) -> None:
    found.only("text", part, {"content", "mentioned_list", "mentioned_mobile_list"})
    found.text("text.content", part.get("content"), required=44004, octets=TEXT_BYTES, errcode=45002)


def _robot_markdown(found: Findings, part: JsonObject) -> None:
    found.only("markdown", part, {"content"})
    found.text("markdown.content", part.get("content"), required=44004, octets=4096, errcode=45002)


def _robot_image(found: Findings, part: JsonObject) -> None:
    found.only("image", part, {"base64", "md5"})
    try:
        data = base64.b64decode(str(part.get("base64", "")), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or len(data) > 2 * 1024 * 1024:
        found.add(40009, "image.base64: no picture, or above 2 MB")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != part.get("md5"):
        found.add(40123, "image.md5: is not that of the picture")


def _card(found: Findings, part: JsonObject) -> None:
    check_card(found, part)


def _robot_card(found: Findings, part: JsonObject) -> None:
    if part.get("card_type") not in ("text_notice", "news_notice"):
        found.add(42031, "a robot's card is text_notice or news_notice")
    if "task_id" in part or "action_menu" in part:
        found.add(40058, "a robot's card raises no events")
    check_card(found, part, title_chars=26, desc_chars=30)


Check = Callable[[Findings, JsonObject], None]
_KINDS: dict[str, Check] = {
    "text": _text,
    "markdown": _markdown,
    "video": _video,
    "textcard": _textcard,
    "news": _news,
    "miniprogram_notice": _notice,
    "template_card": _card,
    **dict.fromkeys(_MEDIA, _media),
}
_ROBOT_KINDS: dict[str, Check] = {
    "text": _robot_text,
    "markdown": _robot_markdown,
    "markdown_v2": _robot_markdown,
    "image": _robot_image,
    "news": _news,
    "file": _media,
    "voice": _media,
    "template_card": _robot_card,
}
