"""What each person's screen shows, in the words and buttons that the person would see."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.findings import JsonObject


@dataclass(slots=True)
class Button:
    """Something to tap. ``where``: button, submit, action (the card's corner menu), click or view (微信客服 menu)."""

    key: str
    text: str
    where: str = "button"
    enabled: bool = True


@dataclass(slots=True)
class Shown:
    """One bubble or card on a screen.

    ``kind``     text, card, menu, image, voice … as the person sees it.
    ``text``     all its words, line by line.
    ``mine``     the person said it; ``by`` names a human servicer where it was not the bot.
    ``state``    ``open`` while a card's buttons can be tapped, ``closed`` once they are grey, empty otherwise.
    ``replaced`` what stands on the greyed button; ``raw`` the message as the platform was given it.
    """

    number: int
    at: datetime
    kind: str
    text: str
    buttons: list[Button] = field(default_factory=list)
    state: str = ""
    replaced: str = ""
    mine: bool = False
    by: str = ""
    task_id: str = ""
    msgid: str = ""
    media_id: str = ""
    raw: JsonObject = field(default_factory=dict)

    def button(self, wanted: str, even_grey: bool = False) -> Button | None:
        """The live button whose key or words are ``wanted``; ``even_grey``: or one that was live once."""
        for button in self.buttons:
            if (button.enabled or even_grey) and wanted in (button.key, button.text):
                return button
        return None

    def close(self, words: str) -> None:
        """Grey every button; ``words`` stand in their place."""
        self.replaced = words
        self.state = "closed"
        for button in self.buttons:
            button.enabled = False


@dataclass(slots=True)
class Phone:
    """One person's chat with the app (or with 微信客服), both sides, oldest first."""

    owner: str
    thread: list[Shown] = field(default_factory=list)

    @property
    def shown(self) -> list[Shown]:
        """What came to the person."""
        return [item for item in self.thread if not item.mine]

    @property
    def texts(self) -> list[str]:
        """The words of everything that came, oldest first."""
        return [item.text for item in self.shown]

    def card(self, task_id: str) -> Shown | None:
        """The latest card with this ``task_id``."""
        return next((item for item in reversed(self.thread) if item.task_id == task_id), None)

    def with_button(self, wanted: str, task_id: str | None = None, even_grey: bool = False) -> tuple[Shown, Button]:
        """The latest live button with that key or those words; LookupError where there is none to tap."""
        for item in reversed(self.thread):
            button = item.button(wanted, even_grey)
            if button and not item.mine and task_id in (None, item.task_id):
                return item, button
        raise LookupError(f"{self.owner} has no live button {wanted!r} to tap")


def show(number: int, at: datetime, body: JsonObject) -> Shown:
    """The picture on the screen of one accepted message (app, 微信客服 or group robot)."""
    kind = body["msgtype"]
    part = body[kind]
    if kind == "template_card":
        shown = Shown(number, at, "card", "")
        lay_out_card(shown, part)
        return shown
    if kind == "msgmenu":
        return _menu(number, at, part, body)
    if kind == "news":
        text = "\n".join(article["title"] for article in part["articles"])
    else:
        names = ("title", "description", "content", "desc", "url", "name", "address", "link_url")
        text = "\n".join(str(part[name]) for name in names if part.get(name))
    return Shown(number, at, kind, text, media_id=str(part.get("media_id", "")), raw=body)


def lay_out_card(shown: Shown, card: JsonObject) -> None:
    """Put ``card`` on the screen in place of what ``shown`` showed before; the task_id stays."""
    shown.raw = {"msgtype": "template_card", "template_card": card}
    shown.task_id = card.get("task_id", shown.task_id)
    shown.text = "\n".join(_card_lines(card))
    shown.buttons = _card_buttons(card)
    shown.state = "open" if shown.buttons else ""
    shown.replaced = ""
    if card.get("replace_text"):
        shown.close(card["replace_text"])


def cut(words: str, octets: int) -> str:
    """At most ``octets`` bytes of UTF-8, never half a character."""
    return words.encode()[:octets].decode(errors="ignore")


def _menu(number: int, at: datetime, part: JsonObject, body: JsonObject) -> Shown:
    buttons = []
    lines = [part.get("head_content", "")]
    for item in part.get("list", []):
        kind = item["type"]
        inner = item[kind]
        lines.append(inner.get("content", ""))
        if kind != "text":
            buttons.append(Button(inner.get("id", ""), inner.get("content", ""), kind))
    lines.append(part.get("tail_content", ""))
    return Shown(number, at, "menu", "\n".join(filter(None, lines)), buttons, raw=body)


def _card_lines(card: JsonObject) -> list[str]:
    title = card.get("main_title", {})
    emphasis = card.get("emphasis_content", {})
    quote = card.get("quote_area", {})
    area = card.get("image_text_area", {})
    lines = [
        card.get("source", {}).get("desc", ""),
        title.get("title", ""),
        title.get("desc", ""),
        emphasis.get("title", ""),
        emphasis.get("desc", ""),
        quote.get("title", ""),
        quote.get("quote_text", ""),
        area.get("title", ""),
        area.get("desc", ""),
        card.get("sub_title_text", ""),
    ]
    lines += [f"{row['keyname']}：{row.get('value', '')}" for row in card.get("horizontal_content_list", [])]
    for row in card.get("vertical_content_list", []):
        lines += [row["title"], row.get("desc", "")]
    lines += [option["text"] for option in card.get("checkbox", {}).get("option_list", [])]
    for select in card.get("select_list", []):
        lines.append(select.get("title", ""))
    lines += [jump["title"] for jump in card.get("jump_list", [])]
    return [line for line in lines if line]


def _card_buttons(card: JsonObject) -> list[Button]:
    buttons = [
        Button(item.get("key", ""), item.get("text", ""), "view" if item.get("type") == 1 else "button")
        for item in card.get("button_list", [])
    ]
    submit = card.get("submit_button")
    if submit:
        buttons.append(Button(submit["key"], submit["text"], "submit"))
    for action in card.get("action_menu", {}).get("action_list", []):
        buttons.append(Button(action["key"], action["text"], "action"))
    return buttons
