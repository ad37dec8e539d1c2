"""Whether the rules keep what their own examples promise, and how many there are."""

from collections import Counter
from pathlib import Path

from bot.core.kinds import Intent
from bot.nlp.given import RulesError
from bot.nlp.reader import Reader
from bot.nlp.ruleset import load_ruleset
from bot.nlp.spelling import Spelling


def check_rules(extra: Path | None = None) -> list[str]:
    """Return every mistake of the shipped rules and a property's own file, each with its key and the remedy.

    A mistake of form ends the check: what cannot be read cannot be tried.
    """
    try:
        rules = load_ruleset(extra, every=True)
    except RulesError as error:
        return [str(error)]
    reader = Reader(rules)
    spelling = Spelling(rules.characters, rules.spellings)
    plain = {group: [spelling.normalise(text) for text in texts] for group, texts in rules.examples.items()}
    mistakes = []
    for cue in rules.cues:
        if cue.is_word:
            continue
        examples = plain.get(cue.owner, [])
        if not any(cue.regex.search(text) for text in examples):
            mistakes.append(
                f"{cue.rule}: matches none of the examples of {cue.owner}; add a sentence that it is for, or drop it"
            )
    for word in rules.words:
        if spelling.normalise(word.text) != word.text:
            mistakes.append(
                f"{word.rule}: “{word.text}” is never found: texts are read as “{spelling.normalise(word.text)}”"
            )
    for group, texts in rules.examples.items():
        if group not in rules.owners:
            mistakes.append(f"examples.{group}: there is no such group of expressions; take the examples away")
        if not texts:
            mistakes.append(f"examples.{group}: is empty")
    for kind in rules.kinds.values():
        for text in kind.examples:
            reading = reader.read(text)
            got = [fault.category for fault in reading.faults]
            if reading.intent is not Intent.REPORT or got != [kind.category]:
                told = ", ".join(got) or reading.intent.value
                mistakes.append(
                    f"faults.{kind.category}.examples: “{text}” is read as {told}; mend the rules or the example"
                )
    return mistakes


def count_rules(extra: Path | None = None) -> list[tuple[str, int]]:
    """Return how many words, expressions and the like there are."""
    rules = load_ruleset(extra)
    words = Counter(word.role for word in rules.words)
    names = {"thing": "物件", "sign": "症状", "fault": "直接说明毛病的词", "mask": "遮盖词"}
    return [
        *((names.get(role, role), count) for role, count in sorted(words.items())),
        ("物件＋症状的搭配", len(rules.pairs)),
        ("表达式", len(rules.cues)),
        ("线索搭配", len(rules.together) + sum(len(found) for found in rules.intents_together.values())),
        ("不算数的情形", len(rules.voids)),
        ("公共地点", len(rules.areas) + len(rules.weak_areas) + len(rules.landmarks)),
        ("错字和异体", len(rules.spellings) + len(rules.characters)),
        ("例句", sum(map(len, rules.examples.values())) + sum(len(kind.examples) for kind in rules.kinds.values())),
    ]
