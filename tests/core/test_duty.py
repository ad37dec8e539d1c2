"""Who is on duty and who is chosen: against a plain search, and never nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.duty import Candidate, Roster, Shift, engineers_for, leads_for, service_for
from bot.core.kinds import Category, Role, Skill
from bot.core.people import Person

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LI = Person("li", "li", "李师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}))
ZHAO = Person("zhao", "zhao", "赵师傅", Role.ENGINEER, frozenset({Skill.PLUMBING}), frozenset({"3"}))
SUN = Person("sun", "sun", "孙师傅", Role.ENGINEER, frozenset({Skill.GENERAL}))
ZHOU = Person("zhou", "zhou", "周主管", Role.SUPERVISOR)
ZHENG = Person("zheng", "zheng", "郑经理", Role.MANAGER)
KEFU = Person("kefu", "kefu", "小刘", Role.SERVICE)
ALL = {p.id: p for p in (LI, ZHAO, SUN, ZHOU, ZHENG, KEFU)}


def roster(**tiers: int) -> Roster:
    return Roster(ALL, [Shift(who, NOW - HOUR, NOW + HOUR, tier) for who, tier in tiers.items()])


def names(found: list[Candidate]) -> list[str]:
    return [f"{c.person.id}:{c.ground}" for c in found]


def test_the_building_rules_out_who_is_not_for_it() -> None:
    r = roster(li=1, zhao=1)
    assert names(engineers_for(r, NOW, Category.LEAK, "5"))[:2] == ["li:tier1", "zhou:supervisor"]
    assert set(names(engineers_for(r, NOW, Category.LEAK, "3"))[:2]) == {"li:tier1", "zhao:tier1"}


def test_nobody_on_duty_means_backup_then_supervisor_then_manager() -> None:
    assert names(engineers_for(roster(li=2), NOW, Category.LEAK, "3")) == [
        "li:tier2",
        "zhou:supervisor",
        "zheng:manager",
    ]
    assert names(engineers_for(roster(), NOW, Category.LEAK, "3")) == ["zhou:supervisor", "zheng:manager"]
    assert names(engineers_for(roster(), NOW, Category.LEAK, "3", {"zhou"})) == ["zheng:manager"]


def test_the_lead_on_duty_comes_before_his_like() -> None:
    other = replace(ZHOU, id="aaa", userid="aaa")
    r = Roster({**ALL, "aaa": other}, [Shift("zhou", NOW - HOUR, NOW + HOUR, 3)])
    assert names(leads_for(r, NOW)) == ["zhou:supervisor", "aaa:supervisor", "zheng:manager"]


def test_an_engineer_who_leads_the_shift_comes_after_the_backup() -> None:
    r = roster(li=3, zhao=2)
    assert names(engineers_for(r, NOW, Category.LEAK, "3"))[:3] == ["zhao:tier2", "li:tier3", "zhou:supervisor"]


def test_what_is_unsure_is_for_the_desk_and_without_it_for_the_supervisor() -> None:
    assert names(service_for(roster(kefu=1), NOW))[0] == "kefu:tier1"
    assert names(service_for(roster(li=1), NOW))[0] == "zhou:supervisor"


shifts = st.lists(
    st.builds(
        lambda who, start, hours, tier: Shift(who, NOW + start * HOUR, NOW + (start + hours) * HOUR, tier),
        st.sampled_from([*ALL, "gone"]), st.integers(-30, 30), st.integers(1, 24), st.integers(1, 3),
    ),
    max_size=30,
)  # fmt: skip


@given(shifts, st.lists(st.integers(-2200, 3300), min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_on_duty_is_what_a_search_minute_by_minute_finds(listed: list[Shift], minutes: list[int]) -> None:
    r = Roster(ALL, listed)
    for minute in minutes:
        at = NOW + timedelta(minutes=minute)
        expected: dict[str, int] = {}
        for s in listed:
            if s.person in ALL and s.start <= at and at < s.end:
                expected[s.person] = min(s.tier, expected.get(s.person, 9))
        assert dict(r.on_duty(at)) == expected
        assert engineers_for(r, at, Category.FIRE, "3"), "an order is never nobody's"
