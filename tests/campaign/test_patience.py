"""Slow clients, a database held for long, an end in the middle of stalled calls, and a plain installation."""

import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.campaign.page import Results
from tests.process.processes import REPOSITORY, Estate, wait_for

pytestmark = pytest.mark.campaign
LEAK = "3栋2单元1502厨房漏水"
SEND = "/cgi-bin/message/send"
SLOW = 200


@pytest.fixture
def running(tmp_path: Path):
    """An estate that serves."""
    estate = Estate(tmp_path / "estate")
    estate.fill()
    estate.launch()
    yield estate
    estate.close()


def receipts(estate: Estate, count: int) -> list[int]:
    """How often each of the first orders' receipts is on the reporter's phone."""
    heard = estate.heard("wang")
    return [sum(bool(re.search(rf"工单 {n}(?!\d)", text)) for text in heard) for n in range(1, count + 1)]


def test_slow_clients_are_cut_and_genuine_callbacks_pass(running: Estate, results: Results) -> None:
    slow = []
    for _ in range(SLOW):
        one = socket.create_connection(("127.0.0.1", running.port), timeout=10)
        one.sendall(b"POST /wecom/callback HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n<x")
        slow.append(one)
    started = time.monotonic()
    assert running.platform.member_says("wang", LEAK)[-1][0] == 200
    answered = time.monotonic() - started
    while slow and time.monotonic() - started < 20:
        slow = [one for one in slow if not _gone(one)]
        time.sleep(0.5)
    took = time.monotonic() - started
    results.found(
        "Slow clients",
        f"{SLOW} connections that drip a byte each half second",
        f"all cut after {took:.0f} s; a genuine callback meanwhile took {answered * 1000:.0f} ms",
    )
    assert not slow
    assert answered < 1


def _gone(one: socket.socket) -> bool:
    try:
        one.sendall(b"x")
        one.setblocking(False)
        return one.recv(1) == b""
    except BlockingIOError:
        one.settimeout(5)
        return False
    except OSError:
        return True


def test_a_database_held_for_half_a_minute_loses_nothing(running: Estate, results: Results) -> None:
    running.platform.line.attempts, running.platform.line.retry_gap = 20, 2.0
    holder = sqlite3.connect(
        running.folder / "data" / "baoxiu.db", isolation_level=None, timeout=10, check_same_thread=False
    )
    holder.execute("BEGIN IMMEDIATE")
    answers: list[list[tuple[int, bytes]]] = []

    def report(n: int) -> None:
        answers.append(running.platform.member_says("wang", f"{n}栋2单元1502厨房漏水"))

    reports = [threading.Thread(target=report, args=(n,)) for n in range(1, 9)]
    for one in reports:
        one.start()
    time.sleep(30)
    taken_while_held = len(answers)
    holder.execute("ROLLBACK")
    released = time.monotonic()
    for one in reports:
        one.join()
    back = time.monotonic() - released
    assert taken_while_held == 0
    assert all(each[-1][0] == 200 for each in answers)
    assert wait_for(lambda: receipts(running, 8) == [1] * 8, 15)
    results.found(
        "Database held by another process",
        "write lock for 30 s, 8 reports meanwhile, brought again every 2 s",
        f"none taken while it was held; all 8 taken and stored once within {back:.1f} s of the release",
    )


def test_an_end_in_the_middle_of_stalled_calls_comes_within_ten_seconds(running: Estate, results: Results) -> None:
    running.platform.fault(SEND, "stall", 9, times=30)
    for n in range(1, 9):
        assert running.platform.member_says("wang", f"{n}栋2单元1502厨房漏水")[-1][0] == 200
    time.sleep(0.5)
    status, seconds = running.stop()
    running.platform.clear_faults()
    running.launch()
    assert wait_for(lambda: len(running.heard("wang")) >= 8, 30)
    time.sleep(2)
    assert status == 0
    assert seconds < 10
    assert receipts(running, 8) == [1] * 8
    results.found(
        "SIGTERM while every call stalls",
        "8 reports, each call of the platform hangs for 9 s",
        f"ended with {status} after {seconds:.1f} s; after the next start every message was there once",
    )


def test_a_plain_installation_gives_every_command(tmp_path: Path, results: Results) -> None:
    """`pip install .` without lock file, not editable, used from another directory."""
    source = tmp_path / "source"
    files = ["git", "-C", str(REPOSITORY), "archive", "--format=tar", "HEAD"]
    source.mkdir()
    archive = subprocess.run(files, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive, check=True)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    binaries = tmp_path / "venv" / "bin"
    started = time.monotonic()
    install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(source)]
    subprocess.run(install, check=True, cwd=tmp_path)
    seconds = time.monotonic() - started
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    estate = Estate(tmp_path / "estate")
    try:
        config = ["--config", str(estate.config)]
        for arguments, stdin in (
            (["--version"], ""),
            (["migrate", *config], ""),
            (["classify"], '{"id": "1", "text": "3栋2单元1502厨房漏水"}\n'),
        ):
            done = subprocess.run(
                [str(binaries / "baoxiu"), *arguments],
                cwd=elsewhere, input=stdin, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            assert done.returncode == 0, (arguments, done.stderr)
        assert "leak" in done.stdout
    finally:
        estate.close()
    results.found(
        "Plain `pip install .`", f"fresh environment, {seconds:.0f} s", "migrate and classify work from elsewhere"
    )
