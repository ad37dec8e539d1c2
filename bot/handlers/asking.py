"""The question where it is, asked once, with the likely places to tap."""

from collections.abc import Sequence
from datetime import timedelta

from bot import store, words
from bot.core.kinds import Category
from bot.core.orders import Order
from bot.core.people import Speaker
from bot.core.places import Gap, findable, gap_of
from bot.core.reading import Place
from bot.core.register import MOST_CANDIDATES
from bot.desk import Turn
from bot.texts import render
from bot.voice import Tap

ASK_FOR = timedelta(minutes=30)
_BUTTON = 10  # characters a button shows


def ask_where(turn: Turn, speaker: Speaker, text: str, order: Order, others: Sequence[Order] = ()) -> None:
    """Tell the text, and ask for what is missing of the order's place, the likely ones to tap.

    ``others`` are orders of the same message that wait for the same answer.
    """
    gap = gap_of(order.place, order.category, turn.register) or Gap.PLACE
    near = _near(turn, order.place, gap)
    offers = near or (_known_of(speaker) if gap is Gap.PLACE else {})
    draft: dict[str, object] = {name: _stored(place) for name, place in offers.items()}
    draft["others"] = [other.no for other in others]
    store.questions.ask(turn.tx, speaker.id, "place", order.no, turn.now + ASK_FOR, draft)
    text += "\n" + _question(order, gap, bool(near))
    if offers:
        taps = [Tap(_on_button(place), f"place:{order.no}:{name}") for name, place in offers.items()]
        turn.offer(speaker.id, text, taps, order=order, title=render("place.title", no=order.no))
    else:
        turn.tell(speaker.id, text, order=order)


def _question(order: Order, gap: Gap, near: bool) -> str:
    outdoors = order.category is Category.GAS_LEAK
    if gap is Gap.PLACE and outdoors:
        return render("place.ask_gas")
    key = {Gap.PLACE: "place.ask", Gap.ROOM: "place.ask_room", Gap.WHICH: "place.which"}.get(
        gap, "place.no_such_near" if near else "place.no_such"
    )
    question = render(key, place=words.place(order.place))
    return render("place.outdoors_first") + question if outdoors else question


def _near(turn: Turn, place: Place, gap: Gap) -> dict[str, Place]:
    """The rooms of the register that may be meant."""
    found = turn.register.check(place)[1] if gap is not Gap.ROOM else ()
    if gap is Gap.PLACE and len(found) >= MOST_CANDIDATES:
        return {}  # a number that every building has: any choice of five would be a guess
    return {f"room{n}": room for n, room in enumerate(found)}


def _known_of(speaker: Speaker) -> dict[str, Place]:
    """What the scanned code said, and the address used last."""
    scanned, last = speaker.contact.offered_place, speaker.contact.last_place
    found = {"offered": scanned} if findable(scanned) else {}
    return {**found, "last": last} if findable(last) and last != scanned else found


def _on_button(place: Place) -> str:
    full = words.place(place)
    if len(full) <= _BUTTON or not (place.building and place.room):
        return full
    return render(
        "place.short" if place.unit else "place.short_no_unit",
        building=place.building, unit=place.unit, room=place.room,
    )  # fmt: skip


def _stored(place: Place) -> list[str | None]:
    return [place.building, place.unit, place.room, place.area]
