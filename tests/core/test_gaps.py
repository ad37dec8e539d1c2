"""Gaps of the duty list against a plain search minute by minute."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.duty import Shift, fits
from bot.core.gaps import ELSEWHERE, TRADES, gaps, unlearned
from bot.core.kinds import Role, Skill
from bot.core.people import Person

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STEP = timedelta(minutes=30)
STEPS = 24

PEOPLE = st.lists(
    st.builds(
        lambda n, role, skills, buildings: Person(f"p{n}", f"p{n}", f"p{n}", role, skills, buildings),
        st.integers(0, 4),
        st.sampled_from([Role.ENGINEER, Role.ENGINEER, Role.SERVICE, Role.SUPERVISOR]),
        st.frozensets(st.sampled_from(Skill), max_size=3),
        st.frozensets(st.sampled_from(["3", "5"]), max_size=2),
    ),
    max_size=5,
).map(lambda found: {p.id: p for p in found})
SHIFTS = st.lists(
    st.builds(
        lambda n, start, length, tier: Shift(f"p{n}", NOW + start * STEP, NOW + (start + length) * STEP, tier),
        st.integers(0, 5),
        st.integers(-4, STEPS + 2),
        st.integers(1, 12),
        st.integers(1, 3),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(PEOPLE, SHIFTS)
def test_a_trade_is_missed_exactly_where_nobody_who_could_do_it_is_on_duty(
    people: dict[str, Person], shifts: list[Shift]
) -> None:
    found = gaps(people, shifts, NOW, NOW + STEPS * STEP)
    crew = [p for p in people.values() if p.role is Role.ENGINEER]
    places = [*sorted({b for p in crew for b in p.buildings}), ELSEWHERE]
    for step in range(STEPS):
        at = NOW + step * STEP
        on = [p for p in crew if any(s.person == p.id and s.tier < 3 and s.start <= at < s.end for s in shifts)]
        lacking = {
            (skill, place)
            for skill in TRADES
            for place in places
            if any(fits(p, skill, place) is not None for p in crew)
            and not any(fits(p, skill, place) is not None for p in on)
        }
        here = [g for g in found if g.start <= at < g.end]
        assert len(here) == (1 if lacking else 0)
        told = {
            (skill, place)
            for gap in here
            for skill, named in gap.missing
            for place in (named or [b for b in places if any(fits(p, skill, b) is not None for p in crew)])
        }
        assert told == lacking
    assert all(a.end <= b.start and (a.end < b.start or a.missing != b.missing) for a, b in itertools.pairwise(found))


def test_a_trade_that_nobody_has_is_no_gap_but_is_named() -> None:
    li = Person("li", "li", "李师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}))
    shifts = [Shift("li", NOW, NOW + STEP, 1)]
    assert [g.missing for g in gaps({"li": li}, shifts, NOW, NOW + 2 * STEP)] == [((Skill.PLUMBING, ()),)]
    assert set(unlearned({"li": li})) == set(TRADES) - {Skill.PLUMBING}
