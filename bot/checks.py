"""``baoxiu check``: everything that would keep the bot from working, found before a resident finds it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import words
from bot.build import policy_of
from bot.core import targets
from bot.core.duty import Roster
from bot.core.kinds import Role
from bot.core.people import person_id
from bot.core.workdays import WorkCalendar
from bot.logs import mask
from bot.nlp import RulesError, load_reader
from bot.online_checks import check_online
from bot.settings import Mistake, Settings, SettingsError, SlaSettings, load_settings
from bot.settings_values import FACTORY
from bot.store import floors, roster, rota
from bot.store.db import Database, Unavailable
from bot.store.migrate import SchemaError, current, head, objection, revisions
from bot.texts import render

AHEAD = timedelta(hours=24)
CALENDAR_AHEAD = timedelta(days=30)


@dataclass(slots=True)
class Report:
    """What was found: ``mistakes`` must be put right, ``hints`` are worth knowing, ``notes`` say what holds."""

    mistakes: list[Mistake] = field(default_factory=list)
    hints: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def run_checks(path: Path, online: bool, now: datetime) -> Report:
    """Check the configuration at ``path``, its database, lists and rules at ``now`` (UTC); never raises for them.

    With ``online`` also asks the platform for a token and the app, which needs the trusted IP, and calls the own
    public address. Nothing is written and no database is created.
    """
    try:
        settings = load_settings(path)
    except SettingsError as error:
        return Report(error.mistakes)
    report = Report()
    _check_rules(report, settings)
    _check_targets(report, str(path), settings)
    _check_database(report, path, settings, now)
    if not settings.duty.phone:
        hint = Mistake(str(path), "[duty] phone", "没有 24 小时值班电话", "填上；消息都发不出去时住户只能打它")
        report.hints.append(hint)
    if online:
        report.mistakes += check_online(str(path), settings)
    return report


def _check_rules(report: Report, settings: Settings) -> None:
    try:
        load_reader(settings.rules.extra)
    except RulesError as error:
        file = str(settings.rules.extra or "自带的规则")
        report.mistakes.append(Mistake(file, "rules", str(error), "照说明改规则文件；自带的规则坏了就重新安装"))


def _check_targets(report: Report, file: str, settings: Settings) -> None:
    """Every promise with its source; one that was changed from the factory's should say who wants it so."""
    shipped = SlaSettings()
    for row in targets.rows(policy_of(settings)):
        clock = render("targets.working" if row.working else "targets.around")
        what, priority = render(f"targets.{row.what}"), words.priority(row.priority)
        within = words.span(row.within)
        told = render("targets.row", priority=priority, what=what, within=within, clock=clock, source=row.source)
        report.notes.append(told)
        factory = getattr(shipped.of(row.priority), f"{row.what}_within")
        if row.within != factory and row.source == FACTORY:
            key = f"[sla.{row.priority}] {row.what}_source"
            problem, remedy = f"{priority}{what}时限改过，没有写出处", '写成 "合同：…"、"规定：…" 或 "惯例：…"'
            report.hints.append(Mistake(file, key, problem, remedy))


def _check_database(report: Report, path: Path, settings: Settings, now: datetime) -> None:
    database = Database(settings.store.url)
    key, file = "[store] url", str(path)
    try:
        if database.is_sqlite and not Path(str(database.url.database)).exists():
            _check_folder(report, file, Path(str(database.url.database)))
            return
        with database.reading() as tx:
            floors.check(tx)
        revision = current(database)
        if revision in (None, *revisions()) and revision != head():
            report.hints.append(Mistake(file, key, "数据库还不是当前结构", "执行 baoxiu migrate，serve 也会做"))
        elif objects := objection(database):
            report.mistakes.append(Mistake(file, key, objects, "换新版本的程序，或用升级前的备份"))
        else:
            with database.reading() as tx:
                _check_lists(report, file, settings, roster.load(tx, now), rota.own_days(tx), now)
    except SchemaError as error:
        report.mistakes.append(Mistake(file, key, str(error), "升级数据库，再执行 baoxiu check"))
    except (SQLAlchemyError, OSError, Unavailable) as error:
        reason = mask(str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0])
        remedy = "检查地址、用户、密码、库名，数据库是否在运行"
        report.mistakes.append(Mistake(file, key, f"数据库不能用：{reason}", remedy))
    finally:
        database.close()


