"""What goes out: one letter a row, and the rules of when it may leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any


class Lane(IntEnum):
    """Emergencies have a lane, and senders, of their own."""

    EMERGENCY = 0
    NORMAL = 1


class Weight(StrEnum):
    """What a letter is worth when there is not room for all."""

    DISPATCH = "dispatch"  # the page of an order: never joined, void once the order has moved
    MUST = "must"  # an answer, a promise, a question
    MAY = "may"  # nice to know: joined or dropped first
    REMINDER = "reminder"  # speaks of one state of the order: void once it has moved


class Outcome(StrEnum):
    """How a letter ended."""

    SENT = "sent"
    UNDELIVERED = "undelivered"  # the platform took the call but not the receiver
    REFUSED = "refused"  # the platform said no, for good
    STALE = "stale"  # what it says is no longer true
    EXPIRED = "expired"
    JOINED = "joined"  # its words went out with another letter
    DROPPED = "dropped"  # no room in the 微信客服 account
    SHUT = "shut"  # the 微信客服 window is shut: somebody has to phone
    HUMAN = "human"  # a human has the session


@dataclass(frozen=True, slots=True)
class Letter:
    """One leased letter. ``kind``: text, card, broadcast, image, voice, video, file, update_card, kf_text, kf_menu,
    kf_event, robot, webhook. ``attempts`` counts this one; ``unknown`` says that an earlier attempt may have reached;
    ``probe`` that it tries whether the platform's own limit has lifted."""

    id: int
    key: str
    lane: Lane
    kind: str
    weight: Weight
    receiver: str
    order_no: int | None
    round: int | None
    body: Mapping[str, Any]
    created_at: datetime
    attempts: int
    unknown: bool
    shut: bool = False
    probe: bool = False


LEASE = timedelta(seconds=10)  # a call lasts at most 7 s
TRY_OUT = "try-"  # begins the key of a letter that is sent to see whether it arrives
# Longer than this no letter waits unless something is wrong: a full minute of one receiver empties in a few.
OVERDUE_AFTER = {Lane.EMERGENCY: timedelta(seconds=60), Lane.NORMAL: timedelta(minutes=15)}
# What does not pass the platform's message interface is not held up by its limit, and says nothing about it.
BESIDE_THE_GATE = frozenset({"robot", "webhook"})

# The platform drops the 31st message a minute to one member, and what exceeds 1 000 an hour, without a word
# (wecom-protocol 3.6). Ours ends at 28 and 960; the last places are kept for emergencies.
MINUTE, HOUR = timedelta(seconds=60), timedelta(hours=1)
PER_MINUTE = {Lane.EMERGENCY: 28, Lane.NORMAL: 24}
PER_HOUR = {Lane.EMERGENCY: 960, Lane.NORMAL: 900}
JOIN_FROM = 18
# A group robot takes 20 a minute (9.1).
ROBOT_PER_MINUTE = 18

# One call to many members: it is not counted at each of them, so there are fewer of these in a minute than places that
# the own limit leaves free below the platform's 30.
BROADCASTS_PER_MINUTE = 2
BROADCAST_TO = 1_000  # receivers of one call (3.1)

_GATE_WAITS = (1, 2, 4, 5)


def try_again_after(attempts: int, lane: Lane) -> timedelta:
    """How long to wait after the ``attempts``-th failure: 1, 2, 4 … s, up to 5 s for emergencies, 60 s else."""
    seconds = min(2 ** min(attempts - 1, 6), 5 if lane is Lane.EMERGENCY else 60)
    return timedelta(seconds=seconds)


def gate_after(step: int) -> timedelta:
    """After the ``step``-th 45009 in a row: 1, 2, 4, then every 5 s one probing message."""
    return timedelta(seconds=_GATE_WAITS[min(step, len(_GATE_WAITS)) - 1])


def room(used_minute: int, used_hour: int, lane: Lane) -> bool:
    """True if the own limit lets one more message go to this member now."""
    return used_minute < PER_MINUTE[lane] and used_hour < PER_HOUR[lane]


def cut(text: str, limit: int) -> str:
    """At most ``limit`` bytes of UTF-8, cut between characters, with … where something is missing."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - 3].decode(errors="ignore") + "…"
