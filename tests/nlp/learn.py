"""``make learn``: learn the weights of bot/nlp/rules/learned.tsv from tests/nlp/lessons, phrases and the tuned bench.

A small net (tests/nlp/net.py) for intents, categories and danger together. What the rules find in sentences that
they were tuned on says too much of them: such sentences count for less than those that no rule has been tuned on.
"""

import argparse
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE
from bot.nlp.learned import DANGER, TARGETS, Learned, encoded, pieces_of
from bot.nlp.reader import Reader
from bot.nlp.ruleset import RULES_FOLDER, load_ruleset
from tests.nlp import bench_files, scoring
from tests.nlp.bench_files import BENCH, LESSONS, PHRASES, Row, phrases, rows

if TYPE_CHECKING:
    from tests.nlp.net import Net

TABLE = RULES_FOLDER / "learned.tsv"
# Files of sentences that rules were tuned on count for less, the plain sentences that the tests promise for more.
KNOWN_BY_HEART = ("danger", "everyday", "intents", "places")
COUNTS = {**dict.fromkeys(KNOWN_BY_HEART, 0.6), "sentences": 4.0, "phrases": 0.5, "fillers": 0.5}
# How often a piece has to stand somewhere, and how many are kept.
SEEN, KEPT = 3, 80_000
# Hidden units and upper ones of a net, rounds through all sentences, and how many nets speak together.
UNITS, UPPER, ROUNDS, NETS = 128, 64, 8, 2
# So many of each kind, no longer than this, are told once more within words that change nothing, and this share of the
# reports with the words before them; the plainest, of which there are few among so many that are hard, so often.
FILLED, FILLED_AT_MOST, BEFORE, PLAINLY = 3_000, 24, 0.4, 12
# Of other intents those that a greeting leaves as they are.
GREETED = (Intent.INQUIRY, Intent.COMPLAINT, Intent.STATUS, Intent.URGE, Intent.CANCEL)
# What is a danger matters so much more than each intent and category.
DANGER_MATTERS = 3.0
FOLDS = 5


@dataclass(frozen=True)
class Lesson:
    """One sentence and its features; ``counts`` is its weight."""

    row: Row
    features: frozenset[str]
    counts: float


def lessons(reader: Reader, given: Sequence[Row]) -> list[Lesson]:
    """Return what there is to learn from rows."""
    found = []
    for row in given:
        plain, marks = reader.marks(row.text, row.context)
        features = {f"'{piece}" for piece in pieces_of(plain)} | set(marks)
        found.append(Lesson(row, frozenset(features), COUNTS.get(row.group.partition(".")[0], 1.0)))
    return found


def filled(given: Sequence[Row]) -> list[Row]:
    """Return short sentences told once more with words around them that change nothing (tests/nlp/fillers.toml)."""
    words = tomllib.loads((BENCH.parent / "fillers.toml").read_text(encoding="utf-8"))
    chance = random.Random(20261129)
    short = [row for row in given if row.context is None and 4 <= len(row.text) <= FILLED_AT_MOST]
    reports = [row for row in short if row.intent is Intent.REPORT]
    graves, calm = [r for r in reports if r.is_emergency], [r for r in reports if not r.is_emergency]
    others = [row for row in short if row.intent in GREETED]
    plain = [row for row in reports if row.group.startswith("plain.")]
    found = []
    for kind in (graves, calm, others, plain):
        for row in plain * PLAINLY if kind is plain else chance.sample(kind, min(FILLED, len(kind))):
            if kind is others:
                text = chance.choice(words["greetings"]) + row.text
            elif chance.random() < BEFORE:
                text = chance.choice(words["greetings"] + words["pressing"]) + row.text
            else:
                text = row.text.rstrip("。！!，,") + chance.choice(words["closing"])
            found.append(replace(row, text=text, group="fillers"))
    return found


def plain_sentences(reader: Reader) -> list[Row]:
    """Return the sentences of the ordinary tests as rows; where their labels name no priority, the rules' counts."""
    found = []
    for group, cases in tomllib.loads((BENCH.parent / "sentences.toml").read_text(encoding="utf-8")).items():
        for text, intent, faults, *_ in cases:
            by_rules = {str(fault.category): fault.priority for fault in reader.read(text).faults}
            labels = []
            for label in faults.split():
                name, _, priority = label.partition(":")
                category = Category(name)
                labels.append((category, Priority(priority or by_rules.get(name, Priority.NORMAL))))
            found.append(Row(text, Intent(intent), tuple(labels), NOWHERE, "", None, f"sentences.{group}", False))
    return found


