"""What the documents say is held to the code: a command, a key, a figure or a path that is not there any more."""

import importlib
import re
import tomllib
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import click
import pytest

from bot import metrics, switchboard
from bot.cli import main
from bot.core import digests
from bot.core.dues import Clock
from bot.core.duty import SKILL_OF
from bot.core.kinds import Category, Intent, Priority, Skill
from bot.core.orders import Move, Status
from bot.imports.duty import parse_duty
from bot.imports.equipment import parse_equipment
from bot.imports.people import parse_people
from bot.imports.rooms import parse_rooms
from bot.imports.table import read_table
from bot.nlp import load_reader
from bot.settings import FROM_ENVIRONMENT
from bot.texts import render, texts

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def row_of(page: str, start: str) -> str:
    """The line of a table whose first cell is ``start``."""
    found = [line for line in page.splitlines() if line.startswith(f"| {start} |")]
    assert len(found) == 1, f"{start}: {len(found)} rows"
    return found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_house_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / unquote(path)).resolve() if path else page
        if not target.exists() or (anchor and f"# {anchor.replace('-', ' ')}" not in target.read_text("utf-8").lower()):
            broken.append(link)
    assert broken == []


def test_the_readmes_show_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        blocks = re.findall(r"```sh\n(.*?)```", read(name), re.S)
        assert [b for b in blocks if b.startswith("make ")] == ["make demo\n", "make test\n"], name


def test_every_make_target_that_is_spoken_of_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    spoken = {t for page in PAGES for t in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.M)}
    spoken |= set(re.findall(r"^make ([a-z]+)", read(".ci/run"), re.M))
    assert spoken <= targets
    assert {"demo", "test", "check", "bench", "browser", "help"} <= targets


def test_every_verb_of_the_command_stands_in_the_readme_with_its_options() -> None:
    page = read("README.md")
    for name, verb in main.commands.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `baoxiu {name}")]
        assert len(rows) == 1, name
        options = [o for p in verb.params if isinstance(p, click.Option) for o in [*p.opts, *p.secondary_opts]]
        missing = [o for o in options if o not in ("--config", "--migrate") and f"`{o}`" not in rows[0]]
        assert missing == [], name


@pytest.mark.parametrize("command", switchboard.COMMANDS, ids=lambda command: command.example)
def test_every_command_stands_in_the_list_of_commands_with_all_its_words(command: switchboard.Command) -> None:
    page = read("docs/commands.md")
    told = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    assert f"`{command.example}`" in told
    assert [word for word in command.words if f"`{word}" not in told] == []


def test_every_secret_from_the_environment_is_named() -> None:
    names = {f"BAOXIU_{section}_{key}".upper() for section, key in FROM_ENVIRONMENT}
    for page in ("docs/operations.md", "config.example.toml"):
        assert {name for name in names if name not in read(page)} == set()


def test_every_key_of_the_example_stands_below_a_comment_of_its_own() -> None:
    lines = read("config.example.toml").splitlines()
    bare = [line for before, line in pairwise(lines) if re.match(r"#?[a-z_]+ = ", line) and not before.startswith("# ")]
    assert bare == []


def test_the_sample_files_load(tmp_path: Path) -> None:
    samples = re.findall(r"```csv\n(.*?)```", read("docs/operations.md"), re.S)
    files = [tmp_path / str(number) for number in range(len(samples))]
    for file, sample in zip(files, samples, strict=True):
        file.write_text(sample, "utf-8")
    people, duty, equipment, rooms = map(read_table, files)
    rows, mistakes = parse_people(people)
    assert mistakes == []
    assert parse_duty(duty, ZoneInfo("Asia/Shanghai"), {row.userid for row in rows})[1] == []
    assert parse_equipment(equipment)[1] == []
    assert parse_rooms(rooms)[1] == []


def test_the_drill_of_the_console_page_is_taken_for_an_emergency() -> None:
    words = re.findall(r"演练一次紧急.*?发「(.*?)」", read("docs/setup-wecom.md"))
    readings = [load_reader().read(text) for text in words]
    assert [[fault.priority for fault in reading.faults] for reading in readings] == [[Priority.EMERGENCY]]


