"""Rotations and holidays as lists: what is taken, what is named as wrong, and what the rules then fill."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.core.shifts import USUAL
from bot.imports.holidays import HolidayRow, parse_holidays
from bot.imports.rotations import RotationRow, parse_rotations
from bot.imports.table import Table, read_table

ROTATIONS = "轮班,规则,班组,账号,起始,截止,层级"


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Table]:
    def table(*lines: str) -> Table:
        path = tmp_path / "list.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_table(path)

    return table


def test_crews_by_number_letter_or_stem(table) -> None:
    rows, mistakes = parse_rotations(
        table(ROTATIONS, "工程,四班三运转,甲,li,2026-11-23,,", "工程,四班三运转,B班,Zhao,2026-11-23,,2"),
        {"li", "zhao"},
        USUAL,
    )
    assert mistakes == []
    assert rows == [
        RotationRow("工程", "四班三运转", 1, "li", date(2026, 11, 23), None, None),
        RotationRow("工程", "四班三运转", 2, "Zhao", date(2026, 11, 23), None, 2),
    ]


def test_every_mistake_of_a_rotation_is_named(table) -> None:
    _, mistakes = parse_rotations(
        table(
            ROTATIONS,
            "工程,四班三运转,1,li,2026-11-23,,",
            "工程,做一休一,九,wang,,2026-11-01,5",
            "工程,做一休一,2,li,2026-11-24,2026-11-01,",
            "客服,白 哈 休,1,li,2026-11-23,,",
            "保安,随便,1,li,2026-11-23,,",
        ),
        {"li"},
        USUAL,
    )
    assert [(m.line, m.column.split()[0]) for m in mistakes] == [
        (3, "crew"),
        (3, "start"),
        (3, "tier"),
        (4, "rule"),
        (4, "start"),
        (4, "until"),
        (4, "userid"),
        (4, "until"),
        (5, "rule"),
        (6, "rule"),
    ]


def test_holidays_and_their_mistakes(table) -> None:
    rows, mistakes = parse_holidays(table("日期,休或班,名称", "2027-01-01,休,元旦", "2027/1/3,班,"))
    assert mistakes == []
    assert rows == [HolidayRow(date(2027, 1, 1), False, "元旦"), HolidayRow(date(2027, 1, 3), True, "")]
    _, mistakes = parse_holidays(table("日期,休或班,名称", "2027-01-01,休,", "2027-01-01,班,", ",也许,"))
    assert [(m.line, m.column.split()[0]) for m in mistakes] == [(3, "day"), (4, "day"), (4, "kind")]


def test_the_command_takes_table_rotations_and_holidays_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    Path("config.toml").write_text(
        f'[wecom]\ncorp_id = "w"\nagent_id = 1\nsecret = "s"\ntoken = "t"\nencoding_aes_key = "{key}"\n'
        '[shifts]\n"甲" = "07:00-19:00"\n'
    )
    Path("config.toml").chmod(0o600)

    def load(kind: str, content: str) -> tuple[int, str]:
        Path("f.csv").write_text(content)
        result = CliRunner().invoke(main, ["import", kind, "f.csv"])
        return result.exit_code, result.output

    people = "userid,name,role,skills,buildings,phone\nli,李师傅,工程,,,\nzhao,赵师傅,工程,,,\n"
    assert load("people", people)[0] == 0
    status, told = load("duty", "姓名,2026-12-01,2026-12-02\n李师傅,甲,哈\n")
    assert (status, "第 2 行，列 2026-12-02" in told, "一行也没有导入" in told) == (1, True, True)
    status, told = load("duty", "姓名,2026-12-01,2026-12-02\n李师傅,甲,休\n赵师傅,夜,夜\n")
    assert (status, "新增 3" in told, "甲 07:00-19:00" in told) == (0, True, True)
    status, told = load("duty", "姓名,2026-12-01\n李师傅,休\n赵师傅,夜\n")
    assert (status, "新增 1，替换 2" in told) == (0, True)
    status, told = load(
        "rotations", ROTATIONS + "\n工程,做一休一,1,li,2026-12-01,,\n工程,做一休一,2,zhao,2026-12-01,,\n"
    )
    assert (status, "新增 2" in told, "按规则排出" in told) == (0, True, True)
    assert load("holidays", "日期,休或班,名称\n2027-01-01,休,元旦\n")[0] == 0
