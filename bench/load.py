"""The load generator: a process of its own, plain sockets kept alive, requests that were made beforehand."""

import gc
import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field

# A request unanswered for so long counts as failed; the platform itself hangs up after 5 s.
GIVE_UP_S = 10.0


@dataclass(frozen=True)
class Plan:
    """What to send. ``due`` (seconds from the start, one for each request) makes it an open loop at those moments;
    without it each connection sends its next request as soon as the last is answered, for ``seconds`` after
    ``warm_s`` that are not counted."""

    port: int
    requests: list[bytes]
    connections: int
    seconds: float = 0.0
    warm_s: float = 0.0
    due: list[float] | None = None


@dataclass
class Result:
    """What came back. ``latencies`` in seconds: from the send in a closed loop, from the scheduled send in an open
    one, counted answers only. ``rate``: counted answers per second. ``statuses``: every answer, 0 for a cut or none."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def errors(self) -> int:
        """Answers other than 200."""
        return self.statuses.total() - self.statuses[200]


def run(plan: Plan) -> Result:
    """Carry the plan out in a fresh process."""
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=pickle.dumps(plan), stdout=subprocess.PIPE, check=True)
    result = pickle.loads(done.stdout)
    assert isinstance(result, Result)
    return result


class _Connection:
    """One connection with at most one request under way, sent at ``since``."""

    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port = port
        self._selector = selector
        self._held = b""
        self.since = 0.0
        self._socket = self._opened()

    def send(self, request: bytes, since: float) -> None:
        self.since = since
        try:
            self._socket.sendall(request)
        except OSError:
            self._again()
            self._socket.sendall(request)

    def receive(self) -> int | None:
        """The status of the answer once it is whole, 0 where the connection was cut, None while more is to come."""
        try:
            more = self._socket.recv(65536)
        except OSError:
            more = b""
        if not more:
            self._again()
            return 0
        self._held += more
        head, found, body = self._held.partition(b"\r\n\r\n")
        if not found:
            return None
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if len(body) < int(fields[b"content-length"]):
            return None
        status = int(head[9:12])
        self._held = b""
        if fields.get(b"connection") == b"close":
            self._again()
        return status

    def close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()

    def _again(self) -> None:
        self.close()
        self._held = b""
        self._socket = self._opened()

    def _opened(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self._port), GIVE_UP_S)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(opened, selectors.EVENT_READ, self)
        return opened


def closed_loop(plan: Plan) -> Result:
    """All connections busy all the time; ends with the time or with the requests."""
    result = Result()
    selector = selectors.DefaultSelector()
    waiting = deque(plan.requests)
    busy = 0
    begin = time.perf_counter()
    counted, end = begin + plan.warm_s, begin + plan.warm_s + plan.seconds
    for connection in [_Connection(plan.port, selector) for _ in range(plan.connections)]:
        connection.send(waiting.popleft(), time.perf_counter())
        busy += 1
    while busy:
        ready = selector.select(GIVE_UP_S)
        if not ready:
            result.statuses[0] += busy
            break
        for key, _ in ready:
            connection = key.data
            status = connection.receive()
            if status is None:
                continue
            now = time.perf_counter()
            result.statuses[status] += 1
            if counted <= now < end:
                result.latencies.append(now - connection.since)
            if now >= end or not waiting:
                end = min(end, now)
                busy -= 1
                continue
            connection.send(waiting.popleft(), now)
    result.seconds = end - counted
    return result


def open_loop(plan: Plan) -> Result:
    """Each request at its moment, whatever became of those before; where all connections are busy it waits, and the
    wait counts."""
    result = Result()
    # select(2) takes its timeout in microseconds; epoll would be late by up to one millisecond.
    selector = selectors.SelectSelector()
    free = deque(_Connection(plan.port, selector) for _ in range(plan.connections))
    begin = time.perf_counter() + 0.1
    coming = deque(zip(plan.requests, (begin + at for at in plan.due or ()), strict=True))
    busy = 0
    while coming or busy:
        now = time.perf_counter()
        while coming and free and coming[0][1] <= now:
            free[0].send(*coming.popleft())
            free.popleft()
            busy += 1
        timeout = max(0.0, coming[0][1] - time.perf_counter()) if coming and free else GIVE_UP_S
        ready = selector.select(timeout)
        if not ready and timeout == GIVE_UP_S:
            result.statuses[0] += busy
            break
        for key, _ in ready:
            connection = key.data
            status = connection.receive()
            if status is not None:
                result.statuses[status] += 1
                result.latencies.append(time.perf_counter() - connection.since)
                free.append(connection)
                busy -= 1
    result.seconds = time.perf_counter() - begin
    return result


def main() -> None:
    """Read a plan from stdin, write the result to stdout."""
    plan = pickle.load(sys.stdin.buffer)
    gc.freeze()
    gc.disable()
    result = closed_loop(plan) if plan.due is None else open_loop(plan)
    # Under the name that the other side knows, not as __main__.
    from bench import load

    told = load.Result(result.statuses, result.latencies, result.seconds)
    sys.stdout.buffer.write(pickle.dumps(told))


if __name__ == "__main__":
    main()
