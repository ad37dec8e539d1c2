"""What single cells of the lists may say."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.core.kinds import Role, Skill
from bot.imports.table import Cell
from bot.nlp.numerals import NUMERAL, to_digits

ROLES = {
    "业主": Role.RESIDENT,
    "客服": Role.SERVICE,
    "工程": Role.ENGINEER,
    "主管": Role.SUPERVISOR,
    "经理": Role.MANAGER,
    "管理员": Role.ADMIN,
}
SKILLS = {
    "给排水": Skill.PLUMBING,
    "强电": Skill.ELECTRICAL,
    "电梯": Skill.ELEVATOR,
    "暖通": Skill.HVAC,
    "弱电": Skill.LOW_VOLTAGE,
    "土建": Skill.CIVIL,
    "消防": Skill.FIRE,
    "综合": Skill.GENERAL,
}
_DATE = r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
_MOMENT = _DATE + r"[ T]*([0-9]{1,2}):([0-9]{2})(?::00)?"

Code = TypeVar("Code", bound=StrEnum)


class BadCell(ValueError):
    """What a cell says cannot be used; the text says what is wrong with it."""


def text(longest: int, *, needed: bool = False) -> Callable[[Cell], str]:
    """A parser for words of at most ``longest`` characters on one line; line breaks count as blanks."""

    def parse(cell: Cell) -> str:
        if isinstance(cell, date):
            raise BadCell("表格软件把它当成了日期；把这一格设为“文本”再填")
        words = " ".join(cell.split())
        if needed and not words:
            raise BadCell("不能为空")
        if len(words) > longest:
            raise BadCell(f"超过 {longest} 个字")
        if any(unicodedata.category(character) == "Cc" for character in words):
            raise BadCell("有看不见的控制字符")
        return words

    return parse


def userid(cell: Cell) -> str:
    """An account as the platform writes it: up to 64 letters, digits and ``_-@.``, kept as written."""
    words = text(64, needed=True)(cell)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@-]*", words):
        raise BadCell(f"{_shown(words)} 不是账号：只能是字母、数字和 _ - @ .，以字母或数字开头")
    return words


def some_userid(cell: Cell) -> str:
    """An account, or empty."""
    return userid(cell) if cell else ""


def role(cell: Cell) -> Role:
    """A role by its code or its Chinese name."""
    words = text(32, needed=True)(cell)
    return _code(words, Role, ROLES, "角色")


def skills(cell: Cell) -> tuple[Skill, ...]:
    """Skills by code or Chinese name, joined by ``;``, each once; empty: none."""
    return tuple(dict.fromkeys(_code(words, Skill, SKILLS, "技能") for words in _parts(cell)))


def buildings(cell: Cell) -> tuple[str, ...]:
    """Buildings joined by ``;``, normalised, each once; empty: all of them."""
    return tuple(dict.fromkeys(normalised_building(words) for words in _parts(cell)))


def building(cell: Cell) -> str:
    """One building, normalised, or empty."""
    words = text(32)(cell)
    return normalised_building(words) if words else ""


def normalised_building(words: str) -> str:
    """``3栋``, ``3号楼``, ``3#`` and ``三号楼`` are ``3``, ``a座`` is ``A``; a building with a name keeps its name."""
    plain = unicodedata.normalize("NFKC", words).replace(" ", "").upper()
    if re.fullmatch(r"\D?[0-9]+\D*[-~至到][0-9]+.*", plain):
        raise BadCell(f"{_shown(words)} 是一段；一栋一栋地写，用 ; 隔开")
    match = re.fullmatch(rf"第?([0-9]+|[A-Z][0-9]*|[{NUMERAL}]+)(?:#|号|栋|幢|座|楼)*", plain)
    if match is None:
        return words
    number = to_digits(match[1])
    return str(int(number)) if number.isdigit() else number


def phone(cell: Cell) -> str:
    """A telephone number, with an extension if need be, or empty."""
    words = unicodedata.normalize("NFKC", text(32)(cell))
    if words and not re.fullmatch(r"\+?[0-9(][0-9 ()-]{2,24}(?:[转#,*x] ?[0-9]{1,6})?", words):
        raise BadCell("不是电话号码：写数字，可以有 + - 空格和“转”分机")
    return words


def some_number(cell: Cell) -> int:
    """A whole number from 1 to 999; 0 for an empty cell."""
    words = unicodedata.normalize("NFKC", text(8)(cell))
    if words and not re.fullmatch(r"[0-9]{1,3}", words):
        raise BadCell(f"{_shown(words)} 不是 1 到 999 的整数；不限就空着")
    return int(words or 0)


def day(cell: Cell) -> date | None:
    """A date such as ``2026-11-22``, or None for an empty cell."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not cell:
        return None
    match = re.fullmatch(_DATE, cell)
    try:
        year, month, day_of_month = map(int, match.groups() if match else ())
        return date(year, month, day_of_month)
    except ValueError:
        raise BadCell(f"{_shown(cell)} 不是日期；写成 2026-11-22") from None


def local_moment(cell: Cell) -> datetime:
    """A local date and time such as ``2026-11-22 08:00``, without zone; ``24:00`` is the end of the day."""
    if not cell:
        raise BadCell("不能为空")
    if isinstance(cell, datetime):
        # A spreadsheet counts days as fractions, and eight o'clock may come out a hair before eight.
        moment = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    else:
        moment = _written_moment(str(cell))
    if not 2000 <= moment.year < 2100:
        raise BadCell(f"年份 {moment.year} 不对")
    return moment


def _written_moment(words: str) -> datetime:
    match = re.fullmatch(_MOMENT, words)
    if match is None:
        raise BadCell(f"{_shown(words)} 不是日期加时刻；写成 2026-11-22 08:00")
    year, month, day_of_month, hour, minute = map(int, match.groups())
    try:
        midnight = datetime.combine(date(year, month, day_of_month), time())
        if (hour, minute) == (24, 0):
            return midnight + timedelta(days=1)
        return midnight.replace(hour=hour, minute=minute)
    except (ValueError, OverflowError):
        raise BadCell(f"没有 {_shown(words)} 这一刻") from None


def tier(cell: Cell) -> int:
    """The step of the duty ladder: 1 on duty, 2 backup, 3 supervisor."""
    words = text(8, needed=True)(cell)
    if words not in ("1", "2", "3"):
        raise BadCell(f"{_shown(words)} 不是层级；写 1（值班）、2（备班）或 3（主管）")
    return int(words)


def _code(words: str, codes: type[Code], chinese: Mapping[str, Code], noun: str) -> Code:
    if words in chinese:
        return chinese[words]
    try:
        return codes(words.lower())
    except ValueError:
        raise BadCell(f"没有{noun} {_shown(words)}；可以写 {'、'.join(chinese)}") from None


def _parts(cell: Cell) -> list[str]:
    return [part.strip() for part in re.split(r"[;；,，、]", text(400)(cell)) if part.strip()]


def _shown(words: str) -> str:
    return f"“{words[:30]}{'…' if len(words) > 30 else ''}”"
