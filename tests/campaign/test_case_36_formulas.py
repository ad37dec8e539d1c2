"""Case 36. Cells that a spreadsheet would take for formulas (= + - @, tab, NUL, full-width forms), in and out.

Demanded: no cell of formula type anywhere; reading an import again gives the words as they were.
"""

import io

from openpyxl import Workbook, load_workbook

from bot.imports.table import read_table

STARTS = ["=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠", '=HYPERLINK("http://x")', "=cmd|'/c calc'!A1", "\r=", " ="]


def test_formulas_come_in_as_words(case, tmp_path) -> None:
    with case.row() as row:
        changed = 0
        for n in case.rounds(sample=20, whole=1000):
            words = [start + f"{n}+{case.rng.randint(0, 99)}" for start in case.rng.sample(STARTS, 4)]
            book = Workbook()
            sheet = book.worksheets[0]
            sheet.append(["userid", "name", "role", "skills"])
            for column, word in enumerate(words, 1):
                cell = sheet.cell(2, column)
                cell.value = word.replace("\r", "")
                cell.data_type = "s"
            content = io.BytesIO()
            book.save(content)
            path = tmp_path / "upload.xlsx"
            path.write_bytes(content.getvalue())
            stored = [c.data_type for c in next(load_workbook(path).worksheets[0].iter_rows(min_row=2))]
            assert "f" not in stored
            (found,) = read_table(path).rows
            csv = tmp_path / "upload.csv"
            csv.write_text(
                "userid,name,role,skills\n" + ",".join('"' + w.replace('"', '""') + '"' for w in words) + "\n",
                encoding="utf-8",
            )
            (again,) = read_table(csv).rows
            for word, xlsx, text in zip(words, found.cells, again.cells, strict=False):
                changed += str(xlsx).strip() != word.strip() or str(text).strip() != word.strip()
            row.times += 4
        row.done = f"{row.times} cells that begin like formulas, by XLSX and by CSV"
        row.demands("cells that came in as something else", changed, at_most=0)
