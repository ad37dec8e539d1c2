"""Figure 6: what a message costs with ten open orders, and with ten open ones and a million closed."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.breakdown import opened
from bench.estate import Estate, found
from bench.figure import Figure
from bench.mail import Mail
from bot import inbox
from bot.build import House, build
from bot.clock import utc_now
from bot.sandbox.platform import Platform

OPEN = 10
# The property's regulars: each has reported many times.
REGULARS = 20_000
FIRST_NO = 1000
YEAR_US = 365 * 24 * 3600 * 1_000_000
CONTACTS = """insert into contacts (id, channel, userid, open_kfid, name, last_place, offered_place, noticed, human,
    sent_since, named_at)
    select 'regular-' || i, 'app', 'regular-' || i, '', '', '', '', 1, '', 0, :now from n"""
# In proportion to what one order leaves behind: its message, its history, its letters, its score.
FILL = (
    """insert into orders (no, reporter, reporter_name, phone, words, category, priority, building, unit, room, status,
       holder, opened_at, round, clock_at, accepted_at, first_accepted_at, arrived_at, parked_for, finished_at,
       closed_at, closed_how, media, reopened, version, why)
       select :first + i, 'regular-' || (i % :regulars), '', '', '厨房水管漏水，地上都是水', 'leak', 'urgent',
       i % 400, i % 4, i % 3300, 'closed', 'engineer' || (i % 18), at, 4, at, at + 60000000, at + 60000000,
       at + 600000000, 0, at + 3600000000, at + 7200000000, 'confirmed', '', 0, 5, ''
       from (select i, :now - :year + i * (:year / :many) - 86400000000 as at from n)""",
    """insert into inbox (key, channel, kind, sender, sent_at, received_at, body, order_no, handled_at, failed)
       select 'old:' || no, 'app', 'text', reporter, opened_at, opened_at, '{"text": "厨房水管漏水，地上都是水"}', no,
       opened_at, '' from orders where closed_at is not null""",
    """insert into log (order_no, at, "by", what, detail)
       select no, opened_at + step, reporter, 'step', '{}'
       from orders, (select value as step from json_each('[0, 1, 2, 3, 4, 5]')) where closed_at is not null""",
    """insert into outbox (key, lane, kind, weight, receiver, order_no, round, reserve, body, created_at, not_before,
       attempts, "unknown", tried_at, done_at, outcome, error, response_code)
       select no || '-' || step, 1, 'text', 'must', case step when 0 then reporter else holder end, no, 1, 0,
       '{"touser": "somebody", "content": "工单已经派出，师傅会尽快与您联系"}', opened_at, opened_at, 1, 0, opened_at,
       opened_at, 'sent', '', ''
       from orders, (select value as step from json_each('[0, 1, 2]')) where closed_at is not null""",
    """insert into ratings (order_no, score, words, at)
       select no, 5, '', closed_at from orders where closed_at is not null and no % 3 = 0""",
)


def measure(folder: Path, closed: int, times: int) -> list[Figure]:
    """Two databases in one process, asked in turn: one has ten open orders and nothing else, the other ten open ones
    and ``closed`` more that are over, with the inbox, history, letters and scores they left. Timed is
    ``inbox.receive`` with its commit, for a report of a resident who has reported before and for 我的工单."""
    platform = Platform()
    mail = Mail(platform)
    estates = {name: found(folder / name, platform) for name in ("few", "many")}
    for name, estate in estates.items():
        _fill(estate, closed if name == "many" else 0)
    houses = {name: build(estate.settings, utc_now) for name, estate in estates.items()}
    try:
        # My orders first, while just ten are open.
        _compare(houses, OPEN, lambda n: (f"regular-{n}", f"{n % OPEN + 1}号楼301客厅灯不亮"), mail, warm=0)
        mine = _compare(houses, times, lambda n: (f"regular-{n % OPEN}", "我的工单"), mail)
        for name, estate in estates.items():
            if estate.count("orders") != OPEN + (closed if name == "many" else 0):
                raise AssertionError("我的工单 was taken for a report")
        report = _compare(houses, times, lambda n: (f"regular-{OPEN + n}", f"{n % 400 + 1}号楼301空调不制冷"), mail)
    finally:
        for house in houses.values():
            house.close()
    return [_figure("taking a report", report, closed), _figure("我的工单", mine, closed)]


def _figure(what: str, took: dict[str, float], closed: int) -> Figure:
    told = f"{took['few'] * 1e6:.0f} and {took['many'] * 1e6:.0f} µs, medians in process"
    return Figure(f"{what}: {closed:,} closed orders / none", took["many"] / took["few"], "×", 1.5, note=told)


def _compare(houses: dict[str, House], times: int, message: Callable[[int], tuple[str, str]], mail: Mail,
             warm: int = 50) -> dict[str, float]:  # fmt: skip
    """Median seconds by house, after ``warm`` messages that are not counted."""
    took: dict[str, list[float]] = {name: [] for name in houses}
    for n in range(times + warm):
        for name, house in houses.items():
            incoming = opened(house, *mail.envelope(*message(n)))
            begin = time.perf_counter()
            inbox.receive(house.desk, incoming)
            took[name].append(time.perf_counter() - begin)
    return {name: median(values[warm:]) for name, values in took.items()}


def _fill(estate: Estate, closed: int) -> None:
    """Write the regulars and a year of closed orders past the product, as fast as SQLite can."""
    raw = sqlite3.connect(estate.settings.store.url.removeprefix("sqlite:///"), isolation_level=None)
    now = int(utc_now().timestamp() * 1e6)
    raw.execute("pragma synchronous=off")
    _execute(raw, CONTACTS, REGULARS, now)
    for statement in FILL if closed else ():
        _execute(raw, statement, closed, now)
    raw.execute("pragma wal_checkpoint(truncate)")
    raw.close()


def _execute(raw: sqlite3.Connection, statement: str, rows: int, now: int) -> None:
    numbers = "with recursive n(i) as (values(0) union all select i + 1 from n where i + 1 < :many)"
    values = {"many": rows, "regulars": REGULARS, "now": now, "year": YEAR_US, "first": FIRST_NO}
    raw.execute(f"{numbers} {statement}", values)
