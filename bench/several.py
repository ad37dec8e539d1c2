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
    """Messages a second that one process took, and that two took together, a processor each; and as they run."""

    one: float
    two: float
    one_free: float
    two_free: float

    @property
    def ratio(self) -> float:
        return self.two / self.one


def measure(folder: Path, rounds: int, seconds: float, say: Callable[[str], None] = print) -> list[Figure]:
    """Intake as in the first figure, on PostgreSQL as it is configured (its own flush), senders and ticker stopped; a
    load generator in C keeps 8 connections busy, all at one process or four at each of two. Each process has one
    processor, and so reads by itself: that is what a second one brings. Told beside are one and two as they run on
    all processors, each with a process that reads for it. Every round has a fresh database for each, and every other
    goes the other way. Breaks off where an answer is not 200 or orders and answers differ in number. On a machine with
    two cores the database and the load share them with the processes."""
    generator = _compiled(folder)
    processors = _processors()
    platform = Platform()
    done = []
    for number in range(rounds):
        rates = {}
        kinds: dict[str, tuple[int | None, ...]] = {
            "one": processors[:1],
            "two": processors,
            "one_free": (None,),
            "two_free": (None, None),
        }
        for kind in kinds if number % 2 == 0 else reversed(kinds):
            with _database() as url:
                rates[kind] = _rate(folder / f"{number}-{kind}", url, kinds[kind], generator, platform, seconds)
        done.append(Round(**rates))
        say(
            f"  one {done[-1].one:.0f}/s, two {done[-1].two:.0f}/s, ratio {done[-1].ratio:.2f}; "
            f"with readers {done[-1].one_free:.0f}/s and {done[-1].two_free:.0f}/s"
        )
    ratios = [r.ratio for r in done]
    spread = f"{len(ratios)} rounds from {min(ratios):.2f} to {max(ratios):.2f}"
    return [
        Figure("PostgreSQL, two processes / one", median(ratios), "×", 1.5, at_least=True, note=spread),
        Figure("PostgreSQL, one process on one processor", median(r.one for r in done), "/s"),
        Figure("PostgreSQL, two processes, a processor each", median(r.two for r in done), "/s"),
        Figure("PostgreSQL, one process and its reader, on all processors", median(r.one_free for r in done), "/s"),
        Figure("PostgreSQL, two processes and their readers, on all", median(r.two_free for r in done), "/s"),
    ]


def _processors() -> tuple[int, int]:
    """Two that this process may use. Raises ``NotHere`` where there are fewer."""
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(usable) < 2:
        raise NotHere("two processors cannot be given to two processes")
    return usable[0], usable[1]


def _rate(
    folder: Path, url: str, processors: tuple[int | None, ...], generator: Path, platform: Platform, seconds: float
) -> float:
    estate = found(folder, platform, url=url)
    mail = Mail(platform)
    with ExitStack() as running:
        ports = [running.enter_context(serving("intake", estate.config, processor=each)) for each in processors]
        loads = []
        for port in ports:
            file = folder / f"{port}.requests"
            requests = mail.reports(int((seconds + WARM_S) * AT_MOST / len(processors)))
            file.write_bytes(b"".join(struct.pack("=I", len(one)) + one for one in requests))
            share = str(CONNECTIONS // len(processors))
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
