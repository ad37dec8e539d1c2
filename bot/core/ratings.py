"""What a score leads to."""

LOWEST, HIGHEST = 1, 5
LOW = 2  # at most this: somebody has to call back (issue 2, part 8)


def is_low(score: int) -> bool:
    """True where the score opens a follow-up."""
    return score <= LOW
