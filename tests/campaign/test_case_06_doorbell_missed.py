"""Case 6. The doorbell of 微信客服 never rings while 5 000 messages wait; empty pages that say there is more; a crash
between fetching a page and storing it with its cursor.

Demanded: all imported once, in order for each customer, the cursor with its rows, caught up within 60 s.
"""

import json
import time
from collections import Counter

import pytest
from sqlalchemy import select

from bot import kf
from bot.store.schema import cursors, inbox
from tests.campaign.worlds import BOTH, world


class Killed(BaseException):
    """kill -9, as far as it can be felt from inside."""


@pytest.mark.weight(15)
@BOTH
def test_waiting_messages_of_kf_are_caught_up(case, kind: str, tmp_path, monkeypatch) -> None:
    count, customers = case.times(60, 5000), case.times(6, 50)
    with case.row(kind) as row, world(kind, tmp_path) as one:
        for n in range(customers):
            one.platform.add_customer(f"wm{n}", f"住户{n}")
        for n in range(count):
            one.platform.customer_says(f"wm{n % customers}", f"进度 {n}", ring=False)
        one.jumps(hours=2)
        one.platform.kf.empty_pages = 3
        before = kf.store.inbox.add_page
        pages = iter(range(10_000))

        def dying(*arguments, **more):
            if next(pages) == 3:
                raise Killed
            return before(*arguments, **more)

        monkeypatch.setattr(kf.store.inbox, "add_page", dying)
        started = time.monotonic()
        monkeypatch.setattr(kf, "PAGE", 100)
        with pytest.raises(Killed):
            kf.pull(one.house.desk, one.house.kf, one.platform.open_kfid)
        monkeypatch.undo()
        one.crash()
        one.boot()
        for _ in range(20):
            kf.pull(one.house.desk, one.house.kf, one.platform.open_kfid)
            with one.house.desk.db.reading() as tx:
                rows = list(tx.execute(select(inbox.c.sender, inbox.c.body, inbox.c.handled_at).order_by(inbox.c.id)))
            if len(rows) == count and all(r.handled_at for r in rows):
                break
            one.jumps(minutes=1)
        took = time.monotonic() - started
        with one.house.desk.db.reading() as tx:
            cursor = tx.execute(select(cursors.c.cursor)).scalar()
        heard = [(r.sender, int(json.loads(r.body)["text"].removeprefix("进度 "))) for r in rows]
        times = Counter(n for _, n in heard)
        row.times = count
        row.delay(took)
        row.counted(count - len(times), sum(n - 1 for n in times.values()))
        for n in range(customers):
            own = [number for sender, number in heard if sender == f"wm{n}"]
            assert own == sorted(own), f"customer {n} was heard out of turn"
        assert cursor == f"cur{count}"
        row.done = f"{count} messages of {customers} customers, 3 empty pages, killed before the fourth page was stored"
        row.demands("caught up after", took, at_most=60, unit=" s")
