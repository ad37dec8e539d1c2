"""Case 32. The database server crashes and starts again, in mid-transaction, again and again; its line is cut and slow.

Demanded: 50 crashes each of PostgreSQL and MariaDB: nothing lost, nothing doubled, taking again within 10 s.
"""

import time

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import crowd
from tests.campaign.moved_clock import until
from tests.campaign.own_servers import own_server
from tests.campaign.speakers import Speakers, post
from tests.campaign.tcp_proxy import TcpProxy

# Whoever asks after each crash gets all his answers when the server stays up, and no member more than 24 in a minute.
DRAINS_S = 90.0

pytestmark = [pytest.mark.campaign, pytest.mark.patient]


@pytest.mark.weight(200)
@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.weight(180)), "mysql"])
def test_the_server_crashes_again_and_again(case, kind: str, zygote, tmp_path) -> None:
    with (
        case.row(kind) as row,
        own_server(kind) as server,
        crowd(kind, tmp_path, zygote, url=server.url, processes=2, engineers=150, reporters=150) as one,
    ):
        one.launch()
        speakers = Speakers(one, speakers=60, rate=12, gap=3, reports=2).start()
        for _ in case.rounds(sample=2, whole=50, within=0.65):
            time.sleep(case.rng.uniform(0.1, 0.8))
            server.crash()
            server.start()
            back = until(lambda: post(one, one.only.base, one.platform.text_xml("zhu0", "帮助")) == 200, 20)
            row.delay(back if back is not None else 20)
            row.times += 1
        told = speakers.stop()
        assert one.drain(max(DRAINS_S, case.budget * 0.5)), one.left()
        check_z(row, one.url, one.platform, told.taken)
        row.done = (
            f"{row.times} crashes of the server, {told.callbacks} callbacks, {told.given_up} refused in all three tries"
        )
        row.demands("crashes", row.times, at_least=50)
        row.demands("taking again after", row.worst or 0, at_most=10, unit=" s")


@pytest.mark.weight(50)
@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_the_line_to_the_server_is_cut_and_slow(case, kind: str, zygote, tmp_path) -> None:
    with case.row(kind) as row, own_server(kind) as server:
        proxy = TcpProxy(server.port)
        url = server.url.replace(f":{server.port}/", f":{proxy.port}/")
        with crowd(kind, tmp_path, zygote, url=url, engineers=60, reporters=60) as one:
            one.launch()
            speakers = Speakers(one, speakers=40, rate=10, gap=2, reports=2).start()
            for n in case.rounds(sample=2, whole=20, within=0.6):
                proxy.delay = 0.02 * (n % 2)
                time.sleep(case.rng.uniform(0.1, 0.6))
                proxy.cut()
                time.sleep(case.rng.uniform(0.0, 0.5))
                proxy.mend()
                back = until(lambda: post(one, one.only.base, one.platform.text_xml("zhu0", "帮助")) == 200, 20)
                row.delay(back if back is not None else 20)
                row.times += 1
            proxy.delay = 0.0
            told = speakers.stop()
            assert one.drain(max(DRAINS_S, case.budget * 0.5)), one.left()
            check_z(row, one.url, one.platform, told.taken)
        proxy.close()
        cuts = f"every connection reset {row.times} times, every other time after slow answers"
        row.done = f"{cuts}; {told.callbacks} callbacks"
        row.demands("taking again after", row.worst or 0, at_most=10, unit=" s")
