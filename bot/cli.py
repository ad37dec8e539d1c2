"""The command ``baoxiu``: exit status 0 done, 1 the input or the configuration is wrong, 2 usage."""

import gc
import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli_imports import COUNTED, IMPORTS
from bot.cli_misses import misses
from bot.cli_rules import explained, rules
from bot.clock import utc_now
from bot.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from bot.desk import Desk

# Each verb imports its own machinery, so that --help and a mistake in the configuration answer at once.

config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="配置文件；样本是 config.example.toml。",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(None, "--version", package_name="baoxiu", prog_name="baoxiu")
def main() -> None:
    """报修：住在企业微信里的物业工单助手。

    没有账号先试用：baoxiu demo。退出码：0 完成，1 输入或配置有错，2 用法不对。
    """


@main.command()
@config_option
@click.option("--migrate/--no-migrate", default=True, show_default=True, help="启动前先把数据库升到当前结构。")
@click.option(
    "--role",
    type=click.Choice(["web", "worker", "all"]),
    default="all",
    show_default=True,
    help="web 只接收回调，worker 只发送、计时和取消息，all 全做。几个进程共用一个 PostgreSQL 或 MySQL。",
)
@click.option("--port", type=click.IntRange(1, 65535), help="代替配置里的 [server] port；同一台机器上跑几个进程时用。")
def serve(config: Path, migrate: bool, role: str, port: int | None) -> None:
    """运行服务，直到 SIGTERM。"""
    # Nothing of what a start loads is ever thrown away: to look for waste meanwhile would take a third longer.
    gc.disable()
    with _clear_errors():
        settings = load_settings(config)
        if port is not None:
            settings = settings.model_copy(update={"server": settings.server.model_copy(update={"port": port})})
        if migrate:
            from bot.store.migrate import migrate_to_head

            migrate_to_head(settings.store.url)
        from bot.serve import serve as run
        from bot.together import Role

        run(settings, Role(role))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="机器人的端口；默认 8080，被占用就换一个。")
@click.option("--page-port", type=click.IntRange(1, 65535), help="聊天页面的端口；默认 8090，被占用就换一个。")
def demo(port: int | None, page_port: int | None) -> None:
    """不用账号，在本机的模拟企业微信上试用，并打印聊天页面的地址。"""
    from bot.demo import demo as run

    run(port=port, page_port=page_port)


@main.command()
@config_option
@click.option("--online", is_flag=True, help="还检查企业微信的密钥、应用、可信 IP 和回调地址。")
def check(config: Path, online: bool) -> None:
    """检查配置、数据库、值班表和规则，一次列出所有问题。"""
    from bot.checks import run_checks

    report = run_checks(config, online, utc_now())
    for note in report.notes:
        click.echo(f"时限：{note}")
    for hint in report.hints:
        click.echo(f"提醒：{hint}")
    for mistake in report.mistakes:
        click.echo(f"错误：{mistake}")
    if report.mistakes:
        click.echo(f"共 {len(report.mistakes)} 处错误。")
        sys.exit(1)
    click.echo("检查通过。")


