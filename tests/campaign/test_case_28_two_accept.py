"""Case 28. Two engineers press 接单 within 5 ms, on two processes; old cards are pressed days later.

Demanded: of 1 000 pairs exactly one wins each, the other is told who; a stale press changes nothing.
"""

import threading

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.speakers import place, post

EMERGENCY_SOON = '[sla.urgent]\naccept_within = "1d"\narrive_within = "2d"\nfinish_within = "3d"\n'


@pytest.mark.weight(25)
@pytest.mark.parametrize(
    ("kind", "processes"),
    [
        ("sqlite", 1),
        pytest.param("postgresql", 2, marks=pytest.mark.campaign),
        pytest.param("mysql", 2, marks=pytest.mark.campaign),
    ],
)
def test_two_accept_at_once(case, kind: str, processes: int, zygote, tmp_path) -> None:
    pairs = case.times(8, 1000 if kind != "mysql" else 200)
    with (
        case.row(kind) as row,
        crowd(
            kind,
            tmp_path,
            zygote,
            processes=processes,
            engineers=case.times(2, 40),
            leads=20,
            reporters=case.times(10, 300),
            extra=EMERGENCY_SOON,
        ) as one,
    ):
        one.launch()
        winners = []
        for n in case.rounds(sample=pairs, whole=pairs, within=0.8):
            who = one.reporters[n % len(one.reporters)]
            assert post(one, one.only.base, one.platform.text_xml(who, place(n) + "厨房漏水")) == 200
            no, holder = one.ask("select no, holder from orders order by no desc limit 1")[0]
            other = case.rng.choice([userid for userid in one.engineers if userid != holder])
            # The supervisor sends the other one, so that both have been paged; then both press.
            post(one, one.only.base, one.platform.text_xml(f"lead{n % 20}", f"派单 {no} {other}"))
            start = threading.Barrier(2)
            statuses: list[int] = []

            def press(userid: str, base: str, no: int = no, start=start, statuses=statuses) -> None:
                plain = one.platform.text_xml(userid, f"接单 {no}")
                start.wait()
                statuses.append(post(one, base, plain))

            threads = [
                threading.Thread(target=press, args=(u, one.processes[i % processes].base))
                for i, u in enumerate((holder, other))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            row.times += 1
            assert statuses == [200, 200], statuses
            if n % 10 == 0:
                # Days later, by whoever lost: nothing may come of it.
                post(one, one.only.base, one.platform.text_xml(f"lead{n % 20}", f"关闭 {no} 试验"))
                for userid in (holder, other):
                    post(one, one.only.base, one.platform.text_xml(userid, f"接单 {no}"))
            winners.append(no)
        one.halt()
        accepts = dict(one.ask("select order_no, count(*) from log where what = 'accept' group by order_no"))
        none = sum(accepts.get(no, 0) == 0 for no in winners)
        twice = sum(accepts.get(no, 0) > 1 for no in winners)
        row.counted(none, twice)
        row.done = f"{row.times} pairs on {processes} process(es)"
        check_z(row, one.url, one.platform, drained=False)
        bodies = one.ask("select body from outbox where kind = 'text'")
        told = sum("已由" in body or "已被" in body for (body,) in bodies)
        row.says(f"{told} answers that somebody else has it")
