"""The two servers that are compared, each in a process of its own, and the handle that starts and ends it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import echo
from bot import logs, timers
from bot.build import build
from bot.clock import utc_now
from bot.serve import Service, reading_apart, settle_memory
from bot.settings import load_settings
from bot.web.server import WebServer


@contextmanager
def serving(
    kind: str, config: Path, environment: Mapping[str, str] | None = None, processor: int | None = None
) -> Iterator[int]:
    """A server in its own process: ``echo``, or ``intake`` with senders and ticker stopped; gives its port.

    It logs as the product does, into a file beside the configuration. With a ``processor`` it has that one only, and
    so no process that reads for it. Raises ``RuntimeError`` where the process ends before it listens.
    """

    def keep_to_one() -> None:
        if processor is not None:
            os.sched_setaffinity(0, {processor})

    command = [sys.executable, "-m", "bench.serving", kind, str(config)]
    log = config.with_name("server.log")
    with (
        log.open("a") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            preexec_fn=keep_to_one,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the {kind} server did not start: {log.read_text()[-1000:]}")
            yield int(line)
        finally:
            process.stdin.close()
            process.wait(15)


def main(kind: str, config: Path) -> None:
    """Serve until stdin ends."""
    logs.set_up()
    settings = load_settings(config, {})
    stop = threading.Event()
    if kind == "echo":
        _wait_for_end(stop)
        _run(echo.create_app(settings), settings.server.threads, stop)
        return
    house = build(settings, utc_now)
    settle_memory()
    with reading_apart(house):
        _wait_for_end(stop)
        try:
            # As Service.run, without what moves by itself.
            with house.desk.turn() as turn:
                timers.arm(turn)
            _run(Service(house).app(), settings.server.threads, stop)
        finally:
            house.close()


def _wait_for_end(stop: threading.Event) -> None:
    """Set ``stop`` when stdin ends. Not before the fork of `reading_apart`: what is forked should have no threads."""

    def wait() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


def _run(app: object, threads: int, stop: threading.Event) -> None:
    server = WebServer(app, "127.0.0.1", 0, threads)  # type: ignore[arg-type]
    print(server.port, flush=True)
    server.run(stop)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
