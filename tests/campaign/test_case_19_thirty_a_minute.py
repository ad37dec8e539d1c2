"""Case 19. A hundred messages within a minute for one engineer, from two processes; the platform drops the 31st.

Demanded: none dropped, at most 28 in any 60 s counted over all processes, the last four places for emergencies; a
dispatch is never joined with another message.
"""

from datetime import timedelta

import pytest

from bot import outbox
from bot.build import build
from bot.core.letters import Lane
from tests.campaign.worlds import ALL, world


@pytest.mark.weight(8)
@ALL
def test_a_hundred_messages_for_one_engineer(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path) as one:
        # A second process on the same rows; on the file it is a second pool of the one process.
        second = build(one.settings, one.clock) if kind != "sqlite" else one.house
        for _ in case.rounds(sample=1, whole=20):
            row.times += 1
            begun = one.clock.now
            shown = len(one.platform.phone("li").shown)
            with one.house.desk.turn() as turn:
                for n in range(100):
                    turn.tell("li", f"第 {n} 条")
            end = one.clock.now + timedelta(minutes=6)
            while one.clock.now < end:
                for house in (one.house, second):
                    for lane in Lane:
                        while outbox.send_next(house.desk, house.carrier, lane):
                            pass
                if one.clock.now == begun + timedelta(seconds=10):
                    one.platform.member_says("wang", f"{row.times}栋1单元电梯里有人被困")
                one.clock.now += timedelta(seconds=1)
            came = one.platform.phone("li").shown[shown:]
            texts = [line for i in came for line in i.text.split("\n\n") if line.startswith("第 ")]
            row.counted(100 - len(set(texts)), len(texts) - len(set(texts)))
            moments = [i.at for i in came]
            most = max(sum(at <= other < at + timedelta(seconds=60) for other in moments) for at in moments)
            assert most <= 28, f"{most} within a minute"
            one.passes(minutes=2)
        if second is not one.house:
            second.close()
        row.counted(len(one.platform.dropped), 0)
        row.done = f"{row.times} × 100 messages for one engineer at once, an emergency among them"
