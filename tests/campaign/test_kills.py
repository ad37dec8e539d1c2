"""kill -9 at random, in the middle of everything, on each database: nothing is lost, nothing is doubled."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.store import Database
from bot.store.schema import orders, outbox
from tests.campaign.page import MINUTES, SEED, Results
from tests.process.processes import Estate, wait_for
from tests.store.databases import NotReachable, fresh

pytestmark = pytest.mark.campaign
KINDS = ("sqlite", "postgresql", "mariadb")
REPORTERS, ENGINEERS, SPEAKERS = 80, 40, 4
FAULTS = [("errcode", -1), ("http", 500), ("html", None), ("reset_before", None), ("reset_after", None)]
FAULTS += [("truncated", None), ("html_after", None), ("errcode", 45009), ("errcode", 42001)]
DRAIN_SECONDS = 240


@dataclass
class Told:
    """What was said to the bot: the words that got their 200, and those that never did."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    given_up: int = 0
    repeated: int = 0


@pytest.fixture(params=KINDS)
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Estate, str]]:
    """An estate with many people, so that no member's own limit holds up the counting."""
    try:
        with fresh(request.param, tmp_path) as url:
            estate = Estate(tmp_path / "estate", url=url, extra=GENEROUS)
            engineers = [f"gong{n}" for n in range(ENGINEERS)]
            for userid in [*engineers, *(f"zhu{n}" for n in range(REPORTERS))]:
                estate.platform.add_member(userid, userid)
            estate.fill(engineers)
            yield request.param, estate, url
            estate.close()
    except NotReachable as reason:
        pytest.skip(str(reason))


GENEROUS = '[sla.urgent]\naccept_within = "1d"\narrive_within = "2d"\nfinish_within = "3d"'


def test_random_kills_lose_and_double_nothing(crowd: tuple[str, Estate, str], results: Results) -> None:
    kind, estate, url = crowd
    rng = random.Random(SEED)
    told, stop = Told(), threading.Event()
    estate.platform.line.retry_gap = 1.5
    estate.launch()
    speakers = [threading.Thread(target=speak, args=(estate, told, stop, n)) for n in range(SPEAKERS)]
    for speaker in speakers:
        speaker.start()
    kills = kill_for(estate, rng, MINUTES * 60 / len(KINDS))
    stop.set()
    for speaker in speakers:
        speaker.join()
    estate.platform.clear_faults()
    drained = wait_for(lambda: waiting(url) == 0, DRAIN_SECONDS, 1.0)
    lost_orders, doubled_orders = count_orders(url, told)
    lost, doubled, letters = count_phones(estate, url)
    results.found(
        f"Kills, {kind}",
        f"{kills} kills −9, a fault of the platform before each; {len(told.taken)} reports taken, "
        f"{told.repeated} of them delivered again, {told.given_up} given up by the platform; {letters} messages sent",
        f"orders {lost_orders} lost, {doubled_orders} doubled; messages {lost} lost, {doubled} doubled",
    )
    assert drained, f"{waiting(url)} messages still wait"
    assert (lost_orders, doubled_orders, lost, doubled) == (0, 0, 0, 0)
    assert not estate.platform.violations
    assert not estate.platform.dropped


