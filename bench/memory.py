"""Figure 5: what ``baoxiu serve`` holds in memory after many orders, against after few."""

import time
from pathlib import Path

from bench.estate import found
from bench.figure import Figure
from bench.load import Plan, run
from bench.mail import Mail
from bench.product import first_answer, free_port, product, proportional_memory
from bench.receiver import receiving
from bot.sandbox.platform import Platform

CONNECTIONS = 8
SETTLES_S = 2.0


def measure(folder: Path, few: int, many: int) -> list[Figure]:
    """Orders come as fast as they are taken while the senders work against the sandbox; PSS, with the process that
    reads, and RSS are read when no more come."""
    platform, port = Platform(), free_port()
    mail = Mail(platform)
    with receiving(120, many) as receiver:
        estate = found(folder, platform, receiver.url, port, 120)
        with product(estate) as pid:
            first_answer(port, mail.reports(1)[0])
            small = _after(few - 1, port, mail, pid)
            big = _after(many - few, port, mail, pid)
    orders = estate.count("orders")
    if orders != many:
        raise AssertionError(f"{orders} orders of {many}")
    told = f"PSS {small[1]:.0f} and {big[1]:.0f} MiB, RSS {small[0]:.0f} and {big[0]:.0f} MiB"
    return [
        Figure(f"memory after {many} orders / after {few}", big[1] / small[1], "×", 1.3, note=told),
        Figure(f"memory (PSS) after {many} orders", big[1], "MiB"),
    ]


def _after(orders: int, port: int, mail: Mail, pid: int) -> tuple[float, float]:
    """RSS and PSS in MiB after so many further orders."""
    left = orders
    while left:
        # Requests are made in portions, since they are fresh for five minutes only.
        portion = min(left, 1000)
        run(Plan(port, mail.reports(portion), CONNECTIONS, seconds=3600))
        left -= portion
    time.sleep(SETTLES_S)
    return proportional_memory(pid)
