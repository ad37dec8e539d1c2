"""What members do with the app on their phones, and how it reaches the bot."""

from bot.sandbox import xmlform
from bot.sandbox.app import App, Member
from bot.sandbox.core import Core
from bot.sandbox.findings import JsonObject
from bot.sandbox.line import Answer, Line
from bot.sandbox.phones import Shown
from bot.sandbox.sample_files import AMR, MP4, PICTURE

_LOCATION = {"Location_X": 31.2304, "Location_Y": 121.4737, "Scale": 15, "Label": "", "AppType": "wxwork"}
_MEDIA = {"image": ("image/png", PICTURE), "voice": ("audio/amr", AMR), "video": ("video/mp4", MP4)}


class Members:
    """The verbs of the app's side. Each returns the (status, body) of every delivery attempt."""

    def __init__(self, core: Core, app: App, line: Line) -> None:
        self._core = core
        self._app = app
        self._line = line

    def text_xml(self, userid: str, text: str) -> str:
        """The plain XML of one text message with a fresh MsgId, not yet encrypted nor sent."""
        return xmlform.document(self._message(self._app.member(userid), "text", {"Content": text}))

    def says(self, userid: str, text: str) -> list[Answer]:
        """A text in the app's chat."""
        member = self._app.member(userid)
        self._show(member, "text", text)
        return self._push(self._message(member, "text", {"Content": text}))

    def sends(self, userid: str, kind: str, fields: JsonObject) -> list[Answer]:
        """A picture, voice, video, location, link, or a kind the bot has never heard of.

        ``data`` (bytes), ``content_type``, ``filename`` describe the file of an image, voice or video; everything
        else is sent by the platform's own names.
        """
        member = self._app.member(userid)
        media_id = ""
        if kind in _MEDIA:
            content_type, data = _MEDIA[kind]
            media_id = self._core.store_media(
                kind, fields.pop("data", data), fields.pop("content_type", content_type), fields.pop("filename", kind)
            ).media_id
            extra = {"voice": {"Format": "amr"}, "video": {"ThumbMediaId": media_id}}
            picture = {"PicUrl": f"https://wework.qpic.cn/wwpic/{media_id}/0"} if kind == "image" else {}
            fields = {**picture, "MediaId": media_id, **extra.get(kind, {}), **fields}
        elif kind == "location":
            fields = {**_LOCATION, **fields}
        self._show(member, kind, str(fields.get("Label") or fields.get("Title") or ""), media_id)
        return self._push(self._message(member, kind, fields))

    def taps(
        self, userid: str, wanted: str, task_id: str | None, selected: dict[str, list[str]], even_grey: bool
    ) -> list[Answer]:
        """A tap on the latest live card button with that key or those words; LookupError where there is none.

        ``selected``: question_key → chosen option ids, for cards that ask something. ``even_grey``: the thumb was
        quicker than the update of the card.
        """
        member = self._app.member(userid)
        shown, button = member.phone.with_button(wanted, task_id, even_grey)
        card = shown.raw.get("template_card", {})
        fields: JsonObject = {
            "EventKey": button.key,
            "TaskId": shown.task_id,
            "CardType": card.get("card_type", ""),
            "ResponseCode": self._app.new_response_code(shown.task_id),
        }
        if button.where == "action":
            return self.event(userid, "template_card_menu_event", fields)
        if selected:
            items = [{"QuestionKey": key, "OptionIds": {"OptionId": ids}} for key, ids in selected.items()]
            fields["SelectedItems"] = {"SelectedItem": items}
        return self.event(userid, "template_card_event", fields)

    def clicks_menu(self, userid: str, key: str) -> list[Answer]:
        """A tap on the app's menu button with this key, of whatever type the bot installed it with."""
        buttons = [
            leaf
            for button in (self._app.menu or {}).get("button", [])
            for leaf in button.get("sub_button", [button])
            if leaf.get("key") == key
        ]
        kind = buttons[0]["type"] if buttons else "click"
        fields: JsonObject = {"EventKey": key}
        if kind.startswith("scancode"):
            fields["ScanCodeInfo"] = {"ScanType": "qrcode", "ScanResult": ""}
        return self.event(userid, kind, fields)

    def event(self, userid: str, event: str, fields: JsonObject) -> list[Answer]:
        """Any event of this member, fields by the platform's names."""
        self._core.serial()
        sender = self._app.member(userid).userid if userid != "sys" else userid
        return self._push({**self._common(sender, "event"), "Event": event, "AgentID": self._core.agent_id, **fields})

    def _message(self, member: Member, kind: str, fields: JsonObject) -> JsonObject:
        # Real MsgIds fill 63 bits; small ones would hide a 32-bit slip.
        msg_id = (7 << 60) + self._core.serial()
        return {**self._common(member.userid, kind), **fields, "MsgId": msg_id, "AgentID": self._core.agent_id}

    def _common(self, sender: str, kind: str) -> JsonObject:
        return {
            "ToUserName": self._core.corp_id,
            "FromUserName": sender,
            "CreateTime": int(self._core.clock().timestamp()),
            "MsgType": kind,
        }

    def _show(self, member: Member, kind: str, text: str, media_id: str = "") -> None:
        number = self._core.serial()
        with self._core.lock:
            item = Shown(number, self._core.clock(), kind, text, mine=True, media_id=media_id)
            member.phone.thread.append(item)

    def _push(self, fields: JsonObject) -> list[Answer]:
        return self._line.push(xmlform.document(fields))
