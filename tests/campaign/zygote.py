"""Processes of the product, quickly: one that has imported it waits, and forks a `baoxiu` whenever it is told to.

The child runs the command as it stands, from its arguments to its exit; only the second that Python needs to import
its modules is saved, which is what makes hundreds of kills affordable. Cases about starting do not use it.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.process.processes import COMMAND, environment

_PARENT_DEATH_SIGNAL = 1


def _die_with_parent() -> None:
    """Should the campaign be killed itself, nothing of it lives on."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


class Child:
    """One running command."""

    def __init__(self, pid: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.pid = pid
        self._process = process

    @classmethod
    def started(cls, arguments: list[str], log: Path, **env: str) -> "Child":
        """A whole start of its own, interpreter and all: for cases about starting, memory and clocks."""
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd="/",
                env=environment(**env),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                preexec_fn=_die_with_parent,
            )
        return cls(process.pid, process)

    def kill(self) -> None:
        """kill -9; returns when the process is gone."""
        self._signal(signal.SIGKILL)
        self._signal(signal.SIGCONT)
        self.wait(10)

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """SIGTERM, and wait."""
        self._signal(signal.SIGTERM)
        self.wait(20)

    def wait(self, seconds: float) -> bool:
        """True once the process is gone."""
        end = time.monotonic() + seconds
        while self.lives() and time.monotonic() < end:
            time.sleep(0.003)
        return not self.lives()

    def lives(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class Zygote:
    """The waiting process, and the line to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.campaign.zygote"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), start_new_session=True
        )

    def launch(self, arguments: list[str], log: Path, **env: str) -> Child:
        """Start `baoxiu` with these arguments, from the root directory; its stderr goes to ``log``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"arguments": arguments, "log": str(log), "env": env}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End the waiting process; what it started lives on."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


def main() -> None:
    """Fork for every line of stdin, and say who was born."""
    import bot.build
    import bot.cli
    import bot.serve
    import bot.store.migrate

    bot.build.load_reader(None)
    # The system clears the dead away, so that a killed process is gone at once.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        _become(order)


def _become(order: dict) -> None:
    import bot.cli

    _die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir("/")
    os.environ.update(order["env"])
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, target in ((nothing, 0), (nothing, 1), (log, 2)):
        os.dup2(source, target)
    status = 1
    try:
        bot.cli.main(order["arguments"], prog_name="baoxiu")
    except SystemExit as left:
        status = int(left.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
