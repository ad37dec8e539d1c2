"""The list of people: who works here, as what, with which skills and in which buildings."""

from collections.abc import Collection
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
    Column("open_orders_at_most", "在手上限", cells.some_number, optional=True),
    Column("mentor", "师父", cells.some_userid, optional=True),
    Column("firm", "外协", cells.text(64), optional=True),
)


_MENTOR = "mentor 师父"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; no ``buildings`` means all of them, ``phone`` may be empty.

    ``open_orders_at_most``: 0 where the cell is empty, None where the file has no such column.
    ``mentor``: the account of an apprentice's 师父; ``firm``: the outside firm; "" and None likewise.
    """

    userid: str
    name: str
    role: Role
    skills: tuple[Skill, ...]
    buildings: tuple[str, ...]
    phone: str
    open_orders_at_most: int | None = None
    mentor: str | None = None
    firm: str | None = None


def parse_people(table: Table, known: Collection[str] = frozenset()) -> tuple[list[PersonRow], list[RowMistake]]:
    """The people of ``table`` and every mistake in it; accounts that differ only in case are the same account.

    ``known``: accounts that are on the list already, in lower case; an apprentice's mentor has to be there or here.
    """
    records, mistakes = read_records(table, COLUMNS)
    lines: dict[str, int] = {}
    for record in records:
        first = lines.setdefault(record.values["userid"].casefold(), record.line)
        if first != record.line:
            mistakes.append(RowMistake(record.line, str(COLUMNS[0]), f"与第 {first} 行是同一个账号（不分大小写）"))
    apprentices = {r.values["userid"].casefold() for r in records if r.values["mentor"]}
    for record in records:
        mentor = (record.values["mentor"] or "").casefold()
        if mentor and mentor not in lines and mentor not in known:
            mistakes.append(RowMistake(record.line, _MENTOR, f"名单里没有账号 {record.values['mentor']}；先导入师父"))
        elif mentor and mentor in apprentices:
            mistakes.append(RowMistake(record.line, _MENTOR, "师父自己也是徒弟；写带队的师父"))
    return [PersonRow(**record.values) for record in records], sorted(mistakes, key=lambda mistake: mistake.line)
