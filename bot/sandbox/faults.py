"""Faults to order: what goes wrong next, where, and how often."""

import threading
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock

# The call is refused or lost before anything happens …
BEFORE = {"errcode", "http", "html", "empty", "reset_before"}
# … or it takes effect and only the answer suffers.
AFTER = {"stall", "reset_after", "truncated", "html_after", "no_errcode"}
# A person cannot be reached, or the bot is never told.
OTHER = {"invaliduser", "unlicenseduser", "drop_callback"}


@dataclass(slots=True)
class Fault:
    """One kind of trouble for every path that starts with ``path_prefix``.

    ``value``: the errcode, the HTTP status, the seconds of a stall, or the person. ``left``: how many more times
    (None: until ``until``, or for ever where that is None too).
    """

    path_prefix: str
    kind: str
    value: int | float | str | None = None
    left: int | None = None
    until: datetime | None = None


class Faults:
    """The faults ordered and not yet used up. Safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """ValueError for a kind that is not known."""
        if fault.kind not in BEFORE | AFTER | OTHER:
            raise ValueError(f"unknown kind of fault {fault.kind!r}")
        with self._lock:
            self._ordered.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()

    def take(self, path: str, kinds: set[str], value: str | None = None) -> Fault | None:
        """The first fault that strikes now, counted as used; None when all is well.

        ``value``: only faults for this person.
        """
        with self._lock:
            now = self._clock()
            self._ordered = [f for f in self._ordered if f.left != 0 and (f.until is None or now < f.until)]
            for fault in self._ordered:
                if fault.kind in kinds and path.startswith(fault.path_prefix) and value in (None, fault.value):
                    if fault.left is not None:
                        fault.left -= 1
                    return fault
        return None
