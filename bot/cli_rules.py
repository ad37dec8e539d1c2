"""The commands ``baoxiu rules …``: looking at the rules of understanding."""

import click


@click.group("rules")
def rules() -> None:
    """查看和检查理解文字用的规则。"""
