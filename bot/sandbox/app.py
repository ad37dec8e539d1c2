"""The app's side of the platform: who its members are, and the calls that send, update and recall messages."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.card_checks import raises_events
from bot.sandbox.checks import TEXT_BYTES, check_message, check_update
from bot.sandbox.core import Core, Dropped
from bot.sandbox.errors import Refused
from bot.sandbox.findings import JsonObject
from bot.sandbox.menu_checks import check_menu
from bot.sandbox.phones import Phone, cut, lay_out_card, show

RESPONSE_CODE_LIFE = timedelta(hours=72)
RECALL_LIFE = timedelta(hours=24)
PER_MINUTE, PER_HOUR = 30, 1000
_SEND = "/cgi-bin/message/send"
_UPDATE = "/cgi-bin/message/update_template_card"


@dataclass(slots=True)
class Member:
    """Somebody of the corp. ``visible``: inside the app's range; ``licensed``: may be reached through the interface;
    ``status``: 1 active, 2 disabled, 4 not activated, 5 left."""

    userid: str
    name: str
    visible: bool
    licensed: bool
    phone: Phone
    received: list[datetime]
    status: int = 1


@dataclass(slots=True)
class _ResponseCode:
    task_id: str
    expires_at: datetime


class App:
    """Members by case-folded userid, their phones, and every card that is out."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.members: dict[str, Member] = {}
        self.menu: JsonObject | None = None
        self._task_ids: dict[str, JsonObject] = {}
        self._receivers: dict[str, set[str]] = {}
        self._codes: dict[str, _ResponseCode] = {}
        self._seen: dict[str, datetime] = {}
        self._msgids: dict[str, datetime] = {}

    def member(self, userid: str) -> Member:
        """The member, whatever the case of ``userid``; LookupError for a stranger."""
        try:
            return self.members[userid.casefold()]
        except KeyError:
            raise LookupError(f"no member {userid!r} in the sandbox") from None

    def send(self, body: JsonObject) -> JsonObject:
        """``message/send``."""
        core = self._core
        core.judge(_SEND, check_message(body, core.agent_id))
        with core.lock:
            reached, invalid, unlicensed = self._receivers_of(body)
            if not reached:
                raise Refused(81013, invaliduser="|".join(invalid), unlicenseduser="|".join(unlicensed))
            if body["msgtype"] in {"image", "voice", "video", "file"}:
                core.fetch_media(body[body["msgtype"]]["media_id"])
            card = body.get("template_card", {})
            task_id = card.get("task_id", "")
            # Which of the two checks the platform makes first is not documented; the refusal is the harder answer.
            if task_id and task_id in self._task_ids:
                raise Refused(42014)
            answer = self._accepted(invalid, unlicensed)
            if self._repeated(body):
                return answer
            if task_id:
                self._task_ids[task_id] = card
                self._receivers[task_id] = {member.userid.casefold() for member in reached}
            if raises_events(card):
                answer["response_code"] = self.new_response_code(task_id)
            for member in reached:
                self._deliver(member, body, str(answer["msgid"]))
            return answer

    def update(self, body: JsonObject) -> JsonObject:
        """``message/update_template_card``."""
        core = self._core
        core.judge(_UPDATE, check_update(body, core.agent_id))
        with core.lock:
            # Also after one use: each code is good for one call.
            code = self._codes.pop(body["response_code"], None)
            if code is None or core.clock() >= code.expires_at:
                raise Refused(60140)
            receivers = self._receivers[code.task_id]
            wanted = {str(userid).casefold() for userid in body.get("userids", [])}
            for userid in sorted(wanted - self.members.keys()):
                core.violate(f"{_UPDATE}: unknown receiver {userid!r}")
            targets = receivers if body.get("atall") else wanted & receivers
            core.serial()
            for userid in targets:
                shown = self.members[userid].phone.card(code.task_id)
                if shown and "button" in body:
                    shown.close(body["button"]["replace_name"])
                elif shown:
                    lay_out_card(shown, body["template_card"])
            return {"invaliduser": sorted(wanted - receivers)}

    def recall(self, body: JsonObject) -> JsonObject:
        """``message/recall``: takes a message off every phone within 24 hours."""
        core = self._core
        for name in sorted(body.keys() - {"msgid"}):
            core.violate(f"/cgi-bin/message/recall: unknown field {name!r}"[:200])
        with core.lock:
            sent_at = self._msgids.get(str(body.get("msgid")))
            if sent_at is None:
                raise Refused(40058)
            if core.clock() - sent_at >= RECALL_LIFE:
                raise Refused(42052)
            core.serial()
            for member in self.members.values():
                member.phone.thread = [item for item in member.phone.thread if item.msgid != body["msgid"]]
            return {}

    def user(self, userid: str) -> JsonObject:
        """``user/get``: what an app made after mid-2022 still learns of a member."""
        member = self.members.get(userid.casefold())
        if member is None:
            raise Refused(60111)
        if not member.visible:
            raise Refused(60011)
        return {
            "userid": member.userid,
            "name": member.name,
            "department": [1],
            "position": "",
            "status": member.status,
            "main_department": 1,
        }

    def create_menu(self, body: JsonObject) -> JsonObject:
        """``menu/create``."""
        self._core.judge("/cgi-bin/menu/create", check_menu(body))
        self.menu = body
        return {}

    def get_menu(self) -> JsonObject:
        """``menu/get``."""
        if self.menu is None:
            raise Refused(46003)
        return self.menu

    def delete_menu(self) -> JsonObject:
        """``menu/delete``."""
        self.menu = None
        return {}

    def new_response_code(self, task_id: str) -> str:
        """A code that updates the card once within 72 hours."""
        with self._core.lock:
            code = secrets.token_urlsafe(32)
            self._codes[code] = _ResponseCode(task_id, self._core.clock() + RESPONSE_CODE_LIFE)
            return code

    def _accepted(self, invalid: list[str], unlicensed: list[str]) -> JsonObject:
        msgid = f"msg{self._core.serial():012d}"
        self._msgids[msgid] = self._core.clock()
        return {
            "invaliduser": "|".join(invalid),
            "invalidparty": "",
            "invalidtag": "",
            "unlicenseduser": "|".join(unlicensed),
            "msgid": msgid,
        }

    def _receivers_of(self, body: JsonObject) -> tuple[list[Member], list[str], list[str]]:
        names = [name for name in (body.get("touser") or "").split("|") if name]
        for field in ("toparty", "totag"):
            if body.get(field) and body.get("touser") != "@all":
                # The sandbox's corp has no departments and no tags, so any is an unknown receiver.
                self._core.violate(f"{_SEND}: unknown receiver in {field}")
        if not names and not body.get("toparty") and not body.get("totag"):
            self._core.violate(f"{_SEND}: no receiver")
            raise Refused(82001)
        if names == ["@all"]:
            names = [member.userid for member in self.members.values() if member.visible]
        reached, invalid, unlicensed = [], [], []
        for name in dict.fromkeys(name.casefold() for name in names):
            member = self.members.get(name)
            if member is None:
                self._core.violate(f"{_SEND}: unknown receiver {name!r}"[:200])
                invalid.append(name)
            elif not member.visible or self._core.faults.take(_SEND, {"invaliduser"}, name):
                invalid.append(name)
            elif not member.licensed or self._core.faults.take(_SEND, {"unlicenseduser"}, name):
                unlicensed.append(name)
            else:
                reached.append(member)
        return reached, invalid, unlicensed

    def _repeated(self, body: JsonObject) -> bool:
        """The duplicate check: the same JSON again within its interval is answered 0 and not shown."""
        if not body.get("enable_duplicate_check"):
            return False
        now = self._core.clock()
        key = json.dumps(body, sort_keys=True, ensure_ascii=False)
        until = self._seen.get(key)
        if until is not None and now < until:
            return True
        self._seen[key] = now + timedelta(seconds=body.get("duplicate_check_interval") or 1800)
        return False

    def _deliver(self, member: Member, body: JsonObject, msgid: str) -> None:
        now = self._core.clock()
        member.received = [at for at in member.received if now - at < timedelta(hours=1)]
        last_minute = sum(now - at < timedelta(minutes=1) for at in member.received)
        if last_minute >= PER_MINUTE or len(member.received) >= PER_HOUR:
            self._core.dropped.append(Dropped(member.userid, now, body))
            return
        member.received.append(now)
        if body["msgtype"] == "text":
            body = {**body, "text": {"content": cut(body["text"]["content"], TEXT_BYTES)}}
        shown = show(self._core.serial(), now, body)
        shown.msgid = msgid
        member.phone.thread.append(shown)
