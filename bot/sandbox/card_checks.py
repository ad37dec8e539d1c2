"""The five kinds of template card and the documented limits of their parts.

Character counts that the documents only advise give a finding with errcode 0; the others are refused.
"""

import re
from collections.abc import Callable

from bot.sandbox.findings import Findings, JsonObject

_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}\Z")
_KEY = 1024
_EVERY = {"card_type", "source", "main_title", "task_id"}
_NOTICE = {"action_menu", "quote_area", "horizontal_content_list", "jump_list", "card_action"}
_PARTS = {
    "text_notice": _EVERY | _NOTICE | {"emphasis_content", "sub_title_text"},
    "news_notice": _EVERY | _NOTICE | {"card_image", "image_text_area", "vertical_content_list"},
    "button_interaction": _EVERY
    | {"action_menu", "quote_area", "horizontal_content_list", "card_action", "sub_title_text"}
    | {"button_selection", "button_list"},
    "vote_interaction": _EVERY | {"checkbox", "submit_button"},
    "multiple_interaction": _EVERY | {"select_list", "submit_button"},
}
_INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}


def raises_events(card: JsonObject) -> bool:
    """Whether taps on this card come back to the bot (and the send is answered with a response_code)."""
    return str(card.get("card_type")) in _INTERACTIVE or "action_menu" in card


def check_card(
    found: Findings, card: JsonObject, *, update: bool = False, title_chars: int = 36, desc_chars: int = 44
) -> None:
    """Add everything wrong with ``card``; ``update``: it replaces a card that is already on the phones."""
    kind = card.get("card_type")
    if not isinstance(kind, str) or kind not in _PARTS:
        found.add(42031, f"card_type {kind!r}"[:200])
        return
    # The examples of the update call carry no task_id: the card keeps the one it was sent with.
    allowed = (_PARTS[kind] - {"task_id"} | {"replace_text"}) if update else _PARTS[kind]
    found.only(kind, card, allowed)
    if not update:
        _task_id(found, card)
    found.text("replace_text", card.get("replace_text"), chars=10, advised=True)
    if kind == "vote_interaction":
        title_chars = 16
    if kind in {"vote_interaction", "multiple_interaction"}:
        desc_chars = 160
    _title(found, card, title_chars, desc_chars)
    if kind in {"text_notice", "news_notice"} and "card_action" not in card:
        found.add(42045, f"{kind}: card_action is required")
    if kind == "news_notice" and not card.keys() & {"card_image", "image_text_area"}:
        found.add(42044, "news_notice: card_image or image_text_area is required")
    for name in _required_lists(kind, update and bool(card.get("replace_text"))):
        if name not in card:
            found.add(_MISSING[name], f"{kind}: {name} is required")
    for name, check in _CHECKS.items():
        if name in card and name in allowed:
            check(found, card[name])


def _required_lists(kind: str, greyed: bool) -> list[str]:
    needed = {"vote_interaction": ["checkbox"], "multiple_interaction": ["select_list"]}.get(kind, [])
    if greyed:
        return needed
    if kind == "button_interaction":
        return ["button_list"]
    return [*needed, "submit_button"] if needed else []


def _task_id(found: Findings, card: JsonObject) -> None:
    value = card.get("task_id")
    if value is None and not raises_events(card):
        return
    if not isinstance(value, str) or not _TASK_ID.match(value):
        found.add(42014, "task_id: 1 to 128 of digits, letters, _ - @")


def _title(found: Findings, card: JsonObject, title_chars: int, desc_chars: int) -> None:
    title = found.as_object("main_title", card.get("main_title", {}))
    found.only("main_title", title, {"title", "desc"})
    needs = 0 if card["card_type"] == "text_notice" and card.get("sub_title_text") else 42033
    found.text("main_title.title", title.get("title"), required=needs, chars=title_chars, advised=True)
    found.text("main_title.desc", title.get("desc"), chars=desc_chars, advised=True)


def _source(found: Findings, value: object) -> None:
    part = found.as_object("source", value)
    found.only("source", part, {"icon_url", "desc", "desc_color"})
    found.url("source.icon_url", part.get("icon_url"))
    found.text("source.desc", part.get("desc"), chars=20, advised=True)
    found.number("source.desc_color", part.get("desc_color"), range(4))


