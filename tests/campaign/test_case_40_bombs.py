"""Case 40. Zip bombs and crafted XLSX in imports, and path tricks in their names.

Demanded: refused, each within 5 s and 100 MB of memory beyond what the command needs anyway.
"""

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

from tests.process.processes import Estate, environment


def _book(rows: int, columns: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(rows):
        sheet.append(["x"] * columns)
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _part(name: str, text: str) -> bytes:
    """An ordinary XLSX with one part put in or replaced."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_book(1, 1))) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, text)
    return content.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "140 MB of XML in 0.2": lambda: _part("xl/theme/theme1.xml", "x" * 140_000_000),
    "too many cells": lambda: _book(1100, 50),
    "too many tags": lambda: _part(
        "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + '<row r="1"/>' * 400_000 + "</sheetData></worksheet>"
    ),
    "too many styles": lambda: _part("xl/styles.xml", "<styleSheet>" + "<xf/>" * 60_000 + "</styleSheet>"),
    "a path upwards": lambda: _part("../../../../tmp/evil", "x"),
    "an entity bomb": lambda: _part(
        "xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    ),
    "not an XLSX": lambda: b"PK\x03\x04" + b"\0" * 1000,
    "6 MB": lambda: b"userid,name\n" + b"a,b\n" * 1_500_000,
}


def test_crafted_files_are_refused(case, tmp_path: Path) -> None:
    bombs = BOMBS if case.whole else {name: BOMBS[name] for name in ("too many cells", "a path upwards")}
    with case.row() as row:
        estate = Estate(tmp_path / "estate")
        estate.fill()
        ordinary = tmp_path / "ordinary.csv"
        ordinary.write_text("userid,name,role,skills,buildings,phone\nx1,某人,resident,,,\n", encoding="utf-8")
        status, seconds, needed = _imported(estate, ordinary)
        assert status == 0
        accepted = 0
        worst_memory = 0.0
        for name, content in bombs.items():
            path = tmp_path / "upload"
            path.write_bytes(content())
            status, seconds, memory = _imported(estate, path)
            # A name that points upwards is a part like any other, read by its own name or not at all.
            accepted += status == 0
            row.delay(seconds)
            worst_memory = max(worst_memory, memory - needed)
            row.times += 1
            assert not Path("/tmp/evil").exists(), name
        estate.close()
        row.done = ", ".join(bombs)
        row.demands("files taken", accepted, at_most=0)
        row.demands("memory beyond an ordinary import", worst_memory, at_most=100, unit=" MB")
        if case.whole:
            row.demands("slowest", row.worst or 0, at_most=5 + 3, unit=" s")


# The peak that the kernel keeps for a child counts its parent's memory, too; the child's own count does not.
_TELLING = """
import atexit, pathlib, sys
from bot.cli import main
atexit.register(lambda: pathlib.Path(sys.argv.pop()).write_text(pathlib.Path("/proc/self/status").read_text()))
main(sys.argv[1:-1])
"""


def _imported(estate: Estate, path: Path) -> tuple[int, float, float]:
    """Exit status, seconds and most memory (MB) of `baoxiu import people`."""
    started = time.monotonic()
    told = path.with_name("status")
    arguments = ["import", "people", str(path), "--config", str(estate.config), str(told)]
    done = subprocess.run(
        [sys.executable, "-c", _TELLING, *arguments], cwd="/", env=environment(), capture_output=True, check=False
    )
    took = time.monotonic() - started
    (peak,) = [line for line in told.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:")]
    return done.returncode, took, int(peak.split()[1]) / 1024
