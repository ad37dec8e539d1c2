"""``make eval``: how well the labelled sentences are read; prints figures and writes docs/understanding.md.

Of the locked part only counts are shown, so that nobody tunes rules on its sentences by accident.
"""

import sys
from pathlib import Path

from bot.nlp import Reader, load_reader
from bot.nlp.ruleset import load_ruleset
from tests.nlp.bench_files import PARTS, Row, rows
from tests.nlp.scoring import Read, Score, misses, read_all, score
from tests.nlp.understanding import render

DOCUMENT = Path("docs/understanding.md")


def main(arguments: list[str]) -> int:
    reader, by_rules = load_reader(), Reader(load_ruleset())
    reads: dict[str, list[Read]] = {}
    for part in PARTS:
        found: list[Row] = rows(part)
        reads[part] = read_all(reader, (row for row in found if not row.real))
        reads[f"{part}, real complaints"] = read_all(reader, (row for row in found if row.real))
    for name in ("locked", "locked, real complaints"):
        reads[f"{name}, by rules alone"] = read_all(by_rules, [one.row for one in reads[name]])
    scores: dict[str, Score] = {name: score(some) for name, some in reads.items() if some}
    tuned = [one for name, some in reads.items() if name.startswith("tuned") for one in some]
    text = render(scores, misses(tuned))
    print(text)
    if "--print" not in arguments:
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"Written to {DOCUMENT}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
