"""Ten minutes of trouble at the platform, on the faked clock, and what is on the phones afterwards."""

from datetime import timedelta
from pathlib import Path

from tests.campaign.check_z import check_z
from tests.campaign.rows import Row
from tests.campaign.worlds import people_and_duty, world
from tests.chat.world import World

SEND = "/cgi-bin/message/send"
ENGINEERS = [f"gong{n}" for n in range(20)]
RESIDENTS = [f"zhu{n}" for n in range(20)]


def trouble(row: Row, kind: str, folder: Path, faults: list[tuple[str, object]], *, orders: int, letters: int,
            minutes: float) -> World:  # fmt: skip
    """Open orders, let the platform fail for so long while further letters about each are written, and count.

    Every letter is there once, and the letters about one order came in the order in which they were written, whoever
    got them. Returns the world as it was left, closed.
    """
    with world(kind, folder, **people_and_duty(ENGINEERS, RESIDENTS)) as one:
        for n in range(orders):
            getattr(one, RESIDENTS[n % len(RESIDENTS)]).says(f"{n % 40 + 1}栋{n // 40 + 1}单元1502厨房漏水")
        begun = one.clock.now
        for fault, value in faults:
            one.platform.fault(SEND, fault, value, until=begun + timedelta(minutes=minutes))
        per_order = max(1, letters // orders)
        for n in range(per_order):
            write(one, orders, n)
            one.passes(seconds=minutes * 60 / per_order)
        one.passes(seconds=max(0.0, minutes * 60 - (one.clock.now - begun).total_seconds()))
        one.platform.clear_faults()
        healed = one.clock.now
        one.passes(minutes=12)
        check_z(row, one.settings.store.url, one.platform)
        row.counted(*in_order(one, orders, per_order))
        last = max((item.at for userid in (*ENGINEERS, *RESIDENTS) for item in one.platform.phone(userid).shown
                    if "第" in item.text), default=healed)  # fmt: skip
        row.delay(max(0.0, (last - healed).total_seconds()))
        row.times += per_order * orders
        named = ", ".join(f"{fault} {value or ''}".strip() for fault, value in faults)
        row.done = f"{minutes:g} min of {named}; {orders} orders, {per_order * orders} messages written meanwhile"
        return one


def write(one: World, orders: int, n: int) -> None:
    """One more letter about each order, to its reporter and to its holder by turns."""
    from bot import store

    with one.house.desk.turn() as turn:
        for no in range(1, orders + 1):
            order = store.orders.get(turn.tx, no)
            assert order is not None
            assert order.holder is not None
            turn.tell(order.reporter if n % 2 else order.holder, f"工单 {no}：第 {n} 条", order=order)


def in_order(one: World, orders: int, letters: int) -> tuple[int, int]:
    """How many of the numbered letters are missing or came out of turn, and how many came again."""
    seen: dict[int, list[tuple[int, int]]] = {no: [] for no in range(1, orders + 1)}
    for userid in (*ENGINEERS, *RESIDENTS):
        for item in one.platform.phone(userid).shown:
            # Where the minute is nearly full several may be joined in one text, one a line.
            for line in item.text.splitlines():
                if "：第 " in line and line.startswith("工单 "):
                    no, n = line.removeprefix("工单 ").removesuffix(" 条").split("：第 ")
                    seen[int(no)].append((item.number, int(n)))
    lost = doubled = 0
    for came in seen.values():
        numbers = [n for _, n in sorted(came)]
        doubled += len(numbers) - len(set(numbers))
        lost += letters - len(set(numbers))
        assert numbers == sorted(numbers), f"letters of one order came out of turn: {numbers}"
    return lost, doubled
