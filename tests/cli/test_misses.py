"""`baoxiu rules misses`: each correction with its words, what was read, what is right, and what is read today."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.settings import load_settings
from bot.store import Database, corrections, orders
from bot.store.corrections import Correction
from bot.store.migrate import migrate_to_head

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
WORDS, WHY = "3栋2单元1502厨房漏水", "“漏水”→漏水/加急（x）"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        '[wecom]\ncorp_id = "ww0123456789abcdef"\nagent_id = 1\nsecret = "s"\ntoken = "t"\n'
        f'encoding_aes_key = "{"A" * 43}"\n[store]\nurl = "sqlite:///{tmp_path}/b.db"\n'
    )
    path.chmod(0o600)
    return path


def corrected(config: Path, category: Category, priority: Priority) -> None:
    url = load_settings(config, {}).store.url
    migrate_to_head(url)
    database = Database(url)
    with database.writing() as tx:
        order = Order(
            no=0, reporter="wang", words=WORDS, category=category, priority=priority, status=Status.OPEN,
            opened_at=AT, clock_at=AT,
        )  # fmt: skip
        no = orders.add(tx, order)
        corrections.add(
            tx,
            Correction(
                no, WORDS, Category.OTHER, Priority.NORMAL, category, priority, WHY, "abc", "unsure", "kefu", AT
            ),
        )  # fmt: skip
    database.close()


def run(config: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["rules", "misses", "--config", str(config), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_correction_is_listed_for_people(config: Path) -> None:
    corrected(config, Category.PLUMBING_FIXTURE, Priority.NORMAL)
    told = run(config)
    parts = ["工单 1 · 2026-11-23 09:30 · 待核实已核实 · 规则 abc", WORDS, WHY, "共 1 条"]
    parts += ["读作：其他（普通）", "应为：水暖洁具（普通）", "现在读作：漏水（加急）（仍不对）"]
    for part in parts:
        assert part in told


def test_a_correction_is_a_labelled_sentence_for_programs(config: Path) -> None:
    corrected(config, Category.LEAK, Priority.URGENT)
    (line,) = run(config, "--json").splitlines()
    assert json.loads(line) == {
        "order": 1,
        "at": "2026-11-23T01:30:00+00:00",
        "how": "unsure",
        "text": WORDS,
        "read": {"category": "other", "priority": "normal"},
        "corrected": {"category": "leak", "priority": "urgent"},
        "now": {"category": "leak", "priority": "urgent"},
        "still": False,
        "rules": "abc",
        "why": ["“漏水”→漏水/加急（x）"],
    }
    assert run(config, "--json", "--still") == ""


def test_a_database_without_the_table_is_one_sentence(config: Path) -> None:
    result = CliRunner().invoke(main, ["rules", "misses", "--config", str(config)])
    assert result.exit_code == 1
    assert "baoxiu migrate" in result.output
