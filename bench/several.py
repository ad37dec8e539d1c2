"""Two processes on one PostgreSQL against one: how much more they take in together."""

import os
import secrets
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bench.estate import found
from bench.figure import Figure
from bench.mail import Mail
from bench.serving import serving
from bench.slow_flush import NotHere
from bot.sandbox.platform import Platform

SERVER = "BAOXIU_BENCH_POSTGRES_URL"
USUAL = "postgresql+psycopg://postgres@127.0.0.1/postgres"
CONNECTIONS, WARM_S, AT_MOST = 8, 0.5, 2_500


@dataclass(frozen=True)
class Round:
    """Messages a second that one process took, and that two took together."""

    one: float
    two: float

    @property
    def ratio(self) -> float:
        return self.two / self.one


def measure(folder: Path, rounds: int, seconds: float, say: Callable[[str], None] = print) -> list[Figure]:
    """Intake as in the first figure, on PostgreSQL as it is configured (its own flush), senders and ticker stopped; a
    load generator in C keeps 8 connections busy, all at one process or four at each of two. Every round has a fresh
    database for each, and every other begins with the two. Breaks off where an answer is not 200 or orders and
    answers differ in number. On a machine with two cores the database and the load share them with the processes."""
    generator = _compiled(folder)
    platform = Platform()
    done = []
    for number in range(rounds):
        rates = {}
        for processes in (1, 2) if number % 2 == 0 else (2, 1):
            with _database() as url:
                rates[processes] = _rate(folder / f"{number}-{processes}", url, processes, generator, platform, seconds)
        done.append(Round(rates[1], rates[2]))
        say(f"  one {done[-1].one:.0f}/s, two {done[-1].two:.0f}/s, ratio {done[-1].ratio:.2f}")
    ratios = [r.ratio for r in done]
    spread = f"{len(ratios)} rounds from {min(ratios):.2f} to {max(ratios):.2f}"
    return [
        Figure("PostgreSQL, two processes / one", median(ratios), "×", 1.5, at_least=True, note=spread),
        Figure("PostgreSQL, one process", median(r.one for r in done), "/s"),
        Figure("PostgreSQL, two processes", median(r.two for r in done), "/s"),
    ]


def _rate(folder: Path, url: str, processes: int, generator: Path, platform: Platform, seconds: float) -> float:
    estate = found(folder, platform, url=url)
    mail = Mail(platform)
    with ExitStack() as running:
        ports = [running.enter_context(serving("intake", estate.config)) for _ in range(processes)]
        loads = []
        for port in ports:
            file = folder / f"{port}.requests"
            requests = mail.reports(int((seconds + WARM_S) * AT_MOST / processes))
            file.write_bytes(b"".join(struct.pack("=I", len(one)) + one for one in requests))
            share = str(CONNECTIONS // processes)
            command = [str(generator), str(port), share, str(WARM_S), str(seconds), str(file)]
            loads.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        results = [load.communicate()[0].split() for load in loads]
    counted, answers, other = (sum(int(result[i]) for result in results) for i in range(3))
    orders = estate.count("orders")
    if other or orders != answers:
        raise AssertionError(f"{other} answers of {answers} were not 200, {orders} orders")
    return counted / seconds


def _compiled(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotHere("there is no C compiler")
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "load"
    source = Path(__file__).with_name("load.c")
    subprocess.run([compiler, "-O2", "-D_GNU_SOURCE", "-o", str(program), str(source)], check=True)
    return program


@contextmanager
def _database() -> Iterator[str]:
    """An empty database of the server that is named, or of the usual one of this machine. Raises ``NotHere``."""
    server = make_url(os.environ.get(SERVER, USUAL))
    engine = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"baoxiu_bench_{secrets.token_hex(4)}"
    try:
        with engine.connect() as connection:
            connection.execute(text(f"create database {name}"))
    except SQLAlchemyError as error:
        raise NotHere(f"no PostgreSQL answers; set {SERVER}") from error
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        engine.dispose()
