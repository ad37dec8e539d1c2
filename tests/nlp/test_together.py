"""Clues that mean something together are found by the shortest stretch, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from bot.nlp.together import Span, _nearest

spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 6)).map(lambda s: (s[0], s[0] + s[1])), min_size=1, max_size=6
)


def looked_at_one_by_one(places: list[list[Span]], within: int) -> Span | None:
    """The same without leaving anything out."""
    best = None
    for start, end in places[0]:
        for others in places[1:]:
            near = min((max(end, last) - min(start, first), first, last) for first, last in others)
            start, end = min(start, near[1]), max(end, near[2])
        if end - start <= within and (best is None or end - start < best[1] - best[0]):
            best = start, end
    return best


@given(st.lists(spans, min_size=1, max_size=3), st.integers(1, 40))
def test_what_is_too_far_away_can_be_left_out(places: list[list[Span]], within: int) -> None:
    assert _nearest(places, within) == looked_at_one_by_one(places, within)
