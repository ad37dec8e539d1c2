"""`baoxiu classify` speaks the format of the contract to the letter."""

import io
import json

import pytest

from bot.nlp import BadLine, classify_lines


def classify(*lines: str) -> list[dict]:
    out = io.StringIO()
    assert classify_lines(lines, out) == len(out.getvalue().splitlines())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_has_exactly_the_fields_of_the_contract():
    [answer] = classify('{"id": "a1", "text": "3栋2单元1502厨房水管漏水了"}\n')

    assert answer == {
        "id": "a1",
        "intent": "report",
        "faults": [{"category": "leak", "priority": "urgent"}],
        "location": {"building": "3", "unit": "2", "room": "1502", "area": None},
        "why": answer["why"],
    }
    assert all(isinstance(reason, str) for reason in answer["why"])


def test_what_is_no_report_has_no_faults():
    [answer] = classify('{"id": 7, "text": "谢谢"}')

    assert (answer["id"], answer["intent"], answer["faults"]) == (7, "thanks", [])
    assert answer["location"] == {"building": None, "unit": None, "room": None, "area": None}


def test_lines_keep_their_order_and_blank_ones_are_skipped():
    answers = classify('\ufeff{"id": 1, "text": "在吗"}\n', "\n", '{"id": 2, "text": "漏水"}\n')

    assert [answer["id"] for answer in answers] == [1, 2]


def test_chinese_stays_readable():
    out = io.StringIO()
    classify_lines(['{"id": 1, "text": "漏水"}'], out)

    assert "漏水" in out.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        "漏水",
        "[1, 2]",
        '{"id": 1}',
        '{"text": "漏水"}',
        '{"id": 1, "text": 5}',
        "[" * 100_000,
        '{"id": 1, "text": null}',
    ],
)
def test_a_bad_line_is_named_by_its_number(line):
    out = io.StringIO()

    with pytest.raises(BadLine) as bad:
        classify_lines(['{"id": 1, "text": "漏水"}', line], out)

    assert bad.value.line_no == 2
    assert bad.value.reason
    assert len(out.getvalue().splitlines()) == 1
