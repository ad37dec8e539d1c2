"""Who helps with an order beside its holder: 协助 撤回协助 备注, apprentices, people of outside firms."""

from bot import store, words
from bot.core.duty import SKILL_OF, fits
from bot.core.errors import Refused
from bot.core.kinds import Role, Skill
from bot.core.letters import Weight
from bot.core.orders import Order, Status
from bot.core.people import Person, Speaker
from bot.core.rights import Verb, may
from bot.desk import Turn
from bot.handlers import which
from bot.texts import render


def bring_in(turn: Turn, speaker: Speaker, no: int | None, name: str) -> None:
    """协助 N 姓名: somebody helps with this order, and sees this one alone."""
    order = which.find(turn, speaker, Verb.HELP, no)
    _refuse_if_done(order)
    if not name:
        raise Refused("crew.whom", no=order.no)
    person = which.somebody(turn, name, order)
    if person.id == order.holder:
        raise Refused("crew.is_holder", no=order.no, name=person.name)
    if person.id in which.helpers(turn, order):
        raise Refused("crew.is_helper", no=order.no, name=person.name)
    store.crew.add(turn.tx, order.no, person.id, speaker.id, turn.now)
    turn.note(order, "help", speaker.id, person=person.id)
    by = turn.name_of(speaker.id)
    if person.id != speaker.id:
        turn.tell(person.id, _brief(turn, order, render("crew.asked_by", name=by)), order=order)
    turn.say(speaker.id, "crew.brought_in", order=order, no=order.no, name=person.name)
    if order.holder and order.holder not in (speaker.id, person.id):
        turn.say(order.holder, "crew.helps_you", order=order, no=order.no, name=_title(person), by=by)


def take_out(turn: Turn, speaker: Speaker, no: int | None, name: str) -> None:
    """撤回协助 N 姓名: somebody does not help any more; a helper may take himself out, without a name."""
    order = which.find(turn, speaker, Verb.LEAVE, no)
    helping = which.helpers(turn, order)
    if not name and speaker.id not in helping:
        raise Refused("crew.whom_out", no=order.no)
    person = which.somebody(turn, name, order) if name else speaker.person
    assert person is not None
    paged = store.pages.ever_paged(turn.tx, order.no)
    if person.id != speaker.id and not may(Verb.HELP, order, speaker.id, speaker.role, paged):
        raise Refused("unknown_order", no=order.no)
    if not store.crew.take_out(turn.tx, order.no, person.id, turn.now):
        key = "crew.goes_along" if person.id in helping else "crew.is_no_helper"
        raise Refused(key, no=order.no, name=person.name)
    turn.note(order, "help_over", speaker.id, person=person.id)
    turn.say(speaker.id, "crew.taken_out", order=order, no=order.no, name=person.name)
    if person.id != speaker.id:
        turn.say(person.id, "crew.over", order=order, no=order.no)
    if order.holder and order.holder not in (speaker.id, person.id):
        turn.say(order.holder, "crew.left_you", order=order, no=order.no, name=person.name)


def remark(turn: Turn, speaker: Speaker, no: int | None, text: str) -> None:
    """备注 N 说明: a note in the history, which the others on the order hear."""
    order = which.find(turn, speaker, Verb.NOTE, no)
    if not text:
        raise Refused("crew.what", no=order.no)
    turn.note(order, "remark", speaker.id, text=text)
    turn.say(speaker.id, "crew.noted", order=order, no=order.no)
    for other in sorted({order.holder or "", *which.helpers(turn, order)} - {"", speaker.id}):
        turn.say(other, "crew.remark", order=order, no=order.no, name=turn.name_of(speaker.id), text=text)


def arrived(turn: Turn, speaker: Speaker, order: Order) -> None:
    """A helper is on site. The arrival that is promised stays the holder's."""
    _refuse_if_done(order)
    turn.note(order, "helper_arrived", speaker.id)
    name, time = turn.name_of(speaker.id), turn.when(turn.now)
    turn.say(speaker.id, "crew.arrived", order=order, no=order.no, time=time)
    if order.holder:
        turn.say(order.holder, "crew.helper_arrived", order=order, no=order.no, name=name, time=time)
    turn.say(order.reporter, "crew.for_reporter", order=order, weight=Weight.MAY, reserve=2, no=order.no, name=name)


