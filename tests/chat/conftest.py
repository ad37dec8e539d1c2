"""A world for every test, and the promise that no error stands in the log at its end."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from world import World

from bot import metrics
from tests.conftest import Borrow

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_OF_EVERY_RECORD = frozenset(logging.makeLogRecord({}).__dict__)


def line_of(record: logging.LogRecord) -> str:
    """All that a line of the log could show, before anything of it is masked."""
    given = {name: value for name, value in record.__dict__.items() if name not in _OF_EVERY_RECORD}
    return f"{record.getMessage()} {given}"


@pytest.fixture(autouse=True)
def _log_to_stdlib() -> Iterator[None]:
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def build_world(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, borrow: Borrow, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., World]]:
    """Build worlds that differ from the usual one; each is held to its promises at the end.

    A test that builds many, one after the other, says ``one_at_a_time=True``: the one before ends then.
    """
    worlds: list[World] = []
    ended = 0

    def end() -> None:
        nonlocal ended
        for world in worlds[ended:]:
            if world.all_is_seen_to:
                world.stands_up_to_the_audit()
            world.check_clocks()
            world.close()
            world.check_promises()
        ended = len(worlds)

    def build(*, one_at_a_time: bool = False, **different: Any) -> World:
        if one_at_a_time:
            end()
            borrow.give_back()
        folder = tmp_path / str(len(worlds))
        folder.mkdir()
        # Where the database is on a server, files are kept below the working folder.
        monkeypatch.chdir(folder)
        worlds.append(World(folder, borrow(folder), **different))
        return worlds[-1]

    with caplog.at_level(logging.INFO):
        yield build
    end()
    secrets = [secret for world in worlds for secret in world.secrets()]
    lines = [line_of(r) for r in caplog.get_records("call")] + metrics.render().decode().splitlines()
    leaks = [line for line in lines if PHONE.search(line) or any(secret in line for secret in secrets)]
    assert not leaks, leaks
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, errors


@pytest.fixture
def world(build_world: Callable[..., World]) -> World:
    """The usual estate on a Monday morning."""
    return build_world()
