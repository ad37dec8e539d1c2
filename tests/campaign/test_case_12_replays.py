"""Case 12. A genuine body comes again after 10 min, a day and a year; and the bot's own clock is 20 min wrong.

Demanded: 1 000 replays have no effect. Two Date headers of the platform prove the own clock wrong: then genuine
messages are taken, once, and the admins hear of it within 60 s; without that evidence the 300 s hold.
"""

from datetime import timedelta

import pytest

from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import MovedClock, until
from tests.campaign.speakers import post
from tests.campaign.worlds import BOTH, world


@pytest.mark.weight(8)
@BOTH
def test_replays(case, kind: str, tmp_path) -> None:
    with case.row(kind) as row, world(kind, tmp_path) as one:
        client = one.service.app().test_client()
        bodies = []
        for n in range(case.times(10, 250)):
            bodies.append(
                one.platform.envelope(one.platform.text_xml("wang", f"{n % 20 + 1}栋{n // 20 + 1}单元1502厨房漏水"))
            )
            assert client.post(f"/wecom/callback?{bodies[-1][0]}", data=bodies[-1][1]).status_code == 200
        with one.house.desk.db.reading() as tx:
            before = [int(tx.exec_driver_sql(f"select count(*) from {t}").scalar()) for t in ("inbox", "orders", "log")]
        statuses = []
        # At once it is a repeat, answered and ignored; later it is stale.
        for later in (timedelta(), timedelta(minutes=10), timedelta(days=1), timedelta(days=365)):
            one.jumps(seconds=later.total_seconds())
            answers = [client.post(f"/wecom/callback?{query}", data=body).status_code for query, body in bodies]
            statuses.append(sorted(set(answers)))
            row.times += len(answers)
        with one.house.desk.db.reading() as tx:
            after = [int(tx.exec_driver_sql(f"select count(*) from {t}").scalar()) for t in ("inbox", "orders", "log")]
        assert statuses == [[200], [403], [403], [403]], statuses
        row.counted(0, sum(after) - sum(before))
        row.done = f"{len(bodies)} genuine bodies again at once, after 10 min, a day and a year"


@pytest.mark.campaign
@pytest.mark.patient
@pytest.mark.weight(20)
def test_the_own_clock_is_twenty_minutes_wrong(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=2, reporters=2) as one:
        clock = MovedClock(tmp_path)
        clock.moves(timedelta(minutes=20))
        one.launch(cold=True, **clock.env)
        plain = one.platform.text_xml("zhu0", "3栋2单元1502厨房漏水")
        taken = until(lambda: post(one, one.only.base, plain) == 200, 60, 0.5)
        again = post(one, one.only.base, plain)
        alarm = until(lambda: any("时钟" in text or "时间" in text for text in one.platform.phone("boss").texts), 60)
        orders = int(one.ask("select count(*) from orders")[0][0])
        row.times = 2
        row.counted(0, max(0, orders - 1))
        row.done = "own clock 20 min ahead, the platform's right"
        row.demands("genuine messages taken after", taken if taken is not None else 999, at_most=60, unit=" s")
        row.demands("admins told after", alarm if alarm is not None else 999, at_most=60, unit=" s")
        assert again == 200
        row.delay(max(taken or 0, alarm or 0))
