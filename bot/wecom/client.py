"""Calls to the platform: wechatpy's client with a time limit, one shared token and three honest outcomes."""

import json
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from wechatpy.work import WeChatClient

from bot import metrics
from bot.clock import Clock
from bot.wecom.errors import Limited, OutcomeUnknown, PlatformError, Refused, TryLater
from bot.wecom.outgoing import Outgoing
from bot.wecom.tokens import TokenKeeper, TokenStore
from bot.wecom.transport import TOTAL, Answer, TooLong, Transport

MAX_MEDIA = 20 * 1024 * 1024
"""Bytes of a file, the platform's own limit."""

MEDIA_TOTAL = 30.0
"""Seconds for a file up or down: 20 MB do not pass a slow line in the time of a message."""

CLOCK_IS_OFF = timedelta(seconds=60)
"""By more than this the own clock has to differ from the platform's to count as wrong."""

_EVIDENCE_LASTS = timedelta(minutes=15)

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_NAMED = "Content-Disposition"
_MAX_JSON = 8 * 1024 * 1024
_TOKEN_REFUSED = frozenset({40001, 40014, 41001, 42001})
_LIMITED = frozenset({45009, 45033})
# System busy; and what the operator can mend while messages wait: address not trusted, app or corp disabled.
_LATER = frozenset({-1, 60020, 50003, 301007})
_SAFE_TEXT = re.compile(r"[^\w ,.:&()\-]+")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calls these are: ``secret`` is the app's, or that of 微信客服 where it has its own."""

    corp_id: str
    secret: str = field(repr=False)
    api_base_url: str = "https://qyapi.weixin.qq.com"
    outgoing: Outgoing = field(default_factory=Outgoing)


@dataclass(frozen=True, slots=True)
class SendResult:
    """What ``message/send`` said; userids are casefolded. Who stands in either set has not been reached."""

    invaliduser: frozenset[str] = frozenset()
    unlicenseduser: frozenset[str] = frozenset()
    msgid: str = ""
    response_code: str = ""


