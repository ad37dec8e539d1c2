"""Every expression of the rules matches an example of its own group; a mistake in examples is named with its remedy."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.nlp.check import check_rules, count_rules


def test_the_shipped_rules_keep_what_their_examples_promise() -> None:
    assert check_rules() == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[intents]\nurge = ["快.{0,3}船来"]', "intents.urge"),
        ('[examples]\n"intents.dance" = ["跳舞"]', "no such group"),
        ('[faults.hvac]\nexamples = ["楼道灯坏了"]', "is read as lighting"),
        ('[faults.hvac.words]\nnormal = ["空調病"]', "never found"),
        ("colour = 1", "unknown key"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path: Path, content: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(content, encoding="utf-8")

    mistakes = check_rules(own)

    assert len(mistakes) == 1
    assert told in mistakes[0]


def test_an_own_file_with_its_own_example_is_right(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[intents]\nurge = ["快.{0,3}船来"]\n[examples]\n"intents.urge" = ["快派船来"]', encoding="utf-8")

    assert check_rules(own) == []


def test_the_command_checks_explains_and_counts(tmp_path: Path) -> None:
    run = CliRunner().invoke

    assert run(main, ["rules", "check"]).output == "规则没有错误。\n"
    own = tmp_path / "own.toml"
    own.write_text("colour = 1", encoding="utf-8")
    wrong = run(main, ["rules", "check", "--extra", str(own)])
    assert (wrong.exit_code, "own.toml" in wrong.output) == (1, True)
    why = run(main, ["rules", "why", "3栋2单元1502水管漏水，明天下午3点后有人"])
    assert "意图：report" in why.output
    assert "第12–13字“漏水”：漏水/加急，规则 faults.leak.words.urgent" in why.output
    assert "上门时间：明天下午3点后（15:00–）" in why.output
    assert run(main, ["classify", "--explain", "没有漏水"]).output.startswith("原话：没有漏水\n意图：")
    assert dict(count_rules())["例句"] > 500
    assert "例句：" in run(main, ["rules", "stats"]).output
