"""One spelling for what people type: half-width, lower case, simplified, usual typos; length is kept."""

import re
from collections.abc import Mapping
from pathlib import Path

# Every mark that ends a thought becomes one comma, so that patterns know a single kind of border.
_BORDERS = '。，；！;!、…~～\n\r\t|“”"「」『』【】〖〗[]()（）<>《》'
_DASHES = "—－–―‐‑−﹣"


class Spelling:
    """Normalises a text character by character; position i of the result is position i of the text."""

    def __init__(self, characters: Mapping[int, str], spellings: Mapping[str, str]) -> None:
        table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
        table.update({code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
        table.update({code: chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)})
        table.update(characters)
        table.update(dict.fromkeys(map(ord, _BORDERS), ","))
        table.update(dict.fromkeys(map(ord, _DASHES), "-"))
        table.update({ord("？"): "?", ord("\u3000"): " ", ord("\xa0"): " ", ord("＃"): "#", ord("："): ":"})
        self._table = table
        self._spellings = dict(spellings)
        self._wrong = re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))))

    def normalise(self, text: str) -> str:
        """Return the text in the spelling of the rules, of the same length."""
        text = text.translate(self._table)
        return self._wrong.sub(lambda match: self._spellings[match.group()], text)


def load_pairs(path: Path) -> dict[int, str]:
    """Return the characters of a file of pairs (電电 樓楼), each first one with its second."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {ord(pair[0]): pair[1] for line in lines if not line.startswith("#") for pair in line.split()}
