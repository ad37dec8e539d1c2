"""The HTTP server: waitress in this process, with a clean end and no patience for dripping requests."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import create_server
from waitress import wasyncore as loop

from bot.wecom.incoming import MAX_BODY

# Whoever has not sent a whole request by then is cut off (reliability case 9).
REQUEST_WITHIN_S = 5.0
_TURN_S = 0.2
_DRAIN_S = 4.0
_CONNECTIONS = 1000


class WebServer:
    """Listens from the moment it is made; ``port`` is the real one where 0 was asked for."""

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            ident="",
            connection_limit=_CONNECTIONS,
            channel_timeout=30,
            cleanup_interval=5,
            max_request_header_size=16 * 1024,
            max_request_body_size=4 * MAX_BODY,
            expose_tracebacks=False,
        )
        self._partial: dict[int, float] = {}
        effective = getattr(self._server, "effective_listen", None)
        self.port = int(effective[0][1] if effective else self._server.effective_port)

    def run(self, stop: threading.Event, every_second: Callable[[], None] = lambda: None) -> None:
        """Serve until ``stop`` is set; `drain` then ends what is under way."""
        last = time.monotonic()
        while not stop.is_set():
            loop.loop(timeout=_TURN_S, use_poll=True, map=self._sockets, count=1)
            now = time.monotonic()
            if now - last >= 1:
                last = now
                self._cut_drippers(now)
                every_second()

    def drain(self) -> None:
        """Take no more connections, answer what has been asked, at most for five seconds."""
        for one in list(self._sockets.values()):
            if getattr(one, "accepting", False):
                loop.dispatcher.close(one)
        end = time.monotonic() + _DRAIN_S
        while time.monotonic() < end and any(c.requests or c.total_outbufs_len for c in self._channels()):
            loop.loop(timeout=0.05, use_poll=True, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)

    def _channels(self) -> list[Any]:
        return [one for one in list(self._sockets.values()) if hasattr(one, "total_outbufs_len")]

    def _cut_drippers(self, now: float) -> None:
        """A request that is still not whole after five seconds is not going to be one."""
        waiting = {id(c): c for c in self._channels() if c.request is not None and not c.requests}
        self._partial = {key: self._partial.get(key, now) for key in waiting}
        for key, since in self._partial.items():
            if now - since >= REQUEST_WITHIN_S:
                waiting[key].will_close = True
                waiting[key].handle_close()
