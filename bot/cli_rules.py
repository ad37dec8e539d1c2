"""The commands ``baoxiu rules …``: looking at the rules of understanding."""

import sys
from pathlib import Path

import click

extra_option = click.option(
    "--extra",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="本小区自己的规则文件（配置里的 [rules] extra），加在自带规则上面。",
)


@click.group("rules")
def rules() -> None:
    """查看和检查理解文字用的规则。"""


@rules.command()
@extra_option
def check(extra: Path | None) -> None:
    """检查规则：写法、重复的词、认不出自己例句的表达式、会失控的表达式。"""
    from bot.nlp.check import check_rules

    mistakes = check_rules(extra)
    for mistake in mistakes:
        click.echo(f"错误：{mistake}")
    if mistakes:
        click.echo(f"共 {len(mistakes)} 处错误。")
        sys.exit(1)
    click.echo("规则没有错误。")


@rules.command()
@click.argument("text")
@extra_option
def why(text: str, extra: Path | None) -> None:
    """一句话为什么这样理解：哪几个字，按哪条规则。"""
    click.echo(explained(text, extra))


@rules.command()
@extra_option
def stats(extra: Path | None) -> None:
    """规则有多少。"""
    from bot.nlp import RulesError
    from bot.nlp.check import count_rules

    try:
        for name, count in count_rules(extra):
            click.echo(f"{name}：{count}")
    except RulesError as error:
        raise click.ClickException(str(error)) from None


def explained(text: str, extra: Path | None = None) -> str:
    """The explanation of one text; a mistake in the rules ends the command with its sentence."""
    from bot.nlp import RulesError, load_reader
    from bot.nlp.explain import explain

    try:
        return explain(load_reader(extra), text)
    except RulesError as error:
        raise click.ClickException(str(error)) from None
