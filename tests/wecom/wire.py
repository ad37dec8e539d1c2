"""A platform of a few lines on a real socket, which can also drip, stall, cut and lie."""

import contextlib
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self):
        return json.loads(self.body)


Reply = Callable[[socket.socket], None]


def raw(body: bytes, status: str = "200 OK", **headers: str) -> Reply:
    """A plain answer; header names are written with underscores."""
    given = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given.items()) + "\r\n"
    return lambda sock: sock.sendall(head.encode() + body)


def says(**fields: object) -> Reply:
    """A JSON answer of the platform."""
    return raw(json.dumps({"errcode": 0, "errmsg": "ok", **fields}).encode())


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(sock.detach())


def stall(sock: socket.socket) -> None:
    time.sleep(3)


def drip(sock: socket.socket) -> None:
    for _ in range(60):
        sock.sendall(b"H")
        time.sleep(0.05)


def drip_body(sock: socket.socket) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    drip(sock)


class FakePlatform:
    """Answers each path with what ``replies`` holds for it; ``requests`` is everything that was asked."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[Request] = []
        self.replies: dict[str, Reply] = {}
        self.tokens = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def asked(self, path: str) -> list[Request]:
        return [each for each in self.requests if each.path == f"/cgi-bin/{path}"]

    def close(self) -> None:
        # Only a shutdown wakes the thread that waits for the next caller.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as stream:
            try:
                while line := stream.readline().decode():
                    self._answer(sock, line, stream)
            except (OSError, ValueError):
                return

    def _answer(self, sock, line, stream) -> None:
        method, target, _ = line.split()
        headers = {}
        while (header := stream.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        self.requests.append(Request(method, parts.path, parse_qs(parts.query), headers, body))
        path = parts.path.removeprefix("/cgi-bin/")
        if path == "gettoken" and path not in self.replies:
            self.tokens += 1
            says(access_token=f"T{self.tokens}", expires_in=7200)(sock)
        else:
            self.replies.get(path, says())(sock)