class WeComClient(WeChatClient):  # type: ignore[misc]
    """The platform as one account sees it; safe between threads.

    Every method raises ``Refused``, ``TryLater`` (``Limited`` over a limit) or ``OutcomeUnknown``, see ``errors``.
    Nothing is tried twice in here. The same body makes the same bytes, which the platform's duplicate check needs.
    """

    def __init__(
        self, account: Account, clock: Clock, tokens: TokenStore, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(account.corp_id, account.secret, timeout=TOTAL, auto_retry=False)
        self._base = account.api_base_url.rstrip("/")
        self._clock = clock
        self._transport = Transport(account.outgoing)
        self._keeper = TokenKeeper(tokens, self._get_token, clock, sleep)
        self._dates: deque[tuple[datetime, datetime]] = deque(maxlen=2)

    # Messages and cards

    def send_message(self, body: Mapping[str, Any]) -> SendResult:
        """``message/send``; somebody in ``invaliduser`` is no error of the call."""
        said = self.post("message/send", data=dict(body))
        return SendResult(
            invaliduser=_userids(said.get("invaliduser")),
            unlicenseduser=_userids(said.get("unlicenseduser")),
            msgid=_text(said.get("msgid")),
            response_code=_text(said.get("response_code")),
        )

    def update_card(self, body: Mapping[str, Any]) -> frozenset[str]:
        """``message/update_template_card``; returns the userids (casefolded) whose card stayed as it was."""
        return _userids(self.post("message/update_template_card", data=dict(body)).get("invaliduser"))

    # 微信客服

    def kf_send(self, body: Mapping[str, Any]) -> str:
        """``kf/send_msg``; returns the msgid."""
        return _text(self.post("kf/send_msg", data=dict(body)).get("msgid"))

    def kf_send_on_event(self, body: Mapping[str, Any]) -> str:
        """``kf/send_msg_on_event``; returns the msgid."""
        return _text(self.post("kf/send_msg_on_event", data=dict(body)).get("msgid"))

    def kf_sync(self, open_kfid: str, cursor: str = "", token: str = "", limit: int = 1000) -> dict[str, Any]:
        """One page of ``kf/sync_msg``: ``next_cursor``, ``has_more`` (1 also with an empty list) and ``msg_list``."""
        body: dict[str, Any] = {"open_kfid": open_kfid, "limit": limit, "voice_format": 0}
        body |= {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        said: dict[str, Any] = self.post("kf/sync_msg", data=body)
        if not isinstance(said.get("msg_list", []), list):
            raise OutcomeUnknown("kf/sync_msg without a list")
        return said

    def kf_session(self, open_kfid: str, external_userid: str) -> tuple[int, str]:
        """The session's state (0 new, 1 assistant, 2 pool, 3 human, 4 ended) and the servicer's userid in state 3."""
        said = self.kf.get_service_state(open_kfid, external_userid)
        state = said.get("service_state")
        if not isinstance(state, int):
            raise OutcomeUnknown("kf/service_state/get without a state")
        return state, _text(said.get("servicer_userid"))

    def kf_customer(self, external_userid: str) -> str:
        """The customer's nickname; empty where the platform gives none, as after 48 idle hours."""
        said = self.post("kf/customer/batchget", data={"external_userid_list": [external_userid]})
        customers = said.get("customer_list")
        first = customers[0] if isinstance(customers, list) and customers else {}
        return _text(first.get("nickname")) if isinstance(first, dict) else ""

    # Media

    def media_get(self, media_id: str) -> tuple[bytes, str]:
        """A file's bytes (at most ``MAX_MEDIA``) and its Content-Type as given."""
        try:
            answer, said = self._answer(
                "GET", "media/get", limit=MAX_MEDIA, total=MEDIA_TOTAL, params={"media_id": media_id}
            )
        except TooLong:
            raise Refused(45001, "larger than a file may be") from None
        _check_status(answer)
        if said is not None and (errcode := _errcode(said)):
            raise _failure(errcode, said)
        kind = answer.headers.get("Content-Type", "")
        no_file = (said is not None and "errcode" in said) or kind.startswith(("text/html", "application/json"))
        if not answer.body or (_NAMED not in answer.headers and no_file):
            raise OutcomeUnknown("media/get without a file")
        return answer.body, kind

    def media_upload(self, kind: str, name: str, content: bytes, content_type: str) -> str:
        """Uploads an image, voice, video or file that receivers see as ``name``; returns its media_id (3 days)."""
        said = self._request(
            "post",
            "media/upload",
            params={"type": kind},
            files={"media": (name, content, content_type)},
            proof="media_id",
            total=MEDIA_TOTAL,
        )
        return _text(said["media_id"])

    # The rest of the platform

    def menu_create(self, agent_id: int, menu: Mapping[str, Any]) -> None:
        """Replaces the app's menu."""
        self.menu.create(agent_id, dict(menu))

    def user_get(self, userid: str) -> dict[str, Any]:
        """What the platform tells of a member; phone and avatar are not in it for apps made since June 2022."""
        return dict(self.get("user/get", params={"userid": userid}, proof="userid"))

    def callback_ips(self) -> list[str]:
        """The addresses that callbacks come from, some with wildcards."""
        listed = self.get("getcallbackip", proof="ip_list")["ip_list"]
        return [address for address in listed if isinstance(address, str)] if isinstance(listed, list) else []

    def fetch_access_token(self) -> dict[str, Any]:
        """A fresh token straight from the platform, kept nowhere; ``check --online`` uses it."""
        token, valid = self._get_token()
        return {"access_token": token, "expires_in": int(valid.total_seconds())}

    def clock_offset(self) -> timedelta | None:
        """What to add to the own clock, where the last two answers agree that it is off by more than a minute."""
        offsets = self.platform_is_ahead()
        if len(offsets) < 2 or max(offsets) - min(offsets) > CLOCK_IS_OFF:
            return None
        return offsets[1] if min(offsets) > CLOCK_IS_OFF or max(offsets) < -CLOCK_IS_OFF else None

    def platform_is_ahead(self) -> list[timedelta]:
        """By how much the platform's clock showed more than the own one at its last two answers, the older first.

        Answers older than a quarter of an hour, or from the future, tell nothing: the clock may have been set since.
        """
        now = self._clock()
        return [theirs - own for theirs, own in tuple(self._dates) if timedelta() <= now - own <= _EVIDENCE_LASTS]

    def forget_dates(self) -> None:
        """The own clock has been set by them."""
        self._dates.clear()

    # Addresses with a key of their own

    def robot_send(self, url: str, body: Mapping[str, Any]) -> None:
        """Posts to a group robot; ``url`` holds its key and is told to nobody.

        A robot knows no key by which a repeat could be told, so a good status counts as done whatever the body says,
        unless it names an error.
        """
        answer = self._called("POST", url, "webhook/send", data=_bytes(body), headers=_JSON)
        _check_status(answer)
        said = _object(answer.body)
        if said is not None and (errcode := _errcode(said)):
            raise _failure(errcode, said)

    def post_webhook(self, url: str, body: Mapping[str, Any], key: str) -> None:
        """Posts to a property's own address, with ``key`` in Idempotency-Key so that a repeat is known as one."""
        headers = _JSON | {"Idempotency-Key": key}
        answer = self._transport.call("POST", url, limit=64 * 1024, data=_bytes(body), headers=headers)
        _check_status(answer)

    def beat(self, url: str) -> None:
        """Tells whoever waits for it that all is well."""
        _check_status(self._transport.call("GET", url, limit=64 * 1024))

    # What wechatpy's own groups of calls go through

    @property
    def access_token(self) -> str:
        """The shared token, fetched where that is due."""
        return self._keeper.token()

    def _request(self, method: str, url_or_endpoint: str, *, proof: str = "errcode", **content: Any) -> dict[str, Any]:
        if isinstance(content.get("data"), dict):
            content |= {"data": _bytes(content["data"]), "headers": _JSON}
        answer, said = self._answer(method.upper(), url_or_endpoint, **content)
        return _done(answer, said, proof)

    def _answer(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, **content: Any
    ) -> tuple[Answer, dict[str, Any] | None]:
        """An answer that is not about the token, and the object in it; what is about the token goes to its keeper."""
        token = self.access_token
        url = f"{self._base}/cgi-bin/{path}"
        answer = self._called(method, url, path, params={**(params or {}), "access_token": token}, **content)
        # A file has a name; what is in it, be it JSON, says nothing about the call.
        said = None if _NAMED in answer.headers else _object(answer.body)
        errcode = _errcode(said) if said is not None and answer.status == 200 else None
        if errcode in _TOKEN_REFUSED:
            self._keeper.refused(token)
            raise TryLater("the access token was refused", errcode)
        if errcode == 0:
            self._keeper.worked(token)
        return answer, said

    def _get_token(self) -> tuple[str, timedelta]:
        params = {"corpid": self.corp_id, "corpsecret": self.secret}
        try:
            answer = self._called("GET", f"{self._base}/cgi-bin/gettoken", "gettoken", params=params)
            said = _done(answer, _object(answer.body), "access_token")
            token, seconds = said["access_token"], said.get("expires_in", 7200)
            if not (isinstance(token, str) and token and isinstance(seconds, int) and 0 < seconds <= 86_400):
                raise OutcomeUnknown("gettoken without a token")
        except PlatformError:
            metrics.token_fetched("failed")
            raise
        metrics.token_fetched("fetched")
        return token, timedelta(seconds=seconds)

    def _called(self, method: str, url: str, path: str, *, limit: int = _MAX_JSON, **content: Any) -> Answer:
        started = time.monotonic()
        try:
            answer = self._transport.call(method, url, limit=limit, **content)
        finally:
            metrics.platform_called(path, time.monotonic() - started)
        if url.startswith(self._base):
            self._note_date(answer.headers.get("Date", ""))
        return answer

    def _note_date(self, given: str) -> None:
        try:
            date = parsedate_to_datetime(given)
        except (TypeError, ValueError, OverflowError):
            return
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        self._dates.append((date, self._clock()))


def _bytes(body: Mapping[str, Any]) -> bytes:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _errcode(said: Mapping[str, Any]) -> int | None:
    given = said.get("errcode")
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        return None
    try:
        return int(given)
    except ValueError:
        return None


def _done(answer: Answer, said: dict[str, Any] | None, proof: str) -> dict[str, Any]:
    """``said``, if it says that the call was done; ``proof`` is the name that success cannot lack."""
    _check_status(answer)
    if said is None:
        raise OutcomeUnknown("the answer is no JSON object")
    errcode = _errcode(said)
    if errcode:
        raise _failure(errcode, said)
    if proof not in said or ("errcode" in said and errcode is None):
        raise OutcomeUnknown(f"the answer has no {proof}")
    return said


def _check_status(answer: Answer) -> None:
    if answer.status >= 500:
        raise OutcomeUnknown(f"HTTP {answer.status}")
    if not 200 <= answer.status < 300:
        raise TryLater(f"HTTP {answer.status}")


def _failure(errcode: int, said: Mapping[str, Any]) -> PlatformError:
    if errcode in _LIMITED:
        return Limited(errcode)
    if errcode in _LATER:
        return TryLater("the platform cannot now", errcode)
    words = _SAFE_TEXT.sub(" ", _text(said.get("errmsg")))[:120]
    return Refused(errcode, words, _userids(said.get("invaliduser")), _userids(said.get("unlicenseduser")))


def _userids(given: object) -> frozenset[str]:
    # A string joined by bars after message/send, a list after update_template_card.
    names = given.split("|") if isinstance(given, str) else given if isinstance(given, list) else []
    return frozenset(str(name).strip().casefold() for name in names if str(name).strip())


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""
