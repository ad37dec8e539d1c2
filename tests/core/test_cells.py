"""What goes into a spreadsheet stays text, whatever program opens it, and can be had back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cells import guarded, unguarded

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "　=1",
    "|x",
    "%x",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_be_a_formula_is_none(text: str) -> None:
    cell = guarded(text)
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize("text", ["漏水", "3-2-1502", "1+1", "", " 漏", "a=b"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text())
def test_the_text_can_be_had_back(text: str) -> None:
    seen = "".join(c for c in text if ord(c) >= 32 or c in "\t\n\r")
    assert unguarded(guarded(text)) == seen
