"""The sockets: loopback only, real resets, connections that end with the server; and the clock that hurries."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from bot.sandbox.clock import SpeedClock
from bot.sandbox.platform import Platform
from bot.sandbox.server import start


def test_nobody_else_can_reach_it(platform) -> None:
    with pytest.raises(ValueError, match="loopback"):
        start(platform, "0.0.0.0")


def test_a_taken_port_is_an_error(platform, running) -> None:
    port = int(running.base_url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"):
        start(platform, port=port)


def test_a_reset_is_a_reset(platform, running) -> None:
    platform.fault("/cgi-bin/gettoken", "reset_before")
    host, port = running.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /cgi-bin/gettoken HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_stopping_cuts_connections_that_wait(platform) -> None:
    server = start(platform)
    session = requests.Session()
    session.trust_env = False
    assert session.get(f"{server.base_url}/cgi-bin/gettoken", timeout=5).status_code == 200
    server.stop()
    with pytest.raises(requests.ConnectionError):
        session.get(f"{server.base_url}/cgi-bin/gettoken", timeout=5)


class _Echo(BaseHTTPRequestHandler):
    """A callback address that answers 200 with nothing, and remembers what came."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    received: list[tuple[str, bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Echo", (_Echo,), {"received": received}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/wecom/callback", received
    server.shutdown()
    server.server_close()


def test_callbacks_travel_over_http(platform: Platform, address) -> None:
    platform.callback_url, received = address
    assert platform.member_says("zhangsan", "水管漏水") == [(200, b"")]
    ((path, body),) = received
    assert path.startswith("/wecom/callback?msg_signature=")
    assert b"<AgentID>1000002</AgentID>" in body
    assert platform.kf_callback_url == platform.callback_url


def test_the_clock_hurries_and_never_goes_back() -> None:
    clock = SpeedClock(datetime(2026, 11, 22, tzinfo=UTC))
    seen = [clock()]
    for speed in (60, 1, 10):
        clock.speed = speed
        seen.append(clock())
    assert seen == sorted(seen)
    assert clock.speed == 10
    for wrong in (0, 0.5, 61):
        with pytest.raises(ValueError, match="speed"):
            clock.speed = wrong
