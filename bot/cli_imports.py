"""`baoxiu import`: lists from files, each as a whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.clock import utc_now
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.imports.columns import RowMistake
    from bot.imports.table import Table

R = TypeVar("R")


def _people(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.people import parse_people
    from bot.store.imports import save_people
    from bot.store.migrate import migrate_to_head
    from bot.store.roster import known_people

    table = _read(file)
    migrate_to_head(settings.store.url)
    return save_people(settings, _all_or_none(file, *parse_people(table, known_people(settings).keys())))


def _duty(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.duty import parse_duty
    from bot.imports.shift_table import is_shift_table, parse_shift_table
    from bot.store.imports import save_duty
    from bot.store.migrate import migrate_to_head
    from bot.store.roster import known_people

    table, zone = _read(file), settings.community.timezone
    migrate_to_head(settings.store.url)
    people = known_people(settings)
    if not is_shift_table(table):
        return save_duty(settings, _all_or_none(file, *parse_duty(table, zone, people)))
    today = utc_now().astimezone(zone).date()
    found, mistakes = parse_shift_table(table, zone, people, settings.shifts, today)
    rows = _all_or_none(file, found.rows, mistakes)
    counts = save_duty(settings, rows, found.days_off)
    used = dict.fromkeys(row.code for row in sorted(rows, key=lambda row: row.start) if row.code)
    click.echo(f"排班表：{min(r.day for r in rows if r.day)} 到 {max(r.day for r in rows if r.day)}，班次按 "
               + "、".join(f"{code} {settings.shifts[code]}" for code in used))  # fmt: skip
    return counts


def _rotations(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.rotations import parse_rotations
    from bot.store.imports import save_rotations
    from bot.store.migrate import migrate_to_head
    from bot.store.roster import known_people

    table = _read(file)
    migrate_to_head(settings.store.url)
    parsed = parse_rotations(table, known_people(settings), settings.shifts)
    return save_rotations(settings, _all_or_none(file, *parsed), utc_now())


def _holidays(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.holidays import parse_holidays
    from bot.store.imports import save_holidays

    return save_holidays(settings, _all_or_none(file, *parse_holidays(_read(file))), utc_now())


def _equipment(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.equipment import parse_equipment
    from bot.store.imports import save_equipment

    return save_equipment(settings, _all_or_none(file, *parse_equipment(_read(file))))


def _buildings(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.buildings import parse_buildings
    from bot.store.buildings import save

    return save(settings, _all_or_none(file, *parse_buildings(_read(file))))


def _rooms(settings: Settings, file: Path) -> dict[str, int]:
    from bot.imports.rooms import parse_rooms
    from bot.store.rooms import save

    return save(settings, _all_or_none(file, *parse_rooms(_read(file))))


def _read(file: Path) -> "Table":
    from bot.imports.table import TableError, read_table

    try:
        return read_table(file)
    except TableError as error:
        raise click.ClickException(f"{file}：{error}") from None


def _all_or_none(file: Path, rows: list[R], mistakes: list["RowMistake"]) -> list[R]:
    if mistakes:
        told = "\n".join(map(str, mistakes))
        raise click.ClickException(f"{file} 有 {len(mistakes)} 处不对，一行也没有导入：\n{told}")
    if not rows:
        raise click.ClickException(f"{file} 只有列名，没有数据。在下面每行写一条")
    return rows


IMPORTS: Mapping[str, Callable[[Settings, Path], dict[str, int]]] = {
    "people": _people,
    "duty": _duty,
    "equipment": _equipment,
    "rooms": _rooms,
    "buildings": _buildings,
    "rotations": _rotations,
    "holidays": _holidays,
}
COUNTED = {
    "added": "新增",
    "updated": "更新",
    "replaced": "替换",
    "filled": "按规则排出",
    "rooms": "房间",
    "names": "别名和公共位置",
}
