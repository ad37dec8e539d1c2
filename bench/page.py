"""Figure 3: from the POST of an emergency to the engineer's page at the platform."""

import time
from pathlib import Path
from random import Random

from bench.estate import found
from bench.figure import Figure, milliseconds
from bench.mail import Mail
from bench.product import first_answer, free_port, post, product
from bench.receiver import Receiver, receiving
from bot.clock import utc_now
from bot.sandbox.platform import Platform

ENGINEERS = 60
WAIT_S = 5.0


def measure(folder: Path, times: int) -> list[Figure]:
    """One emergency after the other at an idle ``baoxiu serve``, each from another resident and building.

    The time ends when the sandbox has taken the order's first message/send to an engineer and writes it down, so a
    little of the sandbox's own work is inside. Accepting has two hours here, so that no ladder of an earlier emergency
    disturbs a later one. The pauses are random: they must not march with the ticker.
    """
    platform, port, random = Platform(), free_port(), Random(3)
    mail = Mail(platform)
    took = []
    with receiving(ENGINEERS, times + 1) as receiver:
        calm = '[sla.emergency]\naccept_within = "2h"\narrive_within = "3h"\nfinish_within = "4h"\n'
        with product(found(folder, platform, receiver.url, port, ENGINEERS, calm)):
            first_answer(port, mail.emergency())
            _page_of(1, receiver)
            for no in range(2, times + 2):
                time.sleep(0.15 + random.random() * 0.3)
                request = mail.emergency()
                # The sandbox is another process: only the wall clock is common to both.
                begin = utc_now().timestamp()
                if post(port, request) != 200:
                    raise AssertionError(f"emergency {no} was not taken")
                took.append(_page_of(no, receiver) - begin)
    return milliseconds("time to page", took, 300)


def _page_of(no: int, receiver: Receiver) -> float:
    """The moment at which the card of this order arrived at an engineer's."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        for message in receiver.news():
            if message["to"].startswith("engineer") and message["task_id"].startswith(f"{no}-"):
                return float(message["at"])
        time.sleep(0.01)
    raise AssertionError(f"order {no} was paged to nobody within {WAIT_S} s")
