"""How fast somebody writes, and what that changes: a storm from one sender must cost the others nothing.

Danger to life is never held up by any of this (`bot.conversation`).
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

MINUTE = timedelta(seconds=60)
# From here on what is passed on to the holder of an order is joined with the next, or not said twice.
HURRIED = 5
# From here on files are kept with their order, and the holder is not sent each of them.
FILES = 12
# From here on a resident is not answered one by one; the platform itself lets only 30 a minute through to a member.
RESIDENT, STAFF = 120, 240
# So many orders one reporter may open within the time in which his words join; more are put to the last of them.
ORDERS = 40
# So many numbers may be guessed wrong in a minute; after that there is no answer at all.
TRIES = 30
_SENDERS, _KEPT = 5_000, 2_000


def crowded(opened: Sequence[datetime], now: datetime, within: timedelta) -> bool:
    """True where one reporter has opened so many orders that a person has to sort what else he tells."""
    return len(opened) >= ORDERS and sum(now - at <= within for at in opened) >= ORDERS


class Pace:
    """The last minute of every sender, as this one process has seen it. Safe between threads."""

    def __init__(self) -> None:
        self._heard: dict[str, OrderedDict[str, datetime]] = {}
        self._lock = threading.Lock()
        self._prune_at = _SENDERS

    def note(self, who: str, key: str, now: datetime) -> int:
        """Something came from ``who``; returns how much has come within a minute. A repeat of one key counts once."""
        with self._lock:
            mine = self._heard.get(who)
            if mine is None:
                if len(self._heard) >= self._prune_at:
                    self._prune(now)
                mine = self._heard[who] = OrderedDict()
            mine.setdefault(key, now)
            # A clock that was set back must not keep anybody waiting.
            while len(mine) > _KEPT or abs(now - next(iter(mine.values()))) >= MINUTE:
                mine.popitem(last=False)
            return len(mine)

    def _prune(self, now: datetime) -> None:
        self._heard = {
            who: mine for who, mine in self._heard.items() if any(abs(now - at) < MINUTE for at in mine.values())
        }
        self._prune_at = max(_SENDERS, 2 * len(self._heard))
