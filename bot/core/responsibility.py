"""Whose it probably is: a suggestion with its ground. A person decides, and danger is dealt with before anybody asks.

Periods: 建设工程质量管理条例 第40条, 房屋建筑工程质量保修办法 第7条; counted from 竣工验收合格, which is not the
handing over of the flat. Utility lines: 物业管理条例 第51条. 维修资金: 民法典 第281条, 物业管理条例 第53、54条.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.core.kinds import Category, Priority
from bot.core.reading import Place


class Part(StrEnum):
    """What the builder's warranty is counted by."""

    WATERPROOFING = "waterproofing"  # 屋面防水、有防水要求的房间、外墙和门窗防渗漏: 5 years
    HEATING_COOLING = "heating_cooling"  # 供热与供冷系统: 2 seasons
    PIPES = "pipes"  # 给排水管道: 2 years
    WIRING = "wiring"  # 电气管线: 2 years
    EQUIPMENT = "equipment"  # 设备安装: 2 years
    DECORATION = "decoration"  # 装修工程: 2 years


class Ground(StrEnum):
    """Why somebody is named; the words and the source stand in the texts under the same name."""

    DANGER_FIRST = "danger_first"
    UTILITY = "utility"
    IN_WARRANTY = "in_warranty"
    OUT_OF_WARRANTY = "out_of_warranty"
    WARRANTY_UNKNOWN = "warranty_unknown"
    PUBLIC = "public"
    INSIDE = "inside"
    CAUSER = "causer"


YEARS = {Part.WATERPROOFING: 5, Part.PIPES: 2, Part.WIRING: 2, Part.EQUIPMENT: 2, Part.DECORATION: 2}
PARTS_OF: dict[Category, tuple[Part, ...]] = {
    Category.LEAK: (Part.WATERPROOFING, Part.PIPES),
    Category.DRAINAGE: (Part.PIPES,),
    Category.WATER_SUPPLY: (Part.PIPES,),
    Category.PLUMBING_FIXTURE: (Part.PIPES,),
    Category.POWER_OUTAGE: (Part.WIRING,),
    Category.ELECTRICAL: (Part.WIRING,),
    Category.LIGHTING: (Part.WIRING,),
    Category.HVAC: (Part.HEATING_COOLING,),
    Category.ELEVATOR_FAULT: (Part.EQUIPMENT,),
    Category.ELEVATOR_ENTRAPMENT: (Part.EQUIPMENT,),
    Category.FIRE_EQUIPMENT: (Part.EQUIPMENT,),
    Category.ACCESS_CONTROL: (Part.EQUIPMENT,),
    Category.DOORS_WINDOWS: (Part.WATERPROOFING, Part.DECORATION),
    Category.CIVIL: (Part.WATERPROOFING, Part.DECORATION),
}
# Of these the line up to the point of ownership is the utility's own, and a failure of a whole house may lie there.
_UTILITY = frozenset({Category.POWER_OUTAGE, Category.WATER_SUPPLY, Category.GAS_LEAK, Category.NETWORK_CCTV})
_ALWAYS_PUBLIC = frozenset(
    {
        Category.ELEVATOR_FAULT,
        Category.ELEVATOR_ENTRAPMENT,
        Category.FIRE_EQUIPMENT,
        Category.ACCESS_CONTROL,
        Category.PUBLIC_FACILITY,
    }
)
_NOT_A_PART = frozenset({Category.ENVIRONMENT, Category.OTHER, Category.FURNITURE_APPLIANCE, Category.FIRE})
_SEASON_FROM, _SEASON_TO = (11, 15), (3, 15)  # heating; cities differ by days
_CAUSED_WORDS = ("楼上", "装修", "邻居")


@dataclass(frozen=True, slots=True)
class Warranty:
    """How one part stands in the builder's warranty."""

    part: Part
    until: date
    runs: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """The suggestion: ``inside`` a flat or public, the grounds in the order in which they are to be asked."""

    inside: bool
    grounds: tuple[Ground, ...]
    warranties: tuple[Warranty, ...] = ()


def hint(
    category: Category, priority: Priority, place: Place, told: str, accepted_on: date | None, today: date
) -> Hint | None:
    """Whose it probably is; None for what has no owner to look for. ``accepted_on``: 竣工验收, None if not known."""
    if category in _NOT_A_PART:
        return None
    inside = bool(place.room) and not place.area and category not in _ALWAYS_PUBLIC
    grounds = [Ground.DANGER_FIRST] if priority is Priority.EMERGENCY else []
    if category in _UTILITY and not inside:
        grounds.append(Ground.UTILITY)
    warranties = [] if accepted_on is None else [_warranty(p, accepted_on, today) for p in PARTS_OF.get(category, ())]
    if PARTS_OF.get(category):
        if accepted_on is None:
            grounds.append(Ground.WARRANTY_UNKNOWN)
        else:
            grounds.append(Ground.IN_WARRANTY if any(w.runs for w in warranties) else Ground.OUT_OF_WARRANTY)
    grounds.append(Ground.INSIDE if inside else Ground.PUBLIC)
    if category is Category.LEAK and any(word in told for word in _CAUSED_WORDS):
        grounds.append(Ground.CAUSER)
    return Hint(inside, tuple(grounds), tuple(warranties))


def warranty_ends(part: Part, accepted_on: date) -> date:
    """The last day of the builder's warranty on a part."""
    if part is Part.HEATING_COOLING:
        return _after_two_seasons(accepted_on)
    year = accepted_on.year + YEARS[part]
    try:
        return accepted_on.replace(year=year)
    except ValueError:  # accepted on 29 February
        return date(year, 2, 28)


def _warranty(part: Part, accepted_on: date, today: date) -> Warranty:
    until = warranty_ends(part, accepted_on)
    return Warranty(part, until, today <= until)


def _after_two_seasons(accepted_on: date) -> date:
    """The end of the second heating season that begins after the acceptance; one that is running is not a whole one."""
    first = accepted_on.year if (accepted_on.month, accepted_on.day) <= _SEASON_FROM else accepted_on.year + 1
    return date(first + 2, *_SEASON_TO)
