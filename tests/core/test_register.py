"""A told place is checked against the rooms there are; a unit is never guessed."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading import Place
from bot.core.register import NO_REGISTER, Register

NUMBERS = st.sampled_from(["1", "2", "3", "1502", "1601"])

ROOMS = Register(
    [
        Place("3", "1", "1502"),
        Place("3", "2", "1502"),
        Place("3", "2", "1602"),
        Place("5", "1", "901"),
        Place("2", "3", "301"),
    ]
)


def test_one_room_that_fits_is_used_with_its_unit() -> None:
    assert ROOMS.check(Place("5", None, "901")) == (Place("5", "1", "901"), ())
    assert ROOMS.check(Place("3", None, "1602", "厨房")) == (Place("3", "2", "1602", "厨房"), ())


def test_of_several_rooms_none_is_guessed() -> None:
    told = Place("3", None, "1502")

    assert ROOMS.check(told) == (told, (Place("3", "1", "1502"), Place("3", "2", "1502")))


def test_a_room_that_does_not_exist_stays_as_told_with_what_may_be_meant() -> None:
    assert ROOMS.check(Place("3", "4", "1602")) == (Place("3", "4", "1602"), (Place("3", "2", "1602"),))
    assert ROOMS.check(Place("3", "2", "301")) == (Place("3", "2", "301"), (Place("2", "3", "301"),))
    assert ROOMS.check(Place("9", None, "9999")) == (Place("9", None, "9999"), ())


def test_without_a_register_or_a_room_nothing_is_checked() -> None:
    assert NO_REGISTER.check(Place("3", None, "1502")) == (Place("3", None, "1502"), ())
    assert ROOMS.check(Place("77")) == (Place("77"), ())
    assert NO_REGISTER.has_building("77")
    assert not ROOMS.has_building("77")


def test_what_is_not_registered_is_known_not_to_be_there() -> None:
    register = Register([Place("3", "1", "1502"), Place("3", "2", "1502"), Place("9")])
    assert register.knows(Place("3"))
    assert register.knows(Place("3", None, "1502"))
    assert not register.knows(Place("3", "3", "1502"))
    assert not register.knows(Place("4"))
    assert register.knows(Place(area="地下车库"))
    assert register.knows(Place("9", "2", "101")), "of a building registered by name alone the rooms are not known"
    assert register.check(Place("9", None, "1502")) == (Place("9", None, "1502"), ())
    assert NO_REGISTER.knows(Place("4"))


@given(
    st.lists(st.builds(Place, NUMBERS, st.none() | NUMBERS, NUMBERS), max_size=12),
    st.builds(Place, st.none() | NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS),
)
def test_a_unit_is_never_guessed(rooms: list[Place], told: Place) -> None:
    register = Register(rooms)
    used, candidates = register.check(told)
    if used != told:
        fitting = [room for room in register.rooms if room.room == told.room]
        fitting = [r for r in fitting if told.building in (None, r.building) and told.unit in (None, r.unit)]
        assert [used] == fitting
        assert candidates == ()
    assert all(room in register.rooms for room in candidates)
