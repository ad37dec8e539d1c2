"""A danger that the words only hint at: dispatched as one, and what is left of it where a person says it is none."""

from bot.core.kinds import Category, Priority

# What a report is where nobody is in danger: a smell that is no gas is still looked at.
_INSTEAD = {
    Category.ELEVATOR_ENTRAPMENT: (Category.ELEVATOR_FAULT, Priority.URGENT),
    Category.GAS_LEAK: (Category.OTHER, Priority.NORMAL),
    Category.FIRE: (Category.OTHER, Priority.NORMAL),
}
# Without the danger an essential service is still lost, or damage grows.
_URGENT = frozenset({Category.LEAK, Category.POWER_OUTAGE, Category.ELECTRICAL, Category.ELEVATOR_FAULT})


def calmed(category: Category) -> tuple[Category, Priority]:
    """Category and priority of an emergency that turned out to be none."""
    return _INSTEAD.get(category, (category, Priority.URGENT if category in _URGENT else Priority.NORMAL))
