"""What was learned from labelled sentences has its say beside the rules, and can be told."""

from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.kinds import Category, Intent, Priority
from bot.nlp import Reader, load_reader
from bot.nlp.explain import explain
from bot.nlp.learned import TARGETS, Learned, encoded, evened, load_learned
from bot.nlp.reader import load_reader as loaded
from bot.nlp.ruleset import RULES_FOLDER, load_ruleset
from tests.nlp.learn import fingerprint

TABLE = RULES_FOLDER / "learned.tsv"
UNIT = f"unit\t{' '.join(['0.0'] * (len(TARGETS) + 1))}"
HEAD = ["# learned from\ttest", " ".join(TARGETS), f"start\t{' '.join(['0.0'] * len(TARGETS))}"]


def learned(lines: list[str]) -> Learned:
    return Learned("\n".join(lines).encode())


def table(**weights: dict[str, float]) -> Learned:
    """A table in which pieces and marks weigh so much for targets; everything begins at nothing."""
    lines = [*HEAD]
    for name, by_target in weights.items():
        lines.append(f"{name}\t{encoded([by_target.get(target, 0.0) for target in TARGETS])}")
    return learned(lines)


def test_the_table_was_learned_from_the_rules_and_sentences_that_are_there() -> None:
    assert load_learned(TABLE).version == fingerprint(), "rules or sentences have changed: make learn"


def test_a_table_for_other_targets_is_refused() -> None:
    with pytest.raises(ValueError, match="make learn"):
        learned(["# learned from\tx", "leak fire"])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [f"'水\t{encoded([0.0] * (len(TARGETS) - 1))}"],
        [f"'水\t{encoded([0.0] * len(TARGETS))}", "'漏\tgg"],
        ["unit\t0.1 0.2", f"'水\t{encoded([0.0] * (len(TARGETS) + 1))}"],
        [UNIT + " 0.0", "upper\t0.1 0.2", f"'水\t{encoded([0.0] * (len(TARGETS) + 1))}"],
        [f"'水\t{' ' * len(TARGETS)}"],
        [f"\t{encoded([0.0] * len(TARGETS))}"],
        [UNIT.replace("0.0", "nan"), f"'水\t{encoded([0.0] * (len(TARGETS) + 1))}"],
    ],
    ids=[
        *("no pieces", "too narrow", "cut off", "a narrow unit", "a narrow upper unit"),
        *("no weight", "no name", "no number"),
    ],
)
def test_a_damaged_table_is_refused_at_the_start(rows: list[str]) -> None:
    with pytest.raises(ValueError, match="make learn"):
        learned([*HEAD, *rows])


@given(st.lists(st.floats(-0.5, 0.5), min_size=len(TARGETS), max_size=len(TARGETS)))
def test_a_weight_is_kept_to_an_eightieth(weights: list[float]) -> None:
    known = learned([*HEAD, f"'水\t{encoded(weights)}"])
    opinion = known.weigh("水", ())

    first = weights[len(Intent)]
    chance = opinion.chances[Category.ELEVATOR_ENTRAPMENT]
    assert log(chance / (1 - chance)) == pytest.approx(evened(1) * first, abs=0.0126 * evened(1))


def test_pieces_and_marks_add_up_and_the_words_can_be_told() -> None:
    even = evened(4)
    known = table(
        **{
            "'漏": {"leak": 1.0 / even},
            "'漏水": {"leak": 1.4 / even},
            "L=leak": {"leak": 0.6 / even},
            "'灯": {"lighting": 1.0 / even},
        }
    )
    text = "灯边上漏水"
    opinion = known.weigh(text, ["L=leak", "unheard of"])

    assert opinion.chances[Category.LEAK] == pytest.approx(0.9526, abs=0.001)
    assert opinion.chances[Category.LIGHTING] == pytest.approx(0.731, abs=0.02)
    start, end = known.words(opinion, "leak")
    assert text[start:end] == "漏水"


def test_a_hidden_unit_speaks_as_far_as_it_is_above_nothing() -> None:
    leak = TARGETS.index("leak")
    speaks = [1.5 if at == leak else 0.0 for at in range(len(TARGETS))]
    unit = f"unit\t{' '.join(map(str, [-0.2, *speaks]))}"
    rows = [f"'{piece}\t{encoded([0.0] * len(TARGETS) + [weight])}" for piece, weight in (("漏", 0.4), ("不", -0.6))]
    known = learned([*HEAD, unit, *rows])

    def leaks(text: str) -> float:
        chance = known.weigh(text, ()).chances[Category.LEAK]
        return log(chance / (1 - chance))

    assert leaks("漏") == pytest.approx(1.5 * (0.4 * evened(1) - 0.2), abs=0.01)
    assert leaks("不漏") == 0.0
    told = known.weigh("这里漏", ())
    assert known.words(told, "leak") == (2, 3)


