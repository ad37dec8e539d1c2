"""Template cards, and the plain text that says the same, inside every hard and advised limit (wecom-protocol 3.3)."""

import re
from typing import Any

from bot import words
from bot.core.letters import cut
from bot.core.orders import Order, Status
from bot.texts import render

TITLE, DESC, SUB_TITLE, VALUE, BUTTON = 36, 44, 160, 30, 10
TEXT_BYTES, NOTE_BYTES = 2048, 300
_LIVE_LINK = re.compile(r"<(?=a)", re.IGNORECASE)


def page_card(order: Order, *, by: str, caller: str, phone: str, visit: str, device: str, key: str) -> dict[str, Any]:
    """The card that dispatches an order, with 接单 / 转单 / 拒单; its six rows are as many as the platform shows."""
    rows = [("by", by), ("place", words.place(order.place)), ("caller", caller)]
    rows += [(name, value) for name, value in (("phone", phone), ("visit", visit), ("device", device)) if value]
    verbs = ("accept", "hand_over", "refuse") if order.status is Status.OPEN else ("accept", "hand_over")
    return {
        "card_type": "button_interaction",
        "task_id": key,
        "source": {"desc": render("card.source")},
        "main_title": {
            "title": _cut(
                render(
                    "card.page_title",
                    no=order.no,
                    priority=words.priority(order.priority),
                    category=words.fault(order),
                ),
                TITLE,
            ),
            "desc": _cut(words.place(order.place), DESC),
        },
        "sub_title_text": _cut(_plain(order.words) or render("order.only_media"), SUB_TITLE),
        "horizontal_content_list": [
            {"keyname": render(f"card.{name}"), "value": _cut(_plain(value), VALUE) or "-"} for name, value in rows
        ],
        "button_list": [
            {"text": render(f"card.{verb}"), "style": style, "key": f"{verb}:{order.no}"}
            for style, verb in zip((1, 2, 3), verbs, strict=False)
        ],
    }


def choice_card(title: str, desc: str, buttons: list[tuple[str, str]], key: str) -> dict[str, Any]:
    """A card that asks something: one button an answer, at most six."""
    return {
        "card_type": "button_interaction",
        "task_id": key,
        "source": {"desc": render("card.source")},
        "main_title": {"title": _cut(_plain(title), TITLE), "desc": _cut(_plain(desc), DESC)},
        "button_list": [{"text": _cut(text, BUTTON), "style": 1, "key": value} for text, value in buttons[:6]],
    }


def page_text(order: Order, *, by: str, caller: str, phone: str, notes: tuple[str, ...]) -> str:
    """The page in plain words: the reporter's own, character by character, are cut only where 2 048 bytes end."""
    twin = render("page.twin", twin=order.twin) if order.twin else ""
    safety = words.safety("engineer", order.category, order.priority)
    fields: dict[str, Any] = {
        "no": order.no,
        "priority": words.priority(order.priority),
        "category": words.fault(order),
        "place": words.place(order.place),
        "caller": " ".join(part for part in (caller, phone) if part),
        "by": by,
        "note": "".join(f"\n{cut(line, NOTE_BYTES)}" for line in (twin, *notes) if line),
        "safety": f"\n{safety}" if safety else "",
        "how": render("page.how_unsure" if order.status is Status.UNSURE else "page.how", no=order.no),
    }
    own = _LIVE_LINK.sub("＜", order.words) or render("order.only_media")
    room = TEXT_BYTES - len(render("page.text", words="", **fields).encode())
    raw = own.encode()
    if len(raw) > room:
        own = raw[: max(0, room - 3)].decode(errors="ignore") + "…"
    return render("page.text", words=own, **fields)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(text: str) -> str:
    return _LIVE_LINK.sub("＜", text)
