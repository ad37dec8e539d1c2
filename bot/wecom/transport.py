"""HTTP with a hard end: name look-up, connection, request and answer share one limit, however slowly they drip."""

import io
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from bot.wecom.errors import OutcomeUnknown, TryLater
from bot.wecom.outgoing import Forbidden, Outgoing

CONNECT = 3.0
"""Seconds for the look-up of the name and the connection, all addresses of the host together."""

TOTAL = 7.0
"""Seconds for a whole call; a lease of the outbox (10 s) outlives it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status, headers without case, the body in full."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TooLong(OutcomeUnknown):
    """An answer of more bytes than the caller takes."""


class _Present(threading.local):
    """The call that the present thread makes: when it has to end, and whether anything of it has left the house."""

    ends_at: float = 0.0
    sent: bool = False
    outgoing: Outgoing = Outgoing()
    forbidden: str = ""

    def left(self) -> float:
        seconds = self.ends_at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the call's time is over")
        return seconds


_present = _Present()
_ANYWHERE_PUBLIC = Outgoing()


class Transport:
    """Makes calls: no redirects, no cookies, no proxies or credentials from the environment. Safe between threads.

    ``outgoing`` says where calls may go.
    """

    def __init__(self, outgoing: Outgoing = _ANYWHERE_PUBLIC) -> None:
        self._outgoing = outgoing
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": "baoxiu", "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=8))

    def call(self, method: str, url: str, *, limit: int, total: float = TOTAL, **content: Any) -> Answer:
        """Makes one call; ``content`` is what ``requests`` takes (params, data, headers, files).

        Raises ``TryLater`` where nothing has been sent, ``OutcomeUnknown`` where something has and no full answer came
        within ``total`` seconds or ``limit`` bytes. Neither tells the address, which may hold a token.
        """
        _present.ends_at = time.monotonic() + total
        _present.sent = False
        _present.outgoing, _present.forbidden = self._outgoing, ""
        try:
            self._outgoing.check_host(urlsplit(url).hostname or "")
            with self._session.request(
                method, url, allow_redirects=False, stream=True, timeout=(CONNECT, total), **content
            ) as response:
                body = response.raw.read(limit + 1, decode_content=True)
        except Forbidden as forbidden:
            raise TryLater(str(forbidden)) from None
        except (requests.RequestException, HTTPError, OSError) as failure:
            if not _present.sent:
                raise TryLater(_present.forbidden or f"no connection: {_short_name(failure)}") from None
            raise OutcomeUnknown(f"no full answer: {_short_name(failure)}") from None
        if len(body) > limit:
            raise TooLong("the answer is too long")
        return Answer(response.status_code, response.headers, body)


def _short_name(failure: BaseException) -> str:
    return type(failure).__name__


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket, each time for no longer than the call has left."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        # The socket's own reader keeps it open until the answer has been read, also after the connection was closed.
        self._inner = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_present.left())
        return self._inner.readinto(buffer)  # type: ignore[no-any-return]

    def close(self) -> None:
        self._inner.close()
        super().close()


class _DeadlineSocket:
    """A socket that never waits longer than the call has left."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_present.left())
        _present.sent = True
        self._sock.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._sock))


class _Deadline(HTTPConnection):
    """A connection whose every wait is counted against the present call."""

    def connect(self) -> None:
        super().connect()
        self.sock: Any = _DeadlineSocket(self.sock)

    def _new_conn(self) -> socket.socket:
        ends_at = time.monotonic() + min(CONNECT, _present.left())
        addresses = _look_up(self._dns_host, self.port, ends_at)
        for position, (family, kind, protocol, _, address) in enumerate(addresses):
            try:
                _present.outgoing.check_address(self._dns_host, address[0])
            except Forbidden as forbidden:
                _present.forbidden = str(forbidden)  # on its way up the library puts it into words of its own
                raise
            sock = socket.socket(family, kind, protocol)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # A dead address may not eat the time of those after it.
                sock.settimeout(max(ends_at - time.monotonic(), 0.001) / (len(addresses) - position))
                sock.connect(address)
            except OSError:
                sock.close()
                if position == len(addresses) - 1:
                    raise
                continue
            # What is left is for the handshake of TLS.
            sock.settimeout(max(ends_at - time.monotonic(), 0.001))
            return sock
        raise OSError("the host has no address")


def _look_up(host: str, port: int, ends_at: float) -> list[Any]:
    """The addresses of ``host``; the system's own look-up knows no time limit, so it runs beside."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError:
            found.clear()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(ends_at - time.monotonic(), 0))
    if not found:
        raise OSError("the name was not found in time")
    return list(found)


class _SecureDeadline(_Deadline, HTTPSConnection):
    """The same through TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Deadline


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureDeadline


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
