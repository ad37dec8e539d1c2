"""The product as it is run: ``baoxiu serve`` in its own process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.estate import Estate

STARTS_WITHIN_S = 30.0


@contextmanager
def product(estate: Estate) -> Iterator[int]:
    """``baoxiu serve`` from its spawn to its SIGTERM; gives the process id at once, before it listens."""
    command = [sys.executable, "-m", "bot.cli", "serve", "--config", str(estate.config)]
    with estate.config.with_name("server.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def first_answer(port: int, request: bytes) -> None:
    """Return when the request has been answered with 200, however often the connection is refused before."""
    end = time.perf_counter() + STARTS_WITHIN_S
    while time.perf_counter() < end:
        try:
            status = post(port, request)
        except ConnectionRefusedError:
            time.sleep(0.005)
            continue
        if status != 200:
            raise AssertionError(f"the first callback was answered with {status}")
        return
    raise AssertionError(f"no answer within {STARTS_WITHIN_S} s of the start")


def post(port: int, request: bytes) -> int:
    """One request on a connection of its own; the status of its answer."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        return int(connection.recv(4096)[9:12])


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def proportional_memory(pid: int) -> tuple[float, float]:
    """RSS of a process and PSS of it with the processes it has started, in MiB; ``OSError`` where there is no /proc.

    What parent and child share after a fork is halved in the PSS of each: only together they say what is held.
    """
    rss, pss = _sizes(pid)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        pss += _sizes(int(child))[1]
    return rss, pss


def _sizes(pid: int) -> tuple[float, float]:
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        sizes[name] = int(value.split()[0]) / 1024
    return sizes["Rss"], sizes["Pss"]


def on_linux() -> bool:
    """Whether the figures that need /proc can be taken."""
    return os.path.exists("/proc/self/smaps_rollup")
