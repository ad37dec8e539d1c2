"""Plain values into words people read: places, times, spans, orders."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache

from bot.core.kinds import Category, Priority
from bot.core.orders import Order, Status
from bot.core.reading import Place, Reading
from bot.core.visits import Wish
from bot.texts import has, render

_QUOTED = 24  # characters of a reason's words


def category(value: Category) -> str:
    """漏水"""
    return render(f"category.{value}")


def priority(value: Priority) -> str:
    """紧急"""
    return render(f"priority.{value}")


def status(value: Status) -> str:
    """待接单"""
    return render(f"status.{value}")


@lru_cache(maxsize=4096)
def place(value: Place) -> str:
    """3栋2单元1502"""
    parts = []
    if value.building:
        kind = "building_number" if value.building[0].isdigit() else "building_letter"
        parts.append(render(f"place.{kind}", building=value.building))
    if value.unit:
        parts.append(render("place.unit", unit=value.unit))
    if value.room:
        parts.append(render("place.room", room=value.room))
    if value.area:
        # 1503 and 10楼 would run into one number.
        parts.append(f" {value.area}" if value.room and value.area[0].isdigit() else value.area)
    return "".join(parts) or render("place.unknown")


def moment(at: datetime, now: datetime, tz: tzinfo) -> str:
    """08:30, or 11-23 08:30 where it is another day; with seconds where it is less than a minute away."""
    local = at.astimezone(tz)
    clock = f"{local.hour:02}:{local.minute:02}"
    if local.second and abs(at - now) < timedelta(minutes=1):
        return f"{clock}:{local.second:02}"
    return clock if local.date() == now.astimezone(tz).date() else f"{local.month:02}-{local.day:02} {clock}"


def visit(wish: Wish, tz: tzinfo) -> str:
    """11-24 14:00–16:00; the day always, as it is read on another."""
    since, until = wish.since.astimezone(tz), wish.until.astimezone(tz)
    day = f"{since.month:02}-{since.day:02}"
    fields = {"day": day, "since": f"{since:%H:%M}", "until": f"{until:%H:%M}"}
    from_midnight, to_midnight = since.time() == time(), until.date() > since.date()
    if from_midnight and to_midnight:
        return render("visit.whole_day", **fields)
    if to_midnight:
        return render("visit.from", **fields)
    return render("visit.before" if from_midnight else "visit.hours", **fields)


def span(value: timedelta) -> str:
    """3分钟"""
    seconds = max(0, round(value.total_seconds()))
    if seconds < 60:
        return render("span.seconds", n=seconds)
    if seconds < 3600:
        return render("span.minutes", n=round(seconds / 60))
    if seconds < 86400:
        return render("span.hours", n=f"{seconds / 3600:.1f}".removesuffix(".0"))
    return render("span.days", n=f"{seconds / 86400:.1f}".removesuffix(".0"))


def fault(order: Order) -> str:
    """漏水, or 疑似燃气泄漏 while a danger is only hinted at."""
    name = category(order.category)
    return render("doubt.mark", category=name) if order.doubtful else name


def masked(phone: str) -> str:
    """138****0001: enough to know it again, too little to call it."""
    return phone if len(phone) < 7 else f"{phone[:3]}****{phone[-4:]}"


def order_line(order: Order) -> str:
    """One line of a list: number, category, place, state."""
    return render(
        "order.line",
        no=order.no,
        category=fault(order),
        priority=priority(order.priority),
        place=place(order.place),
        status=status(order.status),
    )


def reasons(reading: Reading) -> tuple[str, ...]:
    """Why a message was read as it was, a line each: which words decided what, under which rule."""
    lines = []
    for one in reading.evidence:
        key = "evidence.void" if one.says.startswith("不算") else "evidence.line"
        lines.append(render(key, words=one.words[:_QUOTED], says=one.says, rule=one.rule))
    # What the reader says beside its evidence: the place.
    lines += [line for line in reading.why if not line.startswith("“")]
    return tuple(dict.fromkeys(lines))


def order_lines(orders: Iterable[Order]) -> str:
    """A list of orders, one a line."""
    return "\n".join(order_line(o) for o in orders)


def safety(audience: str, value: Category, level: Priority) -> str:
    """The fixed safety steps for ``resident`` or ``engineer``, or ""."""
    for key in (f"safety.{audience}.{value}_{level}", f"safety.{audience}.{value}"):
        if has(key):
            return render(key)
    return ""
