"""Which rules these are: a name that changes with every change of their files."""

from hashlib import sha256
from pathlib import Path

_RULES = Path(__file__).parent / "rules"
_LENGTH = 12


def rules_version(extra: Path | None = None) -> str:
    """A short name of the shipped rules and the property's own file, by their contents."""
    digest = sha256()
    for path in [*sorted(_RULES.iterdir()), *([extra] if extra else [])]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_LENGTH]
