"""Reading building, unit, room and public place from a text; numbers that are no place are left alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from bot.core.reading import Place
from bot.nlp import addresses as shape
from bot.nlp.numerals import NUMERAL, to_digits, usual_numerals

# More places than this are a list or an attack, and either needs a person.
_MOST_PLACES = 20
_ORDINAL = {"甲": "1", "乙": "2", "丙": "3", "丁": "4"}
# In the order in which they are tried, and words of which one must stand in the text for the shape to be worth trying.
_SHAPES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (shape.FORM, ("楼栋", "楼号", "栋号", "几栋", "楼座", "幢号")),
    (shape.ENGLISH, ("building", "bldg", "block", "tower", "blk")),
    (shape.DASHED, ("-", "/")),
    (shape.PAIR, ("-",)),
    (shape.PAIR_AT_EDGE, ("-",)),
    (shape.LETTER_ROOM, ("a", "b", "c", "d")),
    (shape.LONG, ()),
    (shape.SHORT, ("-",)),
    (shape.UNIT_ONLY, ("单元", "danyuan", "门", "梯")),
    (shape.ROOM_ONLY, ()),
    (shape.ENGLISH_ROOM, ("room", "flat", "apt", "apartment", "rm", "unit")),
    (shape.ROOM_LED, ()),
    (shape.ROOM_FIRST, ()),
)
# Without any of these no address can stand in a text.
_HINT = re.compile(rf"[\d{NUMERAL}]|[a-z][座栋#]|[甲乙丙丁东西a-d]单元|(?:building|bldg|block|blk|tower)")
_DENIED = re.compile(r"(?:不是|别去|不在|不用去|并非|而不是|没在|错[写打]成|打成|写成|误写|不要去)(?:的是)?\s?$")
_ONE_FLOOR = re.compile(r"\d{1,2}[A-D]?楼")
_HAS_FLOOR = re.compile(r"楼|层|[Bb]\d|地下|[负地车]库|大堂|大厅|室外|小区|停车场")
_FLOOR_NAME = re.compile(rf"(?<![负b下])(\d{{1,2}}[a-d]?|[{NUMERAL}]{{1,3}})[楼层]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place named in a text, and where. ``weak`` ones count only where nothing else says where it is."""

    start: int
    end: int
    place: Place
    weak: bool = False


