"""Case 3. Events have no MsgId: exact re-sends of a press, and two different presses by one person in the same second.

Demanded: a re-send has no effect; different presses are both handled; 500 pairs, none wrong.
"""

import pytest
from sqlalchemy import func, select

from bot.store.schema import inbox, log, orders
from tests.campaign.worlds import BOTH, world


@pytest.mark.weight(10)
@BOTH
def test_presses_of_one_second_and_their_repeats(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path) as one:
        wrong = pairs = 0
        for n in case.rounds(sample=10, whole=500):
            pairs += 1
            one.clock.now = one.clock.now.replace(microsecond=0)
            one.jumps(minutes=11)
            for half in (1, 2):
                one.platform.member_says("wang", f"{n % 20 + 1}栋{half}单元{n // 20 + 1}01厨房漏水")
            with one.house.desk.db.reading() as tx:
                newest = select(orders.c.no, orders.c.holder).order_by(orders.c.no.desc()).limit(2)
                pair = list(tx.execute(newest))
                before = tx.execute(select(func.count()).select_from(inbox)).scalar()
            # Both by one person: the second order is handed to the first one's holder beforehand.
            holder = pair[0].holder
            if pair[1].holder != holder:
                name = {"li": "李师傅", "zhao": "赵师傅", "sun": "孙师傅"}[holder]
                one.platform.member_says("zhou", f"派单 {pair[1].no} {name}")
                before += 1
            for no, _ in pair:
                press = {"EventKey": f"accept:{no}", "TaskId": f"t{no}", "CardType": "button_interaction"}
                one.platform.member_event(holder, "template_card_event", ResponseCode="x", **press)
                one.platform.redeliver()
                one.platform.redeliver()
            with one.house.desk.db.reading() as tx:
                accepts = dict(
                    tx.execute(
                        select(log.c.order_no, func.count())
                        .where(log.c.order_no.in_([no for no, _ in pair]), log.c.what == "accept")
                        .group_by(log.c.order_no)
                    ).all()
                )
                stored = tx.execute(select(func.count()).select_from(inbox)).scalar() - before
            wrong += accepts != {no: 1 for no, _ in pair} or stored != 2
        row.times = pairs
        row.counted(0, wrong)
        row.done = f"{pairs} pairs of presses by one person in one second, each press delivered three times"
