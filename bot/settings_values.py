"""How single values of config.toml are written: durations, times of day, addresses, keys."""

import ipaddress
import re
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    SecretStr,
    StringConstraints,
    ValidationInfo,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.core.shifts import USUAL, Times, parse_times

DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=36500)


class Section(BaseModel):
    """A table of the file: frozen, and what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Refused(ValueError):
    """A value that a key does not take, with the remedy; never quotes the value of a secret."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class QuietHours(NamedTuple):
    """From ``start`` to ``end`` local time; an end at or before the start is on the next day."""

    start: time
    end: time


class Weekly(NamedTuple):
    """A weekday, 0 for Monday, and the local time on it."""

    weekday: int
    at: time


class Monthly(NamedTuple):
    """A day of the month that every month has, 1 to 28, and the local time on it."""

    day: int
    at: time


def parse_duration(value: object) -> timedelta:
    """``<number><s|m|h|d>``, e.g. ``0.5s`` or ``48h``; raises Refused unless it is positive.

    More than a hundred years counts as a hundred years, so that adding it to the present never overflows.
    """
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if match is None or not (number := Decimal(match[1])):
        raise Refused(f"{_shown(value)} 不是正的时长", '写成带引号的 数字+单位，如 "30s"、"3m"、"2h"、"7d"')
    seconds = min(number * _UNIT_SECONDS[match[2]], Decimal(int(_LONGEST.total_seconds())))
    return max(timedelta(seconds=float(seconds)), timedelta.resolution)