def test_an_upper_unit_hears_the_hidden_ones_and_speaks_for_the_targets() -> None:
    def spoken(bias: float, **by_target: float) -> str:
        return " ".join(map(str, [bias, *(by_target.get(target, 0.0) for target in TARGETS)]))

    # Two units that hear 漏 and 不, of which the upper one takes the second from the first.
    units = [f"unit\t{spoken(0.0)} 1.0", f"unit\t{spoken(0.0)} -1.0", f"upper\t{spoken(0.0, leak=1.5)}"]
    heard = {"漏": [0.4, 0.0], "不": [0.0, 0.3]}
    rows = [f"'{piece}\t{encoded([0.0] * len(TARGETS) + by_unit)}" for piece, by_unit in heard.items()]
    known = learned([*HEAD, *units, *rows])

    def leaks(text: str) -> float:
        chance = known.weigh(text, ()).chances[Category.LEAK]
        return log(chance / (1 - chance))

    assert leaks("漏") == pytest.approx(1.5 * 0.4 * evened(1), abs=0.01)
    assert leaks("不漏") == pytest.approx(1.5 * (0.4 - 0.3) * evened(2), abs=0.01)
    # Only by way of the upper unit does 漏 speak for a leak and 不 against it.
    assert known.words(known.weigh("不少地方漏", ()), "leak") == (4, 5)


def test_a_long_text_adds_up_like_a_short_one() -> None:
    letters = [chr(0x4E00 + n) for n in range(2500)]
    known = table(**{f"'{letter}": {"leak": 0.1, "fire": -0.1} for letter in letters})
    opinion = known.weigh("".join(letters[:30]), ())
    long = known.weigh("".join(letters), ())

    assert log(opinion.chances[Category.LEAK] / (1 - opinion.chances[Category.LEAK])) == pytest.approx(3 * evened(30))
    assert long.chances[Category.LEAK] > 0.999
    assert long.chances[Category.FIRE] < 0.001


def test_a_unit_has_no_more_than_sixteen() -> None:
    leak = [1.0 if target == "leak" else 0.0 for target in TARGETS]
    unit = f"unit\t{' '.join(map(str, [15.0, *leak]))}"
    known = learned([*HEAD, unit, f"'漏\t{encoded([0.0] * len(TARGETS) + [0.75])}"])
    chance = known.weigh("漏", ()).chances[Category.LEAK]

    assert log(chance / (1 - chance)) == pytest.approx(16.0, abs=0.01)


def test_as_many_rows_as_a_long_letter_has_add_up() -> None:
    letters = "".join(chr(0x4E00 + n) for n in range(2500))
    known = table(**{f"'{letter}": {"leak": 0.77, "fire": -0.8} for letter in letters})
    opinion = known.weigh(letters, ())

    assert opinion.chances[Category.LEAK] == pytest.approx(1.0)
    assert opinion.chances[Category.FIRE] == 0.0


def test_a_danger_that_no_rule_knows_is_dispatched_and_marked_doubtful() -> None:
    rules = load_ruleset()
    alone = Reader(rules).read("今天天气可好")
    nothing = {str(category): -3.0 for category in Category}
    known = table(**{"'天": {**nothing, "danger": -0.5, "elevator_entrapment": 0.2, "intent.report": 3.0}})
    reading = Reader(rules, known).read("今天天气可好")

    assert not alone.faults
    assert [(fault.category, fault.priority) for fault in reading.faults] == [
        (Category.ELEVATOR_ENTRAPMENT, Priority.EMERGENCY)
    ]
    assert reading.doubtful


def test_a_danger_that_is_less_likely_is_shown_to_a_person() -> None:
    known = table(**{"'天": {"danger": -2.0 / evened(2), "intent.other": 5.0}, "'气": dict.fromkeys(Category, -5.0)})
    reading = Reader(load_ruleset(), known).read("今天天气可好")

    assert not reading.faults
    assert not reading.sure


def test_what_a_propertys_own_rules_find_is_never_overruled(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[faults.fire_equipment.words]\nnormal = ["湖心亭"]\n', encoding="utf-8")

    assert Category.FIRE_EQUIPMENT not in {fault.category for fault in load_reader().read("湖心亭").faults}
    assert [fault.category for fault in loaded(own).read("湖心亭").faults] == [Category.FIRE_EQUIPMENT]


def test_a_propertys_own_rules_do_not_load_the_table_again(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[faults.fire_equipment.words]\nnormal = ["湖心亭"]\n', encoding="utf-8")

    assert loaded(own)._learned is load_reader()._learned


def test_a_danger_that_a_propertys_own_rules_find_stays_one(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[faults.electrical.words]\nemergency = ["湖心亭冒蓝光"]\n', encoding="utf-8")
    faults = loaded(own).read("湖心亭冒蓝光，麻烦安排师傅有空过来瞧一眼").faults

    assert [(fault.category, fault.priority) for fault in faults] == [(Category.ELECTRICAL, Priority.EMERGENCY)]


def test_the_explanation_names_the_words_that_were_weighed() -> None:
    known = table(**{"'天气": {"leak": 4.0, "danger": -4.0, "intent.report": 4.0}})
    told = explain(Reader(load_ruleset(), known), "今天天气可好")

    assert "“天气”：漏水/加急，规则 learned" in told


def test_an_addition_that_tells_of_a_danger_is_no_addition() -> None:
    reading = load_reader().read("3栋2单元1502水管爆了，明天上午有人在家")

    assert reading.intent is Intent.REPORT
    assert [(fault.category, fault.priority) for fault in reading.faults] == [(Category.LEAK, Priority.EMERGENCY)]
