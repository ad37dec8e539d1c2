"""Every sentence the bot can say, as data, a file a subject: `render("order.accepted", no=12, …)`."""

import string
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def texts() -> dict[str, str]:
    """All sentences by dotted key. Raises ValueError where two files give the same key."""
    found: dict[str, str] = {}
    for path in sorted(_HERE.glob("*.toml")):
        _flatten(tomllib.loads(path.read_text(encoding="utf-8")), "", found)
    return found


def render(key: str, /, **fields: Any) -> str:
    """The sentence of that key with its fields filled in. Raises KeyError for an unknown key or a missing field."""
    return texts()[key].format_map(fields)


@cache
def handbook() -> dict[str, Any]:
    """The steps of the emergency handbook as they stand in their file."""
    return tomllib.loads((_HERE / "handbook" / "steps.toml").read_text(encoding="utf-8"))


def has(key: str) -> bool:
    """True if there is such a sentence."""
    return key in texts()


def fields_of(key: str) -> set[str]:
    """The names a sentence wants to be given."""
    return {name for _, name, _, _ in string.Formatter().parse(texts()[key]) if name}


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", into)
        elif prefix + name in into:
            raise ValueError(f"the text {prefix + name} stands in two files")
        else:
            into[prefix + name] = str(value)
