"""The bot inside this process on a clock of its own (tests/chat/world.py), on any database: cases that take hours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.migrate import migrate_to_head
from tests.campaign.crowd import database
from tests.chat.world import World

# The whole size of a case runs on all of them, its sample on the file.
BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.campaign)])
ALL = pytest.mark.parametrize(
    "kind", ["sqlite", *(pytest.param(kind, marks=pytest.mark.campaign) for kind in ("postgresql", "mysql"))]
)
FILE = pytest.mark.parametrize("kind", ["sqlite"])
SERVERS = pytest.mark.parametrize("kind", ["postgresql", "mysql"])


def people_and_duty(engineers: Sequence[str], residents: Sequence[str] = (), tier: int = 1) -> dict[str, str]:
    """Lists with so many engineers on duty, a desk and everybody who leads."""
    people = ["userid,name,role,skills,buildings,phone", "kefu,小刘,service,,,13900000001"]
    people += [
        "zhou,周主管,supervisor,,,13600000001",
        "zheng,郑经理,manager,,,13500000001",
        "admin,管理员,admin,,,13400000001",
    ]
    people += [
        f"{userid},{userid},engineer,plumbing;electrical;elevator;general,,1370000{n:04d}"
        for n, userid in enumerate(engineers)
    ]
    people += [f"{userid},{userid},resident,,,1380000{n:04d}" for n, userid in enumerate(residents)]
    span = "2026-11-23 00:00,2026-12-07 00:00"
    duty = [
        "userid,start,end,tier",
        f"kefu,{span},1",
        f"zhou,{span},3",
        *(f"{userid},{span},{tier}" for userid in engineers),
    ]
    return {"people": "\n".join(people) + "\n", "duty": "\n".join(duty) + "\n"}


@contextmanager
def world(kind: str, folder: Path, **different) -> Iterator[World]:
    """A world on a fresh database of this kind, held to the platform's rules at its end."""
    with database(kind, folder) as url:
        migrate_to_head(url)
        one = World(folder, url=url, **different)
        try:
            yield one
        finally:
            one.close()
    one.check_promises()
