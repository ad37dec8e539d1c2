"""Chinese numerals as they stand in addresses."""

import re

_DIGITS = dict(zip("零〇一二三四五六七八九两幺", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 1), strict=True))
NUMERAL = "零〇一二三四五六七八九两十百廿"
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾幺", "一二三四五六七八九十一")
# 洞 is how staff say 0; beside other numerals only, for a hole in the wall is a hole.
_HOLE = re.compile(rf"(?<=[{NUMERAL}栋])洞|洞(?=[{NUMERAL}])")
_BAR = re.compile(rf"(?<=[\d{NUMERAL}])[杠横](?=[\d{NUMERAL}])")


def usual_numerals(text: str) -> str:
    """Return formal and spoken numerals in their usual form; the length is kept (三杠二杠洞幺 → 三-二-零一)."""
    text = text.translate(_FORMAL)
    if "洞" in text:
        text = _HOLE.sub("零", text)
    return _BAR.sub("-", text) if "杠" in text or "横" in text else text


def to_digits(text: str) -> str:
    """Return the number in Arabic digits: 十二 → 12, 一五零二 → 1502, 一百零三 → 103; other text unchanged."""
    if not text or any(char not in NUMERAL for char in text):
        return text
    text = text.replace("廿", "二十")
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
