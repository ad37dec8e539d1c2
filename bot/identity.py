"""Which process this is, so that another can see whether it still lives."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Identity:
    """One run of the program: where it runs, under which number, and when that number was given to it.

    ``host`` is a boot of a machine and a namespace of process numbers in it: where two of them are equal, each can
    see whether the other lives.
    """

    id: str
    host: str
    pid: int
    born: str

    def runs(self) -> bool:
        """True if this very process runs here now. Only to be asked of one of the own ``host``."""
        if not self.born:
            return _exists(self.pid)
        return _born(self.pid) == self.born


def this_process() -> Identity:
    """The identity of the process that asks, another at each call."""
    pid = os.getpid()
    return Identity(secrets.token_hex(8), _host(), pid, _born(pid))


def _host() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return socket.gethostname()


def _born(pid: int) -> str:
    """When the process started, in ticks of its machine; "" where that cannot be seen, or there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