def learn(taught: Sequence[Lesson], version: str) -> list[str]:
    """Return the lines of the table.

    Learned twice: first of all pieces in half the rounds by one net, then in all rounds of those that said most.
    """
    from numpy import argsort, array, float32

    from tests.nlp.net import averaged

    often = Counter(feature for lesson in taught for feature in lesson.features)
    names = sorted(name for name, count in often.items() if count >= SEEN)
    if len(names) > KEPT:
        (net,) = _fitted(taught, names, ROUNDS // 2, 1)
        loudest = argsort(-net.loudness(array([often[name] for name in names], float32)), kind="stable")[:KEPT]
        names = sorted(names[at] for at in loudest)
    net = averaged(_fitted(taught, names, ROUNDS, NETS))
    lines = [f"# learned from\t{version}", " ".join(TARGETS), f"start\t{_numbers(net.start)}"]
    lines += [f"unit\t{_numbers([bias, *speaks])}" for bias, speaks in zip(net.biases, net.speaks, strict=True)]
    upper = zip(net.upper_biases, net.upper_speaks, strict=True)
    lines += [f"upper\t{_numbers([bias, *speaks])}" for bias, speaks in upper]
    return lines + [f"{name}\t{encoded(row)}" for name, row in zip(names, net.rows, strict=True)]


def _fitted(taught: Sequence[Lesson], names: Sequence[str], rounds: int, nets: int) -> "list[Net]":
    from numpy import array, float32, ones, zeros

    from tests.nlp.net import Task, fitted

    index = {name: at for at, name in enumerate(names)}
    answers = zeros((len(taught), len(TARGETS)), float32)
    for row, lesson in enumerate(taught):
        told = [f"intent.{lesson.row.intent}", *map(str, lesson.row.categories)]
        answers[row, [TARGETS.index(name) for name in told]] = 1
        answers[row, TARGETS.index(DANGER)] = lesson.row.is_emergency
    pieces = [array(sorted(index[f] for f in lesson.features if f in index), int) for lesson in taught]
    counts = array([lesson.counts for lesson in taught], float32)
    matters = ones(len(TARGETS), float32)
    matters[TARGETS.index(DANGER)] = DANGER_MATTERS
    task = Task(pieces, answers, counts, matters, len(Intent), len(names))
    return [fitted(task, UNITS, UPPER, rounds, beginning) for beginning in range(nets)]


def _numbers(numbers: Iterable[float]) -> str:
    return " ".join(f"{number:.4f}" for number in numbers)


def fingerprint() -> str:
    """Name the sentences and rules that the table is to be learned from."""
    digest = sha256()
    files = [
        *(BENCH / "tuned").glob("*.toml"),
        *LESSONS.glob("*.toml"),
        *PHRASES.glob("*.tsv"),
        BENCH.parent / "sentences.toml",
        BENCH.parent / "fillers.toml",
        *RULES_FOLDER.glob("*.toml"),
        *RULES_FOLDER.glob("*.txt"),
    ]
    for path in sorted(files, key=lambda path: path.name):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def tried_out(given: Sequence[Row]) -> list[scoring.Read]:
    """Read every row by weights that were learned without it (five parts, each read by what the others taught)."""
    rules = load_ruleset()
    by_rules = Reader(rules)
    known = lessons(by_rules, given)
    plain = lessons(by_rules, [*plain_sentences(by_rules), *phrases()])
    random.Random(20261128).shuffle(known)
    reads = []
    for part in range(FOLDS):
        rest = [lesson for at, lesson in enumerate(known) if at % FOLDS != part]
        rest += lessons(by_rules, filled([lesson.row for lesson in rest]))
        reader = Reader(rules, Learned("\n".join(learn([*rest, *plain], "")).encode()))
        reads += scoring.read_all(reader, [lesson.row for at, lesson in enumerate(known) if at % FOLDS == part])
    return reads


def main() -> int:
    """Write the table; with ``--try`` only tell how well sentences are read that were not learned from."""
    parser = argparse.ArgumentParser(prog="make learn")
    parser.add_argument("--try", dest="trial", action="store_true", help="count, write nothing")
    if parser.parse_args().trial:
        for name, part in _parts(tried_out([*rows("tuned"), *bench_files.lessons()])):
            print(f"{name}: {told(part)}")
        return 0
    by_rules = Reader(load_ruleset())
    sentences = [*rows("tuned"), *bench_files.lessons()]
    taught = [*sentences, *filled(sentences), *plain_sentences(by_rules), *phrases()]
    lines = learn(lessons(by_rules, taught), fingerprint())
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 3 - NETS * (UNITS + UPPER)} weighed pieces and marks in {TABLE}")
    return 0


def _parts(reads: list[scoring.Read]) -> list[tuple[str, list[scoring.Read]]]:
    fresh = [one for one in reads if one.row.group.partition(".")[0] not in KNOWN_BY_HEART]
    parts = [("all", reads), ("not tuned on", fresh), ("chat", [r for r in fresh if not r.row.real])]
    return [*parts, ("letters", [r for r in fresh if r.row.real])]


def told(reads: Sequence[scoring.Read]) -> str:
    """Return the figures of readings in a line."""
    s = scoring.score(reads)
    return (
        f"{s.rows} rows, intent {s.intent_accuracy:.1%}, micro {s.micro:.1%}, macro {s.macro:.1%}, "
        f"exact {s.exact_set:.1%}, emergencies {s.emergencies_found}/{s.emergencies}, "
        f"false alarms {s.false_alarms}/{s.others}, door {s.door_rate:.1%}"
    )


if __name__ == "__main__":
    sys.exit(main())
