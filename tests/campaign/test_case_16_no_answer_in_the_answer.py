"""Case 16. HTTP 200 with HTML, with nothing, or with JSON that has no errcode, before the effect and after it.

Demanded: counted as unknown and sent again under the same key; each message once.
"""

import pytest

from tests.campaign.outage import trouble
from tests.campaign.worlds import BOTH

FAULTS = [("html", None), ("empty", None), ("html_after", None), ("no_errcode", None)]


@pytest.mark.weight(12)
@BOTH
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f[0])
def test_a_200_that_says_nothing(case, kind: str, fault: tuple[str, object], tmp_path) -> None:
    with case.row(kind) as row:
        orders, letters = case.times(2, 20), case.times(4, 200 if kind == "sqlite" else 80)
        trouble(row, kind, tmp_path, [fault], orders=orders, letters=letters, minutes=case.times(1, 10))
