"""Measurements of the whole product in one run: ``python -m bench`` writes docs/benchmarks.md."""
