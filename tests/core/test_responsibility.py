"""Whose it probably is: periods by part, counted from 竣工验收, and grounds in their order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.kinds import Category, Priority
from bot.core.reading import Place
from bot.core.responsibility import Ground, Part, hint, warranty_ends

FLAT, HOUSE = Place("3", "2", "1502"), Place("3")
TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("part", "accepted", "until"),
    [
        (Part.WATERPROOFING, date(2022, 6, 1), date(2027, 6, 1)),
        (Part.PIPES, date(2024, 12, 1), date(2026, 12, 1)),
        (Part.WIRING, date(2024, 2, 29), date(2026, 2, 28)),
        # The season that runs at the acceptance is not a whole one.
        (Part.HEATING_COOLING, date(2024, 6, 1), date(2026, 3, 15)),
        (Part.HEATING_COOLING, date(2024, 12, 1), date(2027, 3, 15)),
    ],
)
def test_a_warranty_ends(part: Part, accepted: date, until: date) -> None:
    assert warranty_ends(part, accepted) == until


def test_a_leak_in_a_flat_is_waterproofing_or_a_pipe() -> None:
    found = hint(Category.LEAK, Priority.NORMAL, FLAT, "卫生间漏水", date(2023, 6, 1), TODAY)
    assert found is not None
    assert found.inside
    assert {w.part: w.runs for w in found.warranties} == {Part.WATERPROOFING: True, Part.PIPES: False}
    assert found.grounds == (Ground.IN_WARRANTY, Ground.INSIDE)


def test_danger_comes_before_everything_and_who_caused_it_last() -> None:
    found = hint(Category.LEAK, Priority.EMERGENCY, FLAT, "楼上漏水，插座冒火花", None, TODAY)
    assert found is not None
    assert found.grounds[0] is Ground.DANGER_FIRST
    assert found.grounds[-1] is Ground.CAUSER
    assert Ground.WARRANTY_UNKNOWN in found.grounds


def test_a_whole_house_without_power_may_be_the_utilitys() -> None:
    found = hint(Category.POWER_OUTAGE, Priority.URGENT, HOUSE, "整栋停电", date(2010, 1, 1), TODAY)
    assert found is not None
    assert found.grounds == (Ground.UTILITY, Ground.OUT_OF_WARRANTY, Ground.PUBLIC)
    inside = hint(Category.POWER_OUTAGE, Priority.URGENT, FLAT, "家里跳闸", date(2010, 1, 1), TODAY)
    assert inside is not None
    assert Ground.UTILITY not in inside.grounds


def test_a_lift_is_public_whatever_room_reports_it() -> None:
    found = hint(Category.ELEVATOR_FAULT, Priority.URGENT, FLAT, "电梯坏了", None, TODAY)
    assert found is not None
    assert not found.inside


@given(
    st.sampled_from(Category), st.sampled_from(Priority), st.sampled_from([FLAT, HOUSE, Place(area="地库")]),
    st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1)),
)  # fmt: skip
def test_a_hint_always_names_exactly_one_side_and_never_an_unknown_warranty(
    category: Category, priority: Priority, place: Place, accepted: date | None
) -> None:
    found = hint(category, priority, place, "", accepted, TODAY)
    if found is None:
        return
    assert len({Ground.INSIDE, Ground.PUBLIC} & set(found.grounds)) == 1
    assert (Ground.WARRANTY_UNKNOWN in found.grounds) is (accepted is None and bool(found.grounds) and bool(
        {Ground.WARRANTY_UNKNOWN, Ground.IN_WARRANTY, Ground.OUT_OF_WARRANTY} & set(found.grounds)))  # fmt: skip
    assert all(w.runs == (w.until >= TODAY) for w in found.warranties)
