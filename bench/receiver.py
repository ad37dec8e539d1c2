"""The sandbox of the platform in a process of its own, and the questions it answers about what it was sent."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.estate import people
from bot.sandbox.platform import Platform
from bot.sandbox.server import start


class Receiver:
    """A running sandbox at ``url``."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.url = self._read()

    def news(self) -> list[dict[str, Any]]:
        """Every message/send since the last question: ``to``, ``task_id`` of a card, ``at`` (Unix time)."""
        return list(self._ask("news"))

    def violations(self) -> list[str]:
        """Rules of the platform that the bot broke, and messages that were taken and never shown."""
        return list(self._ask("violations"))

    def _ask(self, question: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox ended")
        return json.loads(line)


@contextmanager
def receiving(engineers: int, residents: int) -> Iterator[Receiver]:
    """A sandbox that knows the estate's people and so many residents."""
    command = [sys.executable, "-m", "bench.receiver", str(engineers), str(residents)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        try:
            yield Receiver(process)
        finally:
            process.stdin.close()
            process.wait(15)


def main(engineers: int, residents: int) -> None:
    """Serve, and answer questions, until stdin ends."""
    platform = Platform()
    for userid, _ in people(engineers):
        platform.add_member(userid)
    for n in range(residents):
        platform.add_member(f"resident-{n:07d}")
    running = start(platform)
    print(json.dumps(running.base_url), flush=True)
    seen = 0
    for question in sys.stdin:
        if question.strip() == "violations":
            lost = [f"never shown to {one.userid}" for one in platform.dropped]
            print(json.dumps([*platform.violations, *lost]), flush=True)
            continue
        fresh = platform.sends[seen:]
        seen += len(fresh)
        told = [
            {"to": r.json.get("touser", ""), "task_id": r.json.get("template_card", {}).get("task_id", ""),
             "at": r.at.timestamp()}
            for r in fresh
            if r.path == "/cgi-bin/message/send"
        ]  # fmt: skip
        print(json.dumps(told), flush=True)
    running.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
