"""The rules are data: their own examples hold, and every mistake names its file, its key and the remedy."""

import pytest

from bot.core.kinds import Category, Intent
from bot.nlp import RulesError, load_reader
from bot.nlp.ruleset import load_ruleset

EXAMPLES = [(kind.category, text) for kind in load_ruleset().kinds.values() for text in kind.examples]


@pytest.mark.parametrize(("category", "text"), EXAMPLES)
def test_every_example_of_a_category_is_read_as_that_category_first(category, text):
    reading = load_reader().read(text)

    assert reading.intent is Intent.REPORT
    assert reading.faults[0].category is category


def test_every_category_has_examples():
    assert {category for category, _ in EXAMPLES} == set(Category)


@pytest.mark.parametrize(
    ("content", "key", "remedy"),
    [
        ('colour = "red"', "colour", "unknown key"),
        ('[faults.leak]\ncolour = "red"', "faults.leak", "unknown key"),
        ('[faults.leek]\nlabel = "漏"', "faults", "unknown key"),
        ('[faults.hvac.words]\nnormal = ["漏水"]', "faults.hvac.words.normal", "keep it in one place"),
        ('[faults.hvac.words]\nnormal = [""]', "faults.hvac.words.normal", "not empty"),
        ("[letters.spellings]\n[negators]", "negators", "keep it in one place"),
        ('[faults.hvac.words]\nlow = ["慢"]', "faults.hvac.words", "unknown key"),
        ('[faults.hvac.patterns]\nnormal = ["(风"]', "faults.hvac.patterns.normal", "no valid expression"),
        ('[faults.hvac.patterns]\nnormal = ["风*"]', "faults.hvac.patterns.normal", "bounded gap"),
        ('[faults.hvac.patterns]\nnormal = ["(?:风.{0,9}){0,9}"]', "faults.hvac.patterns.normal", "bounded gap"),
        ('[faults.hvac.patterns]\nnormal = ["风.{0,400}停"]', "faults.hvac.patterns.normal", "too long"),
        ('[faults.hvac.patterns]\nnormal = ["(?:风)?"]', "faults.hvac.patterns.normal", "empty text"),
        ('[faults.hvac]\nsynonyms = ["漏水"]', "faults.hvac", "keep it in one place"),
        ('[faults.hvac]\npriority = "high"', "faults.hvac.priority", "choose one of"),
        ('[[faults.hvac.pairs]]\nthings = ["moon"]\nsigns = ["broken"]', "faults.hvac.pairs", "choose one of"),
        ('[[faults.hvac.pairs]]\nthings = ["lamp"]\nsigns = ["broken"]', "faults.hvac.pairs", "already"),
        ('[letters.spellings]\n"漏睡了" = "漏水"', "letters.spellings", "same number"),
        ('[letters]\ntraditional = "電"', "letters.simplified", "as many characters"),
        ('[voids.dream]\nlabel = "梦"\nscope = "night"\npatterns = ["梦"]', "voids.dream.scope", "choose one of"),
        ('[[scores]]\nscore = 9\npatterns = ["棒"]', "scores", "from 1 to 5"),
        ("[faults.leak", "own.toml", "cannot be read"),
    ],
)
def test_a_mistake_names_its_file_its_key_and_the_remedy(tmp_path, content, key, remedy):
    own = tmp_path / "own.toml"
    own.write_text(content, encoding="utf-8")

    with pytest.raises(RulesError) as mistake:
        load_ruleset(own)

    assert "own.toml" in str(mistake.value)
    assert key in str(mistake.value)
    assert remedy in str(mistake.value)


def test_a_property_adds_its_own_words_on_top(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[things]\nlift = ["小白梯"]\n[places]\nareas = ["望江台"]\n', encoding="utf-8")
    reading = load_reader(own).read("望江台的小白梯坏了")

    assert [fault.category for fault in reading.faults] == [Category.ELEVATOR_FAULT]
    assert reading.place.area == "望江台"
    assert load_reader().read("望江台的小白梯坏了").place.area is None


def test_a_missing_file_is_a_mistake_of_the_rules(tmp_path):
    with pytest.raises(RulesError, match=r"nowhere\.toml"):
        load_ruleset(tmp_path / "nowhere.toml")
