"""Files from a desk, and files from somebody who means harm."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.imports import table as limits
from bot.imports.people import parse_people
from bot.imports.table import TableError, read_table

HEADER = ["userid", "name", "role", "skills", "buildings", "phone"]
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def file(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return file


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(name: str, text: str) -> bytes:
    """An ordinary XLSX, one part of which says something else."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return content.getvalue()


def sheet_of(rows: str) -> bytes:
    return with_part(
        "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_reads_the_same_in_every_encoding(file, encoding: str, newline: str) -> None:
    text = newline.join(("账号,姓名", "", 'li,"李,工"', "wang,王工", ""))
    table = read_table(file(text.encode(encoding)))
    assert table.header.cells == ("账号", "姓名")
    assert [(row.line, row.cells) for row in table.rows] == [(3, ("li", "李,工")), (4, ("wang", "王工"))]


def test_a_row_is_numbered_by_the_line_it_begins_on(file) -> None:
    table = read_table(file(b'a,b\n1,"x\ny"\n2,z\n'))
    assert [row.line for row in table.rows] == [2, 4]


def test_numbers_and_dates_of_a_spreadsheet_come_out_as_meant(file) -> None:
    content = workbook(["a", "b", "c", "d"], [13800138000, 3.0, 1.5, datetime(2026, 11, 22, 8)], [None], [1])  # noqa: DTZ001
    table = read_table(file(content))
    assert table.rows[0].cells[:4] == ("13800138000", "3", "1.5", datetime(2026, 11, 22, 8))  # noqa: DTZ001
    assert [row.line for row in table.rows] == [2, 4]


@pytest.mark.parametrize("words", ["=1+1", '=HYPERLINK("http://x")', "+1", "@SUM(A1)", "-x"])
def test_what_looks_like_a_formula_is_text(file, words: str) -> None:
    row = ["li", words, "engineer", "", "", ""]
    in_csv = ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row)
    for content in (workbook(HEADER, row), f"{','.join(HEADER)}\n{in_csv}".encode()):
        ((person,), mistakes) = parse_people(read_table(file(content)))
        assert (person.name, mistakes) == (words, [])


def test_the_first_sheet_that_shows_is_read(file) -> None:
    book = Workbook()
    book.worksheets[0].append(["hidden"])
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet().append(["seen"])
    assert read_table(file(saved(book))).header.cells[0] == "seen"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n , \n",
        b'a,b\n"open,1\n',
        b"a,b\0\n",
        "a,b".encode("utf-16"),
        b"\xff\xff\xff",
        b"\xd0\xcf\x11\xe0old xls",
        b"PK\x03\x04 cut off",
        b"a" * (limits.MAX_PACKED + 1),
        b"a,b\n" + b"1,2\n" * (limits.MAX_CELLS // 2 + 1),
        b"a" * 200_000,
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(file, content: bytes) -> None:
    with pytest.raises(TableError, match="。"):
        read_table(file(content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(TableError):
            read_table(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(file, monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_part("xl/theme/theme1.xml", "x" * (limits.MAX_UNPACKED + 1))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(TableError, match="50 MB"):
        read_table(file(content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: workbook(*[["x"] * 50] * 1001), id="too many cells"),
        pytest.param(lambda: sheet_of('<row r="1"/>' * 400_000), id="too many tags"),
        pytest.param(lambda: with_part("xl/styles.xml", "<xf/>" * 60_000), id="too many styles"),
        pytest.param(lambda: sheet_of('<row r="900000000"><c r="A900000000"><v>1</v></c></row>'), id="a row far below"),
        pytest.param(lambda: sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), id="a text that is not there"),
        pytest.param(lambda: sheet_of("<row>"), id="broken XML"),
        pytest.param(lambda: with_part("xl/workbook.xml", "<x/>"), id="no sheets"),
    ],
)
def test_a_crafted_spreadsheet_is_refused(file, content: Callable[[], bytes]) -> None:
    with pytest.raises(TableError):
        read_table(file(content()))


def test_a_sheet_that_lies_about_its_size_is_read_in_full(file) -> None:
    content = with_part(
        "xl/worksheets/sheet1.xml",
        f'<worksheet xmlns="{NAMESPACE}"><dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>userid</t></is></c></row></sheetData></worksheet>',
    )
    assert read_table(file(content)).header.cells[0] == "userid"


# Built once: a workbook holds the time at which it was made, and so never has the same bytes twice.
SOUND = workbook(HEADER, ["li", "李工", "engineer", "", "", 1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_spreadsheet_never_gets_further_than_a_refusal(file, data: st.DataObject) -> None:
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(TableError):
        parse_people(read_table(file(bytes(content))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_no_text_gets_further_than_a_list_of_mistakes(file, text: str) -> None:
    with contextlib.suppress(TableError):
        parse_people(read_table(file(f"{','.join(HEADER)}\n{text}".encode(errors="replace"))))
