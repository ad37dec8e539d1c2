"""Repeat faults (返修): the same thing broken again soon after it was closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.kinds import Category, Priority
from bot.core.orders import Order
from bot.core.reading import Place

# The second time the same thing comes back is no accident any more.
LEADS_HEAR_FROM = 2


@dataclass(frozen=True, slots=True)
class Within:
    """How long after closing the same fault counts as a repeat, by category."""

    usual: timedelta
    longer: Mapping[Category, timedelta]

    def of(self, category: Category) -> timedelta:
        """The time for one category."""
        return self.longer.get(category, self.usual)


def within(
    usual: timedelta,
    long: timedelta,
    long_kinds: Collection[Category],
    longest: timedelta,
    longest_kinds: Collection[Category],
) -> Within:
    """The three bands of the configuration as one table."""
    return Within(usual, {**dict.fromkeys(long_kinds, long), **dict.fromkeys(longest_kinds, longest)})


def same_thing(one: Place, other: Place) -> bool:
    """True if both are the same room, or the same public place or machine of the building and unit."""
    if not one.building or one.building != other.building:
        return False
    if one.unit and other.unit and one.unit != other.unit:
        return False
    return (one.room, one.area) == (other.room, other.area)


def comes_back(order: Order, earlier: Order) -> bool:
    """True if the order is about what the earlier one was about. Where both name a piece of equipment that decides,
    whatever was said to be wrong with it; else kind and place do."""
    if order.device and earlier.device:
        return order.device == earlier.device
    return order.category is earlier.category and same_thing(order.place, earlier.place)


def linked(order: Order, earlier: Order) -> Order:
    """A report that is found to be a repeat: linked to what was done before, counted, and raised."""
    priority = Priority.URGENT if order.priority is Priority.NORMAL else order.priority
    return replace(order, repeat_of=earlier.no, repeats=earlier.repeats + 1, priority=priority)
