"""`baoxiu classify`: JSON lines in, JSON lines out."""

import json
from collections.abc import Iterable
from typing import TextIO

from bot.core.reading import Reading
from bot.nlp.reader import load_reader


class BadLine(ValueError):
    """A line of the input is not what is asked for; ``line_no`` counts from 1."""

    def __init__(self, line_no: int, reason: str) -> None:
        super().__init__(f"line {line_no}: {reason}")
        self.line_no = line_no
        self.reason = reason


def classify_lines(lines: Iterable[str], out: TextIO) -> int:
    """Read ``{"id", "text"}`` a line, write each reading as one line of JSON; return how many were written.

    Blank lines are skipped. Raises BadLine at the first line that is no such object; the lines before it are written.
    """
    reader = load_reader()
    written = 0
    for line_no, line in enumerate(lines, 1):
        if not line.strip():
            continue
        key, text = _parse(line_no, line)
        out.write(json.dumps({"id": key, **as_fields(reader.read(text))}, ensure_ascii=False) + "\n")
        written += 1
    return written


def as_fields(reading: Reading) -> dict[str, object]:
    """Return a reading in the field names that CONTRACT.md gives to `classify`."""
    place = reading.place
    return {
        "intent": reading.intent.value,
        "faults": [{"category": fault.category.value, "priority": fault.priority.value} for fault in reading.faults],
        "location": {"building": place.building, "unit": place.unit, "room": place.room, "area": place.area},
        "why": list(reading.why),
    }


def _parse(line_no: int, line: str) -> tuple[object, str]:
    try:
        # A byte order mark stands before the first line of files written on Windows.
        item = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BadLine(line_no, "is no JSON; write one object per line") from error
    if not isinstance(item, dict) or "id" not in item or "text" not in item:
        raise BadLine(line_no, 'must be an object with "id" and "text"')
    if not isinstance(item["text"], str):
        raise BadLine(line_no, '"text" must be a string')
    return item["id"], item["text"]
