"""The work order (工单): its states, the moves between them, and what each move changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.core.errors import Refused
from bot.core.kinds import Category, Priority
from bot.core.reading import NOWHERE, Place
from bot.core.visits import Wish


class Status(StrEnum):
    """Where an order stands on the road."""

    ASKING = "asking"  # 待补充: the reporter was asked for what is missing
    UNSURE = "unsure"  # 待核实: customer service has to look at it
    OPEN = "open"  # 待接单
    ACCEPTED = "accepted"  # 已接单
    ARRIVED = "arrived"  # 处理中
    PARKED = "parked"  # 已挂起
    FOLLOWING = "following"  # 随事件处理: another order leads, this one waits on it
    FINISHED = "finished"  # 待确认
    CLOSED = "closed"  # 已关闭
    CANCELLED = "cancelled"  # 已取消

    @property
    def waits_for_taker(self) -> bool:
        """True while nobody has accepted: the accept clock runs."""
        return self in (Status.UNSURE, Status.OPEN)

    @property
    def is_over(self) -> bool:
        return self in (Status.CLOSED, Status.CANCELLED)


class Move(StrEnum):
    """What can be done to an order."""

    VERIFY = "verify"  # 转待核实
    DISPATCH = "dispatch"  # 派单
    PASS_ON = "pass_on"  # the page was not delivered, or not answered: the order moves on by itself
    ACCEPT = "accept"  # 接单
    REFUSE = "refuse"  # 拒单
    COME_BACK = "come_back"  # accepted and forgotten: taken back
    ARRIVE = "arrive"  # 到场
    PARK = "park"  # 挂起
    RESUME = "resume"  # 恢复
    HAND_OVER = "hand_over"  # 转单
    TAKE_OVER = "take_over"  # 接班
    FINISH = "finish"  # 完工
    CONFIRM = "confirm"  # 确认
    LAPSE = "lapse"  # nobody answered: closed without confirmation
    REOPEN = "reopen"  # 没修好
    CLOSE = "close"  # 关闭
    CANCEL = "cancel"  # 取消
    FOLLOW = "follow"  # 并入事件


_WORKING = (Status.ACCEPTED, Status.ARRIVED, Status.PARKED)
_OWN = (Status.ASKING, Status.UNSURE, Status.OPEN, *_WORKING)
_UNDONE = (*_OWN, Status.FOLLOWING)

MOVES: dict[tuple[Status, Move], Status] = {
    (Status.ASKING, Move.VERIFY): Status.UNSURE,
    **{(s, Move.DISPATCH): Status.OPEN for s in _UNDONE},
    (Status.OPEN, Move.PASS_ON): Status.OPEN,
    (Status.UNSURE, Move.PASS_ON): Status.UNSURE,
    (Status.OPEN, Move.ACCEPT): Status.ACCEPTED,
    (Status.UNSURE, Move.ACCEPT): Status.ACCEPTED,
    (Status.OPEN, Move.REFUSE): Status.OPEN,
    (Status.UNSURE, Move.REFUSE): Status.UNSURE,
    (Status.ACCEPTED, Move.COME_BACK): Status.OPEN,  # or 待核实, if customer service had it
    (Status.ACCEPTED, Move.ARRIVE): Status.ARRIVED,
    (Status.ACCEPTED, Move.PARK): Status.PARKED,
    (Status.ARRIVED, Move.PARK): Status.PARKED,
    (Status.PARKED, Move.PARK): Status.PARKED,  # another reason, or another day to ask on
    (Status.PARKED, Move.RESUME): Status.ACCEPTED,  # or 处理中, if the engineer had checked in before
    **{(s, Move.HAND_OVER): Status.OPEN for s in (Status.OPEN, *_WORKING)},
    (Status.UNSURE, Move.HAND_OVER): Status.UNSURE,
    **{(s, Move.TAKE_OVER): Status.ACCEPTED for s in (Status.OPEN, Status.UNSURE, Status.ACCEPTED, Status.ARRIVED)},
    (Status.PARKED, Move.TAKE_OVER): Status.PARKED,  # what it waits for has not come with the shift
    (Status.ACCEPTED, Move.FINISH): Status.FINISHED,
    (Status.ARRIVED, Move.FINISH): Status.FINISHED,
    (Status.FOLLOWING, Move.FINISH): Status.FINISHED,  # with the order that leads
    (Status.FINISHED, Move.CONFIRM): Status.CLOSED,
    (Status.FOLLOWING, Move.CONFIRM): Status.CLOSED,  # well again before the others
    (Status.FINISHED, Move.LAPSE): Status.CLOSED,
    (Status.FINISHED, Move.REOPEN): Status.OPEN,
    (Status.CLOSED, Move.REOPEN): Status.OPEN,
    **{(s, Move.FOLLOW): Status.FOLLOWING for s in _OWN},
    **{(s, Move.CLOSE): Status.CLOSED for s in (*_UNDONE, Status.FINISHED)},
    **{(s, Move.CANCEL): Status.CANCELLED for s in _UNDONE},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One fault on its road from report to archive. Times are aware UTC.

    ``no``        the number people type; counts up for ever.
    ``reporter``  contact id of who reported (and confirms, and rates).
    ``holder``    person id of who has the order now, whether accepted or not; None: nobody could be found.
    ``round``     counts the moves; whatever was planned for an earlier round is void.
    ``accepted_at``  where the arrival is counted from: the present holder's acceptance.
    ``clock_at``  when the present accept clock started; in the future where quiet hours hold the order back.
    ``media``     voice, image or video while a report consists of nothing but that.
    ``twin``      an order of somebody else that may be the same event.
    ``doubtful``  an emergency that the words only hint at (疑似), until a person has settled it.
    ``wish``      when the reporter wants somebody to come.
    ``parked_for``  how long the finish clock has stood still so far.
    ``pauses``    from when to when it waited (挂起); on no clock of the order these count.
    ``parked_until``  when it is asked whether it still has to wait.
    ``incident``  the event (事件) the order belongs to, whether it leads it or follows.
    ``repeat_of``, ``repeats``  the order of the same thing closed before it, and how often it has come back (返修).
    ``owner``     person id of who took the report in and answers to the resident until the end (首问负责).
    ``device``    code of the one piece of equipment that the report names.
    ``version``   counts the writes; a write based on an older one is refused.
    """

    no: int
    reporter: str
    reporter_name: str = ""
    phone: str = ""
    words: str
    category: Category
    priority: Priority
    place: Place = NOWHERE
    status: Status
    holder: str | None = None
    opened_at: datetime
    round: int = 0
    clock_at: datetime
    accepted_at: datetime | None = None
    first_accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    parked_at: datetime | None = None
    parked_for: timedelta = timedelta()
    parked_until: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    finished_at: datetime | None = None
    closed_at: datetime | None = None
    closed_how: str = ""
    asked_score_at: datetime | None = None
    score: int | None = None
    media: str = ""
    twin: int | None = None
    reopened: int = 0
    doubtful: bool = False
    wish: Wish | None = None
    incident: int | None = None
    repeat_of: int | None = None
    repeats: int = 0
    owner: str | None = None
    device: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of an order's history (时间线). ``by`` is a person id, or "" for the bot itself."""

    what: str
    at: datetime
    by: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def make_move(order: Order, move: Move, *, by: str, at: datetime, **changes: Any) -> tuple[Order, LogLine]:
    """Do ``move`` to the order at ``at``; returns the new order and the line for its history.

    ``changes`` are further fields that come with the move (``holder=…``, ``clock_at=…``).
    Raises Refused with a sentence that says how the order stands, where MOVES does not allow it.
    """
    to = MOVES.get((order.status, move))
    if to is None:
        raise Refused(f"refused.{move}", no=order.no, status=order.status)
    fields = {"status": to, "round": order.round + 1, **_effects(order, move, at), **changes}
    after = replace(order, **fields)
    detail = {"from": order.status.value, "to": after.status.value}
    if after.holder != order.holder:
        detail["holder"] = after.holder or ""
    return after, LogLine(what=move.value, at=at, by=by, detail=detail)


