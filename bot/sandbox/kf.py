"""微信客服: customers, sessions, the log that ``sync_msg`` reads, and the calls that speak to customers.

Where the documents are silent the harder answer is given: transitions that only the unread picture would allow are
refused (95016), as is a call without a doorbell token more than 20 times a minute (45009).
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.core import Core
from bot.sandbox.errors import BAD_EVENT_CODE, REPEATED_MSGID, Refused
from bot.sandbox.findings import JsonObject
from bot.sandbox.kf_checks import check_kf_message
from bot.sandbox.phones import Phone, cut, show

MESSAGES, WINDOW = 5, timedelta(hours=48)
KEPT = timedelta(days=3)
BELL_LIFE = timedelta(minutes=10)
WELCOME_LIFE = timedelta(seconds=20)
WITHOUT_TOKEN_PER_MINUTE = 20
_SEND, _ON_EVENT, _SYNC = "/cgi-bin/kf/send_msg", "/cgi-bin/kf/send_msg_on_event", "/cgi-bin/kf/sync_msg"
_SCENE = re.compile(r"[0-9a-zA-Z_-]{0,32}\Z")
_STEPS = {0: {2, 3}, 1: {2, 3}, 2: {3}, 3: {3, 4}, 4: set[int]()}


@dataclass(slots=True)
class Customer:
    """An outside resident and the state of the one session with the account."""

    external_userid: str
    nickname: str
    phone: Phone
    state: int = 4
    servicer: str = ""
    spoke_at: datetime | None = None
    welcomed_at: datetime | None = None
    sent: int = 0
    failing: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Code:
    customer: Customer
    expires_at: datetime
    state: int | None
    kinds: set[str]


class Kf:
    """One 微信客服 account."""

    def __init__(self, core: Core, open_kfid: str) -> None:
        self._core = core
        self.open_kfid = open_kfid
        self.customers: dict[str, Customer] = {}
        self.servicers: dict[str, bool] = {}
        self.empty_pages = 0
        self.page_size = 1000
        self._log: list[JsonObject] = []
        self._bells: dict[str, datetime] = {}
        self._codes: dict[str, _Code] = {}
        self._msgids: set[str] = set()
        self._bare_syncs: list[datetime] = []

    def customer(self, external_userid: str) -> Customer:
        """The customer; LookupError for a stranger. Case matters here."""
        try:
            return self.customers[external_userid]
        except KeyError:
            raise LookupError(f"no customer {external_userid!r} in the sandbox") from None

    def bell(self) -> str:
        """A doorbell token, good for ten minutes."""
        with self._core.lock:
            token = f"ENC{secrets.token_urlsafe(24)}"
            self._bells[token] = self._core.clock() + BELL_LIFE
            return token

    def record(self, item: JsonObject) -> str:
        """Add one item to the log that ``sync_msg`` reads; returns its msgid."""
        with self._core.lock:
            msgid = f"kf{self._core.serial():010d}{secrets.token_hex(4)}"
            stamped = {"msgid": msgid, "send_time": int(self._core.clock().timestamp()), **item}
            self._log.append(stamped)
            return msgid

    def code(self, customer: Customer, life: timedelta, state: int | None, kinds: set[str]) -> str:
        """A one-use code for ``send_msg_on_event``."""
        with self._core.lock:
            code = f"CODE{secrets.token_urlsafe(16)}"
            self._codes[code] = _Code(customer, self._core.clock() + life, state, kinds)
            return code

    def state_of(self, customer: Customer) -> int:
        """The session's state now: one that is older than 48 hours is over."""
        if customer.state in {0, 1} and customer.spoke_at and self._core.clock() - customer.spoke_at >= WINDOW:
            customer.state = 4
        return customer.state

    def sync(self, body: JsonObject) -> JsonObject:
        """``kf/sync_msg``."""
        core = self._core
        self._only(_SYNC, body, {"open_kfid", "cursor", "token", "limit", "voice_format"})
        self._account(_SYNC, body)
        limit = body.get("limit", 1000)
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 1000:
            core.violate(f"{_SYNC}: limit {limit!r}"[:200])
            raise Refused(40058)
        with core.lock:
            now = core.clock()
            self._may_sync(body.get("token"), now)
            start = self._position(str(body.get("cursor") or ""), now)
            if self.empty_pages:
                self.empty_pages -= 1
                return {"next_cursor": f"cur{start}", "has_more": 1, "msg_list": []}
            end = min(start + min(limit, self.page_size), len(self._log))
            return {"next_cursor": f"cur{end}", "has_more": int(end < len(self._log)), "msg_list": self._log[start:end]}

    def send(self, body: JsonObject) -> JsonObject:
        """``kf/send_msg``."""
        core = self._core
        core.judge(_SEND, check_kf_message(body))
        self._account(_SEND, body)
        with core.lock:
            customer = self._known(_SEND, body["touser"])
            msgid = self._fresh_msgid(body)
            now = core.clock()
            state = self.state_of(customer)
            if customer.spoke_at is None or now - customer.spoke_at >= WINDOW:
                core.violate(f"{_SEND}: more than 48 h after the customer's last words")
                raise Refused(95002)
            if state not in {0, 1}:
                raise Refused(95013 if state == 4 else 95018)
            if customer.sent >= MESSAGES:
                core.violate(f"{_SEND}: more than {MESSAGES} messages since the customer's last words")
                raise Refused(95001)
            customer.sent += 1
            self._deliver(customer, body, msgid)
            return {"msgid": msgid}

    def send_on_event(self, body: JsonObject) -> JsonObject:
        """``kf/send_msg_on_event``."""
        core = self._core
        core.judge(_ON_EVENT, check_kf_message(body, on_event=True))
        with core.lock:
            msgid = self._fresh_msgid(body, keep=False)
            code = self._codes.get(body["code"])
            if code is None or core.clock() >= code.expires_at or body["msgtype"] not in code.kinds:
                raise Refused(BAD_EVENT_CODE)
            if code.state is not None and self.state_of(code.customer) != code.state:
                raise Refused(95018)
            del self._codes[body["code"]]
            self._msgids.add(msgid)
            if code.state is None:
                code.customer.welcomed_at = core.clock()
            self._deliver(code.customer, body, msgid)
            return {"msgid": msgid}

    def session(self, body: JsonObject) -> JsonObject:
        """``kf/service_state/get``."""
        path = "/cgi-bin/kf/service_state/get"
        self._only(path, body, {"open_kfid", "external_userid"})
        self._account(path, body)
        with self._core.lock:
            customer = self._known(path, body.get("external_userid"))
            return {"service_state": self.state_of(customer), "servicer_userid": customer.servicer}

    def transfer(self, body: JsonObject) -> JsonObject:
        """``kf/service_state/trans``."""
        path = "/cgi-bin/kf/service_state/trans"
        self._only(path, body, {"open_kfid", "external_userid", "service_state", "servicer_userid"})
        self._account(path, body)
        with self._core.lock:
            customer = self._known(path, body.get("external_userid"))
            wanted, state = body.get("service_state"), self.state_of(customer)
            if state == 4:
                raise Refused(95013)
            if not isinstance(wanted, int) or wanted not in _STEPS[state]:
                raise Refused(95016)
            servicer = str(body.get("servicer_userid", ""))
            if wanted == 3 and servicer.casefold() not in self.servicers:
                raise Refused(95014)
            if wanted == 3 and not self.servicers[servicer.casefold()]:
                raise Refused(95019)
            moved = wanted != state
            customer.state = wanted
            customer.servicer = servicer if wanted == 3 else ""
            self._core.serial()
            return {"msg_code": self.code_for(customer)} if moved else {}

    def code_for(self, customer: Customer) -> str:
        """The one-use code that comes with the session's present state."""
        if customer.state == 4:
            return self.code(customer, WELCOME_LIFE, 4, {"text", "msgmenu"})
        return self.code(customer, WINDOW, customer.state, {"text"})

    def batch(self, body: JsonObject) -> JsonObject:
        """``kf/customer/batchget``: nicknames of customers who were active within 48 hours."""
        path = "/cgi-bin/kf/customer/batchget"
        self._only(path, body, {"external_userid_list", "need_enter_session_context"})
        wanted = body.get("external_userid_list")
        if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
            self._core.violate(f"{path}: external_userid_list must hold 1 to 100")
            raise Refused(40058)
        now = self._core.clock()
        found, missing = [], []
        for external_userid in wanted:
            customer = self.customers.get(str(external_userid))
            if customer and customer.spoke_at and now - customer.spoke_at < WINDOW:
                person = {"external_userid": external_userid, "nickname": customer.nickname, "avatar": "", "gender": 0}
                found.append(person)
            else:
                missing.append(external_userid)
        return {"customer_list": found, "invalid_external_userid": missing}

    def accounts(self, body: JsonObject) -> JsonObject:
        """``kf/account/list``."""
        self._only("/cgi-bin/kf/account/list", body, {"offset", "limit"})
        account = {"open_kfid": self.open_kfid, "name": "物业客服", "avatar": "", "manage_privilege": True}
        return {"account_list": [] if body.get("offset") else [account]}

    def contact_way(self, body: JsonObject) -> JsonObject:
        """``kf/add_contact_way``."""
        path = "/cgi-bin/kf/add_contact_way"
        self._only(path, body, {"open_kfid", "scene"})
        self._account(path, body)
        scene = body.get("scene", "")
        if not isinstance(scene, str) or not _SCENE.match(scene):
            self._core.violate(f"{path}: scene")
            raise Refused(40058)
        return {"url": f"https://work.weixin.qq.com/kfid/{self.open_kfid}?enc_scene=ENC{scene}"}

    def _deliver(self, customer: Customer, body: JsonObject, msgid: str) -> None:
        if customer.failing:
            failure = {"event_type": "msg_send_fail", "open_kfid": self.open_kfid, "fail_msgid": msgid}
            event = {**failure, "external_userid": customer.external_userid, "fail_type": customer.failing.pop(0)}
            self.record({"origin": 4, "msgtype": "event", "event": event})
            return
        if body["msgtype"] == "text":
            body = {**body, "text": {"content": cut(body["text"]["content"], 2048)}}
        shown = show(self._core.serial(), self._core.clock(), body)
        shown.msgid = msgid
        customer.phone.thread.append(shown)

    def _may_sync(self, token: Any, now: datetime) -> None:
        if token:
            if self._bells.get(str(token), now) <= now:
                raise Refused(95007)
            return
        self._bare_syncs = [at for at in self._bare_syncs if now - at < timedelta(minutes=1)]
        if len(self._bare_syncs) >= WITHOUT_TOKEN_PER_MINUTE:
            self._core.violate(f"{_SYNC}: more than {WITHOUT_TOKEN_PER_MINUTE} calls a minute without a token")
            raise Refused(45009)
        self._bare_syncs.append(now)

    def _position(self, cursor: str, now: datetime) -> int:
        if not cursor:
            oldest = int((now - KEPT).timestamp())
            return next((i for i, item in enumerate(self._log) if item["send_time"] >= oldest), len(self._log))
        if not cursor.startswith("cur") or not cursor[3:].isdigit() or int(cursor[3:]) > len(self._log):
            self._core.violate(f"{_SYNC}: a cursor that was never given out")
            raise Refused(40058)
        return int(cursor[3:])

    def _fresh_msgid(self, body: JsonObject, keep: bool = True) -> str:
        msgid = str(body.get("msgid") or f"srv{self._core.serial():010d}")
        if msgid in self._msgids:
            raise Refused(REPEATED_MSGID)
        if keep:
            self._msgids.add(msgid)
        return msgid

    def _known(self, path: str, external_userid: Any) -> Customer:
        customer = self.customers.get(str(external_userid))
        if customer is None:
            self._core.violate(f"{path}: unknown customer {external_userid!r}"[:200])
            raise Refused(40096)
        return customer

    def _account(self, path: str, body: JsonObject) -> None:
        given = body.get("open_kfid")
        if given != self.open_kfid:
            self._core.violate(f"{path}: open_kfid {given!r}"[:200])
            raise Refused(95000 if given else 60251)

    def _only(self, path: str, body: JsonObject, allowed: set[str]) -> None:
        for name in sorted(body.keys() - allowed):
            self._core.violate(f"{path}: unknown field {name!r}"[:200])
        if body.keys() - allowed:
            raise Refused(40058)
