"""What customer service does: 代报 改类 派单."""

import re
from dataclasses import replace

from bot import words
from bot.core.errors import Refused
from bot.core.kinds import Category, Intent, Priority, Role
from bot.core.orders import Move, Status
from bot.core.people import Speaker
from bot.core.reading import NOWHERE, Fault, Reading
from bot.core.rights import Verb
from bot.desk import Turn
from bot.handlers import corrections, dispatching, owners, report, which
from bot.texts import render

_PHONE = re.compile(r"(?<![\d-])(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
# A place ends with a digit or one of these; what stands after it without a blank is the caller's name.
_PLACE_THEN_NAME = re.compile(r"(.*[\d室号座栋幢单元楼层])([^\d\s]{2,12})$", re.S)
_LONGEST_NAME = 64
_PRIORITIES = {"紧急": Priority.EMERGENCY, "加急": Priority.URGENT, "普通": Priority.NORMAL}


def on_behalf(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """代报 位置 姓名 电话 内容: an order for somebody who phoned; who took it in stays its contact (首问负责)."""
    if not (speaker.person and (speaker.person.leads or speaker.role is Role.SERVICE)):
        raise Refused("not_for_you")
    where, name, phone, text = _parts(rest)
    if not where or not text:
        raise Refused("refused.on_behalf")
    reading, place = turn.read(text), turn.read_place(where)
    # The place that was dictated holds for all of it; what the words say of rooms in it is no other place.
    faults = tuple(replace(fault, place=NOWHERE) if place else fault for fault in reading.faults)
    faults = faults or (Fault(Category.OTHER, Priority.NORMAL),)
    known = Reading(
        Intent.REPORT,
        faults,
        place or reading.place,
        reading.why,
        phone or None,
        sure=bool(reading.faults),
        visit=reading.visit,
        evidence=reading.evidence,
    )
    telling = report.Telling(text, known, name=name[:_LONGEST_NAME], phone=phone, for_other=True)
    for order in report.take(turn, speaker, telling):
        owners.take_on(turn, order, speaker.id)


def _parts(rest: str) -> tuple[str, str, str, str]:
    """Place, name, phone and words of a 代报, with or without blanks between them; the phone may be missing."""
    found = _PHONE.search(rest)
    if found is None:
        where, name, *what = [*rest.replace("，", " ").replace(",", " ").split(), "", ""]
        return where, name, "", " ".join(what).strip()
    before, text = rest[: found.start()].strip(" ，,"), rest[found.end() :].strip(" ，,\n")
    *where_parts, last = before.replace("，", " ").replace(",", " ").split() or [""]
    if where_parts:
        return " ".join(where_parts), last, found[1], text
    glued = _PLACE_THEN_NAME.match(last)
    return (glued[1], glued[2], found[1], text) if glued else (last, "", found[1], text)


def recategorise(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """改类 N 类别 [紧急|加急|普通]: the order is something else and goes to whoever fits that."""
    if no is None or not rest:
        raise Refused("refused.recategorise_how")
    order = which.allowed(turn, speaker, Verb.RECATEGORISE, no)
    if order.status in (Status.FINISHED, Status.CLOSED, Status.CANCELLED):
        raise Refused("refused.recategorise", no=no, status=words.status(order.status))
    asked = next((level for word, level in _PRIORITIES.items() if rest.endswith(word)), None)
    label = rest
    for word in _PRIORITIES:
        label = label.removesuffix(word).strip()
    category = turn.desk.reader.read_category(label) if label else order.category
    if category is None:
        raise Refused("refused.no_such_category", list="、".join(words.category(c) for c in Category))
    priority = asked or _usual(turn, category, order.words)
    order = owners.settled(turn, order, speaker)
    turn.note(order, "recategorise", speaker.id, was=order.category.value, now=category.value, words=order.words)
    after = dispatching.raise_to(turn, order, category, priority, by=speaker.id, note=render("page.recategorised"))
    corrections.keep(turn, order, after, "unsure" if order.status is Status.UNSURE else "recategorise", speaker.id)
    corrections.tell_reporter(turn, order, after, speaker.id)
    turn.say(
        speaker.id,
        "service.recategorised",
        order=after,
        no=after.no,
        name=turn.name_of(after.holder) if after.holder else render("name.nobody"),
        category=words.category(category),
        priority=words.priority(priority),
    )


def dispatch(turn: Turn, speaker: Speaker, no: int | None, name: str) -> None:
    """派单 N 姓名: to a person somebody names."""
    order = which.find(turn, speaker, Verb.DISPATCH, no)
    if order.status in (Status.FINISHED, Status.CLOSED, Status.CANCELLED):
        raise Refused("refused.dispatch", no=order.no, status=words.status(order.status))
    if not name:
        raise Refused("refused.dispatch_whom", no=order.no)
    person = which.somebody(turn, name, order)
    order = owners.settled(turn, order, speaker)
    me = turn.name_of(speaker.id)
    after = dispatching.give(
        turn, order, person, Move.DISPATCH, by=speaker.id, note=render("page.dispatched_by", name=me)
    )
    turn.say(speaker.id, "service.dispatched", order=after, no=after.no, name=person.name)


def _usual(turn: Turn, category: Category, told: str) -> Priority:
    """The priority the words themselves give that category, else normal."""
    faults = turn.desk.reader.read(told).faults
    found = next((f.priority for f in faults if f.category is category), None)
    if found:
        return found
    label = words.category(category)
    alone = turn.desk.reader.read(label).faults
    return next((f.priority for f in alone if f.category is category), Priority.NORMAL)