def parse_daily(value: object) -> time:
    """``HH:MM``, 00:00 to 23:59; raises Refused."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Refused(f"{_shown(value)} 不是一天里的时刻", '写成 "时:分"，如 "08:37"')
    return time(int(match[1]), int(match[2]))


def parse_weekly(value: object) -> Weekly:
    """A weekday and a time, e.g. ``Mon 08:41``; raises Refused."""
    day, _, at = value.strip().partition(" ") if isinstance(value, str) else ("", "", "")
    if day.capitalize() not in WEEKDAYS:
        raise Refused(
            f"{_shown(value)} 不是一周里的时刻", f'写成 "星期 时:分"，如 "Mon 08:41"；星期是 {" ".join(WEEKDAYS)}'
        )
    return Weekly(WEEKDAYS.index(day.capitalize()), parse_daily(at))


def parse_monthly(value: object) -> Monthly:
    """A day of the month, 1 to 28, and a time, e.g. ``1 08:47``; raises Refused."""
    day, _, at = value.strip().partition(" ") if isinstance(value, str) else ("", "", "")
    if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 28:
        raise Refused(f"{_shown(value)} 不是每个月都有的一天", '写成 "日 时:分"，日从 1 到 28，如 "1 08:47"')
    return Monthly(int(day), parse_daily(at))


def parse_quiet_hours(value: object) -> QuietHours | None:
    """Two times of day, e.g. ``22:30-07:30``; empty: none; raises Refused."""
    if value is None or value == "":
        return None
    start, _, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        hours = QuietHours(parse_daily(start), parse_daily(end))
    except Refused:
        raise Refused(f"{_shown(value)} 不是一段时间", '写成 "开始-结束"，如 "22:30-07:30"') from None
    if hours.start == hours.end:
        raise Refused(f"{_shown(value)} 的开始和结束相同", "改其中一个；不要免打扰就删掉这一行")
    return hours


def parse_windows(value: object) -> tuple[tuple[int, int], ...]:
    """Hours of a day, e.g. ``08:30-12:00,13:30-17:30``, in order and apart, in minutes; raises Refused."""
    found: list[tuple[int, int]] = []
    try:
        for part in str(value).split(","):
            times = parse_times(part)
            if times is None or times.tier or times.end > 24 * 60 or (found and times.start < found[-1][1]):
                raise ValueError
            found.append((times.start, times.end))
    except ValueError:
        raise Refused(f"{_shown(value)} 不是工作时间", '写成 "08:30-12:00,13:30-17:30"，按先后，不跨夜') from None
    return tuple(found)


def parse_weekdays(value: object) -> frozenset[int]:
    """Weekdays, e.g. ``Mon-Fri`` or ``Mon,Wed,Sat``; raises Refused."""
    found: set[int] = set()
    try:
        for part in str(value).split(","):
            first, _, last = part.strip().capitalize().partition("-")
            begin = WEEKDAYS.index(first)
            end = WEEKDAYS.index(last.capitalize()) if last else begin
            found |= {day % 7 for day in range(begin, end + (8 if end < begin else 1))}
    except ValueError:
        remedy = f'写成 "Mon-Fri" 或 "Mon,Wed,Sat"；星期是 {" ".join(WEEKDAYS)}'
        raise Refused(f"{_shown(value)} 不是星期", remedy) from None
    return frozenset(found)


def parse_sla_clock(value: object) -> str:
    """``around`` the clock or ``working`` hours; raises Refused."""
    if value not in ("around", "working"):
        raise Refused(f"{_shown(value)} 不是计时方式", '写 "around"（全天）或 "working"（按工作时间）')
    return str(value)


def parse_around(value: object) -> str:
    """Emergencies know no working hours; raises Refused for anything but ``around``."""
    if value != "around":
        raise Refused("紧急工单只能全天计时", "删掉这一行")
    return "around"


def parse_source(value: object) -> str:
    """Where a target comes from: what kind of source it is, then which; raises Refused."""
    words = value.strip().replace(":", "：", 1) if isinstance(value, str) else ""
    kind, _, which = words.partition("：")
    kind, which = kind.strip(), which.strip()
    if kind not in ("合同", "规定", "惯例") or not which or len(words) > 100:
        raise Refused(f"{_shown(value)} 不是时限的出处", '写成 "合同：…"、"规定：…" 或 "惯例：…"，最多 100 个字')
    return f"{kind}：{which}"


def parse_shifts(value: object) -> dict[str, Times | None]:
    """The property's own codes of shifts beside the usual ones, e.g. ``甲 = "08:00-20:00"``; raises Refused."""
    if not isinstance(value, dict):
        raise Refused("应当是一节", '写成 [shifts]，下面逐行写 班次 = "08:00-16:00"')
    found = dict(USUAL)
    for code, times in value.items():
        if not 1 <= len(code) <= 8 or re.search(r"[\s+/、,，;；]", code):
            raise Refused(f"{_shown(code)} 不能作班次名", "写 1 到 8 个字，不带空格和标点")
        try:
            found[code.upper()] = parse_times(times if isinstance(times, str) else "")
        except ValueError:
            raise Refused(
                f"{code} = {_shown(times)} 不是班次的时间",
                '写成 "开始-结束"，如 "08:00-16:00"；跨夜 "20:00-08:00"；次日零点起 "24:00-08:00"；备班在后面加 2',
            ) from None
    return found


def parse_timezone(value: object) -> ZoneInfo:
    """A name that zoneinfo knows; raises Refused."""
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"没有时区 {_shown(value)}", '写 IANA 时区名，如 "Asia/Shanghai"') from None


def check_web_address(value: str) -> str:
    """An https address, or an http one of this very machine; empty stays empty; raises Refused."""
    if not value:
        return value
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in ("http", "https") or re.search(r"[\s\x00-\x1f]", value):
        raise Refused("不是网址", "写完整的网址，如 https://bot.example.com")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Refused("明文 http 只能指向本机", "改用 https://")
    return value


def check_base_address(value: str) -> str:
    """A web address that paths are put below: without query, fragment or closing slash; raises Refused."""
    if "?" in value or "#" in value:
        raise Refused("地址里不能有 ? 或 #", "只写到域名或路径，如 https://bot.example.com")
    return check_web_address(value).rstrip("/")


