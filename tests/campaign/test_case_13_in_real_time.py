"""Cases 13 to 16 in real time: each fault for 60 s, a process of its own for each, all at once.

Demanded: every message once, in order per order, token fetches bounded: one more than one in 30 s.
"""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.speakers import Speakers

FAULTS = [
    ("errcode", 42001),
    ("errcode", 45009),
    ("http", 500),
    ("stall", 9),
    ("reset_before", None),
    ("reset_after", None),
]
PATHS = ("/cgi-bin/message/", "/cgi-bin/user/", "/cgi-bin/getcallbackip")


@pytest.mark.patient
@pytest.mark.weight(100)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_each_fault_for_a_minute(case, kind: str, zygote, tmp_path: Path) -> None:
    seconds = case.seconds(1.0, 60.0)
    faults = FAULTS if case.whole else [("http", 500), ("reset_after", None)]
    with ExitStack() as running, case.row(kind) as row:
        estates: list[Crowd] = []
        for n in range(len(faults)):
            folder = tmp_path / str(n)
            folder.mkdir()
            one = running.enter_context(crowd(kind, folder, zygote, engineers=30, reporters=30))
            one.launch()
            estates.append(one)
        for one, (fault, value) in zip(estates, faults, strict=True):
            # A token that is refused is refused everywhere.
            for path in PATHS if value == 42001 else PATHS[:1]:
                one.platform.fault(path, fault, value, times=10**9)
        before, begun = estates[0].platform.token_fetches, time.monotonic()
        speakers = [Speakers(one, speakers=2, rate=case.times(5, 1)).start() for one in estates]
        time.sleep(seconds)
        for one in estates:
            one.platform.clear_faults()
        healed = time.monotonic()
        fetches = estates[0].platform.token_fetches - before
        told = [each.stop() for each in speakers]
        for one, (fault, value), heard in zip(estates, faults, told, strict=True):
            assert one.drain(150), one.left()
            row.delay(time.monotonic() - healed)
            check_z(row, one.url, one.platform, heard.taken)
            assert in_order(one), f"letters about one order came out of turn after {fault} {value or ''}"
            row.times += len(heard.taken)
        named = ", ".join(f"{fault} {value or ''}".strip() for fault, value in faults)
        row.done = f"{seconds:g} s each of {named}; {row.times} reports meanwhile"
        if case.whole:
            # One at once, for the token has worked; then at most one in 30 s.
            row.demands("token fetches under 42001", fetches, at_most=2 + (healed - begun) / 30)


def in_order(one: Crowd) -> bool:
    """Of each order the letters came in the order in which they were written."""
    rows = one.ask(
        "select receiver, key, body, order_no from outbox where order_no is not null and kind = 'card' order by id"
    )
    shown = {i.task_id: i.number for u in one.engineers for i in one.platform.phone(u).shown if i.kind == "card"}
    came: dict[int, list[int]] = {}
    for _, key, _, no in rows:
        if key in shown:
            came.setdefault(no, []).append(shown[key])
    return all(numbers == sorted(numbers) for numbers in came.values())
