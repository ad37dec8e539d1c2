"""Figure 9: what understanding costs, in cuts of jieba, which it has to beat or stay near."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jieba

from bench.figure import Figure, quantile
from bot.nlp import load_reader
from bot.nlp.reader import Reader
from bot.nlp.ruleset import load_ruleset

# 20 to 40 characters, as people write; from nobody's real chat.
TEXTS = (
    "三号楼二单元厨房水管漏水了麻烦师傅尽快来看看",
    "楼道灯不亮了，门禁也刷不开，老人晚上出门不方便",
    "12号楼2单元1201厨房水管漏水，地上都是水",
    "你好，我家卫生间下水道堵了好几天了能不能今天派人来看看",
    "昨天报的空调不制冷到现在还没人来，什么时候能修",
    "电梯停在五楼不动了，里面还有两个人，快来",
)
LONGEST = 4000
_ALONE = (
    "import time; t = time.process_time(); import jieba; k = jieba.Tokenizer(); "
    "k.FREQ, k.total = k.gen_pfdict(k.get_dict_file()); k.initialized = True; print(time.process_time() - t)"
)
_READER = (
    "import time; t = time.process_time(); from bot.nlp import load_reader; load_reader(); "
    "print(time.process_time() - t)"
)


def measure(_folder: Path, rounds: int) -> list[Figure]:
    """CPU time, best of the rounds, of messages of 20 to 40 characters; jieba with its whole dictionary. All parts take
    turns on the same texts, so that each meets the same machine. The longest texts: 4,000 characters of one piece
    repeated, and of all the texts and all examples of the rules joined. Loading: fresh processes, byte code there."""
    reader = load_reader()
    cut = _cutter()
    parts = reader_parts(reader)
    one_cut, whole, *costs = _costs((cut, reader.read, *parts.values()), rounds)
    figures = [
        Figure("a reading, in cuts of jieba", whole / one_cut, "×", 8, note=f"a cut {one_cut * 1e6:.0f} µs"),
        *(Figure(f"of it {name}", cost / one_cut, "×") for name, cost in zip(parts, costs, strict=True)),
        Figure("a reading", whole * 1e6, "µs"),
    ]
    worst = max(min(_cost(reader.read, (text,), 1) for _ in range(2)) for text in _hostile())
    figures.append(Figure("the longest texts: worst", worst * 1000, "ms", 100, note=f"{LONGEST} characters"))
    alone = quantile([_fresh(_ALONE) for _ in range(rounds)], 0.5)
    loading = quantile([_fresh(_READER) for _ in range(rounds)], 0.5)
    figures.append(
        Figure("loading, in loads of jieba", loading / alone, "×", 1.5, note=f"{loading:.2f} s against {alone:.2f} s")
    )
    return figures


def reader_parts(reader: Reader) -> dict[str, Callable[[str], object]]:
    """The steps of a reading, each on its own."""
    return {
        "one spelling": reader.spelling.normalise,
        "one pass for words and needs": lambda text: reader.scanner.scan(reader.spelling.normalise(text)),
        "places": lambda text: reader.places.find(reader.spelling.normalise(text)),
        "the rules with all of these": reader.marks,
    }


def _cutter() -> Callable[[str], list[str]]:
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer.lcut  # type: ignore[no-any-return]


def _hostile() -> list[str]:
    pieces = ("电梯", "漏", "困在", "3栋", "一", "1", "没有", "师傅什么时候", "电梯里有", "3-2-1502 ", "，", *TEXTS)
    examples = [text for texts in load_ruleset().examples.values() for text in texts]
    joined = ("".join(TEXTS), "，".join(TEXTS), "".join(examples), "，".join(examples))
    return [(piece * LONGEST)[:LONGEST] for piece in (*pieces, *joined)]


def _costs(functions: Sequence[Callable[[str], object]], rounds: int) -> list[float]:
    """Seconds a text of each, best of the rounds, in which they take turns."""
    each = [[_cost(function, TEXTS, 60 // len(TEXTS)) for function in functions] for _ in range(rounds)]
    return [min(costs) for costs in zip(*each, strict=True)]


def _cost(function: Callable[[str], object], texts: Sequence[str], repeats: int) -> float:
    begin = time.process_time()
    for _ in range(repeats):
        for text in texts:
            function(text)
    return (time.process_time() - begin) / repeats / len(texts)


def _fresh(code: str) -> float:
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
