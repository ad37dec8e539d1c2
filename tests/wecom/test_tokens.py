"""When a token is fetched, and above all when it is not."""

import threading
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.errors import Limited, OutcomeUnknown, PlatformError, Refused, TryLater
from bot.wecom.tokens import ProcessTokens, TokenKeeper, TokenRow, back_off, fetch_at

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def later(**spans: float) -> datetime:
    return NOW + timedelta(**spans)


FRESH = TokenRow("T", ago(minutes=10), later(minutes=110))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (TokenRow(), NOW),
        (FRESH, None),
        (TokenRow("T", ago(hours=2), later(minutes=6)), None),
        (TokenRow("T", ago(hours=2), later(minutes=5)), NOW),
        (TokenRow("T", ago(hours=3), ago(hours=1)), NOW),
        # refused after it had worked: at once
        (TokenRow("T", ago(seconds=1), later(hours=2), worked=True, refused_at=NOW), NOW),
        # refused before it ever worked: 30 s after the fetch
        (TokenRow("T", ago(seconds=10), later(hours=2), refused_at=NOW), later(seconds=20)),
        (TokenRow("T", ago(seconds=30), later(hours=2), refused_at=NOW), NOW),
        # failed fetches
        (TokenRow(failures=1, next_fetch_at=later(seconds=1)), later(seconds=1)),
        (TokenRow(failures=9, next_fetch_at=ago(seconds=1)), NOW),
        # the clock was set back by two hours
        (TokenRow(failures=9, next_fetch_at=later(hours=2)), NOW),
        (TokenRow("T", later(hours=2), later(hours=4), refused_at=NOW), NOW),
    ],
)
def test_when_a_token_may_be_fetched(row, expected):
    assert fetch_at(row, NOW) == expected


def test_failed_fetches_back_off_to_thirty_seconds():
    assert [back_off(failures).total_seconds() for failures in range(1, 9)] == [1, 2, 4, 8, 16, 30, 30, 30]


class Office:
    """A keeper, its store, a clock that is set by hand, and a platform that is one function."""

    def __init__(self, store: ProcessTokens | None = None) -> None:
        self.now = NOW
        self.store = store or ProcessTokens()
        self.fetches: list[datetime] = []
        self.failures: deque[PlatformError] = deque()
        self.keeper = self.another()

    def another(self) -> TokenKeeper:
        return TokenKeeper(self.store, self.fetch, lambda: self.now, self.sleep)

    def fetch(self) -> tuple[str, timedelta]:
        self.fetches.append(self.now)
        if self.failures:
            raise self.failures.popleft()
        return f"T{len(self.fetches)}", timedelta(hours=2)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, works: bool) -> None:
        """One call to the platform, which works or has its token refused."""
        try:
            token = self.keeper.token()
        except TryLater:
            return
        self.keeper.worked(token) if works else self.keeper.refused(token)


@pytest.fixture
def office():
    return Office()


def test_one_fetch_serves_until_five_minutes_before_its_end(office):
    for minute in range(0, 115):
        office.now = later(minutes=minute)
        assert office.keeper.token() == "T1"
    office.now = later(minutes=115)
    assert office.keeper.token() == "T2"


def test_while_a_new_one_cannot_be_had_the_old_one_serves(office):
    office.keeper.token()
    office.now = later(minutes=117)
    office.failures.extend([OutcomeUnknown("x"), Limited(45009)])
    assert office.keeper.token() == "T1"
    assert office.keeper.token() == "T1"
    assert len(office.fetches) == 2
    office.now = later(minutes=121)
    with pytest.raises(TryLater):
        office.keeper.token()
    office.now += timedelta(seconds=2)
    assert office.keeper.token() == "T4"


@pytest.mark.parametrize("failure", [Refused(40001), OutcomeUnknown("no answer"), TryLater("busy", -1), Limited(45009)])
def test_a_failed_fetch_is_no_failed_call(office, failure):
    office.failures.append(failure)
    with pytest.raises(TryLater) as told:
        office.keeper.token()
    assert told.value.errcode == getattr(failure, "errcode", None)


def test_ten_minutes_of_refusals_cost_few_fetches(office):
    office.call(works=True)
    for second in range(600):
        office.now = later(seconds=second)
        office.call(works=False)
    assert len(office.fetches) <= 2 + 600 // 30
    gaps = [b - a for a, b in zip(office.fetches[1:], office.fetches[2:], strict=False)]
    assert min(gaps) >= timedelta(seconds=30)
    office.now = later(seconds=640)
    office.call(works=True)
    assert office.store.read().worked


def test_ten_minutes_without_gettoken_cost_few_fetches(office):
    office.failures.extend(OutcomeUnknown("down") for _ in range(1000))
    for second in range(600):
        office.now = later(seconds=second)
        office.call(works=True)
    assert len(office.fetches) <= 6 + 600 // 30


@given(st.lists(st.tuples(st.floats(0.1, 40), st.sampled_from(["works", "refused", "down"])), max_size=60))
def test_no_history_fetches_too_often(history):
    office = Office()
    proven = set()
    for seconds, fate in history:
        office.now += timedelta(seconds=seconds)
        if fate == "down":
            office.failures.append(TryLater("down"))
        before = office.store.read()
        office.call(works=fate == "works")
        if before.worked:
            proven.add(len(office.fetches))
    for number, (one, other) in enumerate(zip(office.fetches, office.fetches[1:], strict=False), start=2):
        assert number in proven or other - one >= timedelta(seconds=0.9)


def test_a_late_refusal_of_an_old_token_does_no_harm(office):
    office.keeper.token()
    office.keeper.worked("T1")
    office.keeper.refused("T1")
    assert office.keeper.token() == "T2"
    office.keeper.refused("T1")
    assert office.keeper.token() == "T2"
    assert len(office.fetches) == 2


def test_another_process_uses_what_one_has_fetched(office):
    office.keeper.token()
    assert office.another().token() == "T1"
    assert len(office.fetches) == 1


def test_who_finds_the_lease_taken_waits_and_then_tries_later(office):
    office.store.try_lease(NOW, later(seconds=15))
    with pytest.raises(TryLater):
        office.keeper.token()
    assert timedelta(seconds=1) < office.now - NOW < timedelta(seconds=3)
    assert office.fetches == []
    office.now = later(seconds=16)  # its holder has died
    assert office.keeper.token() == "T1"


def test_a_clock_set_back_frees_the_lease(office):
    office.store.try_lease(later(hours=2), later(hours=2, seconds=15))
    assert office.keeper.token() == "T1"


def test_who_waits_for_the_lease_takes_what_its_holder_brought(office):
    office.store.try_lease(NOW, later(seconds=15))

    def brought(seconds: float) -> None:
        office.now += timedelta(seconds=seconds)
        office.store.save("other", office.now, office.now + timedelta(hours=2))

    office.sleep = brought
    assert office.another().token() == "other"
    assert office.fetches == []


def test_sixteen_threads_fetch_once():
    office = Office()
    keepers = [office.another() for _ in range(4)] * 4
    start, tokens = threading.Barrier(16), []

    def ask(keeper: TokenKeeper) -> None:
        start.wait()
        tokens.append(keeper.token())

    threads = [threading.Thread(target=ask, args=(keeper,)) for keeper in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tokens == ["T1"] * 16
    assert len(office.fetches) == 1
