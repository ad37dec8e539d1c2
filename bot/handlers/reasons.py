"""Why somebody has an order, in words: from the figures that its history keeps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import store
from bot.core.errors import Refused
from bot.core.orders import LogLine, Order
from bot.core.people import Speaker
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import which
from bot.texts import render


def why_mine(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """为什么派给我: the ground on which the holder was chosen, with the figures of that moment."""
    order = which.find(turn, speaker, Verb.EXPLAIN, no)
    if order.holder is None:
        raise Refused("why.nobody", no=order.no)
    text = reason(turn, order, store.orders.history(turn.tx, order.no))
    if speaker.id != order.holder and speaker.person and not speaker.person.leads:
        text += "\n" + render("why.asked_too", no=order.no)
    turn.tell(speaker.id, text, order=order)


def reason(turn: Turn, order: Order, history: Sequence[LogLine]) -> str:
    """Why the present holder has the order, by the latest line of the history that says so."""
    name = turn.name_of(order.holder) if order.holder else render("name.nobody")
    line = next((line for line in reversed(history) if "why" in line.detail), None)
    if line is None or not order.holder:
        return render("why.unknown", no=order.no, name=name)
    return render("why.sentence", no=order.no, name=name, reasons=in_words(turn, line.detail["why"], line.by))


def in_words(turn: Turn, why: Mapping[str, Any], by: str = "") -> str:
    """The figures of one choice in words; ``by``: who chose, where a person did."""
    parts = [ground(turn, why, by)]
    if "skill" in why:
        parts.append(render("why.skill", skill=render(f"skill.{why['skill']}")))
    if why.get("over"):
        parts.append(render("why.over"))
    if "by" in why:
        last = datetime.fromisoformat(why["since"]) if why.get("since") else None
        since = turn.when(last) if last else render("why.never")
        building = render("why.building", building=why.get("building", ""))
        fields = {"open": why["open"], "of": why["of"], "next": why.get("next", 0), "since": since}
        parts.append(render(f"why.by.{why['by']}", building=building, **fields))
    if "most" in why:
        parts.append(render("why.most", most=why["most"]))
    if why.get("full") and "by" in why and not why.get("over"):
        parts.append(render("why.passed_over", full=why["full"]))
    return "；".join(parts)


def ground(turn: Turn, why: Mapping[str, Any], by: str = "") -> str:
    """The first of the reasons: by what right somebody stands in the line at all."""
    if why.get("full") and "by" not in why:
        return render("why.ground.full", full=why["full"])
    return render(f"why.ground.{why['ground']}", by=turn.name_of(by) if by else "")