def _sub_title(found: Findings, value: object) -> None:
    found.text("sub_title_text", value, chars=160, advised=True)


def _action_menu(found: Findings, value: object) -> None:
    part = found.as_object("action_menu", value)
    found.only("action_menu", part, {"desc", "action_list"})
    actions = found.as_objects("action_list", part.get("action_list"), 1, 3, 42051)
    for action in actions:
        found.only("action_list", action, {"text", "key"})
        found.text("action.text", action.get("text"), required=42038)
        found.text("action.key", action.get("key"), required=42039, octets=_KEY, errcode=42039)
    _unique(found, "action.key", [action.get("key") for action in actions], 42051)


def _link(found: Findings, place: str, part: JsonObject, kinds: set[int]) -> None:
    """``type`` 1 goes to a url, 2 to a mini program."""
    kind = part.get("type", 0)
    found.number(f"{place}.type", kind, kinds)
    if kind == 1:
        found.url(f"{place}.url", part.get("url"), required=42028)
    if kind == 2:
        found.text(f"{place}.appid", part.get("appid"), required=42030)


def _quote_area(found: Findings, value: object) -> None:
    part = found.as_object("quote_area", value)
    found.only("quote_area", part, {"type", "url", "appid", "pagepath", "title", "quote_text"})
    _link(found, "quote_area", part, {0, 1, 2})
    found.text("quote_area.title", part.get("title"))
    found.text("quote_area.quote_text", part.get("quote_text"))


def _emphasis(found: Findings, value: object) -> None:
    part = found.as_object("emphasis_content", value)
    found.only("emphasis_content", part, {"title", "desc"})
    found.text("emphasis_content.title", part.get("title"), chars=14, advised=True)
    found.text("emphasis_content.desc", part.get("desc"), chars=22, advised=True)


def _horizontal(found: Findings, value: object) -> None:
    for row in found.as_objects("horizontal_content_list", value, 0, 6, 42035):
        found.only("horizontal_content_list", row, {"keyname", "value", "type", "url", "media_id", "userid"})
        found.text("horizontal.keyname", row.get("keyname"), required=42027, chars=5, advised=True)
        found.text("horizontal.value", row.get("value"), chars=30, advised=True)
        kind = row.get("type", 0)
        found.number("horizontal.type", kind, range(4))
        if kind == 1:
            found.url("horizontal.url", row.get("url"), required=42028)
        if kind == 2:
            found.text("horizontal.media_id", row.get("media_id"), required=42029)
        if kind == 3:
            found.text("horizontal.userid", row.get("userid"), required=42050)


def _vertical(found: Findings, value: object) -> None:
    for row in found.as_objects("vertical_content_list", value, 0, 4, 42036):
        found.only("vertical_content_list", row, {"title", "desc"})
        found.text("vertical.title", row.get("title"), required=42033, chars=38, advised=True)
        found.text("vertical.desc", row.get("desc"), chars=160, advised=True)


def _jumps(found: Findings, value: object) -> None:
    for jump in found.as_objects("jump_list", value, 0, 3, 42042):
        found.only("jump_list", jump, {"type", "title", "url", "appid", "pagepath"})
        found.text("jump.title", jump.get("title"), required=42033, chars=18, advised=True)
        _link(found, "jump", jump, {0, 1, 2})


def _card_action(found: Findings, value: object) -> None:
    part = found.as_object("card_action", value, 42045)
    found.only("card_action", part, {"type", "url", "appid", "pagepath"})
    _link(found, "card_action", part, {0, 1, 2})


def _card_image(found: Findings, value: object) -> None:
    part = found.as_object("card_image", value, 42044)
    found.only("card_image", part, {"url", "aspect_ratio"})
    found.url("card_image.url", part.get("url"), required=42044)
    ratio = part.get("aspect_ratio", 1.3)
    # Documented as open ends, but the default and an official sample sit on them.
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 1.3 <= ratio <= 2.25:
        found.add(40058, "card_image.aspect_ratio: 1.3 to 2.25")


