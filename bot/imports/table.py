"""A CSV or XLSX file from somebody's desk as plain rows, within limits that no crafted file gets around."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

MAX_PACKED = 5_000_000
MAX_UNPACKED = 50_000_000
MAX_CELLS = 50_000
MAX_COLUMNS = 64
# 50 000 cells with their texts inline have 300 000 tags; styles and the like have far fewer and cost far more each.
BULK_PARTS = ("xl/worksheets/", "xl/sharedstrings")
MAX_TAGS = 350_000
MAX_TAGS_ELSEWHERE = 50_000
CHUNK = 65_536
MAX_PARTS = 1_000

Cell = str | date | datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One row as its file numbers it; a cell is text, or a date where the spreadsheet says it is one."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first row that is not empty, and the rows below it that are not empty."""

    header: Row
    rows: tuple[Row, ...]


class TableError(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


def read_table(path: Path) -> Table:
    """Read a CSV (UTF-8 with or without BOM, or GB18030) or the first visible sheet of an XLSX.

    What the file is shows in its first bytes, not in its name. Raises TableError above 5 MB packed, 50 MB unpacked
    (looked up before anything is unpacked) or 50 000 cells, and for what is neither kind.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PACKED + 1)
    except OSError as error:
        raise TableError(f"读不了文件（{error.strerror}）。检查路径和权限") from None
    if len(content) > MAX_PACKED:
        raise TableError("文件超过 5 MB。只留要导入的那张表，或分成几个文件")
    if content.startswith(b"PK"):
        rows = _xlsx_rows(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError("这是旧的 XLS 格式或加了密码。在表格软件里另存为不带密码的 XLSX")
    else:
        rows = _csv_rows(_decoded(content))
    return _table(rows)


def _table(rows: Iterable[Row]) -> Table:
    kept: list[Row] = []
    cells = 0
    for row in rows:
        if not any(row.cells):
            continue
        cells += sum(1 for cell in row.cells if cell)
        if cells > MAX_CELLS:
            raise TableError("超过 50 000 个单元格。分成几个文件导入")
        kept.append(row)
    if not kept:
        raise TableError("文件是空的。第一行写列名，下面每行一条")
    return Table(kept[0], tuple(kept[1:]))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError("不是 UTF-8 或 GB18030 的 CSV，也不是 XLSX。在表格软件里另存为“CSV UTF-8”或 XLSX")


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(cell.strip() for cell in cells))
            line = reader.line_num + 1
    except csv.Error:
        raise TableError(f"第 {line} 行起的引号没有成对，或一格太长。改好再导入") from None


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # a tenth of a second that no other verb has to wait for

    # openpyxl lets many kinds of exception out of a crafted file; to the reader they all mean the same.
    try:
        _refuse_bombs(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Formulas stay the text they are: data from a desk is never computed.
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = next(sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible")
            # A sheet may claim a size that it does not have, in either direction.
            sheet.reset_dimensions()
            # A file that leaves out a million rows between two gets them filled in, so rows are limited as well.
            rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
            found = [
                Row(line, tuple(_cell(value) for value in values))
                for line, values in enumerate(islice(rows, MAX_CELLS + 1), start=1)
                if any(value is not None for value in values)
            ]
            beyond = next(rows, None)
    except TableError:
        raise
    except Exception:
        raise TableError("XLSX 已损坏或不是普通表格。在表格软件里打开后另存为 XLSX") from None
    if beyond is not None:
        raise TableError("表格超过 50 000 行。删掉下面的空行，或分成几个文件")
    return iter(found)


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        # zipfile never hands out more of a part than the directory announces, so announced sizes can be trusted.
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError("XLSX 解开后超过 50 MB。只留要导入的那张表，另存为新文件")
        cells = 0
        for part in parts:
            bulk = part.filename.lower().startswith(BULK_PARTS)
            tags = 0
            with archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    tags += chunk.count(b"<")
                    cells += sum(map(chunk.count, (b"<c ", b"<c>", b"<c/"))) if bulk else 0
                    if cells > MAX_CELLS or tags > (MAX_TAGS if bulk else MAX_TAGS_ELSEWHERE):
                        raise TableError("超过 50 000 个单元格，或格式太多。把数据按“值”粘贴到新表格再导入")


def _cell(value: object) -> Cell:
    match value:
        case None:
            return ""
        case date():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case _:
            # An array formula is an object that carries its text.
            return str(getattr(value, "text", value)).strip()
