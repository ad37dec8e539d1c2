"""Why a message is understood as it is, in words for people."""

from collections.abc import Iterator

from bot.core.reading import Context, Fault, Place, Reading
from bot.core.visits import Visit
from bot.nlp.reader import Reader, describe


def explain(reader: Reader, text: str, context: Context | None = None) -> str:
    """Return the reading of a text and every word that decided it, with its span and its rule."""
    return "\n".join(_lines(text, reader.read(text, context)))


def _lines(text: str, reading: Reading) -> Iterator[str]:
    yield f"原话：{text}"
    further = f"，还有 {'、'.join(reading.also)}" if reading.also else ""
    yield f"意图：{reading.intent}{further}{'' if reading.sure else '（待核实）'}"
    for fault in reading.faults:
        yield f"毛病：{_fault(fault)}"
    if reading.place:
        yield f"位置：{describe(reading.place)}"
    if reading.candidates:
        yield f"可能是：{'、'.join(map(describe, reading.candidates))}"
    if reading.phone:
        yield f"电话：{reading.phone}"
    if reading.visit:
        yield f"上门时间：{_visit(reading.visit)}"
    if reading.score:
        yield f"评分：{reading.score}"
    for one in reading.evidence:
        yield f"  第{one.start + 1}–{one.end}字“{one.words}”：{one.says}，规则 {one.rule or '没有具体规则'}"
    if not reading.evidence:
        yield "  没有规则认出什么。"


def _fault(fault: Fault) -> str:
    parts = [f"{fault.category} {fault.priority}"]
    if fault.place != Place():
        parts.append(describe(fault.place))
    if fault.doubtful:
        parts.append("疑似，按险情派")
    return "，".join(parts)


def _visit(visit: Visit) -> str:
    def clock(minutes: int | None) -> str:
        return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"

    hours = (
        f"（{clock(visit.since)}–{clock(visit.until)}）" if visit.since is not None or visit.until is not None else ""
    )
    return f"{visit.words}{hours}"
