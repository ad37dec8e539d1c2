"""Case 15. 500, 502, lost connections, resets in mid-body and truncated JSON for ten minutes, 2 000 messages.

Demanded: each message exactly once on its phone, in order per order. The two thousand are those on SQLite, 400 a fault.
"""

import pytest

from tests.campaign.outage import trouble
from tests.campaign.worlds import BOTH

FAULTS = [("http", 500), ("http", 502), ("reset_before", None), ("reset_after", None), ("truncated", None)]


@pytest.mark.weight(20)
@BOTH
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f[0]}-{f[1]}")
def test_the_platform_fails_for_ten_minutes(case, kind: str, fault: tuple[str, object], tmp_path) -> None:
    with case.row(kind) as row:
        orders, letters = case.times(2, 40), case.times(4, 400 if kind == "sqlite" else 120)
        trouble(row, kind, tmp_path, [fault], orders=orders, letters=letters, minutes=case.times(1, 10))
