"""The sample estate: who lives and works there, what is installed, who is on duty, and who has a phone on the page."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from bot.sandbox.platform import Platform

_HERE = Path(str(resources.files(__name__)))
PEOPLE = _HERE / "people.csv"
EQUIPMENT = _HERE / "equipment.csv"

# Whoever sits at a phone of the page when it opens is on duty at any hour: something happens there.
_ON_DUTY = (
    *(("zhaolei", 1), ("wangqiang", 1), ("lidong", 1), ("sunjie", 2)),
    *(("chenyu", 1), ("liufang", 2), ("zhoumin", 3)),
)


def duty_csv(today: date) -> str:
    """A duty list in the import format: tiers 1, 2 and 3 around the clock, from yesterday to seven days ahead."""
    lines = ["userid,start,end,tier"]
    for offset in range(-1, 8):
        day = today + timedelta(days=offset)
        lines += [f"{userid},{start},{end},{tier}" for userid, start, end, tier in _shifts(day)]
    return "\n".join(lines) + "\n"


def read_cast() -> dict[str, Any]:
    """The phones of the demo page (``pane``), the outside residents (``customer``) and further ``names``."""
    return tomllib.loads((_HERE / "cast.toml").read_text(encoding="utf-8"))


def seat(platform: Platform) -> None:
    """Make the sample people members of the corp or customers of 微信客服."""
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            platform.add_member(row["userid"], row["name"])
            if row["role"] == "service":
                platform.add_servicer(row["userid"])
    for customer in read_cast()["customer"]:
        platform.add_customer(customer["external_userid"], customer["nickname"])


def _shifts(day: date) -> Iterator[tuple[str, str, str, int]]:
    for userid, tier in _ON_DUTY:
        yield userid, f"{day} 08:00", f"{day + timedelta(days=1)} 08:00", tier
