"""How an answer is lost on the wire: reset connections and bodies cut off in the middle."""

import os
import socket
import struct
from typing import Any, NoReturn


def reset(environ: dict[str, Any]) -> NoReturn:
    """Cut the connection of this request with a TCP reset; raises ConnectionResetError to unwind the handler."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        # Lingering for zero seconds turns the close into a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        _close_now(connection)
    raise ConnectionResetError("a fault was ordered here")


def truncate(environ: dict[str, Any], body: bytes) -> NoReturn:
    """Answer 200, promise all of ``body``, send half of it and hang up."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[: len(body) // 2])
        connection.shutdown(socket.SHUT_RDWR)
        _close_now(connection)
    raise ConnectionResetError("a fault was ordered here")


def _close_now(connection: socket.socket) -> None:
    # The handler's buffered files keep the socket object alive; taking the descriptor away closes it at once.
    os.close(connection.detach())
