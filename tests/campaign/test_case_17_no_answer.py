"""Case 17. The platform takes 50 of 60 messages and never answers.

Demanded: a call ends after 7 s; an emergency to somebody else is on its phone within 5 s meanwhile; nothing is doubled.
"""

import time

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.speakers import Speakers, post


@pytest.mark.patient
@pytest.mark.weight(30)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_the_platform_takes_and_never_answers(case, kind: str, zygote, tmp_path) -> None:
    with case.row(kind) as row, crowd(kind, tmp_path, zygote, engineers=10, reporters=20) as one:
        one.launch()
        stalls = case.times(8, 50)
        one.platform.fault("/cgi-bin/message/send", "stall", case.times(2, 12), times=stalls)
        told = Speakers(one, speakers=4, messages=case.times(4, 20)).start().join()
        time.sleep(0.2)
        started = time.monotonic()
        assert post(one, one.only.base, one.platform.text_xml("zhu19", "17栋电梯里有人被困")) == 200
        carded = until(
            lambda: any(
                "17栋" in i.text and i.kind == "card" for u in one.engineers for i in one.platform.phone(u).shown
            ),
            20,
        )
        assert carded is not None, "nobody was sent the emergency"
        carded = time.monotonic() - started
        if case.whole:
            time.sleep(15)
        one.platform.clear_faults()
        assert one.drain(90), one.left()
        check_z(row, one.url, one.platform, told.taken)
        row.times = stalls
        row.delay(carded)
        row.done = f"{stalls} calls take effect and hang, then somebody is shut in a lift"
        row.demands("emergency on its phone after", carded, at_most=5, unit=" s")
