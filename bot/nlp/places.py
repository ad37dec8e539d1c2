"""Reading building, unit, room and public place from a text; numbers that are no place are left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from bot.core.reading import Place
from bot.nlp.numerals import NUMERAL, to_digits

_N = rf"(?:\d{{1,3}}|[{NUMERAL}]{{1,4}})"
_ROOM = rf"(?:\d{{3,4}}[a-h]?|[{NUMERAL}]{{3,5}})"
_BUILDING = (
    rf"(?P<building>(?<![\d.\-{NUMERAL}a-z])(?:{_N}|[a-z]\d{{0,2}}))"
    # 号 and a bare 楼 name a building only where the unit or the room follows.
    rf"(?:号?楼?[栋幢]|号楼|#楼?|座|(?:号|楼|号院)(?=\s?(?:{_N}单元|{_ROOM}[室房户号]?(?![\d{NUMERAL}楼层月日点])))|楼(?=\s?{_N}(?:单元|门)))"
)
_UNIT = rf"(?P<unit>{_N}|[a-d甲乙丙丁东西])(?:单元|门(?=\s?{_ROOM}))"
_END = rf"(?![\d{NUMERAL}:%]|\.\d|[-/]\d)"
_NO_AMOUNT = (
    r"(?!\s?(?:块|元|万|年|度|平|千瓦|w|kw|m|米|公里|分钟|分(?!机)|点|次|个|人|号线|天|月|斤|吨|毫|ml|g|路|家(?![里中的])|件|张|步|秒|"
    r"小时|多|左右))"
)
_ROOM_PART = (
    rf"(?:(?P<floor>{_N})[楼层]\s?-?(?:(?P<door>(?:0[1-9]|[1-4]\d|零[一二三四五六七八九]|[1-9一二三四五六七八九])(?=[室房户号]))"
    rf"[室房户号]|(?P<door2>0[1-9])(?!\d)))|"
    rf"(?P<room>{_ROOM}){_END}{_NO_AMOUNT}(?:号?[室房户]|号(?![楼栋线]))?"
)
_LONG = re.compile(
    rf"{_BUILDING}\s?,?-?(?:{_UNIT})?\s?-?(?:(?P<short_unit>{_N})-)?(?:{_N}[楼层]\s?(?={_ROOM}))?(?:{_ROOM_PART})?"
)
_DASHED = re.compile(
    r"(?<![\d\-/.a-z])(?P<building>\d{1,2}|[a-z]\d{0,2})(?:栋|号楼|#|幢|座)?[-/](?P<unit>\d{1,2})(?:单元)?"
    r"[-/](?P<room>\d{3,4}[a-h]?)(?![\d\-/.:])"
)
_SHORT = re.compile(
    r"(?<![\d\-/.a-z])(?P<building>\d{1,2}|[a-z]\d{0,2})[-](?P<room>\d{3,4}[a-h]?)(?![\d\-/.:])" + _NO_AMOUNT
)
_PAIR = re.compile(rf"(?<![\d\-/.:])(?P<building>\d{{1,2}})-(?P<unit>\d{{1,2}})单元\s?(?:{_ROOM_PART})?")
_UNIT_ONLY = re.compile(rf"(?<![\d\-{NUMERAL}]){_UNIT}\s?-?(?:{_N}[楼层]\s?(?={_ROOM}))?(?:{_ROOM_PART})?")
_ROOM_ONLY = re.compile(
    rf"(?<![\d\-/.:{NUMERAL}])(?:(?P<floor>{_N})[楼层]\s?(?:(?P<door>(?:0[1-9]|零[一二三四五六七八九]|[1-9])(?=[室房户号]))"
    r"[室房户]|"
    rf"(?P<door2>0[1-9])(?!\d))|(?P<room>\d{{3,4}}[a-h]?|[{NUMERAL}]{{3,4}})(?:号?[室房户](?!间)|号房))"
)
_ROOM_BARE = re.compile(
    r"(?:^\s*|(?:我家|我是|我们家|家住|住在|我住|房号|门牌|楼上|楼下|隔壁|对门|地址|业主|这里是|这是|住户)"
    r"[是:号的, ]{0,2})"
    rf"(?P<room>[1-9]\d{{2,3}}[a-h]?){_END}{_NO_AMOUNT}(?!\s?[-/月日])"
)
_ENGLISH = re.compile(
    r"(?<![a-z])(?:building|bldg|block|tower)\s?(?P<building>\d{1,2}|[a-z](?![a-z]))"
    r"(?:[\s,]{0,2}unit\s?(?P<unit>\d{1,2}))?(?:[\s,]{0,2}(?:room|flat|apt|apartment)\s?(?P<room>\d{3,4}[a-h]?))?"
)
_NO_ROOM = frozenset(("110", "119", "120", "122", "911", "114", "12345"))
_FLOOR = re.compile(
    rf"(?<![\d\-{NUMERAL}.])(?P<floor>\d{{1,2}}|[{NUMERAL}]{{1,3}})[楼层](?!道灯泡|[上下梯]?的?(?:高|厚))(?!单元)"
)
_LEVEL = r"(?:负[一二三四1234](?:楼|层)?|地下[一二三四1234]?层|b[1-4](?:层|楼)?|-[1-4](?:楼|层))"
_PHONE = re.compile(r"(?<![\d])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?[2-9]\d{6,7}(?!\d)")
_NUMBERS = re.compile(
    r"\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}[日号]?)?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[:点时]\d{0,2}分?|"
    r"\d{1,2}号(?:线|上午|下午|晚上|早上|中午|之前|以前|开始|那天|报|就)|工单\s?[#号]?\s?\d{1,9}|"
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z]·?[0-9a-z]{5,6}|\d{5,}"
)
# More places than this are a list or an attack, and either needs a person.
_MOST_PLACES = 20
_ORDINAL = {"甲": "1", "乙": "2", "丙": "3", "丁": "4"}


@dataclass(frozen=True, slots=True)
class Mention:
    """One place named in a text, and where."""

    start: int
    end: int
    place: Place


class PlaceFinder:
    """Finds places by the shapes addresses have and by a list of public places."""

    def __init__(self, areas: Iterable[str], dwelling: re.Pattern[str]) -> None:
        names = "|".join(re.escape(area) for area in sorted(set(areas), key=len, reverse=True))
        before = (
            rf"(?:{_LEVEL}|小区|园区|[东南西北]{{1,2}}区|[一二三四五1-9]期|\d{{1,2}}[楼层]|[{NUMERAL}]{{1,3}}[楼层])"
        )
        after = (
            rf"(?:的?{_LEVEL}|[a-f]?\d{{1,3}}号?(?:车位|柱|口)|[a-f]区|[东南西北]{{1,2}}[侧边面角口]|门口|入口|出口|口)"
        )
        self._area = re.compile(rf"(?:{before}(?:的)?){{0,2}}(?:{names})(?:(?:{names}|{after})){{0,2}}|{_LEVEL}(?!\d)")
        self._dwelling = dwelling

    def find(self, text: str) -> list[Mention]:
        """Return the places of a normalised text in order; pieces of one address are one mention."""
        text = blank_numbers(text)
        pieces: list[Mention] = []
        for regex in (_DASHED, _PAIR, _LONG, _SHORT, _UNIT_ONLY, _ROOM_ONLY, _ROOM_BARE, _ENGLISH):
            for match in islice(regex.finditer(text), _MOST_PLACES):
                mention = _mention(match)
                if mention and not any(_overlap(mention, piece) for piece in pieces):
                    pieces.append(mention)
        for match in islice(self._area.finditer(text), _MOST_PLACES):
            area = Mention(match.start(), match.end(), Place(area=_area_name(match.group())))
            if not any(_overlap(area, piece) for piece in pieces):
                pieces.append(area)
        for match in islice(_FLOOR.finditer(text), _MOST_PLACES):
            floor = Mention(match.start(), match.end(), Place(area=to_digits(match["floor"]) + "楼"))
            if not any(_overlap(floor, piece) for piece in pieces):
                pieces.append(floor)
        return _join(sorted(pieces, key=lambda piece: piece.start), text)

    def choose(self, mentions: list[Mention], text: str, fault_at: int | None, borders: list[int]) -> Place:
        """Return the place of the fault: in its own clause, else before it; a home or a goal only as a last resort."""
        if not mentions:
            return Place()
        if fault_at is None:
            return _fold(mentions)
        named = [m for m in mentions if not self._dwelling.search(text[max(0, m.start - 8) : m.start])] or mentions
        first, last = _clause_of(borders, fault_at)
        own = [m for m in named if first <= m.start < last]
        before = [m for m in own if m.start <= fault_at]
        if own:
            anchor = before[-1] if before else own[0]
        else:
            earlier = [m for m in named if m.start < first]
            anchor = earlier[-1] if earlier else named[0]
        return _fold([anchor, *(m for m in named if m is not anchor and _completes(anchor, m))])


def _completes(anchor: Mention, other: Mention) -> bool:
    mine, its = anchor.place, other.place
    if other.start < anchor.start:
        return not mine.building and bool(its.building) and not (its.room and mine.area)
    return bool(mine.building) and not its.building and not mine.room


def _fold(mentions: list[Mention]) -> Place:
    building = unit = room = area = None
    for mention in sorted(mentions, key=lambda m: m.start):
        place = mention.place
        if place.building and building and place.building != building:
            continue
        building, unit = building or place.building, unit or place.unit
        room, area = room or place.room, area or place.area
    return Place(building, unit, room, area)


def _clause_of(borders: list[int], position: int) -> tuple[int, int]:
    for first, last in pairwise(borders):
        if first <= position < last:
            return first, last
    return borders[-1], borders[-1] + 1


def find_phone(text: str) -> str | None:
    """Return the first mainland telephone number of a normalised text, digits only."""
    match = _PHONE.search(text)
    if not match:
        return None
    digits = re.sub(r"\D", "", match.group())
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def blank_numbers(text: str) -> str:
    """Return the text with phones, dates, times, plates and long numbers replaced by commas of the same length."""
    text = _PHONE.sub(lambda match: "," * len(match.group()), text)
    return _NUMBERS.sub(lambda match: "," * len(match.group()), text)


def _mention(match: re.Match[str]) -> Mention | None:
    got = match.groupdict()
    unit = got.get("unit") or got.get("short_unit")
    room = got.get("room")
    if got.get("floor"):
        door = got.get("door") or got.get("door2") or ""
        room = to_digits(got["floor"]) + to_digits(door).zfill(2)
    if room in _NO_ROOM or (room and "十" in room and len(room) < 4):
        room = None
    place = Place(_name(got.get("building")), _name(unit), _name(room))
    return Mention(match.start(), match.end(), place) if place else None


def _name(text: str | None) -> str | None:
    if not text:
        return None
    digits = to_digits(_ORDINAL.get(text, text)).upper()
    return digits.lstrip("0") or digits


def _area_name(text: str) -> str:
    floor = re.match(rf"(\d{{1,2}}|[{NUMERAL}]{{1,3}})[楼层]", text)
    text = f"{to_digits(floor.group(1))}楼{text[floor.end() :]}" if floor else text
    return text.replace("的", "").upper()


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _join(pieces: list[Mention], text: str) -> list[Mention]:
    joined: list[Mention] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and _is_same_address(last, piece, text):
            mine, its = last.place, piece.place
            area = mine.area or its.area
            place = Place(mine.building or its.building, mine.unit or its.unit, mine.room or its.room, area)
            joined[-1] = Mention(last.start, piece.end, place)
        else:
            joined.append(piece)
    return joined


def _is_same_address(last: Mention, piece: Mention, text: str) -> bool:
    mine, its = last.place, piece.place
    if text[last.end : piece.start].strip(" ,的-") or (mine.area and its.area) or (mine.room and its.room):
        return False
    return not its.building or (not mine.building and not mine.unit and not mine.room)
