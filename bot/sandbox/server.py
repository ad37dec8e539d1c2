"""The sandbox as an HTTP server on the loopback interface."""

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.serving import WSGIRequestHandler, make_server

from bot.sandbox.api import create_app
from bot.sandbox.platform import Platform
from bot.sandbox.stage import Stage


class _Handler(WSGIRequestHandler):
    """Werkzeug's handler, because it hands the socket to the application: resets need it."""

    disable_nagle_algorithm = True
    open_connections: set[socket.socket]

    def setup(self) -> None:
        super().setup()
        self.open_connections.add(self.connection)

    def finish(self) -> None:
        self.open_connections.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        super().run_wsgi()
        if self.connection.fileno() == -1:
            self.close_connection = True

    def send_response(self, code: int, message: str | None = None) -> None:
        # The application dates its answers by the platform's clock; http.server would add the machine's date.
        self.send_response_only(code, message)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: request lines carry access tokens."""


@dataclass(frozen=True, slots=True)
class Running:
    """A started server; ``stop`` ends it and cuts every open connection."""

    base_url: str
    stop: Callable[[], None]


def start(platform: Platform, host: str = "127.0.0.1", port: int = 0, stage: Stage | None = None) -> Running:
    """Serve ``platform`` in a thread; port 0 takes a free one. With a ``stage`` the demo page is at ``base_url`` + /.

    ValueError for an address that others could reach; OSError where the port is taken.
    """
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"the sandbox listens on the loopback interface only, not on {host}")
    open_connections: set[socket.socket] = set()
    handler = type("Handler", (_Handler,), {"open_connections": open_connections})
    app = create_app(platform, stage)
    # Werkzeug ends the process where a port is taken; a socket of our own raises instead.
    with socket.create_server((host, port), backlog=128) as listener:
        server = make_server(host, port, app, threaded=True, request_handler=handler, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="sandbox", daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        for connection in tuple(open_connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was quicker
        thread.join(5)

    return Running(f"http://{host}:{server.server_address[1]}", stop)
