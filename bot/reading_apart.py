"""Reading in a process of its own, so that another processor does it while this one takes messages.

A fifth of what a message costs is understanding it, and one interpreter runs on one processor at a time. The process
is forked once, before there are threads, and shares rules and tables with its parent. It changes no reading:
where it is busy, late or gone, the text is read here, with the same result.
"""

import marshal
import os
import pickle
import signal
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from typing import Any

import structlog

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE, Context, Evidence, Fault, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.core.visits import Visit
from bot.nlp.reader import Reader, checked

# A message takes a third of a millisecond and the longest text that is read a tenth of a second.
LATE_S = 1.0
# Behind a text of so many characters, which takes milliseconds, it is quicker to read than to wait; behind any number
# of short ones to wait, as this process has the more to do.
LONG, BEHIND_LONG_S, BUSY_S = 300, 0.003, 0.03
_LENGTH = struct.Struct("<I")

_log = structlog.get_logger(__name__)


class ReaderApart:
    """Reads as the reader that it was made of, by a process of its own as long as there is one."""

    def __init__(self, reader: Reader) -> None:
        """Fork the process: to be called before the first thread is started. Raises OSError where that fails."""
        self._reader = reader
        self._lock = threading.Lock()
        self._long = False
        self._line: socket.socket | None
        self._line, theirs = socket.socketpair()
        with theirs:
            try:
                self._child = os.fork()
            except OSError:
                self._line.close()
                raise
            if self._child == 0:
                _serve(reader, theirs)
        self._line.settimeout(LATE_S)

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        """Return what the text says, as `Reader.read` does."""
        reading = self._asked(text, context)
        return self._reader.read(text, context, register) if reading is None else checked(reading, register)

    def read_place(self, text: str) -> Place:
        """Return the place that an answer to "where?" names, as `Reader.read_place` does."""
        return self._reader.read_place(text)

    def read_category(self, text: str) -> Category | None:
        """Return the category that a text names, as `Reader.read_category` does."""
        return self._reader.read_category(text)

    def close(self) -> None:
        """Let the process end; what is read after that is read here."""
        with self._lock:
            self._give_up()

    def _asked(self, text: str, context: Context | None) -> Reading | None:
        """What the process says; None where it is busy or does not answer."""
        if self._line is None or not self._lock.acquire(timeout=BEHIND_LONG_S if self._long else BUSY_S):
            return None
        try:
            if self._line is None:
                return None
            self._long = len(text) > LONG
            _send(self._line, pickle.dumps((text, context)))
            return unpacked(_received(self._line))
        except Exception as error:
            # What it may still answer belongs to no other text: it is never listened to again.
            self._give_up()
            _log.warning("reading goes on in the main process", error=type(error).__name__)
            return None
        finally:
            self._lock.release()

    def _give_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
            with suppress(ChildProcessError):
                os.waitpid(self._child, os.WNOHANG)


def can_be_apart() -> bool:
    """True where the system can fork and this process may use more than one processor."""
    return hasattr(os, "fork") and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


def _serve(reader: Reader, line: socket.socket) -> None:
    """The life of the process: answer until the parent hangs up or has died."""
    try:
        # The parent says when it is over, also where a signal goes to all processes of a group.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Nothing else of the parent is this process's business, least of all its database.
        os.closerange(3, line.fileno())
        os.closerange(line.fileno() + 1, 65_536)
        while True:
            text, context = pickle.loads(_received(line))
            _send(line, packed(_read(reader, text, context)))
    except BaseException:
        os._exit(0)


def _read(reader: Reader, text: str, context: Context | None) -> Reading | None:
    """The reading; None where it fails, so that it fails again where that is seen to."""
    try:
        return reader.read(text, context)
    except Exception:
        return None


def _values(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the fields out of a dataclass, in the order in which they make it again."""
    return attrgetter(*(field.name for field in fields(kind)))


_of_place, _of_evidence, _of_visit = _values(Place), _values(Evidence), _values(Visit)


def packed(reading: Reading | None) -> bytes:
    """A reading as plain values. Pickling the dataclasses cost four times as much, in the process that is short of
    time too."""
    if reading is None:
        return marshal.dumps(None)
    faults = [(f.category.value, f.priority.value, _of_place(f.place), f.doubtful) for f in reading.faults]
    return marshal.dumps(
        (
            reading.intent.value,
            faults,
            _of_place(reading.place),
            reading.why,
            reading.phone,
            reading.score,
            reading.sure,
            reading.alarming,
            [intent.value for intent in reading.also],
            _of_visit(reading.visit) if reading.visit else None,
            [_of_place(place) for place in reading.candidates],
            [_of_evidence(one) for one in reading.evidence],
        )
    )


def unpacked(data: bytes) -> Reading | None:
    """The reading that was `packed`. Raises an exception of whatever kind where the bytes are none."""
    told = marshal.loads(data)
    if told is None:
        return None
    intent, faults, place, why, phone, score, sure, alarming, also, visit, candidates, evidence = told
    return Reading(
        Intent(intent),
        tuple([Fault(Category(c), Priority(p), _place(where), doubtful) for c, p, where, doubtful in faults]),
        _place(place),
        why,
        phone,
        score,
        sure,
        alarming,
        tuple([Intent(one) for one in also]),
        Visit(*visit) if visit else None,
        tuple([Place(*each) for each in candidates]),
        tuple([Evidence(*each) for each in evidence]),
    )


def _place(told: tuple[str | None, ...]) -> Place:
    return Place(*told) if any(told) else NOWHERE


def _send(line: socket.socket, data: bytes) -> None:
    line.sendall(_LENGTH.pack(len(data)) + data)


def _received(line: socket.socket) -> bytes:
    """The next message whole. Raises EOFError where the other side has hung up, TimeoutError where it is late."""
    data = b""
    while len(data) < _LENGTH.size or len(data) < _LENGTH.size + _LENGTH.unpack_from(data)[0]:
        more = line.recv(65_536)
        if not more:
            raise EOFError
        data += more
    return data[_LENGTH.size :]
