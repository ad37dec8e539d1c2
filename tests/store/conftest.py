"""An empty database for every test, of each kind: what is here is where the databases differ."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import no_database
from tests.store.databases import NotReachable, fresh


@pytest.fixture
def url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on which nothing has been migrated yet."""
    with ExitStack() as made:
        try:
            found = made.enter_context(fresh(database_kind, tmp_path))
        except NotReachable as reason:
            no_database(reason)
        yield found