def _check_folder(report: Report, file: str, database: Path) -> None:
    nearest = next(folder for folder in database.parents if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        report.hints.append(
            Mistake(file, "[store] url", f"还没有数据库 {database}", "执行 baoxiu migrate，serve 也会做")
        )
    else:
        problem, remedy = f"不能在 {nearest} 里建数据库", "给运行的用户写权限，或换一个文件夹"
        report.mistakes.append(Mistake(file, "[store] url", problem, remedy))


def _check_calendar(report: Report, settings: Settings, own_days: Mapping[date, bool], now: datetime) -> None:
    """A year whose holidays nobody knows yet counts as plain weekdays."""
    calendar = WorkCalendar(settings.official_days, own_days)
    today = now.astimezone(settings.community.timezone).date()
    for year in sorted({today.year, (today + CALENDAR_AHEAD).year}):
        if settings.community.holidays and not calendar.knows(year):
            problem, remedy = f"还没有 {year} 年的放假和调休安排，按周一到周五算", "公布后执行 baoxiu import holidays"
            report.hints.append(Mistake("节假日", str(year), problem, remedy))


def _check_lists(
    report: Report, file: str, settings: Settings, lists: Roster, own_days: Mapping[date, bool], now: datetime
) -> None:
    if not lists.people:
        problem, remedy = "还没有导入人员", "执行 baoxiu import people，再 baoxiu import duty"
        report.hints.append(Mistake("人员名单", "userid", problem, remedy))
        return
    for userid in settings.duty.emergency_list:
        if person_id(userid) not in lists.people:
            problem, remedy = f"人员名单里没有 {userid}", "改正账号，或先导入这个人"
            report.mistakes.append(Mistake(file, "[duty] emergency_list", problem, remedy))
    if not lists.of_role(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        problem, remedy = "没有主管、经理或管理员", "至少导入一个；没人值班或没人接单时要找他"
        report.mistakes.append(Mistake("人员名单", "role", problem, remedy))
    for person in lists.people.values():
        if person.is_staff and not person.phone:
            hint = Mistake("人员名单", "phone", f"{person.userid} 没有电话", "补上电话再导入一次")
            report.hints.append(hint)
        if person.role is Role.ENGINEER and not person.skills:
            hint = Mistake("人员名单", "skills", f"{person.userid} 没有技能", "补上技能；不填按什么都能做派单")
            report.hints.append(hint)
    _check_calendar(report, settings, own_days, now)
    for start, end in _gaps(lists, now):
        zone = settings.community.timezone
        problem = f"{start.astimezone(zone):%m-%d %H:%M} 到 {end.astimezone(zone):%m-%d %H:%M} 没有人值班"
        remedy = "补上层级 1 或 2 的班次，执行 baoxiu import duty"
        report.mistakes.append(Mistake("值班表", "start", problem, remedy))


def _gaps(lists: Roster, now: datetime) -> list[tuple[datetime, datetime]]:
    """When nobody of tier 1 or 2 is on duty, from ``now`` for a day."""
    gaps: list[tuple[datetime, datetime]] = []
    covered = now
    for shift in sorted(lists.shifts, key=lambda shift: shift.start):
        if shift.tier > 2 or shift.end <= covered:
            continue
        if shift.start >= now + AHEAD:
            break
        if shift.start > covered:
            gaps.append((covered, shift.start))
        covered = shift.end
    return gaps if covered >= now + AHEAD else [*gaps, (covered, now + AHEAD)]
