"""``baoxiu rules misses``: where people corrected what the rules had read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.clock import utc_now
from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.desk import Reader
    from bot.store.corrections import Correction


@click.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="配置文件；样本是 config.example.toml。",
)
@click.option("--days", type=click.IntRange(1, 3650), help="只看最近几天；默认全部。")
@click.option("--json", "as_json", is_flag=True, help="每条一行 JSON，给程序用。")
@click.option("--still", is_flag=True, help="只看现在的规则仍然读错的。")
def misses(config: Path, days: int | None, as_json: bool, still: bool) -> None:
    """客服更正过的话：原话、读作、应为、什么时候、哪一版规则，以及现在的规则怎么读。

    里面有住户的原话，只用来改规则，不要外传；保留多久和工单一样。
    """
    try:
        settings = load_settings(config)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    since = utc_now() - timedelta(days=days) if days else datetime(1970, 1, 2, tzinfo=UTC)
    count = 0
    for one in _found(settings, since):
        if still and not one["still"]:
            continue
        count += 1
        click.echo(json.dumps(one, ensure_ascii=False) if as_json else _readable(one, settings.community.timezone))
    if not as_json:
        click.echo(f"共 {count} 条。")


def _found(settings: Settings, since: datetime) -> Iterator[dict[str, Any]]:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.nlp import RulesError, load_reader
    from bot.store import Database, Unavailable, corrections

    database = Database(settings.store.url)
    try:
        reader = load_reader(settings.rules.extra)
        with database.reading() as tx:
            kept = list(corrections.all_of(tx, since))
    except RulesError as error:
        raise click.ClickException(str(error)) from None
    except (SQLAlchemyError, Unavailable):
        raise click.ClickException("数据库不能用，或还没有更正的表；先执行 baoxiu check、baoxiu migrate") from None
    finally:
        database.close()
    for one in kept:
        yield _entry(one, reader)


def _entry(one: "Correction", reader: "Reader") -> dict[str, Any]:
    faults = reader.read(one.words).faults
    # Of several faults the one that was corrected is meant.
    now = next((fault for fault in faults if fault.category is one.category), faults[0] if faults else None)
    kinds = (now.category, now.priority, now.doubtful) if now else None
    return {
        "order": one.order_no,
        "at": one.at.isoformat(),
        "how": one.how,
        "text": one.words,
        "read": {"category": one.read_category.value, "priority": one.read_priority.value},
        "corrected": {"category": one.category.value, "priority": one.priority.value},
        "now": {"category": now.category.value, "priority": now.priority.value} if now else None,
        "still": kinds != (one.category, one.priority, False),
        "rules": one.rules,
        "why": one.why.splitlines(),
    }


_HOW = {"recategorise": "改类", "unsure": "待核实已核实", "danger": "疑似险情属实", "no_danger": "疑似险情不属实"}


def _readable(one: dict[str, Any], tz: tzinfo) -> str:
    at = datetime.fromisoformat(one["at"]).astimezone(tz)
    lines = [
        f"工单 {one['order']} · {at:%Y-%m-%d %H:%M} · {_HOW.get(one['how'], one['how'])} · 规则 {one['rules'] or '-'}",
        f"  原话：{one['text']}",
        f"  读作：{_kind(one['read'])}  应为：{_kind(one['corrected'])}  现在读作：{_kind(one['now'])}"
        + ("（仍不对）" if one["still"] else ""),
    ]
    lines += [f"  依据：{'；'.join(one['why'])}"] if one["why"] else []
    return "\n".join(lines) + "\n"


def _kind(kind: dict[str, str] | None) -> str:
    from bot.texts import render

    if kind is None:
        return "没有故障"
    return f"{render('category.' + kind['category'])}（{render('priority.' + kind['priority'])}）"