def test_two_processes_share_the_work_of_one_database(crowd: tuple[str, Estate, str], results: Results) -> None:
    """Both take reports, ring timers and send; the one that took a report need not be the one that sends its page."""
    kind, estate, url = crowd
    if kind == "sqlite":
        pytest.skip("an embedded database has one process")
    twin = estate.twin()
    told = Told()
    try:
        for each in (estate, twin):
            each.launch()
        for n in range(60):
            estate.platform.callback_url = f"{(estate, twin)[n % 2].base}/wecom/callback"
            who, words = f"zhu{n}", f"{n % 20 + 1}栋{n // 20 + 1}单元1502厨房漏水"
            plain = estate.platform.text_xml(who, words)
            assert estate.platform.line.push(plain)[-1][0] == 200
            estate.platform.callback_url = f"{(twin, estate)[n % 2].base}/wecom/callback"
            assert estate.platform.line.push(plain)[-1][0] == 200
            told.taken.append((who, words))
        assert wait_for(lambda: waiting(url) == 0, DRAIN_SECONDS, 1.0)
    finally:
        twin.kill()
    lost_orders, doubled_orders = count_orders(url, told)
    lost, doubled, letters = count_phones(estate, url)
    results.found(
        f"Two processes, {kind}",
        f"60 reports, each delivered to both; {letters} messages sent",
        f"orders {lost_orders} lost, {doubled_orders} doubled; messages {lost} lost, {doubled} doubled",
    )
    assert (lost_orders, doubled_orders, lost, doubled) == (0, 0, 0, 0)
    assert not estate.platform.violations
    assert not estate.platform.dropped


def speak(estate: Estate, told: Told, stop: threading.Event, speaker: int) -> None:
    """Report after report, each of its own place, every fifth delivered a second time."""
    for n in range(speaker, 9_600, SPEAKERS):
        if stop.is_set():
            return
        who = f"zhu{n % REPORTERS}"
        words = f"{n % 20 + 1}栋{n // 20 % 4 + 1}单元{n // 80 % 30 + 1}0{n // 2400 + 1}厨房漏水"
        plain = estate.platform.text_xml(who, words)
        if any(status == 200 for status, _ in estate.platform.line.push(plain)):
            told.taken.append((who, words))
            if n % 5 == 0:
                estate.platform.line.push(plain)
                told.repeated += 1
        else:
            told.given_up += 1
        time.sleep(0.4)


def kill_for(estate: Estate, rng: random.Random, seconds: float) -> int:
    """Kill and start again until the time is over; leaves a running process."""
    end, kills = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        fault, value = rng.choice(FAULTS)
        estate.platform.fault("/cgi-bin/message/send", fault, value, times=rng.randint(1, 4))
        time.sleep(rng.uniform(0.1, 2.5))
        estate.kill()
        kills += 1
        estate.launch()
    return kills


def waiting(url: str) -> int:
    database = Database(url)
    try:
        with database.reading() as tx:
            return int(
                tx.execute(select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))).scalar() or 0
            )
    finally:
        database.close()


def count_orders(url: str, told: Told) -> tuple[int, int]:
    """Reports with a 200 and no order; and orders beyond one a report."""
    database = Database(url)
    with database.reading() as tx:
        found = Counter((reporter, words) for reporter, words in tx.execute(select(orders.c.reporter, orders.c.words)))
    database.close()
    return sum(found[report] == 0 for report in told.taken), sum(n - 1 for n in found.values())


def count_phones(estate: Estate, url: str) -> tuple[int, int, int]:
    """Orders that nobody was paged for and messages that are on no phone; those that are there twice; all there are."""
    database = Database(url)
    paged = select(outbox.c.order_no).where(outbox.c.kind == "card", outbox.c.outcome == "sent")
    columns = (outbox.c.receiver, outbox.c.kind, outbox.c.key, outbox.c.order_no)
    with database.reading() as tx:
        sent = list(tx.execute(select(*columns).where(outbox.c.outcome == "sent", outbox.c.kind.in_(["text", "card"]))))
        lost = int(tx.execute(select(func.count()).select_from(orders).where(orders.c.no.not_in(paged))).scalar() or 0)
    database.close()
    doubled = 0
    shown = {receiver: estate.platform.phone(receiver).shown for receiver in {receiver for receiver, *_ in sent}}
    for items in shown.values():
        same = Counter(item.task_id or item.text for item in items)
        doubled += sum(n - 1 for n in same.values())
    for receiver, kind, key, order_no in sent:
        if kind == "card":
            lost += not any(item.task_id == key for item in shown[receiver])
        elif order_no is not None:
            lost += not any(re.search(rf"工单 {order_no}(?!\d)", i.text) for i in shown[receiver] if i.kind == "text")
    return lost, doubled, len(sent)
