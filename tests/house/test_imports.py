"""The walls of the house: which room may import what. Imports inside functions count like all others."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each room may import beside the standard library and itself.
ROOMS: dict[str, set[str]] = {
    "core": set(),
    "texts": set(),
    "nlp": {"bot.core", "ahocorasick", "jieba", "numpy"},
    "handlers": {"bot.core", "bot.desk", "bot.store", "bot.texts", "bot.voice", "bot.words"},
    "store": {"bot.core", "bot.imports", "bot.settings", "bot.wecom.tokens", "alembic", "orjson", "sqlalchemy"},
    "imports": {"bot.core", "bot.nlp", "openpyxl"},
    "wecom": {
        *("bot.clock", "bot.core", "bot.metrics", "bot.settings"),
        *("cryptography", "requests", "urllib3", "wechatpy"),
    },
    "web": {
        *("bot.clock", "bot.core", "bot.metrics", "bot.wecom.crypto", "bot.wecom.errors", "bot.wecom.incoming"),
        *("flask", "structlog", "waitress", "werkzeug"),
    },
    # The platform is written from its protocol: sharing code with our client, it would share its mistakes.
    "sandbox": {"bot.clock", "cryptography", "flask", "requests", "werkzeug"},
}

# Who alone may know a library; the rest of the house would feel its replacement.
ALONE: dict[str, set[str]] = {
    "wechatpy": {"wecom"},
    "apscheduler": {"pumps.py"},
    "waitress": {"web"},
    "alembic": {"store"},
    "pydantic": {"settings.py", "settings_aftercare.py", "settings_values.py"},
    "jieba": {"nlp"},
    "numpy": {"nlp"},
    "openpyxl": {"imports"},
    "chinese_calendar": {"holidays.py"},
    "icalendar": {"feed.py"},
    "prometheus_client": {"metrics.py"},
    "flask": {"web", "sandbox", "serve.py"},
}

_STANDARD = sys.stdlib_module_names


def imports_of(source: str) -> set[str]:
    """Every module that the source imports, as written; `from bot import store` counts as `bot.store`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the whole name, so that walls can be seen"
            names = {f"bot.{alias.name}" for alias in node.names} if node.module == "bot" else {node.module or ""}
            found |= names
    return found


def foreign(room: Path) -> dict[str, set[str]]:
    """What the files of a room (or one file) import beside the standard library and the room itself."""
    files = sorted(room.rglob("*.py")) if room.is_dir() else [room]
    own = f"bot.{room.name}"
    return {
        str(file.relative_to(ROOT)): {
            name
            for name in imports_of(file.read_text("utf-8"))
            if name.partition(".")[0] not in _STANDARD and name != own and not name.startswith(own + ".")
        }
        for file in files
    }


def allows(allowed: set[str], name: str) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_wall_lets_through(room: str) -> None:
    trespasses = {
        file: sorted(name for name in names if not allows(ROOMS[room], name))
        for file, names in foreign(ROOT / "bot" / room).items()
    }
    assert {file: names for file, names in trespasses.items() if names} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_door_in_a_wall_is_used(room: str) -> None:
    used = set().union(*foreign(ROOT / "bot" / room).values())
    assert [door for door in ROOMS[room] if not any(allows({door}, name) for name in used)] == []


def test_every_room_has_its_wall() -> None:
    rooms = {file.parent.name for file in (ROOT / "bot").glob("*/__init__.py")}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize("library", ALONE)
def test_a_library_stays_in_its_rooms(library: str) -> None:
    parts = [part for part in (ROOT / "bot").iterdir() if part.suffix == ".py" or (part / "__init__.py").exists()]
    users = {
        part.name
        for part in parts
        for names in foreign(part).values()
        if any(name.partition(".")[0] == library for name in names)
    }
    assert users == ALONE[library]


def test_sql_is_written_in_the_store_alone() -> None:
    """The front desk names the type of a connection, and the operator's commands know the errors of databases."""
    writers = {"select", "insert", "update", "delete", "text", "Table", "func"}
    found = []
    for file in (ROOT / "bot").rglob("*.py"):
        if file.is_relative_to(ROOT / "bot" / "store"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy":
                found += [f"{file.name}: {alias.name}" for alias in node.names if alias.name in writers]
    assert found == []


def test_an_import_hidden_in_a_function_is_seen() -> None:
    source = "import os\nfrom bot import store\ndef f():\n    from bot.web.pages import x\n    import flask.json\n"
    assert imports_of(source) == {"os", "bot.store", "bot.web.pages", "flask.json"}
