"""The labelled sentences: tests/nlp/bench/tuned is what rules are tuned on, locked is only counted.

tests/nlp/lessons and tests/nlp/phrases are learned from, together with the tuned ones, and measure nothing.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE, Context, OpenOrder, Place

BENCH = Path(__file__).parent / "bench"
LESSONS = Path(__file__).parent / "lessons"
PHRASES = Path(__file__).parent / "phrases"
PARTS = ("tuned", "locked")


@dataclass(frozen=True)
class Row:
    """One labelled sentence; ``real`` if its group holds letters, hotline notes and the like (letter...)."""

    text: str
    intent: Intent
    faults: tuple[tuple[Category, Priority], ...]
    place: Place
    why: str
    context: Context | None
    group: str
    real: bool

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(category for category, _ in self.faults)

    @property
    def is_emergency(self) -> bool:
        return any(priority is Priority.EMERGENCY for _, priority in self.faults)


class BadRow(ValueError):
    """A row that is not labelled as it has to be; says which, but of the locked part never its words."""


def rows(part: str) -> list[Row]:
    """Return all rows of a part, files and groups in order."""
    return _of_folder(BENCH / part)


def lessons() -> list[Row]:
    """Return all rows that are only learned from."""
    return _of_folder(LESSONS)


def phrases() -> list[Row]:
    """Return the short phrases that are learned from beside the sentences (tests/nlp/phrases).

    A line is its labels, a tab and the phrase; ``intent=NAME`` among the labels says that it is no plain report.
    """
    found = []
    for path in sorted(PHRASES.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            labels, _, text = line.partition("\t")
            try:
                intents = [label.removeprefix("intent=") for label in labels.split() if label.startswith("intent=")]
                faults = tuple(_fault(label) for label in labels.split() if not label.startswith("intent="))
                intent = Intent(intents[0]) if intents else Intent.REPORT
            except ValueError as error:
                raise BadRow(f"{path.name}: line {number}: {error}") from None
            found.append(Row(text, intent, faults, NOWHERE, "", None, f"phrases.{path.stem}", False))
    return found


def _of_folder(folder: Path) -> list[Row]:
    return [row for path in sorted(folder.glob("*.toml")) for row in _of_file(path)]


def _of_file(path: Path) -> Iterator[Row]:
    for group, lines in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for number, line in enumerate(lines, 1):
            try:
                yield _row(f"{path.stem}.{group}", line)
            except (ValueError, TypeError, KeyError) as error:
                raise BadRow(f"{path.name}: {group}[{number}]: {type(error).__name__}") from None


def _row(group: str, line: list[object]) -> Row:
    text, intent, faults, place, why, *more = line
    parts = [part or None for part in str(place).split("/")]
    context = more[0] if more else None
    return Row(
        str(text),
        Intent(str(intent)),
        tuple(_fault(label) for label in str(faults).split()),
        Place(*(parts if len(parts) == 4 else [*parts[:3], "/".join(filter(None, parts[3:]))])),
        str(why),
        _context(context) if isinstance(context, dict) else None,
        group,
        group.partition(".")[2].startswith("letter"),
    )


def _fault(label: str) -> tuple[Category, Priority]:
    category, _, priority = label.partition(":")
    return Category(category), Priority(priority)


# Some hands named questions and states otherwise than the program does.
_QUESTIONS = {"finished": "confirm", "done": "confirm", "detail": "what", "slot": "reply", "phone": "reply"}
_STATES = {"done": "finished", "dispatched": "open", "paused": "parked", "suspended": "parked"}


def _context(given: dict[str, object]) -> Context:
    orders = given.get("open", [])
    assert isinstance(orders, list)
    opened = []
    for no, label in enumerate(orders, 1):
        category, _, status = str(label).partition(":")
        opened.append(OpenOrder(no, Category(category), _STATES.get(status, status)))
    asked = _QUESTIONS.get(str(given.get("asked")), given.get("asked"))
    return Context(str(asked) if asked else None, tuple(opened))
