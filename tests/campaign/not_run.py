"""Cases that are not run at all, with the reason; what a run skips is listed by itself."""

NOT_RUN: dict[int, tuple[str, str]] = {}
