"""The command as an operator meets it: what it prints and with which status it ends."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

NEEDED = """
[wecom]
corp_id = "ww1"
agent_id = 1000002
secret = "s3cret"
token = "t0ken"
encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
"""
PEOPLE = "userid,name,role,skills,buildings,phone\nLi,李工,engineer,plumbing,3,13800138000\nwang,王主管,主管,,,\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(NEEDED)
    config.chmod(0o600)

    def run(*arguments: str, typed: str | bytes = "") -> Result:
        return CliRunner().invoke(main, arguments, input=typed)

    return run


def rows(database: str, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("verb", ["serve", "demo", "check", "migrate", "import", "classify", "menu"])
def test_every_verb_explains_itself(run: Run, verb: str) -> None:
    assert verb in run("--help").output
    assert run(verb, "--help").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [("frob",), ("import", "cats", "x.csv"), ("import", "people"), ("check", "--colour"), ("demo", "--port", "x")],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("arguments", [("serve",), ("migrate",), ("menu",), ("import", "people", "p.csv"), ("check",)])
def test_a_wrong_configuration_ends_with_1_and_names_every_mistake(run: Run, arguments: tuple[str, ...]) -> None:
    Path("bad.toml").write_text("[server]\nprot = 1\n[wecom]\nagent_id = 0")
    result = run(*arguments, "--config", "bad.toml")
    assert result.exit_code == 1
    for key in ("bad.toml", "prot", "agent_id", "corp_id", "secret", "token", "encoding_aes_key"):
        assert key in result.output


def test_a_missing_configuration_ends_with_1(run: Run) -> None:
    result = run("migrate", "--config", "nowhere.toml")
    assert result.exit_code == 1
    assert "nowhere.toml" in result.output


def test_migrate_creates_the_database_and_may_be_repeated(run: Run) -> None:
    assert [run("migrate").exit_code for _ in range(2)] == [0, 0]
    assert rows("data/baoxiu.db", "select count(*) from orders") == [(0,)]


def test_a_database_that_cannot_be_used_is_one_sentence(run: Run) -> None:
    Path("data").mkdir()
    Path("data/baoxiu.db").write_text("no database" * 100)
    for verb in ("migrate", "check"):
        result = run(verb)
        assert result.exit_code == 1
        assert "数据库" in result.output
        assert "Traceback" not in result.output


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_database_out_of_reach_is_told_without_its_password(run: Run, kind: str) -> None:
    Path("config.toml").write_text(f'{NEEDED}[store]\nurl = "{kind}://baoxiu:hunter22@127.0.0.1:1/x"')
    for verb in ("migrate", "check"):
        result = run(verb)
        assert result.exit_code == 1
        assert "127.0.0.1" in result.output
        assert "hunter22" not in result.output


def test_people_are_added_then_updated(run: Run) -> None:
    Path("p.csv").write_text(PEOPLE)
    assert "新增 2" in run("import", "people", "p.csv").output
    Path("p.csv").write_text(PEOPLE.replace("Li,李工", "LI,李师傅"))
    assert "更新 2" in run("import", "people", "p.csv").output
    assert rows("data/baoxiu.db", "select name from people order by id") == [("李师傅",), ("王主管",)]


def test_one_bad_row_keeps_all_rows_out_and_every_bad_cell_is_told(run: Run) -> None:
    run("migrate")
    Path("p.csv").write_text(PEOPLE + "zhao,,boss,,,\n")
    result = run("import", "people", "p.csv")
    assert result.exit_code == 1
    assert "第 4 行，列 name 姓名" in result.output
    assert "第 4 行，列 role 角色" in result.output
    assert rows("data/baoxiu.db", "select count(*) from people") == [(0,)]


@pytest.mark.parametrize("content", [None, "", "userid,name,role,skills,buildings,phone\n"])
def test_a_file_with_nothing_in_it_ends_with_1(run: Run, content: str | None) -> None:
    if content is not None:
        Path("p.csv").write_text(content)
    result = run("import", "people", "p.csv")
    assert result.exit_code == 1
    assert "p.csv" in result.output


def test_duty_needs_the_people_first_and_equipment_does_not(run: Run) -> None:
    Path("p.csv").write_text(PEOPLE)
    Path("d.csv").write_text("账号,开始,结束,层级\nli,2026-11-22 20:00,2026-11-23 08:00,1\n")
    Path("e.csv").write_text("code,name,kind,building,place,installed_on,warranty_until,owner\nDT1,客梯,电梯,3,,,,\n")
    refused = run("import", "duty", "d.csv")
    assert refused.exit_code == 1
    assert "第 2 行" in refused.output
    assert run("import", "people", "p.csv").exit_code == 0
    assert "新增 1" in run("import", "duty", "d.csv").output
    assert "替换 1" in run("import", "duty", "d.csv").output
    assert "新增 1" in run("import", "equipment", "e.csv").output
    assert rows("data/baoxiu.db", "select count(*) from duty") == [(1,)]


def test_classify_answers_line_for_line_without_configuration(run: Run) -> None:
    Path("config.toml").unlink()
    told = run("classify", typed='{"id": 7, "text": "3栋2单元电梯困人了"}\n\n{"id": "b", "text": "谢谢"}\n'.encode())
    answers = [json.loads(line) for line in told.output.splitlines()]
    assert [set(answer) for answer in answers] == [{"id", "intent", "faults", "location", "why"}] * 2
    assert answers[0]["id"] == 7
    assert answers[0]["faults"][0] == {"category": "elevator_entrapment", "priority": "emergency"}


def test_classify_names_the_line_that_is_no_json(run: Run) -> None:
    result = run("classify", typed=b'{"id": 1, "text": "\xff"}\nnonsense\n')
    assert result.exit_code == 1
    assert "line 2" in result.output
