"""Figure 2: callbacks that arrive at random moments, timed from the moment at which each was due."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

from bench.estate import Estate, found
from bench.figure import Figure, milliseconds, quantile
from bench.load import Plan, Result, run
from bench.mail import Mail
from bench.product import first_answer, free_port, product
from bench.receiver import receiving
from bench.serving import serving
from bot.sandbox.platform import Platform

# More than are ever busy at these rates: an arrival must not wait for the generator.
CONNECTIONS = 32
FAST, SLOW = 150.0, 20.0
# Two letters a page, 28 a minute for each person: with fewer engineers the senders would rest instead of work.
ENGINEERS = 120


def silent(folder: Path, seconds: float) -> list[Figure]:
    """150 Poisson arrivals a second at the served intake with senders and ticker stopped; then, for a third of the
    time, at the echo of the first figure, as the floor that this machine and the generator set."""
    figures = _silent(folder, seconds, "150 callbacks/s, senders stopped", 10, 500, None)
    platform = Platform()
    dues = _poisson(FAST, seconds / 3)
    with serving("echo", found(folder / "echo", platform).config) as port:
        mail = Mail(platform)
        first_answer(port, mail.reports(1)[0])
        result = run(Plan(port, mail.reports(len(dues)), CONNECTIONS, due=dues))
    floor = quantile(result.latencies, 0.99) * 1000
    return [*figures, Figure("150 callbacks/s at the echo, the floor: p99", floor, "ms")]


def slow_disk(folder: Path, seconds: float, environment: Mapping[str, str]) -> list[Figure]:
    """The same with 1 ms added to every fsync and fdatasync by a preloaded library."""
    return _silent(folder, seconds, "150 callbacks/s, every flush 1 ms slower", 25, None, environment)


def everything(folder: Path, seconds: float) -> list[Figure]:
    """20 Poisson arrivals a second at ``baoxiu serve`` with its senders working against the sandbox."""
    platform, port = Platform(), free_port()
    dues = _poisson(SLOW, seconds)
    with receiving(ENGINEERS, len(dues) + 1) as receiver:
        estate = found(folder, platform, receiver.url, port, ENGINEERS)
        mail = Mail(platform)
        with product(estate):
            first_answer(port, mail.reports(1)[0])
            result = run(Plan(port, mail.reports(len(dues)), CONNECTIONS, due=dues))
            sent = len(receiver.news())
            broken = receiver.violations()
        what = "20 callbacks/s, everything running"
        return [
            *milliseconds(what, result.latencies, 50),
            *_honest(what, estate, result, before=1),
            Figure(f"{what}: messages the platform took per second", sent / result.seconds),
            Figure(f"{what}: rules of the platform broken", len(broken), target=0, note="; ".join(broken[:2])),
        ]


def _silent(folder: Path, seconds: float, what: str, p99: float, worst: float | None,
            environment: Mapping[str, str] | None) -> list[Figure]:  # fmt: skip
    platform = Platform()
    estate = found(folder, platform)
    mail = Mail(platform)
    dues = _poisson(FAST, seconds)
    with serving("intake", estate.config, environment) as port:
        first_answer(port, mail.reports(1)[0])
        result = run(Plan(port, mail.reports(len(dues)), CONNECTIONS, due=dues))
    return [*milliseconds(what, result.latencies, p99, worst), *_honest(what, estate, result, before=1)]


def _honest(what: str, estate: Estate, result: Result, before: int) -> list[Figure]:
    """Nothing failed, and every accepted message is an order; ``before``: orders from before the load."""
    missing = abs(estate.count("orders") - before - result.statuses[200])
    return [
        Figure(f"{what}: errors", result.errors, target=0),
        Figure(f"{what}: orders stored less messages accepted", missing, target=0),
    ]


def _poisson(rate: float, seconds: float) -> list[float]:
    """Moments of a Poisson process; the seed is fixed, so that two runs see the same bursts."""
    random = Random(20261122)
    dues, at = [], random.expovariate(rate)
    while at < seconds:
        dues.append(at)
        at += random.expovariate(rate)
    return dues
