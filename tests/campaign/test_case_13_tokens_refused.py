"""Case 13. Every call answers 42001 or 40014 for ten minutes though fetching a token works.

Demanded: a token that has worked is replaced at once, one refused before it ever worked at most once in 30 s; no
recursion; 1 000 waiting messages leave once, in order per order, afterwards. The thousand wait for 42001 on SQLite;
each is tried some fifteen times meanwhile, which takes minutes on a server, so there and for 40014 it is fewer.
"""

import pytest

from tests.campaign.outage import trouble
from tests.campaign.worlds import BOTH


@pytest.mark.weight(35)
@BOTH
@pytest.mark.parametrize("errcode", [42001, pytest.param(40014, marks=pytest.mark.campaign)])
def test_tokens_are_refused_for_ten_minutes(case, kind: str, errcode: int, tmp_path) -> None:
    with case.row(kind) as row:
        whole = 1000 if (kind, errcode) == ("sqlite", 42001) else 400 if kind == "sqlite" else 200
        orders, letters, minutes = case.times(3, 40), case.times(6, whole), case.times(2, 10)
        one = trouble(row, kind, tmp_path, [("errcode", errcode)], orders=orders, letters=letters, minutes=minutes)
        # One before the trouble, one at once, then at most one in 30 s.
        row.demands("token fetches", one.platform.token_fetches, at_most=2 * minutes + 3)
