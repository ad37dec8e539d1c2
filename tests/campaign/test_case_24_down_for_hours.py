"""Case 24. The whole server is down for two hours.

Demanded: emergencies whose ladder should be spent go straight to the fail-safe within 5 s of the start, each notice
says how late it is, nothing is said twice.
"""

from datetime import timedelta

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import MovedClock, follow, until
from tests.campaign.test_case_23_paused import reported


@pytest.mark.patient
@pytest.mark.weight(40)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_down_for_two_hours(case, kind: str, zygote, tmp_path) -> None:
    emergencies, others = case.times(2, 8), case.times(2, 40)
    failsafe = '[duty]\nemergency_list = ["zheng"]\n'
    with case.row(kind) as row, crowd(kind, tmp_path, zygote, engineers=40, reporters=50, extra=failsafe) as one:
        clock = MovedClock(tmp_path)
        follow(one, clock)
        one.launch(cold=True, **clock.env)
        reported(one, emergencies, others)
        assert one.drain(60), one.left()
        one.only.kill()
        clock.moves(timedelta(hours=2))
        begun = clock.now()
        one.only.launch(cold=True, **clock.env)
        started = clock.now()

        def heard() -> list[str]:
            return [i.text for i in one.platform.phone("zheng").shown if i.kind == "text" and i.at >= begun]

        wanted = [f"工单 {no}" for no in range(1, emergencies + 1)]
        took = until(lambda: all(any(no in text for text in heard()) for no in wanted), 40)
        one.halt()
        late = [text for text in heard() if "被困" in text]
        check_z(row, one.url, one.platform, drained=False)
        row.times = 1
        row.delay(took if took is not None else 40)
        row.counted(sum(not any(no in text for text in heard()) for no in wanted), 0)
        start = (started - begun).total_seconds()
        row.done = f"{emergencies} emergencies and {others} others open, down for two hours, {start:.1f} s to start"
        row.demands("fail-safe told of all emergencies after", took if took is not None else 999, at_most=5, unit=" s")
        row.demands("notices that do not say how long", sum("小时" not in text for text in late), at_most=0)
