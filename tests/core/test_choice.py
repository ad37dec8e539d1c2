"""Who of a line is chosen, what decided, and that every choice can say why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.choice import Job, Load, asks_for_loads, choose, distance, limit_of
from bot.core.duty import Candidate
from bot.core.kinds import Priority, Role, Skill
from bot.core.people import Person

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LI = Person("li", "li", "李师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}))
ZHAO = Person("zhao", "zhao", "赵师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}))
SUN = Person("sun", "sun", "孙师傅", Role.ENGINEER, frozenset({Skill.GENERAL}))
QIAN = Person("qian", "qian", "钱师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}))
ZHOU = Person("zhou", "zhou", "周主管", Role.SUPERVISOR)
CREW = [*(Candidate(p, "tier1") for p in (LI, ZHAO, SUN)), Candidate(QIAN, "tier2"), Candidate(ZHOU, "supervisor")]
LEAK = Job(Skill.PLUMBING, "3", Priority.NORMAL, NOW)


def chosen(
    loads: dict[str, Load], job: Job = LEAK, usual: int | None = None, line: list[Candidate] = CREW
) -> Candidate:
    found = choose(line, loads, job, usual)
    assert found is not None
    return found


def test_a_man_of_the_trade_goes_before_an_idle_generalist() -> None:
    found = chosen({"li": Load(2), "sun": Load(0)}, line=[CREW[0], CREW[2], *CREW[3:]])
    assert (found.person, found.why["by"], found.why["skill"]) == (LI, "trade", "plumbing")


def test_fewest_open_orders_then_the_nearest_then_longest_idle() -> None:
    busy = {"li": Load(2, NOW - 3 * HOUR, "3", NOW), "zhao": Load(1, NOW)}
    found = chosen(busy)
    assert (found.person, found.why["by"], found.why["open"], found.why["next"]) == (ZHAO, "open", 1, 2)
    near = {"li": Load(1, NOW - 3 * HOUR, "8", NOW - HOUR), "zhao": Load(1, NOW, "4", NOW - HOUR)}
    found = chosen(near)
    assert (found.person, found.why["by"], found.why["building"]) == (ZHAO, "near", "4")
    equal = {"li": Load(1, NOW - HOUR), "zhao": Load(1, NOW)}
    found = chosen(equal)
    assert (found.person, found.why["by"], found.why["since"]) == (LI, "idle", (NOW - HOUR).isoformat())


def test_where_somebody_was_hours_ago_says_nothing() -> None:
    loads = {"li": Load(1, NOW - HOUR, "9", NOW), "zhao": Load(1, NOW, "3", NOW - 3 * HOUR)}
    assert (chosen(loads).person, chosen(loads).why["by"]) == (LI, "near"), "9 is far from 3, nowhere is farther"
    gone = {"li": Load(1, NOW - HOUR), "zhao": Load(1, NOW, "3", NOW - 3 * HOUR)}
    assert chosen(gone).why["by"] == "idle"


def test_whoever_has_his_number_is_passed_over_also_for_the_backup() -> None:
    found = chosen({"li": Load(2), "zhao": Load(3)}, usual=3)
    assert (found.person, found.why["most"], found.why["full"]) == (LI, 3, 1), "sun is free too, but no plumber"
    found = chosen({"li": Load(3), "zhao": Load(2), "sun": Load(9)}, usual=3)
    assert (found.person, found.why["full"]) == (ZHAO, 2)
    found = chosen({p.id: Load(3) for p in (LI, ZHAO, SUN)}, usual=3)
    assert (found.person, found.ground, found.why["full"]) == (QIAN, "tier2", 3)


def test_his_own_number_goes_before_the_usual_one_and_leads_have_none() -> None:
    own = replace(LI, open_at_most=5)
    assert (limit_of(own, 3), limit_of(LI, 3), limit_of(LI, None), limit_of(ZHOU, 3)) == (5, 3, None, None)
    line = [Candidate(own, "tier1"), CREW[1], CREW[-1]]
    assert chosen({"li": Load(4), "zhao": Load(3)}, usual=3, line=line).person is own


@pytest.mark.parametrize("priority", Priority)
def test_where_all_have_theirs_what_presses_goes_to_the_least_busy(priority: Priority) -> None:
    full = {"li": Load(4), "zhao": Load(3), "sun": Load(3), "qian": Load(3)}
    found = chosen(full, replace(LEAK, priority=priority), 3)
    if priority is Priority.NORMAL:
        assert (found.person, found.why) == (ZHOU, {"ground": "supervisor", "full": 4})
    else:
        assert (found.person, found.why["over"]) == (ZHAO, True)


def test_without_anybody_who_leads_a_normal_order_is_not_left_to_nobody() -> None:
    assert chosen({"li": Load(9)}, usual=3, line=[CREW[0]]).person is LI


def test_leads_are_taken_in_their_order_and_nobody_is_nobody() -> None:
    assert chosen({}, line=[CREW[-1]]).why == {"ground": "supervisor"}
    assert choose([], {}, LEAK) is None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("3", "3", 0), ("3", "5", 2), ("A", "C", 2), ("会所", "会所", 0)],
)
def test_buildings_are_as_far_apart_as_their_names_say(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == distance(other, one) == apart


def test_what_names_cannot_tell_is_far() -> None:
    assert distance("3", "A") == distance("", "3") == distance("会所", "3") == distance("3", None) > 1_000


people = st.builds(
    Person,
    id=st.uuids().map(str),
    userid=st.just("x"),
    name=st.just("某"),
    role=st.just(Role.ENGINEER),
    skills=st.frozensets(st.sampled_from([Skill.PLUMBING, Skill.GENERAL, Skill.HVAC])),
    open_at_most=st.none() | st.integers(1, 4),
)
crews = st.lists(st.tuples(people, st.integers(1, 3)), max_size=8)
loads_of = st.builds(
    Load,
    st.integers(0, 5),
    st.none() | st.integers(-300, 0).map(lambda m: NOW + timedelta(minutes=m)),
    st.sampled_from(["", "3", "5", "A"]),
    st.none() | st.integers(-300, 0).map(lambda m: NOW + timedelta(minutes=m)),
)


@given(crews, st.data(), st.sampled_from(Priority), st.none() | st.integers(1, 4))
def test_the_choice_is_what_a_plain_search_finds(
    crew: list[tuple[Person, int]], data: st.DataObject, priority: Priority, usual: int | None
) -> None:
    line = [Candidate(p, f"tier{tier}") for p, tier in sorted(crew, key=lambda one: one[1])] + [CREW[-1]]
    loads = {p.id: data.draw(loads_of) for p, _ in crew}
    job = replace(LEAK, priority=priority)
    found = chosen(loads, job, usual, line)

    def free(c: Candidate) -> bool:
        most = limit_of(c.person, usual)
        return most is None or loads[c.person.id].open_orders < most

    engineers = [c for c in line if c.on_duty]
    able = [c for c in engineers if free(c)]
    if able:
        assert found.ground == min(c.ground for c in able), "never a worse ground while somebody better has room"
        assert free(found)
        same = [c for c in able if c.ground == found.ground]
        if any(Skill.PLUMBING in c.person.skills for c in same):
            assert Skill.PLUMBING in found.person.skills
        mine = loads[found.person.id].open_orders
        rivals = [c for c in same if (Skill.PLUMBING in c.person.skills) == (Skill.PLUMBING in found.person.skills)]
        assert mine == min(loads[c.person.id].open_orders for c in rivals)
    elif not engineers or priority is Priority.NORMAL:
        assert found.person is ZHOU
    else:
        assert found.ground == engineers[0].ground
    assert found.why["ground"] == found.ground, "a choice can always say why"
    if not asks_for_loads(line, usual):
        assert choose(line, {}, job, usual) == found, "without looking at loads it would have been the same"
