"""The list of people: who works here, as what, with which skills and in which buildings."""

from dataclasses import dataclass

from bot.core.kinds import Role, Skill
from bot.imports import cells
from bot.imports.columns import Column, RowMistake, read_records
from bot.imports.table import Table

COLUMNS = (
    Column("userid", "账号", cells.userid),
    Column("name", "姓名", cells.text(64, needed=True)),
    Column("role", "角色", cells.role),
    Column("skills", "技能", cells.skills),
    Column("buildings", "楼栋", cells.buildings),
    Column("phone", "电话", cells.phone),
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; no ``buildings`` means all of them, ``phone`` may be empty."""

    userid: str
    name: str
    role: Role
    skills: tuple[Skill, ...]
    buildings: tuple[str, ...]
    phone: str


def parse_people(table: Table) -> tuple[list[PersonRow], list[RowMistake]]:
    """The people of ``table`` and every mistake in it; accounts that differ only in case are the same account."""
    records, mistakes = read_records(table, COLUMNS)
    lines: dict[str, int] = {}
    for record in records:
        first = lines.setdefault(record.values["userid"].casefold(), record.line)
        if first != record.line:
            mistakes.append(RowMistake(record.line, str(COLUMNS[0]), f"与第 {first} 行是同一个账号（不分大小写）"))
    return [PersonRow(**record.values) for record in records], sorted(mistakes, key=lambda mistake: mistake.line)
