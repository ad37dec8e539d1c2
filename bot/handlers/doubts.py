"""A doubtful danger (疑似): customer service hears of it at once, and one tap settles it."""

from dataclasses import replace

from bot import store, words
from bot.core.doubts import calmed
from bot.core.duty import service_for
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.letters import cut
from bot.core.orders import LogLine, Order, Status
from bot.core.people import Person, Speaker
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import corrections, dispatching, which
from bot.texts import render
from bot.voice import Tap

_QUOTED_BYTES = 900  # of the words; the rest is on the page


def ask(turn: Turn, order: Order) -> None:
    """Customer service is asked whether the danger is one; the order is out already."""
    text = render(
        "doubt.ask", no=order.no, line=words.order_line(order), words=cut(order.words, _QUOTED_BYTES),
        name=turn.name_of(order.holder) if order.holder else render("name.nobody"),
    )  # fmt: skip
    taps = [Tap(render("tap.danger"), f"danger:{order.no}"), Tap(render("tap.no_danger"), f"no_danger:{order.no}")]
    for person in _judges(turn):
        turn.offer(person.id, text, taps, order=order, title=render("doubt.title", no=order.no))


def confirm(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """确认紧急: it is what it was dispatched as; nobody's clock changes."""
    order = _doubtful(turn, speaker, no)
    after = turn.keep(order, replace(order, doubtful=False), LogLine("danger", turn.now, speaker.id))
    corrections.keep(turn, order, after, "danger", speaker.id)
    category = words.category(after.category)
    turn.say(speaker.id, "doubt.confirmed", order=after, no=after.no, category=category)
    if after.holder and after.holder != speaker.id:
        turn.say(
            after.holder, "doubt.confirmed_for_holder", order=after, no=after.no, place=words.place(after.place),
            name=turn.name_of(speaker.id), category=category,
        )  # fmt: skip


def deny(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """不是紧急: the order becomes what is left of it, and everybody who was called gets an all-clear."""
    order = _doubtful(turn, speaker, no)
    turn.note(order, "no_danger", speaker.id, was=order.category.value)
    category, priority = calmed(order.category)
    note = render("doubt.page_note")
    after = dispatching.raise_to(turn, order, category, priority, by=speaker.id, note=note)
    corrections.keep(turn, order, after, "no_danger", speaker.id)
    name = turn.name_of(after.holder) if after.holder else render("name.nobody")
    turn.say(
        speaker.id, "doubt.denied", order=after, no=after.no, name=name,
        category=words.category(after.category), priority=words.priority(after.priority),
    )  # fmt: skip
    corrections.tell_reporter(turn, order, after, speaker.id)


def settled_by_words(turn: Turn, order: Order, text: str) -> None:
    """The reporter has made it plain: those who were asked need not find out any more."""
    for person in _judges(turn):
        turn.say(
            person.id, "doubt.settled_by_words", order=order, no=order.no, category=words.category(order.category),
            words=cut(text, _QUOTED_BYTES),
        )  # fmt: skip


def _judges(turn: Turn) -> list[Person]:
    """Customer service on duty, all of it: whoever sees it first; else the first who leads."""
    candidates = service_for(turn.roster, turn.now)
    desk = [c.person for c in candidates if c.person.role is Role.SERVICE]
    return desk or [c.person for c in candidates[:1]]


def _doubtful(turn: Turn, speaker: Speaker, no: int | None) -> Order:
    """The order whose danger somebody settles; raises Refused where there is none, or it was settled before."""
    if no is None:
        if not (speaker.person and (speaker.person.leads or speaker.role is Role.SERVICE)):
            raise Refused("not_for_you")
        found = store.orders.doubtful(turn.tx)
        if not found:
            raise Refused("none.doubt")
        if len(found) > 1:
            raise Refused("which", list=words.order_lines(found), orders=found)
        return found[0]
    order = which.allowed(turn, speaker, Verb.RECATEGORISE, no)
    if not order.doubtful or order.status.is_over or order.status is Status.FINISHED:
        raise Refused("refused.doubt", no=no, status=words.status(order.status))
    return order
