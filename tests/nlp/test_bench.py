"""The labelled sentences of the bench keep the figures they have; of the locked part only counts are looked at.

Raise a floor when the rules have become better. A floor that has to be lowered needs a reason in the commit.
"""

import pytest

from bot.nlp import load_reader
from tests.nlp.bench_files import lessons, phrases, rows
from tests.nlp.scoring import Score, read_all, score


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    reader = load_reader()
    found = {}
    for part in ("tuned", "locked"):
        all_rows = rows(part)
        found[part] = score(read_all(reader, (row for row in all_rows if not row.real)))
        found[f"{part} letters"] = score(read_all(reader, (row for row in all_rows if row.real)))
    return found


def test_the_bench_is_as_large_as_promised() -> None:
    tuned, locked, learned = rows("tuned"), rows("locked"), lessons()

    assert len(tuned) + len(locked) >= 1200
    assert len(locked) / (len(tuned) + len(locked)) >= 1 / 3
    assert all(row.why for row in [*tuned, *locked, *learned])
    # Counted, so that a failure shows no sentence of the locked part.
    known = {row.text for row in [*tuned, *learned, *phrases()]}
    assert sum(row.text in known for row in locked) == 0


# The locked part was replaced on 2026-11-29 by sentences of eight fresh hands, a third of them about danger, real or
# only sounding so; figures from before that day are of other, harder sentences (docs/understanding.md).
FLOORS = {
    "tuned": {"intents": 2047, "micro": 0.995, "exact": 1283, "emergencies_found": 421, "doors": 2037},
    "tuned letters": {"intents": 241, "micro": 0.970, "exact": 140, "emergencies_found": 26, "doors": 240},
    "locked": {"intents": 1370, "micro": 0.990, "exact": 934, "emergencies_found": 393, "doors": 1364},
    "locked letters": {"intents": 162, "micro": 0.955, "exact": 111, "emergencies_found": 28, "doors": 164},
}
MOST_FALSE_ALARMS = {"tuned": 2, "tuned letters": 0, "locked": 7, "locked letters": 1}


@pytest.mark.parametrize("part", FLOORS)
def test_figures_do_not_fall(scores: dict[str, Score], part: str) -> None:
    one = scores[part]
    got = {name: getattr(one, name) for name in FLOORS[part]}

    assert {name: value for name, value in got.items() if value < FLOORS[part][name]} == {}
    assert one.false_alarms <= MOST_FALSE_ALARMS[part]