class PlaceFinder:
    """Finds places by the shapes addresses have and by a list of public places.

    ``weak`` names are public places that more often belong to the thing that is broken (楼梯扶手, 强电井的门);
    ``landmarks`` are a place only where words such as 旁边 follow.
    """

    def __init__(
        self, areas: Iterable[str], dwelling: re.Pattern[str], weak: Iterable[str] = (), landmarks: Iterable[str] = ()
    ) -> None:
        self._weak = frozenset(weak)
        marks = _either(landmarks)
        beside = r"(?:那边|旁边?|附近|边上|前面?|后面|对面|门口|下面|那里|那儿|那块|跟前|边(?=的|上)|一带)"
        plain = _either([*areas, *self._weak])
        names = rf"(?:{plain}|(?:{marks})(?={beside}))"
        part = (
            rf"(?:{shape.LEVEL}|小区|园区|[东南西北中]{{1,2}}区(?!域)|[一二三四五1-9]期|\d{{1,2}}[a-d]?\s?[楼层f]|"
            rf"[{NUMERAL}]{{1,3}}[楼层]|[\u4e00-\u9fff]{{2}}组团|[a-f]区)"
        )
        after = (
            rf"(?:的?{shape.LEVEL}(?:-?[a-f]\d{{1,3}})?|[\s-]?[a-f]\d{{1,3}}(?:号?(?:车位|柱))?|\d{{1,3}}号?(?:车位|柱|口|铺|号)|[a-f]区|"
            rf"[东南西北]{{1,2}}[侧边面角口]|门口|入口|出口|尽头|拐角|转角|口)"
        )
        district = rf"{part.replace('小区|园区|', '')}(?=[\s,]{{0,2}}(?:{shape.N}[栋幢座#号]|[\d{NUMERAL}]))"
        self._area = re.compile(
            rf"(?:{part}(?:的|里的?)?){{0,2}}{names}(?:的?(?:{names}|{after})){{0,2}}|"
            rf"{shape.LEVEL}(?:-?[a-f]\d{{1,3}})?(?!\d)|小区\d号门|底商\d{{1,3}}号|{district}"
        )
        self._floor_only = re.compile(rf"(?:\d{{1,2}}[a-d]?|[{NUMERAL}]{{1,3}})\s?[楼层f]$")
        self._dwelling = dwelling

    def find(self, text: str) -> list[Mention]:
        """Return the places of a normalised text in order; pieces of one address are one mention."""
        text = usual_numerals(text)
        pieces: list[Mention] = []
        if _HINT.search(text):
            text = shape.COUNTED.sub(_blank, blank_numbers(text))
            for regex, needs in _SHAPES:
                if not needs or any(word in text for word in needs):
                    _add(pieces, regex, text)
            for match in islice(shape.ROOM_AT_EDGE.finditer(text), _MOST_PLACES):
                mention = _mention(match)
                free = mention and not any(_overlap(mention, piece) for piece in pieces)
                if (
                    mention
                    and free
                    and not shape.NO_ROOM_BEFORE.search(text[max(0, match.start() - 5) : match.start()])
                ):
                    pieces.append(mention)
        for match in islice(self._area.finditer(text), _MOST_PLACES):
            name = match.group()
            if self._floor_only.match(name) or any(_crosses(match, piece) for piece in pieces):
                continue
            place = Place(area=_area_name(name))
            pieces.append(Mention(match.start(), match.end(), place, name in self._weak))
        for regex in (shape.FLOOR, shape.ENGLISH_FLOOR):
            for match in islice(regex.finditer(text), _MOST_PLACES):
                floor = Mention(match.start(), match.end(), Place(area=_floors(match)))
                if not any(_overlap(floor, piece) for piece in pieces):
                    pieces.append(floor)
        return _join(sorted(pieces, key=lambda piece: piece.start), text)

    def choose(
        self,
        mentions: list[Mention],
        text: str,
        fault_at: int | None,
        borders: list[int],
        others_at: Iterable[int] = (),
    ) -> Place:
        """Return the place of the fault: in its own clause, else before it; a home or a goal only as a last resort.

        ``others_at`` is where other faults stand: what is said in their clauses is about them, not about a public
        place in the fault's own (1502厨房漏水，地下车库灯不亮).
        """
        if not mentions:
            return Place()
        told = [m for m in mentions if not _DENIED.search(text[max(0, m.start - 6) : m.start])] or mentions
        if len(told) > 1:
            told = [m for m in told if not m.weak] or told
        if fault_at is None:
            return _fold(told)
        named = [m for m in told if not self._dwelling.search(text[max(0, m.start - 8) : m.start])] or told
        first, last = _clause_of(borders, fault_at)
        own = [m for m in named if first <= m.start < last]
        before = [m for m in own if m.start <= fault_at]
        if own:
            anchor = before[-1] if before else own[0]
        else:
            earlier = [m for m in named if m.start < first]
            anchor = earlier[-1] if earlier else named[0]
        if own and anchor.place.area and not anchor.place.building:
            elsewhere = [_clause_of(borders, at) for at in others_at]
            named = [m for m in named if not any(a <= m.start < b and a != first for a, b in elsewhere)]
            told = [m for m in told if m in named]
        place = _fold([anchor, *(m for m in named if m is not anchor and _completes(anchor, m))])
        if place.building or named is told:
            return place
        # Nothing else says which house: then it is the speaker's own (电梯不动了，我是7栋的).
        return _fold([anchor, *(m for m in told if m is not anchor and _completes(anchor, m))])


def find_phone(text: str) -> str | None:
    """Return the first mainland telephone number of a normalised text, digits only."""
    match = shape.PHONE.search(text)
    if not match:
        return None
    digits = re.sub(r"\D", "", match.group())
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def blank_numbers(text: str) -> str:
    """Return the text with phones, dates, times, plates and long numbers replaced by commas of the same length."""
    return shape.NUMBERS.sub(_blank, shape.PHONE.sub(_blank, text))


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True)) or "(?!)"


def _blank(match: re.Match[str]) -> str:
    return "," * len(match.group())


def _add(pieces: list[Mention], regex: re.Pattern[str], text: str) -> None:
    for match in islice(regex.finditer(text), _MOST_PLACES):
        mention = _mention(match)
        if mention and not any(_overlap(mention, piece) for piece in pieces):
            pieces.append(mention)


