"""Case 9. A body of 10 MB, one without a length, and 200 connections that drip a byte a second.

Demanded: cut at 64 KB and after 5 s; genuine callbacks meanwhile p99 ≤ 1 s.
"""

import socket
import time

import pytest

from bench.figure import quantile
from tests.campaign.crowd import crowd
from tests.campaign.speakers import post
from tests.campaign.test_case_08_mutated_bodies import one_memory

HEAD = b"POST /wecom/callback?msg_signature=a&timestamp=1&nonce=b HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.patient
@pytest.mark.weight(20)
def test_slow_and_endless_clients(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=20, reporters=20) as one:
        one.launch()
        port = one.only.port
        slow = [_begun(port, HEAD + b"Content-Length: 60000\r\n\r\n<x") for _ in range(case.times(20, 200))]
        opened = time.monotonic()
        memory = one_memory(one)
        sized = HEAD + b"Content-Length: 10000000\r\n\r\n"
        ended = [_endless(port, head) for head in (sized, HEAD + b"Transfer-Encoding: chunked\r\n\r\n")]
        answers, n = [], 0
        while slow and time.monotonic() < opened + case.times(1, 20):
            started = time.monotonic()
            assert post(one, one.only.base, one.platform.text_xml(f"zhu{n % 20}", "帮助")) == 200
            answers.append(time.monotonic() - started)
            n += 1
            if n % 10 == 0:
                slow = [connection for connection in slow if not _gone(connection)]
            time.sleep(0.05)
        row.times = case.times(20, 200) + 2
        row.delay(max(answers))
        row.done = f"{row.times - 2} dripping connections, 10 MB, no length; {n} genuine callbacks meanwhile"
        row.demands("endless bodies ended after", max(ended), at_most=5, unit=" s")
        row.demands("memory growth", one_memory(one) - memory, at_most=10, unit=" MB")
        row.demands("genuine callbacks p99", quantile(answers, 0.99), at_most=1, unit=" s")
        if case.whole:
            row.demands("dripping connections left after 20 s", len(slow), at_most=0)


def _begun(port: int, head: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 5)
    connection.sendall(head)
    return connection


def _endless(port: int, head: bytes) -> float:
    """Seconds until the connection was answered or cut."""
    connection = _begun(port, head)
    chunk = b"1000\r\n" + b"A" * 4096 + b"\r\n" if b"chunked" in head else b"A" * 4096
    started = time.monotonic()
    try:
        while time.monotonic() - started < 10:
            connection.settimeout(5)
            connection.sendall(chunk)
            connection.setblocking(False)
            try:
                connection.recv(100)
                break
            except BlockingIOError:
                continue
    except OSError:
        pass
    finally:
        connection.close()
    return time.monotonic() - started


def _gone(connection: socket.socket) -> bool:
    try:
        connection.settimeout(1)
        connection.sendall(b"x")
        connection.setblocking(False)
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
