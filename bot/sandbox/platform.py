"""The platform in one object: its state, what people do, what their phones show, and the faults to order."""

import json
from datetime import datetime
from typing import Any

from bot.clock import Clock, utc_now
from bot.sandbox.app import App, Member
from bot.sandbox.checks import check_robot
from bot.sandbox.core import Core, Dropped, Request
from bot.sandbox.customers import Customers
from bot.sandbox.errors import Refused
from bot.sandbox.faults import Fault
from bot.sandbox.findings import JsonObject
from bot.sandbox.kf import Customer, Kf
from bot.sandbox.line import Answer, Deliver, Line
from bot.sandbox.members import Members
from bot.sandbox.phones import Phone, Shown, show

AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ROBOT_PER_MINUTE = 20


class Platform:
    """A corp with one app, one 微信客服 account, one group robot and one telephone gateway.

    All time comes from ``clock``. ``callback_url`` (or ``deliver`` for tests, see ``line.Line``) is where the bot
    listens; ``kf_callback_url`` may name another address for 微信客服, with its own ``kf_token`` and ``kf_aes_key``.
    What a wrong bot does stands in ``violations``, what was answered 0 and never shown in ``dropped``.
    """

    def __init__(
        self,
        clock: Clock = utc_now,
        corp_id: str = "wwtest0000000001",
        agent_id: int = 1000002,
        secret: str = "sandboxAppSecret0000000000000000000000000000",
        token: str = "sandboxToken",
        aes_key: str = AES_KEY,
        open_kfid: str = "wktest01",
        kf_secret: str = "sandboxKfSecret00000000000000000000000000000",
        kf_token: str = "",
        kf_aes_key: str = "",
    ) -> None:
        self.clock = clock
        self.corp_id, self.agent_id, self.secret = corp_id, agent_id, secret
        self.token, self.aes_key = token, aes_key
        self.open_kfid, self.kf_secret = open_kfid, kf_secret
        self.core = Core(clock, corp_id, agent_id, {kf_secret: "kf", secret: "app"})
        self.app = App(self.core)
        self.kf = Kf(self.core, open_kfid)
        self.line = Line(self.core, token, aes_key)
        self.kf_line = Line(self.core, kf_token or token, kf_aes_key or aes_key)
        self._members = Members(self.core, self.app, self.line)
        self._customers = Customers(self.core, self.kf, self.kf_line)
        self.group = Phone("group")
        self.gateway = Phone("gateway")
        self.escalations: list[Request] = []
        self.robot_key = "sandbox-robot-key"
        self._robot_sent: list[datetime] = []

    # -- where the bot is ------------------------------------------------------------------------------------------

    @property
    def callback_url(self) -> str:
        return self.line.url

    @callback_url.setter
    def callback_url(self, url: str) -> None:
        """Both callbacks go there; set ``kf_callback_url`` afterwards where 微信客服 has its own."""
        self.line.url = self.kf_line.url = url

    @property
    def kf_callback_url(self) -> str:
        return self.kf_line.url

    @kf_callback_url.setter
    def kf_callback_url(self, url: str) -> None:
        self.kf_line.url = url

    @property
    def deliver(self) -> Deliver | None:
        return self.line.deliver

    @deliver.setter
    def deliver(self, deliver: Deliver | None) -> None:
        """Deliver callbacks by this function instead of HTTP; see ``line.Deliver``."""
        self.line.deliver = self.kf_line.deliver = deliver

    def verify_callback(self) -> bool:
        """Whether the bot proves, as the console asks, that it knows Token and EncodingAESKey."""
        return self.line.verify()

    def envelope(self, plain: str) -> tuple[str, bytes]:
        """Query string and body of one callback with this plain XML, for whoever posts it himself."""
        return self.line.envelope(plain)

    def text_xml(self, userid: str, text: str) -> str:
        """The plain XML of one fresh text message."""
        return self._members.text_xml(userid, text)

    def redeliver(self) -> list[Answer]:
        """Deliver the app's latest callback again: the same plaintext in a new envelope."""
        return self.line.push(self.line.last_plain)

    # -- who there is ----------------------------------------------------------------------------------------------

    def add_member(self, userid: str, name: str = "", visible: bool = True, licensed: bool = True) -> None:
        """A member of the corp; adding again replaces the flags and empties the phone."""
        member = Member(userid, name or userid, visible, licensed, Phone(userid), [])
        self.app.members[userid.casefold()] = member

    def remove_member(self, userid: str) -> None:
        """The member leaves: known to the corp once, out of reach now (``invaliduser``)."""
        self.app.member(userid).visible = False

    def add_customer(self, external_userid: str, nickname: str = "") -> None:
        """An outside resident with WeChat."""
        self.kf.customers[external_userid] = Customer(external_userid, nickname or "微信用户", Phone(external_userid))

    def add_servicer(self, userid: str, receiving: bool = True) -> None:
        """A member who takes 微信客服 sessions."""
        self.kf.servicers[userid.casefold()] = receiving

    def phone(self, person: str) -> Phone:
        """The chat of a member or a customer; ``group`` and ``gateway`` are the robot's group and the telephone."""
        if person in ("group", "gateway"):
            return self.group if person == "group" else self.gateway
        if person in self.kf.customers:
            return self.kf.customers[person].phone
        return self.app.member(person).phone

    # -- what members do: each returns every delivery attempt as (status, body), status 0 for no answer ------------

    def member_says(self, userid: str, text: str) -> list[Answer]:
        """A text in the app."""
        return self._members.says(userid, text)

    def member_sends(self, userid: str, kind: str, **fields: Any) -> list[Answer]:
        """image, voice, video, location, link …; ``data``/``content_type``/``filename`` for a file."""
        return self._members.sends(userid, kind, fields)

    def member_taps(
        self,
        userid: str,
        button: str,
        task_id: str | None = None,
        selected: dict[str, list[str]] | None = None,
        even_grey: bool = False,
    ) -> list[Answer]:
        """A card button by key or words, on the latest card that has it live; LookupError where none has.

        ``even_grey``: also one that is grey by now, as when the tap crosses the update on the way.
        """
        return self._members.taps(userid, button, task_id, selected or {}, even_grey)

    def member_clicks_menu(self, userid: str, key: str) -> list[Answer]:
        """A button of the app's menu."""
        return self._members.clicks_menu(userid, key)

    def member_event(self, userid: str, event: str, **fields: Any) -> list[Answer]:
        """Any other event, fields by the platform's names; ``userid`` may be ``sys``."""
        return self._members.event(userid, event, fields)

    # -- what customers of 微信客服 do: each rings the doorbell unless ring=False ------------------------------------

    def ring(self, open_kfid: str = "") -> list[Answer]:
        """The doorbell alone."""
        if open_kfid not in ("", self.open_kfid):
            raise LookupError(f"no 微信客服 account {open_kfid!r} in the sandbox")
        return self._customers.ring()

    def customer_enters(
        self, external_userid: str, scene: str = "", scene_param: str = "", ring: bool = True
    ) -> list[Answer]:
        """The chat is opened through a link or QR code."""
        return self._customers.enters(external_userid, scene, scene_param, ring)

    def customer_says(self, external_userid: str, text: str, menu_id: str = "", ring: bool = True) -> list[Answer]:
        """A text."""
        return self._customers.says(external_userid, text, menu_id, ring)

    def customer_sends(self, external_userid: str, kind: str, ring: bool = True, **fields: Any) -> list[Answer]:
        """image, voice, video, file, location …"""
        return self._customers.sends(external_userid, kind, fields, ring)

    def customer_taps(self, external_userid: str, content_or_id: str, ring: bool = True) -> list[Answer]:
        """A menu item, by its words or its id."""
        return self._customers.taps(external_userid, content_or_id, ring)

    def customer_recalls(self, external_userid: str, msgid: str, ring: bool = True) -> list[Answer]:
        """A message is taken back."""
        return self._customers.recalls(external_userid, msgid, ring)

    def servicer_takes(self, external_userid: str, userid: str, ring: bool = True) -> list[Answer]:
        """A human takes the session."""
        return self._customers.taken(external_userid, userid, ring)

    def servicer_says(self, external_userid: str, userid: str, text: str, ring: bool = True) -> list[Answer]:
        """The human speaks in it."""
        return self._customers.servicer_says(external_userid, userid, text, ring)

    def servicer_ends(self, external_userid: str, ring: bool = True) -> list[Answer]:
        """The human ends it."""
        return self._customers.ended(external_userid, ring)

    # -- what is looked at -----------------------------------------------------------------------------------------

    @property
    def violations(self) -> list[str]:
        """Every rule the bot broke, advised ones included, in order."""
        return self.core.violations

    @property
    def dropped(self) -> list[Dropped]:
        """Messages above 30 a minute or 1000 an hour to one member: answered 0, never shown."""
        return self.core.dropped

    @property
    def sends(self) -> list[Request]:
        """Every API request, accepted or refused, in order."""
        return self.core.sends

    @property
    def token_fetches(self) -> int:
        """How often gettoken was called."""
        return self.core.token_fetches

    # -- trouble ---------------------------------------------------------------------------------------------------

    def fault(
        self,
        path_prefix: str,
        kind: str,
        value: int | float | str | None = None,
        *,
        times: int | None = None,
        until: datetime | None = None,
    ) -> None:
        """Order trouble for the paths that start with ``path_prefix``; once, unless ``times`` or ``until`` say.

        Before any effect: ``errcode`` N, ``http`` status, ``html``, ``empty``, ``reset_before``. After it:
        ``stall`` seconds, ``reset_after``, ``truncated``, ``html_after``, ``no_errcode``.
        ``invaliduser``/``unlicenseduser`` userid (path ``/cgi-bin/message/send``). ``drop_callback`` (path
        ``callback``): the bot is never told.
        """
        person = value.casefold() if isinstance(value, str) else value
        left = 1 if times is None and until is None else times
        self.core.faults.order(Fault(path_prefix, kind, person, left, until))

    def clear_faults(self) -> None:
        """All is well again."""
        self.core.faults.clear()

    def revoke_tokens(self) -> None:
        """Every token given out is unknown from now on (40014)."""
        self.core.revoke_tokens()

    def expire_tokens(self) -> None:
        """Every token given out has run out (42001)."""
        self.core.expire_tokens()

    def customer_unreachable(self, external_userid: str, fail_type: int = 10) -> None:
        """The next message to this customer is answered 0 and then reported as ``msg_send_fail``."""
        self.kf.customer(external_userid).failing.append(fail_type)

    # -- the group robot and the telephone gateway -----------------------------------------------------------------

    def robot_says(self, key: str, body: JsonObject) -> JsonObject:
        """``webhook/send``."""
        path = "/cgi-bin/webhook/send"
        if key != self.robot_key:
            self.core.violate(f"{path}: unknown robot")
            raise Refused(93000)
        self.core.judge(path, check_robot(body))
        with self.core.lock:
            now = self.clock()
            self._robot_sent = [at for at in self._robot_sent if (now - at).total_seconds() < 60]
            if len(self._robot_sent) >= ROBOT_PER_MINUTE:
                self.core.violate(f"{path}: more than {ROBOT_PER_MINUTE} a minute")
                raise Refused(45009)
            self._robot_sent.append(now)
            self.group.thread.append(show(self.core.serial(), now, body))
        return {}

    def escalate(self, body: JsonObject) -> None:
        """The property's telephone gateway was called with this."""
        with self.core.lock:
            words = json.dumps(body, ensure_ascii=False, indent=1)
            self.gateway.thread.append(Shown(self.core.serial(), self.clock(), "call", words, raw=body))
            self.escalations.append(Request("/escalation", body, {}, self.clock()))
