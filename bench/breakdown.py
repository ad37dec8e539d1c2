"""Figure 7: where the microseconds of one intake go, so that it can be followed over time."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl

from bench.estate import found
from bench.figure import Figure
from bench.mail import Mail
from bot import inbox
from bot.build import House, build
from bot.clock import utc_now
from bot.core.kinds import Category
from bot.core.messages import Incoming
from bot.core.reading import Context, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.desk import Reader
from bot.sandbox.platform import Platform
from bot.wecom.incoming import envelope, parse

WARM = 50


@dataclass
class TimedReader:
    """The product's reader with a stopwatch."""

    reader: Reader
    seconds: float = 0.0

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        begin = time.perf_counter()
        try:
            return self.reader.read(text, context, register)
        finally:
            self.seconds += time.perf_counter() - begin

    def read_place(self, text: str) -> Place:
        return self.reader.read_place(text)

    def read_category(self, text: str) -> Category | None:
        return self.reader.read_category(text)


@dataclass
class Parts:
    """Seconds of each part, one entry a message."""

    opening: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    turn: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def measure(folder: Path, times: int) -> list[Figure]:
    """One thread, no server: everyday reports of new residents on a fresh database. Opening: envelope, signature,
    decryption and parsing. Reading: from text to meaning. Turn: everything between, rows included. Commit: from the
    moment at which SQLite is told to commit until ``inbox.receive`` returns. SQLite itself counts the statements.
    """
    platform = Platform()
    house = build(found(folder, platform).settings, utc_now)
    try:
        mail = Mail(platform)
        parts = _take(house, mail, times)
        statements = _statements(house, mail)
    finally:
        house.close()
    figures = [
        Figure(f"one intake in process: {name}", median(values[WARM:]) * 1e6, "µs")
        for name, values in (
            ("crypto and parsing", parts.opening),
            ("reading", parts.reading),
            ("turn without commit", parts.turn),
            ("commit", parts.commit),
            ("all of it", parts.whole),
        )
    ]
    return [*figures, Figure("one intake in process: SQL statements", statements)]


def _take(house: House, mail: Mail, times: int) -> Parts:
    parts, reader = Parts(), TimedReader(house.desk.reader)
    house.desk.reader = reader
    marks: list[float] = []

    def noted(statement: str) -> None:
        if statement == "COMMIT":
            marks.append(time.perf_counter())

    _driver(house).set_trace_callback(noted)
    for n in range(WARM + times):
        envelope_of = mail.envelope(
            f"resident-{n:07d}", f"{n % 400 + 1}号楼2单元{n % 33 + 1}01厨房水管漏水，地上都是水"
        )
        reader.seconds = 0.0
        marks.clear()
        begin = time.perf_counter()
        incoming = opened(house, *envelope_of)
        taken = time.perf_counter()
        inbox.receive(house.desk, incoming)
        end = time.perf_counter()
        parts.opening.append(taken - begin)
        parts.reading.append(reader.seconds)
        parts.turn.append(marks[-1] - taken - reader.seconds)
        parts.commit.append(end - marks[-1])
        parts.whole.append(end - begin)
    return parts


def opened(house: House, query: str, body: bytes) -> Incoming:
    """The message in an envelope, as the web hands it in."""
    fields = dict(parse_qsl(query))
    plain = house.app_crypto.open(fields["msg_signature"], fields["timestamp"], fields["nonce"], envelope(body))
    return parse(plain, house.settings.wecom.corp_id, house.settings.wecom.agent_id, house.desk.clock())


def _statements(house: House, mail: Mail) -> int:
    """How many statements SQLite is given for one report, BEGIN and COMMIT included."""
    given: list[str] = []
    driver = _driver(house)
    incoming = opened(house, *mail.envelope("resident-last", "1号楼2单元301厨房水管漏水，地上都是水"))
    driver.set_trace_callback(given.append)
    inbox.receive(house.desk, incoming)
    driver.set_trace_callback(None)
    return len(given)


def _driver(house: House) -> Any:
    """The one connection through which this process writes."""
    with house.desk.turn() as turn:
        return turn.tx.connection.dbapi_connection