@main.command()
@config_option
def migrate(config: Path) -> None:
    """把数据库升到当前结构。"""
    with _clear_errors():
        settings = load_settings(config)
        from bot.store.migrate import migrate_to_head

        click.echo(f"数据库结构：{migrate_to_head(settings.store.url)}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
@click.option("--media/--no-media", default=True, show_default=True, help="图片、语音等文件也一起备份。")
def backup(file: Path, config: Path, media: bool) -> None:
    """把数据库和文件备份成一个文件；运行时也可以做。

    三种数据库的备份格式相同，可以恢复到任何一种。里面有住户的话和电话，要像数据库一样保管。
    """
    with _clear_errors():
        settings = load_settings(config)
        from bot.backups import backup as run

        counts = run(settings.store.url, file, utc_now(), media=media)
    click.echo(f"已备份到 {file}：{counts['rows']} 行，{counts['files']} 个文件。")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def restore(file: Path, config: Path) -> None:
    """把备份恢复到一个空的数据库。

    旧的消息和提醒先停着，不会自动发出；等人核对后，管理员在聊天里回复「放行」或「作废」，或执行 baoxiu release。
    """
    with _clear_errors():
        settings = load_settings(config)
        from bot.backups import restore as run

        counts = run(settings.store.url, file, utc_now())
    click.echo(
        f"已恢复：{counts['rows']} 行，{counts['files']} 个文件。旧的消息和提醒先停着，核对后执行 baoxiu release。"
    )


@main.command()
@config_option
@click.option("--drop", is_flag=True, help="丢掉旧消息，提醒从现在起继续；不写就全部照常继续。")
def release(config: Path, drop: bool) -> None:
    """恢复备份之后，放行停着的旧消息和提醒。"""
    with _clear_errors():
        settings = load_settings(config)
        from bot.backups import release as run

        held = run(settings, utc_now, drop=drop)
    if held is None:
        click.echo("没有等待放行的旧消息。")
        return
    what = "已作废" if drop else "已放行"
    click.echo(f"{what}：消息 {held.letters} 条，提醒 {held.clocks} 个，微信客服留言 {held.messages} 条。")


@main.command("import")
@click.argument("kind", type=click.Choice(list(IMPORTS)))
@click.argument("file", type=click.Path(path_type=Path))
@config_option
def import_list(kind: str, file: Path, config: Path) -> None:
    """从 CSV 或 XLSX 导入：人员 people、值班 duty、设备 equipment、房间 rooms、楼栋 buildings、轮班 rotations、
    节假日 holidays。

    有一行不对就一行也不导入，并列出每个不对的格子。再次导入按账号或编号更新，房间按楼栋替换；值班按人和日期替换，可以是一行一班的
    清单，也可以是一行一人、一列一天的排班表。
    """
    with _clear_errors():
        settings = load_settings(config)
        counts = IMPORTS[kind](settings, file)
    click.echo("已导入：" + "，".join(f"{COUNTED[name]} {count}" for name, count in counts.items()))


@main.command()
@click.option("--explain", metavar="TEXT", help="只说明这一句为什么这样理解，给人看。")
def classify(explain: str | None) -> None:
    """理解文字：从标准输入逐行读 {"id", "text"}，逐行写出结果。"""
    if explain is not None:
        click.echo(explained(explain))
        return
    from bot.nlp import BadLine, RulesError, classify_lines

    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    out = io.TextIOWrapper(
        sys.stdout.buffer, encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True
    )
    try:
        classify_lines(lines, out)
    except (BadLine, RulesError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        out.flush()
        # Left attached, the wrappers would close the streams under whoever uses them next.
        out.detach()
        lines.detach()


@main.command()
@config_option
def menu(config: Path) -> None:
    """在企业微信里安装应用菜单（报修、我的工单、扫码、今日）。"""
    with _clear_errors():
        settings = load_settings(config)
        from bot.wecom.menu import install_menu

        install_menu(settings)
    click.echo("菜单已安装；手机上重新进入应用后可见。")


main.add_command(rules)
rules.add_command(misses)


@main.group()
def privacy() -> None:
    """个人信息：导出或删除一个人的全部记录。"""


@privacy.command("export")
@click.argument("person")
@click.option("--to", "to", type=click.Path(path_type=Path), help="写到哪个 ZIP 文件；默认在当前文件夹里。")
@config_option
def privacy_export(person: str, to: Path | None, config: Path) -> None:
    """导出 PERSON（企业微信账号或微信客服的 external_userid）的全部个人信息，ZIP 里有 JSON、表格和文件。"""
    with _clear_errors(), _desk(config) as desk:
        from bot.privacy import export, find
        from bot.texts import render

        who = find(desk, person)
        file = to or Path(f"baoxiu-{hashlib.sha256(who.id.encode()).hexdigest()[:8]}.zip")
        counts = export(desk, who, file)
        told = "，".join(f"{render(f'privacy.table.{table}')} {n}" for table, n in counts.items())
        click.echo(render("privacy.exported", file=file, counts=told))


@privacy.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="不再询问。")
@config_option
def privacy_erase(person: str, yes: bool, config: Path) -> None:
    """删除 PERSON 的姓名、电话、文字和文件，只留不认得出人的统计，并逐表核对。"""
    with _clear_errors(), _desk(config) as desk:
        from bot.privacy import erase, find, residue
        from bot.store.personal import REGISTER
        from bot.texts import render

        who = find(desk, person)
        if not yes:
            click.confirm(render("privacy.sure", name="、".join(who.names) or who.id), abort=True)
        click.echo(render("privacy.erased", name="、".join(who.names) or who.id, pseudonym=erase(desk, who)))
        left = residue(desk, who)
        for place in left:
            click.echo(render("privacy.residue", table=place))
        if left:
            sys.exit(1)
        click.echo(render("privacy.clean", n=len(REGISTER)))


@contextmanager
def _desk(config: Path) -> Iterator["Desk"]:
    """The house on the database at its present schema, without its servers."""
    from bot.build import build
    from bot.store.migrate import migrate_to_head

    settings = load_settings(config)
    migrate_to_head(settings.store.url)
    house = build(settings, utc_now)
    try:
        yield house.desk
    finally:
        house.close()


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What is wrong outside the program ends in a sentence and status 1, never in a traceback."""
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except Exception as error:
        told = _sentence(error)
        if told is None:
            raise
        raise click.ClickException(told) from None


def _sentence(error: Exception) -> str | None:
    import sqlite3

    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    from bot.backups import BackupError
    from bot.logs import mask
    from bot.nlp import RulesError
    from bot.privacy import CannotErase, NobodyKnown
    from bot.store.db import Unavailable
    from bot.store.migrate import SchemaError
    from bot.wecom.errors import PlatformError

    if isinstance(error, SchemaError | RulesError | PlatformError | CannotErase | NobodyKnown | BackupError):
        return mask(str(error))
    if isinstance(error, OSError):
        return f"系统拒绝了：{error.strerror or type(error).__name__} {error.filename or ''}".rstrip()
    if isinstance(error, SQLAlchemyError | sqlite3.Error | Unavailable):
        # The full text quotes the statement with its values; the driver's first line says enough.
        reason = mask(str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0])
        return f"数据库不能用：{reason}。检查 [store] url，再用 baoxiu check 看看"
    return None


if __name__ == "__main__":
    main()
