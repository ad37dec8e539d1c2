"""Case 20. kill −9 between "the platform has it" and "the row is marked as sent".

Demanded: 200 kills, at the receivers no message twice and none missing; 42014 for a key of our own means delivered.
"""

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.speakers import Said, key_of, place, post


@pytest.mark.weight(75)
@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.campaign, pytest.mark.weight(120)])]
)
def test_killed_between_taken_and_marked(case, kind: str, zygote, tmp_path) -> None:
    with (
        case.row(kind) as row,
        crowd(kind, tmp_path, zygote, engineers=case.times(10, 200), reporters=case.times(10, 200)) as one,
    ):
        one.launch()
        taken = []
        for n in case.rounds(sample=3, whole=200, within=0.85):
            one.platform.fault("/cgi-bin/message/send", "stall", 0.6, times=case.rng.randint(1, 3))
            who, words = one.reporters[n % len(one.reporters)], place(n) + "厨房漏水"
            plain = one.platform.text_xml(who, words)
            before = sum(len(member.phone.shown) for member in one.platform.app.members.values())
            assert until(lambda plain=plain: post(one, one.only.base, plain) == 200, 10) is not None
            taken.append(Said(key_of(plain), who, words))
            # Something of it is on a phone, and its call still hangs.
            until(
                lambda before=before: sum(len(m.phone.shown) for m in one.platform.app.members.values()) > before,
                2,
                0.002,
            )
            one.only.kill()
            one.only.launch()
            row.times += 1
        one.platform.clear_faults()
        assert one.drain(max(90.0, case.budget * 0.4)), one.left()
        check_z(row, one.url, one.platform, taken)
        again = [r for r in one.platform.sends if r.answer.get("errcode") == 42014]
        row.done = (
            f"{row.times} kills while a call that has taken effect hangs; {len(again)} cards refused as known (42014)"
        )
        row.demands("kills", row.times, at_least=case.times(3, 200))