def resolve_store_url(value: str, info: ValidationInfo) -> str:
    """A SQLAlchemy URL with our driver; the file of a relative SQLite path lies beside the configuration."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise Refused("不是数据库地址", "如 sqlite:///data/baoxiu.db") from None
    if url.drivername not in DRIVERS:
        remedy = "用 sqlite:///文件、postgresql+psycopg://… 或 mysql+pymysql://…"
        raise Refused(f"不支持数据库 {_shown(url.drivername)}", remedy)
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername != "sqlite":
        if not url.database:
            raise Refused("地址里没有库名", "在末尾写上库名，如 …@127.0.0.1/baoxiu")
        return url.render_as_string(hide_password=False)
    if url.host or not url.database or url.database == ":memory:":
        raise Refused("SQLite 地址里没有文件", "写三条斜杠和文件名，如 sqlite:///data/baoxiu.db；绝对路径写四条")
    return url.set(database=str(_beside(info, Path(url.database)))).render_as_string(hide_password=False)


def resolve_rule_file(value: Path | None, info: ValidationInfo) -> Path | None:
    """A file that exists; a relative path starts at the configuration's folder; raises Refused."""
    if value is None:
        return None
    path = _beside(info, value)
    if not path.is_file():
        raise Refused(f"没有文件 {path}", "改成存在的规则文件，或删掉这一行")
    return path


def _beside(info: ValidationInfo, path: Path) -> Path:
    return Path((info.context or {}).get("folder", "")) / path


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _check_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", value.get_secret_value()):
        raise Refused("Token 只能是 1 到 32 位字母和数字", "从管理后台“接收消息”一页复制 Token")
    return value


def _check_aes_key(value: SecretStr) -> SecretStr:
    # 43 such characters always decode to 32 bytes; their two spare bits may be set, so re-encoding proves nothing.
    # The console makes keys of letters and digits only; + and / decode as well and harm nobody.
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}", value.get_secret_value()):
        raise Refused("EncodingAESKey 必须正好是 43 位字母和数字", "从管理后台“接收消息”一页复制 EncodingAESKey")
    return value


def _check_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x21-\x7e]{1,512}", value.get_secret_value()):
        raise Refused("Secret 不能为空，也不能有空格或汉字", "从管理后台应用详情页复制 Secret")
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Duration = Annotated[timedelta, PlainValidator(parse_duration)]
Daily = Annotated[time, PlainValidator(parse_daily)]
WeeklyTime = Annotated[Weekly, PlainValidator(parse_weekly)]
OptionalDaily = Annotated[time | None, PlainValidator(lambda value: parse_daily(value) if value else None)]
MonthlyTime = Annotated[Monthly, PlainValidator(parse_monthly)]
OptionalQuietHours = Annotated[QuietHours | None, PlainValidator(parse_quiet_hours)]
FACTORY = "惯例：出厂设置"
Windows = Annotated[tuple[tuple[int, int], ...], PlainValidator(parse_windows)]
Weekdays = Annotated[frozenset[int], PlainValidator(parse_weekdays)]
SlaClock = Annotated[str, PlainValidator(parse_sla_clock)]
AroundTheClock = Annotated[str, PlainValidator(parse_around)]
Source = Annotated[str, PlainValidator(parse_source)]
Shifts = Annotated[dict[str, Times | None], PlainValidator(parse_shifts)]
Timezone = Annotated[ZoneInfo, PlainValidator(parse_timezone)]
WebAddress = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_web_address)]
BaseAddress = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(check_base_address)]
DatabaseUrl = Annotated[str, AfterValidator(resolve_store_url)]
ExistingFile = Annotated[Path | None, BeforeValidator(_none_if_empty), AfterValidator(resolve_rule_file)]
Secret = Annotated[SecretStr, AfterValidator(_check_secret)]
Token = Annotated[SecretStr, AfterValidator(_check_token)]
AesKey = Annotated[SecretStr, AfterValidator(_check_aes_key)]
OptionalSecret = Annotated[Secret | None, BeforeValidator(_none_if_empty)]
OptionalToken = Annotated[Token | None, BeforeValidator(_none_if_empty)]
OptionalAesKey = Annotated[AesKey | None, BeforeValidator(_none_if_empty)]
