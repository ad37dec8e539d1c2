"""Case 7. Messages overtake each other and come twice: histories of six events in random order.

Demanded: what six people report comes to the same orders in any order of arrival; and commands about one order in any
order (cancel before accept, finish before arrive …) never make a state its own history does not explain.
"""

import pytest
from sqlalchemy import select

from bot.core.orders import Status
from bot.store.schema import log, orders, timers
from tests.campaign.worlds import BOTH, people_and_duty, world

PEOPLE = [f"zhu{n}" for n in range(6)]
FAULTS = ["厨房漏水", "门禁刷不开", "马桶堵了", "停电了", "空调不制冷", "大堂灯不亮"]
COMMANDS = [("gong0", "接单"), ("gong1", "接单"), ("gong0", "到场"), ("gong0", "完工"), ("zhu0", "取消"),
            ("zhu0", "确认"), ("zhu0", "催单"), ("zhou", "关闭"), ("gong1", "拒单"), ("zhu0", "没修好")]  # fmt: skip


@pytest.mark.weight(30)
@BOTH
def test_histories_in_any_order(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path, **people_and_duty(["gong0", "gong1"], PEOPLE)) as one:
        wrong = rounds = 0
        expected: list[tuple] = []
        for n in case.rounds(sample=6, whole=1000):
            rounds += 1
            building = f"{n % 60 + 1}栋{n // 60 + 1}单元"
            plains = [
                one.platform.text_xml(who, f"{building}1502{fault}") for who, fault in zip(PEOPLE, FAULTS, strict=True)
            ]
            order = [*range(6), *case.rng.choices(range(6), k=2)]
            if n:  # the first round is in order, and what all others are held against
                case.rng.shuffle(order)
            first = newest(one)
            for position in order:
                one.platform.line.push(plains[position])
            found = sorted((o.reporter, o.category, o.priority) for o in since(one, first))
            expected = expected or found
            wrong += found != expected or len(found) != 6
            no = next(o.no for o in since(one, first) if o.reporter == "zhu0")
            commands = case.rng.sample(COMMANDS, 6)
            for who, command in commands:
                one.platform.member_says(who, f"{command} {no} 好了")
                if case.rng.random() < 0.3:
                    one.platform.redeliver()
            explained(one, no)
            one.clock.now = one.clock.now.replace(microsecond=0)
            one.jumps(minutes=11)  # past the time in which one report joins another
            for other in [o.no for o in since(one, first)]:
                one.platform.member_says("zhou", f"关闭 {other} 试验")
        row.times = rounds
        row.counted(wrong, 0)
        row.done = f"{rounds} random orders of 6 reports with 2 repeats, and of 6 commands about one of them"


def newest(one) -> int:
    with one.house.desk.db.reading() as tx:
        return tx.execute(select(orders.c.no).order_by(orders.c.no.desc()).limit(1)).scalar() or 0


def since(one, no: int) -> list:
    with one.house.desk.db.reading() as tx:
        return list(tx.execute(select(orders).where(orders.c.no > no)))


def explained(one, no: int) -> None:
    """The order is in a state that its own history explains, and an open one has something to wait for."""
    with one.house.desk.db.reading() as tx:
        order = tx.execute(select(orders).where(orders.c.no == no)).one()
        moves = list(tx.execute(select(log.c.what).where(log.c.order_no == no).order_by(log.c.id)).scalars())
        armed = tx.execute(select(timers.c.id).where(timers.c.subject == f"order:{no}")).first()
    status = Status(order.status)
    assert moves[0] == "report"
    assert moves.count("accept") <= 1 + moves.count("refuse") + moves.count("reopen")
    assert status.is_over or armed, (no, order.status, moves)
    assert (order.closed_at is not None) == status.is_over
    assert status is not Status.ACCEPTED or order.holder
