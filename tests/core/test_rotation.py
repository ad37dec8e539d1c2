"""Rules that fill the table: each shift is manned every day, in its turn, and never on a day settled by hand."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.days import take_days
from bot.core.rotation import RULES, Rotation, code_on, fill, rule_of
from bot.core.shifts import USUAL, BadCode, Times, parse_times, read_cell, take_code
from bot.core.workdays import WorkCalendar
from bot.holidays import official

START = date(2026, 11, 23)
DAYS = st.integers(0, 800).map(lambda n: START + timedelta(days=n))


def weekday(day: date) -> bool:
    return day.weekday() < 5


def rotation(rule: str, crews: int) -> Rotation:
    found = rule_of(rule)
    assert found is not None
    return Rotation("工程", found, START, tuple((f"p{n}",) for n in range(crews)))


@pytest.mark.parametrize(
    ("rule", "crews", "manned"),
    [
        ("做一休一", 2, {"全": 1}),
        ("做一休二", 3, {"全": 1}),
        ("两班倒", 2, {"白": 1, "大夜": 1}),
        ("四班两运转", 4, {"白": 1, "大夜": 1}),
        ("四班三运转", 4, {"早": 1, "中": 1, "夜": 1}),
        ("白 夜 休", 3, {"白": 1, "夜": 1}),
    ],
)
@given(day=DAYS)
def test_every_shift_of_a_rule_is_manned_once_a_day(rule: str, crews: int, manned: dict[str, int], day: date) -> None:
    found = Counter(code_on(rotation(rule, crews), crew, day, weekday) for crew in range(crews))
    del found["休"]
    assert found == manned


def test_the_first_crew_begins_the_row_on_the_first_day() -> None:
    four = rotation("四班三运转", 4)
    assert [code_on(four, 0, START + timedelta(days=n), weekday) for n in range(9)] == [*"早早中中夜夜休休早"]
    assert [code_on(four, crew, START, weekday) for crew in range(4)] == ["早", "休", "夜", "中"]
    assert code_on(four, 0, START - timedelta(days=1), weekday) == "休"


def test_office_hours_follow_the_calendar_with_its_extra_working_days() -> None:
    office = Rotation("办公室", RULES["五天白班"], date(2026, 1, 1), (("kefu",),))
    calendar = WorkCalendar(official)
    worked = [p.day for p in fill(office, date(2026, 9, 28), date(2026, 10, 11), set(), calendar.is_workday)]
    assert worked == [date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 30), *(date(2026, 10, d) for d in (8, 9, 10))]


def test_a_year_without_data_is_plain_weekdays_and_the_propertys_own_days_win() -> None:
    calendar = WorkCalendar(official)
    assert calendar.knows(2026)
    assert not calendar.knows(2027)
    assert calendar.is_workday(date(2027, 1, 1))  # a Friday
    own = WorkCalendar(official, {date(2027, 1, 1): False, date(2027, 1, 3): True})
    assert own.knows(2027)
    assert [own.is_workday(date(2027, 1, d)) for d in (1, 2, 3, 4)] == [False, False, True, True]


@given(day=DAYS, off=st.sets(DAYS))
def test_days_settled_by_hand_are_left_alone(day: date, off: set[date]) -> None:
    pair = rotation("做一休一", 2)
    settled = {("p0", d) for d in off}
    filled = list(fill(pair, day, day + timedelta(days=30), settled, weekday))
    assert not {(p.person, p.day) for p in filled} & settled
    untouched = [
        p for p in fill(pair, day, day + timedelta(days=30), set(), weekday) if (p.person, p.day) not in settled
    ]
    assert filled == untouched


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("08:00-16:00", Times(480, 960)),
        ("20:00-08:00", Times(1200, 1920)),
        ("24:00-08:00", Times(1440, 1920)),
        ("8-20", Times(480, 1200)),
        ("08:00-08:00", Times(480, 1920)),
        ("17:30-08:30 2", Times(1050, 1950, 2)),
        ("休", None),
    ],
)
def test_times_of_a_shift(words: str, times: Times | None) -> None:
    assert parse_times(words) == times


@pytest.mark.parametrize("words", ["", "早", "8:61-9:00", "25:00-26:00", "08:00-16:00 4", "08:00"])
def test_what_is_no_time_of_a_shift(words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        parse_times(words)


@given(st.text(max_size=12))
def test_any_cell_is_read_or_refused(words: str) -> None:
    with suppress(BadCode):
        for named in read_cell(words, USUAL):
            assert 0 <= named.times.start < named.times.end <= 3 * 24 * 60


@given(st.text(max_size=20), DAYS)
def test_any_text_begins_with_days_or_not(text: str, today: date) -> None:
    found = take_days(text, today)
    assert found is None or found.first <= found.last


@pytest.mark.parametrize(
    ("text", "first", "last", "rest"),
    [
        ("11-25 夜 李师傅", "2026-11-25", "2026-11-25", "夜 李师傅"),
        ("11月25日夜李师傅", "2026-11-25", "2026-11-25", "夜李师傅"),
        ("明天 早", "2026-11-29", "2026-11-29", "早"),
        ("周三", "2026-12-02", "2026-12-02", ""),
        ("25号", "2026-12-25", "2026-12-25", ""),
        ("12-30至1-2 家里有事", "2026-12-30", "2027-01-02", "家里有事"),
        ("2026年12月3日到5日", "2026-12-03", "2026-12-05", ""),
    ],
)
def test_days_as_people_say_them(text: str, first: str, last: str, rest: str) -> None:
    assert take_days(text, date(2026, 11, 28)) == (date.fromisoformat(first), date.fromisoformat(last), rest)


def test_a_code_before_a_name() -> None:
    assert take_code("大夜班 李师傅", USUAL) == ("大夜", "李师傅")
    assert take_code("夜李师傅", USUAL) == ("夜", "李师傅")
    assert take_code("李师傅", USUAL) is None
