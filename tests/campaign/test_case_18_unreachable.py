"""Case 18. errcode 0 with the engineer in invaliduser or unlicenseduser; 81013; an engineer who left the company.

Demanded: counted as not delivered, the next person paged within 2 s, noted on the order, customer service or whoever
leads told.
"""

import pytest
from sqlalchemy import select

from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.core.reading import Place
from bot.handlers import dispatching
from bot.store.schema import log, orders
from tests.campaign.worlds import BOTH, world
from tests.chat.world import World

SEND = "/cgi-bin/message/send"


@pytest.mark.weight(5)
@BOTH
@pytest.mark.parametrize("how", ["invaliduser", "unlicenseduser", "81013", "left"])
def test_the_engineer_cannot_be_reached(case, kind: str, how: str, tmp_path) -> None:
    with case.row(f"{kind}, {how}") as row, world(kind, tmp_path) as one:
        lost = 0
        for n in case.rounds(sample=1, whole=40):
            row.times += 1
            one.jumps(minutes=11)
            who = next_holder(one, Place(str(n % 20 + 1), str(n // 20 + 1)))
            if how == "left":
                one.platform.remove_member(who)
            elif how == "81013":
                one.platform.fault(SEND, "invaliduser", who, times=2)
            else:
                one.platform.fault(SEND, how, who, times=1)
            one.wang.says(f"{n % 20 + 1}栋{n // 20 + 1}单元电梯里有人被困")
            one.passes(seconds=2)
            if how == "left":
                one.platform.app.member(who).visible = True
            with one.house.desk.db.reading() as tx:
                no, holder, at = tx.execute(
                    select(orders.c.no, orders.c.holder, orders.c.opened_at).order_by(orders.c.no.desc())
                ).first()
                noted = list(tx.execute(select(log.c.what).where(log.c.order_no == no)).scalars())
            cards = [i for i in one.platform.phone(holder).shown if i.kind == "card" and i.at >= at]
            lost += holder == who or not cards or "undelivered" not in noted
            if cards:
                row.delay((cards[0].at - at).total_seconds())
            one.platform.clear_faults()
            getattr(one, holder).says(f"接单 {no}")
            getattr(one, holder).says(f"完工 {no} 好了")
            one.wang.says(f"确认 {no}")
            one.passes(minutes=2)
        row.counted(lost, 0)
        row.done = f"{row.times} emergencies whose first engineer is out of reach ({how})"
        row.demands("the next paged after", row.worst or 0, at_most=2, unit=" s")


def next_holder(one: World, place: Place) -> str:
    """Who would be given the next order there: asked of the product itself."""
    with one.house.desk.turn() as turn:
        order = Order(
            no=0, reporter="wang", words="", category=Category.ELEVATOR_ENTRAPMENT, priority=Priority.EMERGENCY,
            status=Status.OPEN, opened_at=turn.now, clock_at=turn.now, place=place,
        )  # fmt: skip
        candidate = dispatching.pick(turn, order, ())
        assert candidate is not None
        return candidate.person.id
