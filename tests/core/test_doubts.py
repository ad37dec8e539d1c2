"""What is left of an emergency that turned out to be none."""

import pytest

from bot.core.doubts import calmed
from bot.core.kinds import Category, Priority


@pytest.mark.parametrize("category", Category)
def test_what_is_left_is_no_emergency_and_names_no_danger_to_life(category: Category) -> None:
    left, priority = calmed(category)
    assert priority is not Priority.EMERGENCY
    assert left not in (Category.ELEVATOR_ENTRAPMENT, Category.GAS_LEAK, Category.FIRE)
    assert calmed(left)[0] is left
