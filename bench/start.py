"""Figure 4: from spawning ``baoxiu serve`` to its first answered callback."""

import time
from pathlib import Path

from bench.estate import found
from bench.figure import Figure, quantile
from bench.mail import Mail
from bench.product import first_answer, free_port, product
from bot.sandbox.platform import Platform


def measure(folder: Path, times: int) -> list[Figure]:
    """Starts on a database that exists and is at the present schema; the byte code is there from the first start,
    which is not counted. The time ends with the 200 of a genuine report that is stored by then."""
    platform, port = Platform(), free_port()
    mail = Mail(platform)
    estate = found(folder, platform, port=port)
    took = []
    for _ in range(times + 1):
        request = mail.reports(1)[0]
        begin = time.perf_counter()
        with product(estate):
            first_answer(port, request)
            took.append(time.perf_counter() - begin)
    return [
        Figure("start to first answered callback: median", quantile(took[1:], 0.5), "s"),
        Figure("start to first answered callback: slowest", max(took[1:]), "s", 2, note=f"{times} starts"),
    ]
