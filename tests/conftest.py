"""On which databases the tests run, and that nobody overlooks what could not be run."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.store.databases import KINDS, NotReachable, drop_all, migrated
from tests.store.engines import remember_statements
from tests.store.servers import NAMED_BY, hand_on

_untested: dict[str, str] = {}


class Borrow(Protocol):
    """Gives the URL of a migrated, empty database; ``folder`` is where SQLite keeps its file."""

    def __call__(self, folder: Path) -> str: ...

    def give_back(self) -> None:
        """All that were lent so far, before the end of the test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    help_ = f"on which databases tests run: all, or some of {', '.join(KINDS)} (default: all)"
    parser.addoption("--databases", default="all", help=help_)


def pytest_configure(config: pytest.Config) -> None:
    remember_statements()
    # Tests in several processes share the servers: the first process finds or starts them.
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        for kind in NAMED_BY:
            if kind in _chosen(config):
                hand_on(kind)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        chosen = _chosen(metafunc.config)
        kinds = [kind for kind in chosen if marker is None or kind in marker.args]
        not_asked = pytest.mark.skip(reason=f"--databases asks for {', '.join(chosen)} alone")
        not_run = [pytest.param(kind, marks=not_asked) for kind in KINDS[:1]]
        metafunc.parametrize("database_kind", kinds or not_run, indirect=True)


def pytest_unconfigure() -> None:
    drop_all()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing = {str(r.longrepr[2]) for r in terminalreporter.stats.get("skipped", []) if isinstance(r.longrepr, tuple)}
    for reason in sorted(r.removeprefix("Skipped: ") for r in missing if "DATABASE NOT TESTED" in r):
        terminalreporter.write_sep("!", reason, red=True, bold=True)


def _chosen(config: pytest.Config) -> tuple[str, ...]:
    asked = str(config.getoption("--databases"))
    kinds = KINDS if asked == "all" else tuple(asked.split(","))
    if unknown := set(kinds) - set(KINDS):
        raise pytest.UsageError(f"--databases: {', '.join(unknown)} is none of {', '.join(KINDS)}")
    return kinds


def no_database(reason: NotReachable) -> None:
    """Skip, and say so at the end; where everything has to be there (CI=true) fail."""
    told = f"DATABASE NOT TESTED: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(told)
    pytest.skip(told)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """One of KINDS: of those of ``--databases`` the ones that the mark ``databases`` allows."""
    return str(request.param)


@pytest.fixture
def borrow(database_kind: str) -> Iterator[Borrow]:
    """Databases for this test, given back at its end."""
    lender = _Lender(database_kind)
    yield lender
    lender.give_back()


class _Lender:
    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._lent = ExitStack()

    def __call__(self, folder: Path) -> str:
        database: AbstractContextManager[str] = migrated(self._kind, folder)
        try:
            return self._lent.enter_context(database)
        except NotReachable as reason:
            no_database(reason)
            raise AssertionError from reason

    def give_back(self) -> None:
        self._lent.close()
