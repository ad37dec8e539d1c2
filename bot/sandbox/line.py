"""The line from the platform to the bot: encrypted callbacks, the five seconds, and the further attempts."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import requests

from bot.sandbox import crypto, xmlform
from bot.sandbox.core import Core

ANSWER_SECONDS = 5.0
VERIFY_SECONDS = 1.0
ATTEMPTS = 3

Answer = tuple[int, bytes]
Deliver = Callable[[str, str, bytes], Answer]


@dataclass(slots=True)
class Line:
    """One callback address with its Token and EncodingAESKey.

    ``deliver(method, query, body) -> (status, body)`` replaces HTTP where given; it may raise for "no connection".
    ``retry_gap``: real seconds between attempts. The documents allow three or four deliveries; ``attempts`` says.
    """

    core: Core
    token: str
    aes_key: str
    url: str = ""
    deliver: Deliver | None = None
    attempts: int = ATTEMPTS
    retry_gap: float = 0.0
    last_plain: str = ""
    _local: threading.local = field(default_factory=threading.local)

    def envelope(self, plain: str) -> tuple[str, bytes]:
        """Query string and body of one POST, freshly encrypted at the present time."""
        encrypted = crypto.encrypt(self.aes_key, self.core.corp_id, plain.encode())
        fields = {"ToUserName": self.core.corp_id, "AgentID": self.core.agent_id, "Encrypt": encrypted}
        return self._query(encrypted), xmlform.document(fields).encode()

    def push(self, plain: str) -> list[Answer]:
        """Deliver ``plain`` until it is answered 200, at most ``attempts`` times.

        Returns each attempt's (status, body); status 0 means no answer in time. Empty: the platform dropped it.
        """
        self.last_plain = plain
        if self.core.faults.take("callback", {"drop_callback"}):
            return []
        answers: list[Answer] = []
        for attempt in range(self.attempts):
            if attempt and self.retry_gap:
                time.sleep(self.retry_gap)
            # Whether the platform encrypts anew on each attempt is not documented; a fresh envelope is the harder case.
            query, body = self.envelope(plain)
            answers.append(self._once("POST", query, body, ANSWER_SECONDS))
            if answers[-1][0] == 200:
                self._check_answer(answers[-1][1])
                break
        return answers

    def verify(self) -> bool:
        """Ask the address to prove that it knows the key, as the console does; True when it does within one second."""
        echo = str(secrets.randbelow(10**19)).encode()
        encrypted = crypto.encrypt(self.aes_key, self.core.corp_id, echo)
        query = self._query(encrypted) + "&" + urlencode({"echostr": encrypted})
        return self._once("GET", query, b"", VERIFY_SECONDS) == (200, echo)

    def _query(self, encrypted: str) -> str:
        timestamp = str(int(self.core.clock().timestamp()))
        nonce = secrets.token_hex(8)
        signature = crypto.sign(self.token, timestamp, nonce, encrypted)
        return urlencode({"msg_signature": signature, "timestamp": timestamp, "nonce": nonce})

    def _once(self, method: str, query: str, body: bytes, seconds: float) -> Answer:
        if self.deliver is not None:
            try:
                return self.deliver(method, query, body)
            except (OSError, TimeoutError):
                return 0, b""
        if not self.url:
            return 0, b""
        try:
            answer = self._session().request(
                method,
                f"{self.url}?{query}",
                data=body,
                timeout=seconds,
                headers={"Content-Type": "text/xml"},
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0, b""
        return answer.status_code, answer.content

    def _session(self) -> requests.Session:
        """One connection per thread, past any proxy of the machine: the bot is on this one."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            self._local.session = session
        return session

    def _check_answer(self, body: bytes) -> None:
        """A passive answer is allowed, but only as a well-made envelope; it is checked, not shown on any phone."""
        if not body:
            return
        try:
            fields = xmlform.read_flat(body)
            signature = crypto.sign(self.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if signature != fields["MsgSignature"]:
                raise ValueError("signature")
            xmlform.read_flat(crypto.decrypt(self.aes_key, self.core.corp_id, fields["Encrypt"]))
        except (KeyError, ValueError) as error:
            self.core.violate(f"callback: the answer is neither empty nor a valid envelope ({type(error).__name__})")
