"""What the campaign finds, a row a run of a case; where a figure misses its demand, the row says so."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

# Where the rows of a long run are collected (tests/campaign/__main__.py); a run of the samples keeps none.
COLLECTED = os.environ.get("CAMPAIGN_ROWS", "")


@dataclass
class Row:
    """One case on one database. ``lost`` and ``doubled`` have to be 0 wherever they are counted at all."""

    case: int
    title: str
    kind: str = ""
    done: str = ""
    times: int = 0
    lost: int | None = None
    doubled: int | None = None
    worst: float | None = None
    figures: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    not_run: str = ""

    def counted(self, lost: int, doubled: int) -> None:
        """Adds to what was lost and what was doubled."""
        self.lost = (self.lost or 0) + lost
        self.doubled = (self.doubled or 0) + doubled

    def delay(self, seconds: float) -> None:
        """A delay was seen; the worst stays."""
        self.worst = max(self.worst or 0.0, seconds)

    def says(self, figure: str) -> None:
        """A figure that nothing is demanded of."""
        self.figures.append(figure)

    def demands(self, what: str, found: float, *, at_most: float | None = None, at_least: float | None = None,
                unit: str = "") -> None:  # fmt: skip
        """A figure and what it has to be."""
        limit = f"≤ {at_most:g}" if at_most is not None else f"≥ {at_least:g}"
        met = (at_most is None or found <= at_most) and (at_least is None or found >= at_least)
        told = f"{what} {found:.3g}{unit}" if found < 1000 else f"{what} {found:.0f}{unit}"
        self.figures.append(f"{told} ({limit}{unit})" if met else f"**{told}, demanded {limit}{unit}**")
        if not met:
            self.missed.append(f"{what}: {found:g}{unit}, demanded {limit}{unit}")

    def must_hold(self) -> None:
        """AssertionError where a demand is not met."""
        for what, found in (("lost", self.lost), ("doubled", self.doubled)):
            if found:
                self.missed.append(f"{found} {what}")
        assert not self.missed, "; ".join(self.missed)

    def keep(self) -> None:
        """Append the row to what is collected."""
        if COLLECTED:
            with Path(COLLECTED).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(self), ensure_ascii=False) + "\n")


@contextmanager
def row(case: int, title: str, kind: str) -> Iterator[Row]:
    """A row that is kept however its case ends."""
    one = Row(case, title, kind)
    try:
        yield one
    except KeyboardInterrupt:
        raise  # cut off from outside: see cut_off
    except BaseException as failure:
        one.missed.append(
            f"broke off: {type(failure).__name__} {str(failure).splitlines()[0][:160] if str(failure) else ''}"
        )
        one.keep()
        raise
    try:
        one.must_hold()
    finally:
        one.keep()


def note(what: str, item: str) -> None:
    """Remember that a case is ``planned`` or ``done``: what was planned and never done stands on the page too."""
    if COLLECTED:
        with Path(f"{COLLECTED}.{what}").open("a", encoding="utf-8") as file:
            file.write(item + "\n")


def number_of(file: str) -> int:
    """The case that a test file belongs to; 0 for a file that is none's."""
    found = re.match(r"test_case_(\d+)", Path(file).name)
    return int(found[1]) if found else 0


def cut_off(path: Path) -> list[Row]:
    """A row for every case that did not come to its end."""

    def noted(what: str) -> list[str]:
        file = Path(f"{path}.{what}")
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    done = set(noted("done"))
    rows = []
    for item in noted("planned"):
        if item not in done:
            file, _, test = item.partition("::")
            name, _, kind = test.removesuffix("]").partition("[")
            title = name.removeprefix("test_").replace("_", " ")
            reason = "the campaign's minutes were over before its end"
            rows.append(Row(number_of(file), title, kind, not_run=reason))
    return rows


def collected(path: Path) -> list[Row]:
    """Every row kept in that file, by case."""
    rows = [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return sorted(rows, key=lambda one: one.case)
