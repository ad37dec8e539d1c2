"""Case 34. A resident tries the numbers of all orders; an engineer acts on an order that is not his; every role, every
command, own and foreign.

Demanded: all as the table of rights says, nothing disclosed, and the same words for "not yours" and "does not exist".
"""

import pytest
from sqlalchemy import select

from bot.store.schema import log, orders
from tests.campaign.worlds import BOTH, people_and_duty, world

SECRETS = ("1502", "13800000000", "厨房", "zhu0", "13700000000")
COMMANDS = [
    "进度",
    "催单",
    "取消",
    "确认",
    "没修好",
    "接单",
    "拒单",
    "到场",
    "挂起",
    "恢复",
    "完工",
    "转单",
    "改类",
    "派单",
    "关闭",
]


@pytest.mark.weight(15)
@BOTH
def test_whoever_guesses_numbers_learns_nothing(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path, **people_and_duty(["gong0", "gong1"], ["zhu0", "zhu1"])) as one:
        one.platform.add_member("nobody", "路人")
        one.zhu0.says("3栋2单元1502厨房漏水，电话13800000000")
        with one.house.desk.db.reading() as tx:
            holder = tx.execute(select(orders.c.holder)).scalar()
        stranger = "gong1" if holder == "gong0" else "gong0"
        # Somebody works on it, or the ladder would make the other engineer its holder, rightly.
        for command in ("接单 1", "到场 1"):
            one.platform.member_says(holder, command)
            one.settle()
        disclosed = changed = different = 0
        words: dict[str, set[str]] = {}
        before = history(one)
        for n in case.rounds(sample=40, whole=3000):
            who = case.rng.choice(["zhu1", stranger, "nobody"])
            command = case.rng.choice(COMMANDS)
            no = 1 if n % 2 else case.rng.randint(2, 10_000)
            shown = len(one.platform.phone(who).thread)
            one.platform.member_says(who, f"{command} {no}")
            one.jumps(seconds=20)
            one.settle()
            heard = [i.text for i in one.platform.phone(who).thread[shown:] if not i.mine]
            told = "\n".join(heard).replace(str(no), "N").split("\n我们只收集")[0]
            disclosed += any(secret in told for secret in SECRETS)
            role = one.house.desk._roster[1].people.get(who) if one.house.desk._roster else None
            words.setdefault(f"{command} {getattr(role, 'role', '')}", set()).add(told)
            row.times += 1
        different = sum(len(answers) > 1 for answers in words.values())
        changed = int(history(one) != before)
        people = "a resident, an engineer and a stranger"
        row.done = f"{row.times} commands about order 1 and about numbers that do not exist, by {people}"
        row.demands("disclosures", disclosed, at_most=0)
        row.demands("changes of the order", changed, at_most=0)
        row.demands("commands with two different refusals", different, at_most=0)
        assert not different, [answers for answers in words.values() if len(answers) > 1][:2]


def history(one) -> list[tuple]:
    with one.house.desk.db.reading() as tx:
        moves = select(log.c.what, log.c.by).where(
            log.c.order_no == 1, log.c.by.in_(["zhu1", "nobody", "gong0", "gong1"])
        )
        return [tuple(r) for r in tx.execute(moves)]