def _image_text(found: Findings, value: object) -> None:
    part = found.as_object("image_text_area", value)
    found.only("image_text_area", part, {"type", "url", "appid", "pagepath", "title", "desc", "image_url"})
    _link(found, "image_text_area", part, {0, 1, 2})
    for name in ("title", "desc"):
        found.text(f"image_text_area.{name}", part.get(name))
    found.url("image_text_area.image_url", part.get("image_url"), required=42028)


def _options(found: Findings, place: str, value: object, most: int, chars: int, extra: set[str]) -> None:
    options = found.as_objects(f"{place}.option_list", value, 1, most, 42037)
    for option in options:
        found.only(f"{place}.option_list", option, {"id", "text"} | extra)
        found.text(f"{place}.option.id", option.get("id"), required=42040, octets=128, errcode=42040)
        found.text(f"{place}.option.text", option.get("text"), required=42041, chars=chars, advised=True)
    _unique(found, f"{place}.option.id", [option.get("id") for option in options], 42040)


def _selection(found: Findings, value: object) -> None:
    part = found.as_object("button_selection", value)
    found.only("button_selection", part, {"question_key", "title", "option_list", "selected_id", "disable"})
    found.text("button_selection.title", part.get("title"))
    found.text("button_selection.question_key", part.get("question_key"), required=42043, octets=_KEY, errcode=42043)
    _options(found, "button_selection", part.get("option_list"), 10, 16, set())


def _buttons(found: Findings, value: object) -> None:
    buttons = found.as_objects("button_list", value, 1, 6, 42018)
    for button in buttons:
        found.only("button_list", button, {"type", "text", "style", "key", "url"})
        found.text("button.text", button.get("text"), required=42038, chars=10, advised=True)
        found.number("button.type", button.get("type"), {0, 1})
        found.number("button.style", button.get("style"), range(1, 5), errcode=0)
        if button.get("type") == 1:
            found.url("button.url", button.get("url"), required=42028)
        else:
            found.text("button.key", button.get("key"), required=42039, octets=_KEY, errcode=42039)
    _unique(found, "button.key", [button.get("key") for button in buttons if button.get("key")], 42039)


def _checkbox(found: Findings, value: object) -> None:
    part = found.as_object("checkbox", value, 42037)
    found.only("checkbox", part, {"question_key", "mode", "option_list", "disable"})
    found.text("checkbox.question_key", part.get("question_key"), required=42043, octets=_KEY, errcode=42043)
    found.number("checkbox.mode", part.get("mode"), {0, 1})
    _options(found, "checkbox", part.get("option_list"), 20, 17, {"is_checked"})


def _select_list(found: Findings, value: object) -> None:
    selects = found.as_objects("select_list", value, 1, 3, 42047)
    for part in selects:
        found.only("select_list", part, {"question_key", "title", "selected_id", "option_list", "disable"})
        found.text("select.title", part.get("title"))
        found.text("select.question_key", part.get("question_key"), required=42043, octets=_KEY, errcode=42043)
        _options(found, "select", part.get("option_list"), 10, 16, set())
    _unique(found, "select.question_key", [part.get("question_key") for part in selects], 42043)


def _submit(found: Findings, value: object) -> None:
    part = found.as_object("submit_button", value, 42046)
    found.only("submit_button", part, {"text", "key"})
    found.text("submit_button.text", part.get("text"), required=42049, chars=10, advised=True)
    found.text("submit_button.key", part.get("key"), required=42046, octets=_KEY, errcode=42046)


def _unique(found: Findings, place: str, keys: list[object], errcode: int) -> None:
    if len({str(key) for key in keys}) != len(keys):
        found.add(errcode, f"{place}: the same one twice")


_CHECKS: dict[str, Callable[[Findings, object], None]] = {
    "source": _source,
    "action_menu": _action_menu,
    "quote_area": _quote_area,
    "emphasis_content": _emphasis,
    "sub_title_text": _sub_title,
    "horizontal_content_list": _horizontal,
    "vertical_content_list": _vertical,
    "jump_list": _jumps,
    "card_action": _card_action,
    "card_image": _card_image,
    "image_text_area": _image_text,
    "button_selection": _selection,
    "button_list": _buttons,
    "checkbox": _checkbox,
    "select_list": _select_list,
    "submit_button": _submit,
}
_MISSING = {"button_list": 42018, "checkbox": 42037, "select_list": 42047, "submit_button": 42046}
