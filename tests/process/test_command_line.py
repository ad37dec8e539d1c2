"""The other commands, in processes of their own and from directories that are not the product's."""

import json
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
from processes import COMMAND, PEOPLE, Estate, duty_csv, environment, run, wait_for


def test_every_command_works_from_any_directory(build_estate, tmp_path: Path) -> None:
    estate: Estate = build_estate()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (elsewhere / "duty.csv").write_text(duty_csv(), encoding="utf-8")
    config = ["--config", str(estate.config)]
    for arguments in (
        ["migrate", *config],
        ["migrate", *config],
        ["import", "people", "people.csv", *config],
        ["import", "duty", "duty.csv", *config],
        ["check", *config],
    ):
        done = run(*arguments, cwd=elsewhere)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    # Relative paths of the configuration are relative to its file.
    assert (estate.folder / "data" / "baoxiu.db").exists()
    assert sorted(p.name for p in elsewhere.iterdir()) == ["duty.csv", "people.csv"]


def test_classify_needs_no_configuration_and_no_database(tmp_path: Path) -> None:
    done = run("classify", cwd=tmp_path, input='{"id": "1", "text": "3栋2单元1502厨房漏水"}\n')
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["faults"][0]["category"] == "leak"
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_configuration_is_status_1_and_a_wrong_usage_2(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    for command in ("check", "migrate", "serve"):
        done = run(command, cwd=tmp_path)
        assert done.returncode == 1, command
        assert "prot" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert run("frobnicate", cwd=tmp_path).returncode == 2


def test_two_processes_that_migrate_at_once_both_succeed(build_estate) -> None:
    estate: Estate = build_estate()
    both = [
        subprocess.Popen(
            [*COMMAND, "migrate", "--config", str(estate.config)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, out + err


def test_demo_prints_its_address_at_once_and_evades_taken_ports(tmp_path: Path) -> None:
    taken = [socket.socket() for _ in range(2)]
    for port, one in zip((8080, 8090), taken, strict=True):
        try:
            one.bind(("127.0.0.1", port))
            one.listen()
        except OSError:
            pass  # somebody else has it: as good as taken
    started = time.monotonic()
    demo = subprocess.Popen(
        [*COMMAND, "demo"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert demo.stdout is not None
        line = demo.stdout.readline()
        assert time.monotonic() - started < 10
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found is None:
            pytest.fail(f"no address in {line!r}")
        page = requests.get(found[0], timeout=5)
        assert page.status_code == 200
        assert "报修" in page.text
        assert wait_for(lambda: demo.poll() is None, 1)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(10) == 0
    finally:
        demo.kill()
        for one in taken:
            one.close()
    assert list(tmp_path.iterdir()) == []
