"""The forty cases in two sizes: a sample with every `make test`, the whole with `make campaign` (pytest -m campaign).

A mark ``campaign`` on a case, or on one of its databases, keeps it out of the sample. ``weight`` is a case's share of
the campaign's minutes; ``patient`` cases mostly wait and run beside the others.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import structlog

from tests.campaign import rows
from tests.campaign.zygote import Zygote

MINUTES = float(os.environ.get("CAMPAIGN_MINUTES", "10"))
SEED = int(os.environ.get("CAMPAIGN_SEED", "20261128"))
HERE = Path(__file__).parent
# What a run needs besides its cases: starting, collecting, writing the page.
OVERHEAD_S = 75.0
_LIGHT = 5.0


class Plan:
    """Who may still take how long: what is left of the minutes goes to the cases that are left, by weight."""

    def __init__(self, weights: dict[str, float]) -> None:
        self._left = weights
        self._ends_at = time.monotonic() + MINUTES * 60 - OVERHEAD_S

    def share(self, item: str) -> float:
        """Seconds for this case, which then counts as run."""
        total = sum(self._left.values())
        return (self._ends_at - time.monotonic()) * self._left.pop(item) / total

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() > self._ends_at


class Case:
    """One case as its test sees it: how much of it is to be done, its chance, and the row it writes."""

    def __init__(self, request: pytest.FixtureRequest, whole: bool, budget: float) -> None:
        self.whole = whole
        self.budget = budget
        self.rng = random.Random(f"{SEED} {request.node.name}")
        self._ends_at = time.monotonic() + budget
        self._number = rows.number_of(request.node.path.name)
        self._title = request.node.function.__name__.removeprefix("test_").replace("_", " ")

    def times(self, sample: int, whole: int) -> int:
        """How often: ``whole`` in the campaign, where the case itself does not watch its time."""
        return whole if self.whole else sample

    def seconds(self, sample: float, whole: float) -> float:
        """How long: ``whole`` in the campaign, or as long as there is."""
        return min(whole, self.budget) if self.whole else sample

    def rounds(self, sample: int, whole: int, within: float = 1.0) -> Iterator[int]:
        """0, 1, 2 … until it has been done so often, or this part of the case's time is over."""
        ends_at = self._ends_at - self.budget * (1 - within)
        for n in range(self.times(sample, whole)):
            if self.whole and time.monotonic() >= ends_at:
                return
            yield n

    def row(self, kind: str = "") -> AbstractContextManager[rows.Row]:
        """The row that the page gets."""
        return rows.row(self._number, self._title, kind)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "weight(share): a case's share of the campaign's minutes")
    config.addinivalue_line("markers", "patient: mostly waits; runs beside the others")


def _whole(config: pytest.Config) -> bool:
    return "campaign" in (config.option.markexpr or "")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the campaign everything here runs; otherwise what is not kept for it."""
    ours = [item for item in items if item.path.parent == HERE]
    if _whole(config):
        for item in ours:
            item.add_marker("campaign")
        # The light ones first: what they leave of their shares, or need beyond them, the heavy ones have more or less.
        # The other way round whatever stands last is not run at all.
        items.sort(key=weight_of)
        return
    spared = [item for item in ours if item.get_closest_marker("campaign")]
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in spared]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What this run means to do."""
    if _whole(session.config):
        for item in session.items:
            rows.note("planned", item.nodeid)


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Plan:
    """The shares of the cases of this run."""
    return Plan({item.nodeid: weight_of(item) for item in request.session.items})


def weight_of(item: pytest.Item) -> float:
    """Its share. A mark of one of a case's parameters stands behind the case's own, and counts."""
    return [_LIGHT, *(float(marker.args[0]) for marker in item.iter_markers("weight"))][-1]


@pytest.fixture
def case(request: pytest.FixtureRequest, plan: Plan) -> Case:
    """This case."""
    whole = _whole(request.config)
    share = plan.share(request.node.nodeid)
    if whole and plan.over:
        pytest.skip("the campaign's minutes were over before its turn")
    return Case(request, whole, max(1.0, share))


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """The launcher of all processes of the run."""
    one = Zygote()
    yield one
    one.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What a bot inside this process logs is not what is looked at here."""
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A case that was skipped stands on the page with its reason."""
    report = yield
    if report.when == "teardown":
        rows.note("done", item.nodeid)
    if report.skipped and item.path.parent == HERE and _whole(item.config):
        kind = str(item.callspec.params.get("kind", "")) if hasattr(item, "callspec") else ""
        title = item.function.__name__.removeprefix("test_").replace("_", " ")  # type: ignore[attr-defined]
        number = rows.number_of(item.path.name)
        rows.Row(number, title, kind, not_run=str(report.longrepr[2]).removeprefix("Skipped: ")).keep()
    return report
