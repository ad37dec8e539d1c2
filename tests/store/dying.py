"""A helper of the tests that migrates in children of its own and has one killed by SIGKILL after its n-th statement.

It reads lines "n url" and answers each with "killed" or "done". A child is forked from a process with one thread and
everything imported, so that a hundred kills take seconds.
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from bot.store.migrate import migrate_to_head


def migrate_and_die(url: str, after: int) -> None:
    """Migrate, but do not survive the ``after``-th statement (0: survive)."""
    done = 0

    @event.listens_for(Engine, "after_cursor_execute")
    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == after:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate_to_head(url)


def main() -> None:
    for line in sys.stdin:
        after, url = line.split()
        child = os.fork()
        if child == 0:
            try:
                migrate_and_die(url, int(after))
            except BaseException as error:
                print(f"failed: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else "failed", flush=True)


if __name__ == "__main__":
    main()