def _completes(anchor: Mention, other: Mention) -> bool:
    """Whether another mention says more of the same place: 5号楼2单元 of the 楼道, 1502 of 3栋."""
    mine, its = anchor.place, other.place
    if not mine.building:
        # 走廊全是烟 9栋18楼, 走廊全是烟 1单元 or 2104: the public place is that of this house.
        return bool(its.building or (mine.area and (its.unit or its.room or _ONE_FLOOR.fullmatch(its.area or ""))))
    if its.building or other.start < anchor.start:
        return False
    return not mine.room and not (mine.area and its.area)


def _fold(mentions: list[Mention]) -> Place:
    building = unit = room = area = None
    for mention in sorted(mentions, key=lambda m: m.start):
        place = mention.place
        if place.building and building and place.building != building:
            continue
        building, unit = building or place.building, unit or place.unit
        room = room or place.room
        area = _floor_first(area, place.area) if area and place.area else area or place.area
    return Place(building, unit, room, area)


def _floor_first(one: str, other: str) -> str:
    """走廊 and 4楼 are 4楼走廊; of two other names the first stays."""
    floors = [_ONE_FLOOR.fullmatch(name) is not None for name in (one, other)]
    if floors == [True, False] and not _HAS_FLOOR.search(other):
        return one + other
    if floors == [False, True] and not _HAS_FLOOR.search(one):
        return other + one
    return one


def _clause_of(borders: list[int], position: int) -> tuple[int, int]:
    for first, last in pairwise(borders):
        if first <= position < last:
            return first, last
    return borders[-1], borders[-1] + 1


def _mention(match: re.Match[str]) -> Mention | None:
    got = match.groupdict()
    unit = got.get("unit") or got.get("short_unit") or got.get("door_unit")
    room = got.get("room") or got.get("room2")
    if got.get("floor"):
        door = got.get("door") or got.get("door2") or ""
        room = to_digits(got["floor"]) + to_digits(door).zfill(2)
    if room in shape.NO_ROOM or (room and "十" in room and len(room) < 4):
        room = None
    building = got.get("building")
    if building and room and match.string[match.end("building")] == "楼" and _is_floor_of(building, room):
        building = None
    place = Place(_name(building), _name(unit), to_digits(room).upper() if room else None)
    start = match.start("room") if match.re in (shape.ROOM_LED,) and room else match.start()
    return Mention(start, match.end(), place) if place else None


def _is_floor_of(number: str, room: str) -> bool:
    """八楼803 is the eighth floor, not the house No 8."""
    return to_digits(room)[:-2] == to_digits(number)


def _name(text: str | None) -> str | None:
    if not text:
        return None
    digits = to_digits(_ORDINAL.get(text, text)).upper()
    return digits.lstrip("0") or digits


def _floors(match: re.Match[str]) -> str:
    got = match.groupdict()
    first = to_digits(got["floor"] or got["floor2"] or "").upper() + "楼"
    return f"{first}到{to_digits(got['last'])}楼" if got.get("last") else first


def _area_name(text: str) -> str:
    text = _FLOOR_NAME.sub(lambda match: to_digits(match[1]) + "楼", text)
    text = re.sub(r"(\d{1,2}[a-d]?)\s?f(?![a-z])", r"\1楼", text)
    return text.replace("里的", "").replace("的", "").upper().strip()


def _crosses(match: re.Match[str], piece: Mention) -> bool:
    return match.start() < piece.end and piece.start < match.end()


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _join(pieces: list[Mention], text: str) -> list[Mention]:
    joined: list[Mention] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and _is_same_address(last, piece, text):
            mine, its = last.place, piece.place
            area = mine.area or its.area
            if piece.weak and mine.building and not mine.area:
                area = None
            place = Place(mine.building or its.building, mine.unit or its.unit, mine.room or its.room, area)
            joined[-1] = Mention(last.start, piece.end, place)
        else:
            joined.append(piece)
    return joined


def _is_same_address(last: Mention, piece: Mention, text: str) -> bool:
    mine, its = last.place, piece.place
    if text[last.end : piece.start].strip(" ,的-里") or (mine.area and its.area) or (mine.room and its.room):
        return False
    if mine.unit and its.unit:
        return False
    return not its.building or not mine.building
