"""A moment as people write it: 15:30, 下午3点半, 2小时, 明天8点."""

import re
from datetime import datetime, timedelta, tzinfo

_SPAN = re.compile(
    r"^(?:大约|约|再)?(半|\d{1,3}(?:\.\d)?)\s*(?:个)?(小时|钟头|分钟|分|h|min)(半)?(?:后|内|以内|左右)?$", re.I
)
_CLOCK = re.compile(
    r"^(?:(\d{1,2})[-月/](\d{1,2})[日号]?\s*)?(今天|明天|后天|今晚|明早)?\s*(凌晨|早上|上午|中午|下午|晚上|傍晚)?\s*"
    r"(\d{1,2})(?:[:：](\d{2})|[点时](半|\d{1,2})?分?)(?:左右|前|之前)?$"
)
_DAYS = {"明天": 1, "明早": 1, "后天": 2}
_AFTERNOON = ("下午", "晚上", "傍晚")


def parse_moment(text: str, now: datetime, tz: tzinfo) -> datetime | None:
    """The coming moment that ``text`` means, as aware UTC-comparable time; None where it names none."""
    text = text.strip(" 。.!！,，")
    span = _SPAN.match(text)
    if span:
        number, unit, half = span.groups()
        amount = 0.5 if number == "半" else float(number) + (0.5 if half else 0)
        by_hours = unit in ("小时", "钟头", "h", "H")
        return now + (timedelta(hours=amount) if by_hours else timedelta(minutes=amount))
    clock = _CLOCK.match(text)
    if clock is None:
        return None
    month, day, when, part, hour, minute, half = clock.groups()
    hours, minutes = int(hour), 30 if half == "半" else int(minute or half or 0)
    if hours < 12 and (part in _AFTERNOON or when == "今晚"):
        hours += 12
    local = now.astimezone(tz)
    try:
        if month:
            local = local.replace(month=int(month), day=int(day))
        at = local.replace(hour=hours % 24, minute=minutes, second=0, microsecond=0)
    except ValueError:
        return None
    at += timedelta(days=_DAYS.get(when or "", 0) + hours // 24)
    if at <= now and not month and when is None:
        at += timedelta(days=1)
    return at if at > now else None
