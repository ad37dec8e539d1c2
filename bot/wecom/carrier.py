"""Letters to calls: which call of the platform carries a letter, and what its answer means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.letters import Letter
from bot.core.taps import menu_id
from bot.wecom.client import SendResult, WeComClient
from bot.wecom.errors import PlatformError, Refused

TASK_ID_TAKEN = 42014
RESPONSE_CODE_SPENT = 60140
HUMAN_STATE = 3
# What kf/send_msg may say about the customer or the session, and not about a msgid it has seen before.
_KF_FINAL = frozenset(
    {40096, 60251, 60252, 95000, 95001, 95002, 95004, 95008, 95009, 95013, 95017, 95018, 95030, 95031, 48007}
)
_SHORTEST, _LONGEST = 1800, 14_400  # seconds, wecom-protocol 3.1


@dataclass(frozen=True, slots=True)
class Carried:
    """The platform has taken the letter. ``missed``: the receiver is invalid, or, ``unlicensed``, has no licence.
    ``unreached``: those of several receivers of whom either is true."""

    missed: bool = False
    response_code: str = ""
    unlicensed: bool = False
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries letters with the app's account and with that of 微信客服; addresses of robots are told to nobody.

    ``salt`` is the database's own number: letter 7 of a fresh one must not look like letter 7 of the one before.
    """

    app: WeComClient
    kf: WeComClient
    agent_id: int
    robot_url: str = ""
    gateway_url: str = ""
    salt: int = 0

    def carry(self, letter: Letter, response_code: str = "") -> Carried:
        """Hand one letter to the platform; raises the errors of `bot.wecom.errors`.

        The same letter makes the same bytes at every attempt, and no two letters make the same.
        """
        body = letter.body
        match letter.kind:
            case "text":
                return self._send(letter, "text", {"content": body["content"]})
            case "broadcast":
                return self._send(letter, "text", {"content": body["content"]})
            case "image" | "voice" | "file":
                return self._send(letter, letter.kind, {"media_id": body["media_id"]})
            case "video":
                return self._send(letter, "video", {"media_id": body["media_id"]})
            case "card":
                return self._card(letter)
            case "update_card":
                return self._update(body, response_code)
            case "kf_text" | "kf_menu":
                return self._kf(letter)
            case "kf_event":
                message = {
                    "code": body["code"],
                    "msgid": letter.key,
                    "msgtype": "text",
                    "text": {"content": body["content"]},
                }
                self.kf.kf_send_on_event(message)
                return Carried()
            case "robot":
                self.app.robot_send(self.robot_url, {"msgtype": "text", "text": {"content": body["content"]}})
                return Carried()
            case "webhook":
                self.app.post_webhook(self.gateway_url, body, letter.key)
                return Carried()
            case other:
                raise Refused(0, f"no such letter {other}")

    def servicer_of(self, letter: Letter) -> str:
        """Who has the customer's session, as far as the platform tells; "" if nobody or unknown."""
        try:
            state, servicer = self.kf.kf_session(letter.body["open_kfid"], letter.body["touser"])
        except PlatformError:
            return ""
        return servicer if state == HUMAN_STATE else ""

    def _send(self, letter: Letter, kind: str, content: Mapping[str, Any]) -> Carried:
        message = {
            "touser": letter.body["touser"],
            "msgtype": kind,
            "agentid": self.agent_id,
            kind: dict(content),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": interval_of(letter, self.salt),
        }
        result = self.app.send_message(message)
        return _carried(result)

    def _card(self, letter: Letter) -> Carried:
        message = {
            "touser": letter.body["touser"],
            "msgtype": "template_card",
            "agentid": self.agent_id,
            "template_card": letter.body["card"],
        }
        try:
            result = self.app.send_message(message)
        except Refused as refused:
            # Nobody else makes our task_ids: this one is with the receiver already.
            if refused.errcode == TASK_ID_TAKEN:
                return Carried()
            raise
        return _carried(result)

    def _update(self, body: Mapping[str, Any], response_code: str) -> Carried:
        message = {
            "userids": [body["userid"]],
            "agentid": self.agent_id,
            "response_code": response_code,
            "button": {"replace_name": body["replace_name"]},
        }
        try:
            self.app.update_card(message)
        except Refused as refused:
            if refused.errcode != RESPONSE_CODE_SPENT:
                raise
        return Carried()

    def _kf(self, letter: Letter) -> Carried:
        body = letter.body
        message: dict[str, Any] = {"touser": body["touser"], "open_kfid": body["open_kfid"], "msgid": letter.key}
        if letter.kind == "kf_text":
            message |= {"msgtype": "text", "text": {"content": body["content"]}}
        else:
            taps = [{"type": "click", "click": {"id": menu_id(key), "content": words}} for key, words in body["taps"]]
            message |= {"msgtype": "msgmenu", "msgmenu": {"head_content": body["head_content"], "list": taps}}
        try:
            self.kf.kf_send(message)
        except Refused as refused:
            # A repeated msgid is refused, by a code that is published nowhere: after an attempt whose outcome
            # is unknown, any refusal that speaks of nothing else says that the first one arrived.
            if not letter.unknown or refused.errcode in _KF_FINAL:
                raise
        return Carried()


def _carried(result: SendResult) -> Carried:
    missed = bool(result.invaliduser or result.unlicenseduser)
    unreached = (*result.invaliduser, *result.unlicenseduser)
    return Carried(missed, result.response_code, unlicensed=bool(result.unlicenseduser), unreached=unreached)


def interval_of(letter: Letter, salt: int) -> int:
    """A duplicate-check interval of the letter's own, so that a second identical answer is not taken for a repeat.

    Counting up with the letters, it comes again only after 12 601 of them.
    """
    return _SHORTEST + (letter.id + salt) % (_LONGEST - _SHORTEST + 1)