def test_every_metric_is_explained() -> None:
    exported = set(re.findall(r"^# TYPE (baoxiu_\w+) ", metrics.render().decode(), re.M))
    page = read("docs/operations.md")
    assert {name for name in exported if not name.endswith("_created") and f"`{name}" not in page} == set()


@pytest.mark.parametrize("field", fields(digests.Figures), ids=lambda field: field.name)
def test_every_figure_of_the_digest_has_its_formula(field: object) -> None:
    assert f"`{getattr(field, 'name')}`" in read("docs/figures.md")  # noqa: B009


@pytest.mark.parametrize("code", [*Category, *Priority, *Skill, *Intent, *Status], ids=str)
def test_every_code_of_the_trade_is_in_the_glossary(code: str) -> None:
    assert f"`{code}`" in read("docs/glossary.md")


def test_moves_and_clocks_are_in_the_glossary() -> None:
    page = read("docs/glossary.md")
    # The others are the bot's own doing and have no word that people say.
    spoken = set(Move) - {Move.VERIFY, Move.PASS_ON, Move.LAPSE}
    assert {name for name in [*spoken, *Clock] if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("category", SKILL_OF, ids=str)
def test_the_trade_of_each_category_is_the_one_told(category: Category) -> None:
    row = row_of(read("docs/rules-of-dispatch.md").replace("\n   |", "\n|"), render(f"skill.{SKILL_OF[category]}"))
    assert render(f"category.{category}") in row


def test_every_line_of_a_safety_text_has_its_source() -> None:
    page = read("docs/safety-texts.md").replace("\n| |", "\n| + |")
    for audience, title in (("resident", "For residents"), ("engineer", "For engineers")):
        part = page.partition(f"## {title}")[2].partition("\n## ")[0]
        told = re.findall(r"^\| `(\w+)` \|.*\n((?:\| \+ \|.*\n)*)", part, re.M)
        lines = {key: 1 + more.count("\n") for key, more in told}
        written = {
            key.rpartition(".")[2]: len(re.findall(r"^\d\.", text, re.M))
            for key, text in texts().items()
            if key.startswith(f"safety.{audience}.")
        }
        assert lines == written


def test_the_tour_names_only_what_there_is() -> None:
    page = read("docs/tour.md")
    names = set(re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", page)) - {"build.py", "desk.py"}
    names = {name for name in names if not name.endswith((".py", ".toml"))}
    assert len(names) > 30
    assert {name for name in names if not exists(name)} == set()


def exists(name: str) -> bool:
    """True for `room.module.Thing.part` below bot."""
    parts = ["bot", *name.split(".")]
    for cut in range(len(parts), 1, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return True
    return False


def test_every_path_of_the_house_that_is_spoken_of_exists() -> None:
    missing = set()
    for page in PAGES:
        for path in re.findall(r"`((?:bot|tests|docs|deploy)/[\w./*-]+)`", page.read_text("utf-8")):
            if not list(ROOT.glob(path.rstrip("/"))):
                missing.add(f"{page.name}: {path}")
    assert missing == set()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    page = read("docs/dependencies.md")
    for wanted in project["project"]["dependencies"]:
        name = re.split(r"[\[=<>]", wanted)[0]
        assert f"| {name} " in page, name
    for wanted in project["dependency-groups"]["dev"]:
        name = re.split(r"[\[=<>]", wanted)[0]
        assert name in page, name


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_and_names_no_place(name: str) -> None:
    lock = read(name)
    assert re.search(r"https?:|file:|index-url|find-links|(?:^|\s)/\w", lock) is None
    pinned = re.findall(r"^([a-z0-9-]+)==\S+", lock, re.M)
    wanted = [re.split(r"[\[=<>]", w)[0] for w in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]]
    assert set(wanted) <= set(pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_development_lock_holds_the_same_versions() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read(name), re.M))

    runtime, development = versions("requirements.lock"), versions("requirements-dev.lock")
    assert {name: development.get(name) for name in runtime} == runtime
