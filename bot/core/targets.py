"""Every target as a row with its source: what is promised for which priority, on which clock, and who says so."""

from datetime import timedelta
from typing import NamedTuple

from bot.core.dues import Policy
from bot.core.kinds import Priority

WHAT = ("accept", "arrive", "finish")


class Row(NamedTuple):
    """One promise. ``source`` begins with what kind it is: 合同 a contract, 规定 a rule, 惯例 a house practice."""

    priority: Priority
    what: str
    within: timedelta
    working: bool
    source: str


def rows(policy: Policy) -> list[Row]:
    """Every target, the most pressing priority first."""
    return [
        Row(priority, what, within, policy.targets[priority].working, source)
        for priority in sorted(policy.targets, key=lambda p: p.rank)
        for what, within, source in zip(
            WHAT,
            (policy.targets[priority].accept, policy.targets[priority].arrive, policy.targets[priority].finish),
            policy.targets[priority].sources,
            strict=True,
        )
    ]
