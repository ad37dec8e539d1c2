"""The sections of config.toml about outages, repeats, calls after closing, and whom the handbook says to call."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.core.kinds import Category
from bot.settings_values import Duration, Section

Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class IncidentSettings(Section):
    """When reports of one outage become one event (事件), and when the sweep asks whose home is not well yet."""

    window: Duration = timedelta(minutes=30)
    join_by_rule: tuple[Literal["power", "water", "lift"], ...] = ()
    sweep_after: Duration = timedelta(hours=1)


class RepeatSettings(Section):
    """How long after closing the same fault at the same place counts as a repeat (返修), by category."""

    within: Duration = timedelta(days=7)
    long_within: Duration = timedelta(days=30)
    long: tuple[Category, ...] = (
        Category.LEAK, Category.DRAINAGE, Category.HVAC, Category.ELEVATOR_FAULT, Category.ELEVATOR_ENTRAPMENT,
        Category.WATER_SUPPLY, Category.ACCESS_CONTROL,
    )  # fmt: skip
    longest_within: Duration = timedelta(days=90)
    longest: tuple[Category, ...] = (Category.CIVIL, Category.FIRE_EQUIPMENT)


class CallbackSettings(Section):
    """Who is called back after closing (回访): the share of a hundred, and how long after. Complaints and bad scores
    always are."""

    complaint_after: Duration = timedelta(hours=24)
    emergency_share: int = Field(default=100, ge=0, le=100)
    emergency_after: Duration = timedelta(hours=24)
    repeat_share: int = Field(default=100, ge=0, le=100)
    leak_share: int = Field(default=100, ge=0, le=100)
    leak_after: Duration = timedelta(days=3)
    other_share: int = Field(default=30, ge=0, le=100)
    other_after: Duration = timedelta(hours=24)
    within: Duration = timedelta(hours=48)


class ContactSettings(Section):
    """Whom the emergency handbook says to call; empty: said to be missing where a step needs it."""

    lift_maintainer: Phone = ""
    lift_rescue: Phone = ""
    fire: Phone = "119"
    gas: Phone = ""
    power: Phone = "95598"
    water: Phone = ""
