"""An upgrade that is killed at any of its steps starts again, comes to its end, and loses no row."""

from collections.abc import Iterator

import pytest

from bot.store.migrate import migrate_empty
from tests.store.upgrades import FIRST, Dying, assert_at_head, counted, fill, kill_and_finish

# In each run every so-many-th step of those ahead; the campaign takes each.
STRIDE = {"sqlite": 8, "postgresql": 16, "mysql": 12}


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    helper = Dying()
    yield helper
    helper.close()


def test_a_first_installation_killed_at_its_steps_comes_to_its_end(url: str, database_kind: str, dying: Dying) -> None:
    kills = kill_and_finish(dying, url, STRIDE[database_kind])
    assert kills >= 4
    assert_at_head(url)


def test_an_upgrade_killed_at_its_steps_loses_no_row(url: str, database_kind: str, dying: Dying) -> None:
    migrate_empty(url, FIRST)
    before = fill(url)
    kills = kill_and_finish(dying, url, max(2, STRIDE[database_kind] // 4))
    assert kills >= 4
    assert_at_head(url)
    assert {name: count for name, count in counted(url).items() if name in before} == before
