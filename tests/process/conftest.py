"""An estate for every test that runs the product as it is run, and the promise that it broke no rule."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import Estate


@pytest.fixture
def build_estate(tmp_path: Path) -> Iterator[Callable[..., Estate]]:
    """Build estates that differ from the usual one; none leaves a process behind."""
    built: list[Estate] = []

    def build(**different: Any) -> Estate:
        built.append(Estate(tmp_path / f"estate{len(built)}", **different))
        return built[-1]

    yield build
    for estate in built:
        estate.close()
    for estate in built:
        assert not estate.platform.violations, estate.platform.violations
        assert not estate.platform.dropped


@pytest.fixture
def estate(build_estate: Callable[..., Estate]) -> Estate:
    """The usual estate, with its people, not yet running."""
    one: Estate = build_estate()
    one.fill()
    return one
