"""Reading the wished time of a visit (明天下午3点后, 周六上午, 今晚八点前) into core.visits.Visit."""

import re

from bot.core.visits import Visit
from bot.nlp.numerals import to_digits

_NUM = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_DAY = (
    r"(?P<near>今天|今日|今儿|明天|明日|明儿|后天|大后天|今(?=[早晚])|明(?=[早晚])|后(?=[早晚]))"
    rf"|(?P<weeks>下下|下个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    rf"|(?:(?P<month>{_NUM})月)?(?P<date>{_NUM})[号日](?![楼栋线梯])"
    rf"|(?<!\d)(?P<month2>1[0-2]|0?[1-9])[./](?P<date2>3[01]|[12]\d|0?[1-9])(?!\d)"
)
_PART = r"(?P<part>凌晨|早上|早晨|清早|一早|上午|中午|午后|下午|傍晚|晚上|夜里|夜间|白天|早|晚)"
_TIME = (
    rf"(?P<hour>{_NUM})(?:[:点时](?P<half>半)?(?P<minute>\d{{1,2}})?(?:分)?)"
    rf"(?:\s?(?:到|至|-|~)\s?(?P<hour2>{_NUM})[:点时]?(?P<half2>半)?(?P<minute2>\d{{2}})?(?:点|分)?)?"
    rf"|(?P<hour3>{_NUM})\s?(?:到|至|-)\s?(?P<hour4>{_NUM})[点时]"
)
_EDGE = r"(?P<edge>钟?(?:之后|以后|过后|后|起|之前|以前|前|左右))"
_WHEN = re.compile(rf"(?:(?:{_DAY})的?\s?)?(?:{_PART}\s?)?(?:(?:{_TIME})钟?)?(?:{_EDGE})?")
_STARTS = re.compile(
    rf"今|明[天日早晚儿]|后[天早晚]|大后天|下+个?[周星礼]|这个?[周星礼]|本周|周[一二三四五六日末]|星期|礼拜|"
    rf"凌晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|白天|夜里|{_NUM}[:点时]|{_NUM}\s?[到至-]\s?{_NUM}[点时]|{_NUM}月|{_NUM}[号日]|\d[./]\d"
)
_WISH = re.compile(
    r"来|上门|过来|在家|有人|方便|有空|有时间|预约|约|改[到成在期天]|换[到成个]|维修|再修|安排|可以|都行|才行|才能|吧|前来"
    r"|到家|下班|推迟|提前"
)
# What happened then is no wish for now.
_PAST = re.compile(r"昨|前天|上[周星礼]|去年|[就都才]没|已经|报[过的]|开始|了[一二两三四五六七八九十几\d]")
_NO_WISH = re.compile(r"(?:说|约|讲|答应)(?:好)?(?:了)?(?:的)?.{0,3}$|每[天周]?|从.{0,2}$|天天|刚|到现在|停[水电]|自")
_HOURS = {
    "凌晨": (0, 6), "早上": (7, 10), "早晨": (7, 10), "清早": (6, 9), "一早": (7, 10), "早": (7, 10), "上午": (8, 12),
    "中午": (11, 14), "午后": (13, 18), "下午": (13, 18), "傍晚": (17, 19), "晚上": (18, 22), "晚": (18, 22),
    "夜里": (20, 24), "夜间": (20, 24), "白天": (8, 18),
}  # fmt: skip
_NEAR = {
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明": 1,
    "后天": 2,
    "后": 2,
    "大后天": 3,
}
_WEEKDAYS = {name: i for i, name in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
# Whose hour is told without saying which half of the day: nobody comes at three in the night.
_FIRST_HOUR = 7
# How far from the time the wish may stand.
_AROUND = 14


def find_visit(plain: str, text: str) -> Visit | None:
    """Return the first wished time of visit in a normalised text, quoted from the text as written."""
    at = 0
    while start := _STARTS.search(plain, at):
        match = _WHEN.match(plain, start.start())
        if match is None or match.end() <= match.start():
            at = start.start() + 1
            continue
        at = match.end()
        if _is_wish(plain, match.start(), match.end()) and (visit := _visit(match, text)):
            return visit
    return None


def _is_wish(plain: str, start: int, end: int) -> bool:
    before, after = plain[max(0, start - 8) : start], plain[end : end + _AROUND]
    if _NO_WISH.search(before) or _PAST.search(before) or _PAST.search(after):
        return False
    return bool(_WISH.search(after) or _WISH.search(before))


def _visit(match: re.Match[str], text: str) -> Visit | None:
    got = match.groupdict()
    part = got["part"]
    hours = _HOURS.get(part) if part else None
    since, until = (hours[0] * 60, hours[1] * 60) if hours else (None, None)
    first = got["hour"] or got["hour3"]
    if first is not None:
        told = _minutes(first, got["minute"], got["half"], part)
        second = got["hour2"] or got["hour4"]
        if told is None:
            return None
        since, until = _edges(told, got["edge"] or "")
        if second is not None:
            end = _minutes(second, got["minute2"], got["half2"], part)
            if end is None:
                return None
            since, until = told, end if end > told else end + 12 * 60
    elif got["edge"] and hours:
        before = "前" in got["edge"]
        since, until = (None, until) if before else (since, None)
    days = _NEAR.get(got["near"] or "")
    weekday = _WEEKDAYS.get(got["weekday"] or "")
    day = got["date"] or got["date2"]
    month = got["month"] or got["month2"]
    date = (int(to_digits(month)) if month else None, int(to_digits(day))) if day else None
    if date and not (1 <= date[1] <= 31 and (date[0] is None or 1 <= date[0] <= 12)):
        return None
    if days is None and weekday is None and date is None and since is None and until is None:
        return None
    weeks = {"下": 1, "下个": 1, "下下": 2}.get(got["weeks"] or "", 0)
    words = text[match.start() : match.end()]
    return Visit(words, days, weekday, weeks, date, since, until)


def _edges(told: int, edge: str) -> tuple[int | None, int | None]:
    if "前" in edge:
        return None, told
    if "后" in edge or "起" in edge:
        return told, None
    if "左右" in edge:
        return max(0, told - 30), told + 30
    return told, told + 60


def _minutes(hour: str, minute: str | None, half: str | None, part: str | None) -> int | None:
    hours, minutes = int(to_digits(hour)), 30 if half else int(minute or 0)
    if hours > 24 or minutes > 59:
        return None
    late = part in ("下午", "午后", "傍晚", "晚上", "晚", "夜里", "夜间") or (part == "中午" and hours < 11)
    if hours < 12 and (late or (part is None and hours < _FIRST_HOUR)):
        hours += 12
    return hours * 60 + minutes
