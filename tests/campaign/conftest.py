"""The long fault campaign: only on demand (make campaign), seeded, and with a page of results at its end."""

from collections.abc import Iterator

import pytest

from tests.campaign.page import Results


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without ``-m campaign`` nothing of this folder runs."""
    if "campaign" in (config.option.markexpr or ""):
        return
    kept = [item for item in items if item.get_closest_marker("campaign") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def results() -> Iterator[Results]:
    """The page is written also after a failure: what failed stands on it."""
    collected = Results()
    yield collected
    if collected.lines:
        collected.write()
