"""People who report all the time, over a platform that tries three times; and what came of each message."""

import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tests.campaign.crowd import Crowd


@dataclass(frozen=True)
class Said:
    """One message that the bot has answered with 200."""

    key: str
    who: str
    words: str
    report: bool = True


@dataclass
class Told:
    """``taken``: answered with 200. ``given_up``: refused or unanswered in all three tries. ``seconds``: of answers."""

    taken: list[Said] = field(default_factory=list)
    given_up: int = 0
    repeated: int = 0
    callbacks: int = 0
    seconds: list[float] = field(default_factory=list)


def place(n: int) -> str:
    """A flat that differs for the first 120 000 numbers, and between neighbours in its building."""
    return f"{n % 20 + 1}栋{n // 20 % 4 + 1}单元{n // 80 % 30 + 1}{n // 2400 % 50 + 1:02d}"


class Speakers:
    """So many threads that say one thing after the other; every fifth message is delivered again though answered.

    ``rate``: messages a second of all together, as long as there are enough speakers. ``reports``: of so many
    messages one is a report; the others ask for help or for an order that is not theirs.
    """

    def __init__(self, crowd: Crowd, *, speakers: int, messages: int = 10**9, rate: float = 0.0, gap: float = 1.5,
                 attempts: int = 3, words: str = "厨房漏水", reports: int = 1) -> None:  # fmt: skip
        self.told = Told()
        self._crowd = crowd
        self._messages = messages
        self._every = 1 / rate if rate else 0.0
        self._due = time.monotonic()
        self._gap, self._attempts = gap, attempts
        self._words = words
        self._reports = reports
        self._next = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._speak, daemon=True) for _ in range(speakers)]

    def start(self) -> "Speakers":
        for thread in self._threads:
            thread.start()
        return self

    @property
    def busy(self) -> bool:
        """Whether somebody still speaks."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self) -> Told:
        """Let everybody finish his sentence."""
        self._stop.set()
        return self.join()

    def join(self) -> Told:
        """Wait until all has been said."""
        for thread in self._threads:
            thread.join()
        return self.told

    def _number(self) -> int | None:
        with self._lock:
            if self._stop.is_set() or self.told.callbacks >= self._messages:
                return None
            self._next += 1
            # The repeat of every fifth counts as a callback, too.
            self.told.callbacks += 1 + (self._next % 5 == 0)
            number, due = self._next, self._due
            self._due = max(due + self._every, time.monotonic() - 1)
        self._stop.wait(max(0.0, due - time.monotonic()))
        return number

    def _speak(self) -> None:
        while (n := self._number()) is not None:
            crowd = self._crowd
            who = crowd.reporters[n % len(crowd.reporters)]
            report = n % self._reports == 0
            words = place(n) + self._words if report else ("帮助", f"进度 {900_000 + n}")[n // 2 % 2]
            plain = crowd.platform.text_xml(who, words)
            started = time.monotonic()
            if self._deliver(plain, n):
                said = Said(key_of(plain), who, words, report)
                with self._lock:
                    self.told.taken.append(said)
                    self.told.seconds.append(time.monotonic() - started)
                if n % 5 == 0:
                    self._deliver(plain, n + 1)
                    self.told.repeated += 1
            else:
                with self._lock:
                    self.told.given_up += 1

    def _deliver(self, plain: str, n: int) -> bool:
        """As the platform does: up to three tries, each at whichever process the balancer picks."""
        processes = self._crowd.processes
        for attempt in range(self._attempts):
            if attempt:
                time.sleep(self._gap)
            if post(self._crowd, processes[(n + attempt) % len(processes)].base, plain) == 200:
                return True
        return False


_connections = threading.local()


def post(crowd: Crowd, base: str, plain: str, timeout: float = 5.0) -> int:
    """One delivery to one process; 0 for no answer within five seconds."""
    query, body = crowd.platform.envelope(plain)
    return send(base, f"/wecom/callback?{query}", body, timeout)


def send(base: str, path: str, body: bytes, timeout: float = 5.0) -> int:
    """One POST on a connection of this thread's own; the status, or 0 for no answer in time."""
    kept: dict[str, http.client.HTTPConnection] = _connections.__dict__.setdefault("kept", {})
    for again in (False, True):
        fresh = base not in kept
        if fresh:
            address = urlsplit(base)
            kept[base] = http.client.HTTPConnection(str(address.hostname), address.port, timeout=timeout)
        try:
            kept[base].request("POST", path, body, {"Content-Type": "text/xml"})
            answer = kept[base].getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException) as failure:
            kept.pop(base).close()
            # A kept connection may have been cut long before; that is no try of the platform's.
            if fresh or again or isinstance(failure, TimeoutError):
                return 0
    return 0


def key_of(plain: str) -> str:
    """The key under which the product stores this message."""
    return f"msg:{ElementTree.fromstring(plain).findtext('MsgId')}"
