"""What outside residents do in 微信客服, and what human servicers do there; the bot only hears a doorbell."""

from bot.sandbox import xmlform
from bot.sandbox.core import Core
from bot.sandbox.findings import JsonObject
from bot.sandbox.kf import WELCOME_LIFE, WINDOW, Customer, Kf
from bot.sandbox.line import Answer, Line
from bot.sandbox.phones import Shown
from bot.sandbox.sample_files import AMR, MP4, PICTURE

_MEDIA = {"image": ("image/png", PICTURE), "voice": ("audio/amr", AMR), "video": ("video/mp4", MP4)}
_MEDIA["file"] = ("application/octet-stream", AMR)
_LOCATION = {"latitude": 31.2304, "longitude": 121.4737, "name": "", "address": ""}


class Customers:
    """The verbs of 微信客服. Each returns the delivery attempts of the doorbell; empty with ``ring=False``."""

    def __init__(self, core: Core, kf: Kf, line: Line) -> None:
        self._core = core
        self._kf = kf
        self._line = line

    def ring(self) -> list[Answer]:
        """The doorbell: no content, no sender, only a token for ``sync_msg``."""
        fields = {
            "ToUserName": self._core.corp_id,
            "CreateTime": int(self._core.clock().timestamp()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": self._kf.bell(),
            "OpenKfId": self._kf.open_kfid,
        }
        return self._line.push(xmlform.document(fields))

    def enters(self, external_userid: str, scene: str, scene_param: str, ring: bool) -> list[Answer]:
        """The customer opens the chat through a link or QR code."""
        customer = self._kf.customer(external_userid)
        event: JsonObject = {"event_type": "enter_session", **self._ids(customer)}
        event |= {"scene": scene, "scene_param": scene_param}
        now = self._core.clock()
        fresh = all(at is None or now - at >= WINDOW for at in (customer.welcomed_at, customer.spoke_at))
        if fresh:
            event["welcome_code"] = self._kf.code(customer, WELCOME_LIFE, None, {"text", "msgmenu"})
        self._kf.record({"origin": 4, "msgtype": "event", "event": event})
        return self._ring_if(ring)

    def says(self, external_userid: str, text: str, menu_id: str, ring: bool) -> list[Answer]:
        """A text; ``menu_id``: it came from tapping a menu item."""
        content = {"content": text, **({"menu_id": menu_id} if menu_id else {})}
        return self._speak(self._kf.customer(external_userid), "text", content, text, ring)

    def sends(self, external_userid: str, kind: str, fields: JsonObject, ring: bool) -> list[Answer]:
        """A picture, voice, video, file, location … ``data``, ``content_type``, ``filename`` describe a file."""
        if kind in _MEDIA:
            content_type, data = _MEDIA[kind]
            media = self._core.store_media(
                kind, fields.pop("data", data), fields.pop("content_type", content_type), fields.pop("filename", kind)
            )
            fields = {"media_id": media.media_id, **fields}
        elif kind == "location":
            fields = {**_LOCATION, **fields}
        words = str(fields.get("name") or fields.get("title") or "")
        return self._speak(self._kf.customer(external_userid), kind, fields, words, ring)

    def taps(self, external_userid: str, wanted: str, ring: bool) -> list[Answer]:
        """A tap on the latest menu item with that id or those words: it is said as a text with its menu_id."""
        _, button = self._kf.customer(external_userid).phone.with_button(wanted)
        return self.says(external_userid, button.text, button.key, ring)

    def recalls(self, external_userid: str, msgid: str, ring: bool) -> list[Answer]:
        """The customer takes a message back."""
        ids = self._ids(self._kf.customer(external_userid))
        event = {"event_type": "user_recall_msg", **ids, "recall_msgid": msgid}
        self._kf.record({"origin": 4, "msgtype": "event", "event": event})
        return self._ring_if(ring)

    def taken(self, external_userid: str, servicer: str, ring: bool) -> list[Answer]:
        """A human servicer takes the session (state 3): the interface may no longer speak."""
        return self._human(self._kf.customer(external_userid), 3, servicer, 1, ring)

    def ended(self, external_userid: str, ring: bool) -> list[Answer]:
        """The human ends the session (state 4)."""
        return self._human(self._kf.customer(external_userid), 4, "", 3, ring)

    def servicer_says(self, external_userid: str, servicer: str, text: str, ring: bool) -> list[Answer]:
        """The human speaks to the customer from the client."""
        customer = self._kf.customer(external_userid)
        self._kf.record(
            {
                **self._ids(customer),
                "origin": 5,
                "servicer_userid": servicer,
                "msgtype": "text",
                "text": {"content": text},
            }
        )
        self._show(customer, Shown(self._core.serial(), self._core.clock(), "text", text, by=servicer))
        return self._ring_if(ring)

    def _speak(self, customer: Customer, kind: str, part: JsonObject, words: str, ring: bool) -> list[Answer]:
        with self._core.lock:
            if self._kf.state_of(customer) == 4:
                customer.state = 0
            customer.spoke_at = self._core.clock()
            customer.sent = 0
            msgid = self._kf.record({**self._ids(customer), "origin": 3, "msgtype": kind, kind: part})
            shown = Shown(self._core.serial(), self._core.clock(), kind, words, mine=True, msgid=msgid)
            shown.media_id = str(part.get("media_id", ""))
            self._show(customer, shown)
        return self._ring_if(ring)

    def _human(self, customer: Customer, state: int, servicer: str, change: int, ring: bool) -> list[Answer]:
        with self._core.lock:
            old, customer.servicer, customer.state = customer.servicer, servicer, state
            event = {
                "event_type": "session_status_change",
                **self._ids(customer),
                "change_type": change,
                "old_servicer_userid": old,
                "new_servicer_userid": servicer,
                "msg_code": self._kf.code_for(customer),
            }
            self._kf.record({"origin": 4, "msgtype": "event", "event": event})
        return self._ring_if(ring)

    def _ids(self, customer: Customer) -> JsonObject:
        return {"open_kfid": self._kf.open_kfid, "external_userid": customer.external_userid}

    def _show(self, customer: Customer, shown: Shown) -> None:
        with self._core.lock:
            customer.phone.thread.append(shown)

    def _ring_if(self, ring: bool) -> list[Answer]:
        return self.ring() if ring else []
