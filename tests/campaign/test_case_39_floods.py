"""Case 39. A thousand messages a minute from one resident, texts of 20 000 characters, texts made to be slow to read.

Demanded: reading one message ≤ 50 ms; the flood costs others nothing (an emergency's card within 5 s, p99); a text is
cut at 2 000 characters.
"""

import json
import time

import pytest

from bench.figure import quantile
from bot.nlp.reader import load_reader
from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.speakers import post

SLOW = [
    *(unit * 2000 for unit in "栋1（ 不零"),
    *("\n" * 2000, "。，" * 1000, "1栋" * 1000, "漏水" * 1000, "没有" * 1000, "3-2-1502" * 250),
    *("电梯里有人被困" * 280, "一二三四五六七八九十" * 200, "a" * 26 + "!" * 1900, "1栋2单元1502厨房漏水，" * 130),
]


def test_texts_made_to_be_slow(case) -> None:
    with case.row() as row:
        reader = load_reader()
        reader.read("3栋2单元1502厨房漏水")
        worst, which = 0.0, ""
        for _ in case.rounds(sample=1, whole=10):
            for text in SLOW:
                started = time.process_time()
                reader.read(text[:2000])
                took = time.process_time() - started
                if took > worst:
                    worst, which = took, text[:8]
                row.times += 1
        row.done = f"{len(SLOW)} texts of 2 000 characters; the slowest begins with {which.strip()}"
        if case.whole:
            row.demands("most processor time to read one", worst * 1000, at_most=50, unit=" ms")
        row.delay(worst)


@pytest.mark.weight(40)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
def test_a_flood_from_one_resident(case, kind: str, zygote, tmp_path) -> None:
    with case.row(kind) as row, crowd(kind, tmp_path, zygote, engineers=60, reporters=60) as one:
        one.launch()
        messages, seconds = case.times(60, 1000), case.seconds(2, 45)
        carded, emergencies, taken = [], 0, 0
        begun = time.monotonic()
        for n in range(messages):
            # 20 000 characters that still fit into a body of 64 KiB
            words = (
                ("厨房漏水" + "a" * 16) * 1000
                if n % (messages // 10) == messages // 10 - 1
                else f"{n % 20 + 1}栋{n // 20 + 1}单元1502厨房漏水"
            )
            taken += post(one, one.only.base, one.platform.text_xml("zhu0", words)) == 200
            if n % (messages // 8) == messages // 16:
                emergencies += 1
                building = 1000 + emergencies
                started = time.monotonic()
                assert (
                    post(one, one.only.base, one.platform.text_xml(f"zhu{emergencies}", f"{building}栋电梯里有人被困"))
                    == 200
                )
                if until(lambda building=building: _paged(one, building), 20, 0.01) is not None:
                    carded.append(time.monotonic() - started)
            time.sleep(max(0.0, begun + n * seconds / messages - time.monotonic()))
        longest = max(len(json.loads(body).get("text", "")) for (body,) in one.ask("select body from inbox"))
        one.halt()
        check_z(row, one.url, one.platform, drained=False)
        row.times = messages
        row.counted(emergencies - len(carded), 0)
        row.delay(max(carded, default=20))
        took = time.monotonic() - begun
        row.done = f"{messages} messages of one resident in {took:.0f} s, {emergencies} emergencies of others"
        row.demands("messages not taken", messages - taken, at_most=0)
        row.demands("an emergency's card p99", quantile(carded, 0.99), at_most=5, unit=" s")
        row.demands("longest text stored", longest, at_most=2000)


def _paged(one, building: int) -> bool:
    return any(
        f"{building}栋" in i.text for u in one.engineers for i in one.platform.phone(u).shown if i.kind == "card"
    )
