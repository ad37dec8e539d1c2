"""House rules of the sentences: every one is used, every used one exists with the same fields, orders are named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.texts import fields_of, texts

BOT = Path(__file__).parents[2] / "bot"
# Who says sentences, and the fields each adds by itself.
SPEAKS = {"say": set[str](), "render": set[str](), "Refused": {"phone"}}
LOOKS_LIKE_A_KEY = re.compile(r"[a-z_]+\.[a-z_0-9]+")
NO_FIELDS_OF_THE_SENTENCE = {"order", "weight", "reserve"}
NAMES_AN_ORDER = ("工单 {no}", "{line}", "{lines}", "{standing}")
# What is said about an order by its number and needs no more: parts of sentences, and words on buttons.
PARTS = ("card.", "tap.", "log.", "page.", "standing.", "digest.")
# Sentences with a list of orders, one a line.
LISTS = ("which", "media.which")


class Call(NamedTuple):
    """One place in the program that says a sentence by its key; ``fields`` is None where they are not all told."""

    where: str
    key: str
    fields: set[str] | None
    about_order: bool


def calls() -> Iterator[Call]:
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in SPEAKS:
                    yield from sentences_of(node, name, f"{path.relative_to(BOT)}:{node.lineno}")


def sentences_of(node: ast.Call, name: str, where: str) -> Iterator[Call]:
    given = {k.arg for k in node.keywords if k.arg} - NO_FIELDS_OF_THE_SENTENCE
    all_told = all(k.arg for k in node.keywords)
    about_order = any(k.arg == "order" for k in node.keywords)
    for argument in node.args[:2]:
        key = argument.value if isinstance(argument, ast.Constant) else ""
        if isinstance(key, str) and (key in texts() or LOOKS_LIKE_A_KEY.fullmatch(key)):
            yield Call(where, key, given | SPEAKS[name] if all_told else None, about_order)


def mentioned() -> list[re.Pattern[str]]:
    """Every string of the program that may be a key, f-strings with their holes open."""
    found = []
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.compile(re.escape(node.value)))
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"[\w.]*" for v in node.values]
                if "".join(parts).startswith(tuple(f"{key.split('.')[0]}\\." for key in texts())):
                    found.append(re.compile("".join(parts)))
    return found


def test_every_sentence_is_used() -> None:
    patterns = mentioned()
    # 'log.' + what, and the names of moves and steps, are put together at run time.
    unused = [k for k in texts() if not k.startswith("log.") and not any(p.fullmatch(k) for p in patterns)]
    assert not unused


def test_every_sentence_that_is_used_exists_with_the_fields_it_is_given() -> None:
    told = list(calls())
    assert len(told) > 100
    for call in told:
        assert call.key in texts(), call.where
        assert call.fields is None or fields_of(call.key) <= call.fields, call.where


def test_every_sentence_about_an_order_names_it() -> None:
    silent = [
        (key, text)
        for key, text in texts().items()
        if "no" in fields_of(key) and "工单 {no}" not in text and not key.startswith(PARTS)
    ]
    assert not silent


def test_what_is_told_with_an_order_names_its_number() -> None:
    told = {c.key: c.where for c in calls() if c.about_order}
    silent = {
        key: where
        for key, where in told.items()
        if not key.startswith(PARTS) and key not in LISTS and not any(part in texts()[key] for part in NAMES_AN_ORDER)
    }
    assert not silent


def test_help_and_examples_keep_the_number_a_letter() -> None:
    for key, text in texts().items():
        if key.startswith("help.") or (key.startswith("refused.") and "no" not in fields_of(key)):
            commands = re.findall(
                r"(?:接单|拒单|到场|挂起|恢复|转单|完工|改类|派单|关闭|回访|进度|催单|取消|确认) (\S)", text
            )
            assert not [c for c in commands if c.isdigit()], key


def test_no_sentence_holds_a_live_link_or_outgrows_a_message() -> None:
    for key, text in texts().items():
        assert "<a" not in text, key
        assert len(text.encode()) < 1500, key
