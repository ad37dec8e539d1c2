"""``make learn``: learn the weights of bot/nlp/rules/learned.tsv from tests/nlp/lessons, phrases and the tuned bench.

One logistic regression for the intents and one for each category and for danger. What the rules find in sentences that
they were tuned on says too much of them: such sentences count for less than those that no rule has been tuned on.
"""

import argparse
import random
import sys
import tomllib
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import NOWHERE
from bot.nlp.learned import TARGETS, Learned, encoded, evened, pieces_of
from bot.nlp.reader import Reader
from bot.nlp.ruleset import RULES_FOLDER, load_ruleset
from tests.nlp import bench_files, scoring
from tests.nlp.bench_files import BENCH, LESSONS, PHRASES, Row, phrases, rows

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

TABLE = RULES_FOLDER / "learned.tsv"
# Files of sentences that rules were tuned on count for less, the plain sentences that the tests promise for more.
KNOWN_BY_HEART = ("danger", "everyday", "intents", "places")
COUNTS = {**dict.fromkeys(KNOWN_BY_HEART, 0.6), "sentences": 2.0, "phrases": 0.5}
# How often a piece has to stand somewhere, how many are kept; strength of the weights (scikit-learn's C).
SEEN, KEPT, STRENGTH = 3, 40_000, 1.0
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

    Learned twice: most pieces hardly say anything, and without them the rest says as much (on sentences not learned
    from: 40 000 of 76 000 give the same figures) in half the time.
    """
    import numpy as np

    often = Counter(feature for lesson in taught for feature in lesson.features)
    names = sorted(name for name, count in often.items() if count >= SEEN)
    weights, start = _fitted(taught, names)
    if len(names) > KEPT:
        loudest = np.argsort(-np.abs(weights).max(0), kind="stable")[:KEPT]
        names = sorted(names[at] for at in loudest)
        weights, start = _fitted(taught, names)
    lines = [f"# learned from\t{version}", " ".join(TARGETS), f"=\t{encoded(start)}"]
    return lines + [f"{name}\t{encoded(weights[:, at])}" for at, name in enumerate(names)]


def _fitted(taught: Sequence[Lesson], names: Sequence[str]) -> "tuple[NDArray[float64], NDArray[float64]]":
    """Return a weight for each target and name, and where each target starts from."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    index = {name: at for at, name in enumerate(names)}
    at_rows, at_columns, values = [], [], []
    for row, lesson in enumerate(taught):
        known_here = sorted(feature for feature in lesson.features if feature in index)
        at_rows += [row] * len(known_here)
        at_columns += [index[feature] for feature in known_here]
        values += [evened(len(known_here))] * len(known_here)
    known = csr_matrix((values, (at_rows, at_columns)), shape=(len(taught), len(names)))
    counts = np.array([lesson.counts for lesson in taught])
    weights = np.zeros((len(TARGETS), len(names)))
    start = np.zeros(len(TARGETS))

    def fit(wanted: list[str] | list[bool], solver: str) -> LogisticRegression:
        model = LogisticRegression(C=STRENGTH, solver=solver, max_iter=500, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(known, wanted, sample_weight=counts)

    model = fit([str(lesson.row.intent) for lesson in taught], "lbfgs")
    for at, name in enumerate(model.classes_):
        target = TARGETS.index(f"intent.{name}")
        weights[target], start[target] = model.coef_[at], model.intercept_[at]
    singles = [(str(c), [c in lesson.row.categories for lesson in taught]) for c in Category]
    for name, wanted in [*singles, ("danger", [lesson.row.is_emergency for lesson in taught])]:
        target = TARGETS.index(name)
        if any(wanted):
            model = fit(wanted, "liblinear")
            weights[target], start[target] = model.coef_[0], model.intercept_[0]
        else:
            start[target] = -6.0
    return weights, start


def fingerprint() -> str:
    """Name the sentences and rules that the table is to be learned from."""
    digest = sha256()
    files = [
        *(BENCH / "tuned").glob("*.toml"),
        *LESSONS.glob("*.toml"),
        *PHRASES.glob("*.tsv"),
        BENCH.parent / "sentences.toml",
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
        reader = Reader(rules, Learned(learn([*rest, *plain], "")))
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
    taught = [*rows("tuned"), *bench_files.lessons(), *plain_sentences(by_rules), *phrases()]
    lines = learn(lessons(by_rules, taught), fingerprint())
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 3} weighed pieces and marks in {TABLE}")
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