def _effects(order: Order, move: Move, at: datetime) -> dict[str, Any]:
    """What a move changes besides the status."""
    match move:
        case Move.PASS_ON:
            # No human handed it on: the ladder goes on, and what it has planned stays true.
            return {"round": order.round}
        case Move.ACCEPT:
            return {"accepted_at": at, "first_accepted_at": order.first_accepted_at or at}
        case Move.TAKE_OVER if order.status is Status.PARKED:
            return {"arrived_at": None}
        case Move.TAKE_OVER:
            # Who comes on has to get there himself: his arrival is counted from now.
            return {"accepted_at": at, "first_accepted_at": order.first_accepted_at or at, "arrived_at": None}
        case Move.ARRIVE:
            return {"arrived_at": at}
        case Move.PARK:
            return {"parked_at": order.parked_at or at}
        case Move.RESUME:
            status = Status.ARRIVED if order.arrived_at else Status.ACCEPTED
            return {"status": status, **_unparked(order, at)}
        case Move.DISPATCH | Move.HAND_OVER | Move.COME_BACK:
            # Whoever is sent out on his own is no part of the event any more.
            event = {"incident": None} if order.status is Status.FOLLOWING else {}
            return {**_unparked(order, at), "accepted_at": None, "arrived_at": None, **event}
        case Move.FOLLOW:
            times = {"accepted_at": None, "first_accepted_at": None, "arrived_at": None}
            return {**_unparked(order, at), **times, "holder": None, "media": ""}
        case Move.FINISH:
            return {"finished_at": at}
        case Move.CONFIRM:
            return {"closed_at": at, "closed_how": "confirmed"}
        case Move.LAPSE:
            return {"closed_at": at, "closed_how": "unconfirmed"}
        case Move.CLOSE:
            return {"closed_at": at, "closed_how": "closed", **_unparked(order, at)}
        case Move.CANCEL:
            return {"closed_at": at, "closed_how": "cancelled", **_unparked(order, at)}
        case Move.REOPEN:
            return {
                "finished_at": None,
                "closed_at": None,
                "closed_how": "",
                "accepted_at": None,
                "first_accepted_at": None,
                "arrived_at": None,
                "parked_for": timedelta(),
                "pauses": (),
                "asked_score_at": None,
                "reopened": order.reopened + 1,
            }
        case _:
            return {}


def _unparked(order: Order, at: datetime) -> dict[str, Any]:
    if order.parked_at is None:
        return {}
    return {
        "parked_at": None,
        "parked_until": None,
        "parked_for": order.parked_for + (at - order.parked_at),
        "pauses": (*order.pauses, (order.parked_at, at)),
    }
