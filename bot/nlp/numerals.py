"""Chinese numerals as they stand in addresses."""

_DIGITS = dict(zip("零〇一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
NUMERAL = "零〇一二三四五六七八九两十百"


def to_digits(text: str) -> str:
    """Return the number in Arabic digits: 十二 → 12, 一五零二 → 1502, 一百零三 → 103; other text unchanged."""
    if not text or any(char not in NUMERAL for char in text):
        return text
    if "十" not in text and "百" not in text:
        return "".join(str(_DIGITS[char]) for char in text)
    total, last = 0, None
    for char in text:
        if char == "百":
            total += 100 * (last if last is not None else 1)
            last = None
        elif char == "十":
            total += 10 * (last if last else 1)
            last = None
        else:
            last = _DIGITS[char]
    return str(total + (last or 0))