def go_along(turn: Turn, order: Order) -> None:
    """A mentor has accepted: his apprentices on duty go with him."""
    for apprentice in turn.roster.apprentices_of(order.holder):
        if apprentice.id in turn.roster.on_duty(turn.now):
            mentor = turn.name_of(order.holder)
            turn.tell(apprentice.id, _brief(turn, order, render("crew.with_mentor", name=mentor)), order=order)
            assert order.holder is not None
            turn.say(order.holder, "crew.apprentice", order=order, no=order.no, name=apprentice.name)
    _stand_in(turn, order)


def _stand_in(turn: Turn, order: Order) -> None:
    """An apprentice whose mentor is not on duty goes with the next of his trade who accepts, for this order."""
    holder = turn.person(order.holder)
    alone = turn.roster.left_alone(turn.now)
    if not alone or holder is None or holder.role is not Role.ENGINEER or not turn.roster.takes_orders(holder):
        return
    skill = SKILL_OF.get(order.category, Skill.GENERAL)
    for apprentice in alone:
        if fits(apprentice, skill, order.place.building) is None or _is_out(turn, apprentice):
            continue
        store.crew.add(turn.tx, order.no, apprentice.id, holder.id, turn.now)
        turn.note(order, "help", holder.id, person=apprentice.id)
        mentor = turn.name_of(apprentice.mentor)
        why = render("crew.stand_in", mentor=mentor, name=holder.name)
        turn.tell(apprentice.id, _brief(turn, order, why), order=order)
        turn.say(holder.id, "crew.stands_in", order=order, no=order.no, name=apprentice.name, mentor=mentor)


def _is_out(turn: Turn, apprentice: Person) -> bool:
    """True for whoever is with another order already."""
    helping = store.orders.open_numbers(turn.tx, store.crew.numbers_of(turn.tx, apprentice.id))
    held = store.orders.held_by(turn.tx, apprentice.id)
    return any(o.status is not Status.FINISHED for o in (*helping, *held))


def pass_on(turn: Turn, order: Order, by: str, text: str) -> None:
    """What the reporter adds reaches whoever helps as well; an apprentice while he is on duty."""
    for helper in sorted(_there(turn, order) - {by}):
        turn.tell(helper, text, order=order, weight=Weight.MAY)


def pass_file_on(turn: Turn, order: Order, by: str, kind: str, media_id: str) -> None:
    """The same of a voice, picture, video or file."""
    for helper in sorted(_there(turn, order) - {by}):
        what = render(f"media.{kind}")
        turn.say(helper, "media.for_holder", order=order, weight=Weight.MAY, no=order.no, what=what)
        turn.forward_media(helper, kind, media_id, order, Weight.MAY)


def _there(turn: Turn, order: Order) -> set[str]:
    away = {p.id for p in turn.roster.apprentices_of(order.holder)} - turn.roster.on_duty(turn.now).keys()
    return which.helpers(turn, order) - away


def thank(turn: Turn, before: Order, after: Order) -> None:
    """The work is done: whoever helped hears it, and helps no more."""
    for helper in sorted(which.helpers(turn, before)):
        turn.say(helper, "crew.done", order=after, weight=Weight.MAY, no=after.no, name=turn.name_of(after.holder))


def details(turn: Turn, order: Order) -> str:
    """Where, who, the phone, and when: for those who work on the order, as long as they do."""
    visit = render("visit.line", when=turn.visit(order)) if order.wish else ""
    parts = [words.place(order.place), order.reporter_name, order.phone, visit]
    return " ".join(part for part in parts if part)


def contact_line(turn: Turn, speaker: Speaker, order: Order) -> str:
    """Where and whom to call, for whoever works on the order; nothing for all others."""
    if not speaker.is_staff:
        return ""
    works = order.holder == speaker.id and order.accepted_at is not None and order.status is not Status.FINISHED
    if order.status.is_over or not (works or speaker.id in which.helpers(turn, order)):
        return ""
    return "\n" + render("crew.contact", details=details(turn, order))


def _brief(turn: Turn, order: Order, why: str) -> str:
    """What a helper has to know; the reporter's words last, as these may be cut."""
    safety = words.safety("engineer", order.category, order.priority)
    return render(
        "crew.brief", line=words.order_line(order), no=order.no, why=why, details=details(turn, order),
        safety=f"\n{safety}" if safety else "", words=order.words or render("order.only_media"),
    )  # fmt: skip


def _title(person: Person) -> str:
    return render("crew.of_firm", firm=person.firm, name=person.name) if person.firm else person.name


def _refuse_if_done(order: Order) -> None:
    if order.status.is_over or order.status is Status.FINISHED:
        raise Refused("crew.too_late", no=order.no, status=words.status(order.status))
