"""The report of an emergency or a drill: a page and a table, at an address that nobody can guess."""

import csv
import io
from datetime import datetime
from html import escape

from bot import store, words
from bot.core.cells import guarded
from bot.core.handbook import Run, Tick, marks, open_steps
from bot.desk import Desk
from bot.handlers.handbook import the_plans
from bot.texts import render

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}"
    ".drill{background:#fff3cd;padding:.5rem 1rem}"
)


def run_page(desk: Desk, token: str) -> str | None:
    """The page of the run with this token; None where there is none. It holds no telephone numbers of residents."""
    found = _found(desk, token)
    if found is None:
        return None
    run, rows, facts, left = found
    title = _t("title", drill=render("run.drill") if run.drill else "", run=run.id)
    parts = [f"<h1>{escape(title)}</h1>"]
    if run.drill:
        parts.append(f'<p class="drill">{escape(_t("is_drill"))}</p>')
    parts.append("<table>" + "".join(_row("th", "td", fact) for fact in facts) + "</table>")
    heads = [_t(name) for name in ("time", "since", "step", "by", "note")]
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    parts.append(f"<h2>{escape(_t('steps'))}</h2><table><tr>{head}</tr>{body}</table>")
    parts.append(f"<h2>{escape(_t('left'))}</h2><ul>" + "".join(f"<li>{escape(s)}</li>" for s in left) + "</ul>")
    parts.append(f'<p><a href="{token}.csv">{escape(_t("download"))}</a></p>')
    page_head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{page_head}</head><body>{"".join(parts)}</body></html>'


def run_table(desk: Desk, token: str) -> bytes | None:
    """The same as a CSV that spreadsheets open as it is (UTF-8 with its mark)."""
    found = _found(desk, token)
    if found is None:
        return None
    _, rows, facts, left = found
    out = io.StringIO()
    table = csv.writer(out)
    table.writerows(_plain(fact) for fact in facts)
    table.writerow([])
    table.writerow([_t(name) for name in ("time", "since", "step", "by", "note")])
    table.writerows(_plain(row) for row in rows)
    table.writerow([])
    table.writerows(_plain((_t("left"), step)) for step in left)
    return out.getvalue().encode("utf-8-sig")


def _found(desk: Desk, token: str) -> tuple[Run, list[tuple[str, ...]], list[tuple[str, str]], list[str]] | None:
    with desk.db.reading() as tx:
        run = store.runs.by_token(tx, token)
        if run is None:
            return None
        ticks = store.runs.ticked(tx, run.id)
        people = desk.roster(tx, desk.clock()).people
    names = {pid: person.name for pid, person in people.items()}
    plan = the_plans()[run.category]
    left = [f"{s.number} {s.words}" for s in open_steps(plan, ticks)] or [_t("none")]
    rows = [_tick_row(desk, run, tick, names) for tick in ticks]
    end = run.ended_at
    facts = [
        (_t("kind"), plan.title),
        (_t("place"), run.place),
        (_t("order"), str(run.order_no or "-")),
        (_t("start"), _moment(desk, run.started_at)),
        (_t("end"), _moment(desk, end) if end else _t("running")),
        (_t("span"), words.span((end or desk.clock()) - run.started_at)),
        (_t("marks"), "、".join(f"{mark} {_moment(desk, at)}" for mark, at in marks(plan, ticks)) or "-"),
        (_t("note"), run.note or "-"),
        (_t("sources"), plan.sources),
    ]
    return run, rows, facts, left


def _tick_row(desk: Desk, run: Run, tick: Tick, names: dict[str, str]) -> tuple[str, ...]:
    step = the_plans()[run.category].step(tick.step)
    return (
        _moment(desk, tick.at),
        words.span(tick.at - run.started_at),
        f"{tick.step} {step.words if step else ''}",
        names.get(tick.by, tick.by),
        tick.note,
    )


def _moment(desk: Desk, at: datetime) -> str:
    return at.astimezone(desk.settings.community.timezone).strftime("%Y-%m-%d %H:%M:%S")


def _plain(cells: tuple[str, ...]) -> list[str]:
    # The dash stands for "nothing" and is ours.
    return [cell if cell == "-" else guarded(cell) for cell in cells]


def _row(first: str, second: str, fact: tuple[str, str]) -> str:
    return f"<tr><{first}>{escape(fact[0])}</{first}><{second}>{escape(fact[1])}</{second}></tr>"


def _t(key: str, **fields: object) -> str:
    return render(f"run_page.{key}", **fields)
