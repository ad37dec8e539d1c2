"""The responsibility hint of an order, in words: a suggestion with its ground."""

from bot import store
from bot.core.orders import Order
from bot.core.responsibility import Ground, Hint, hint
from bot.desk import Turn
from bot.store.buildings import Building
from bot.texts import render


def words_for(turn: Turn, order: Order) -> str:
    """The hint as lines for whoever works on the order or decides; "" where there is nothing to say."""
    known = store.buildings.get(turn.tx, order.place.building) if order.place.building else None
    today = turn.now.astimezone(turn.desk.settings.community.timezone).date()
    found = hint(
        order.category, order.priority, order.place, order.words, known.accepted_on if known else None, today
    )  # fmt: skip
    if found is None:
        return ""
    where = render("responsibility.inside_flat" if found.inside else "responsibility.public_part")
    return render("responsibility.hint", where=where, grounds="；".join(_said(found, g, known) for g in found.grounds))


def _said(found: Hint, ground: Ground, building: Building | None) -> str:
    if ground not in (Ground.IN_WARRANTY, Ground.OUT_OF_WARRANTY):
        return render(f"responsibility.{ground}")
    parts = "、".join(
        render(
            "responsibility.part_runs" if w.runs else "responsibility.part_over",
            part=render(f"part.{w.part}"), until=w.until.isoformat(),
        )
        for w in found.warranties
    )  # fmt: skip
    developer = " ".join(x for x in (building.developer, building.developer_phone) if x) if building else ""
    return render(f"responsibility.{ground}", parts=parts, developer=developer or render("responsibility.developer"))
