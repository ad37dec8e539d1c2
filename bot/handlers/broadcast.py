"""通知: one text to everybody in reach in a building, and who could not be reached."""

from collections.abc import Collection, Sequence

from bot import store, words
from bot.core.errors import Refused
from bot.core.kinds import Role
from bot.core.letters import Letter, Weight
from bot.core.messages import Channel
from bot.core.people import Contact, Person, Speaker, person_id
from bot.core.reading import NOWHERE, Place
from bot.desk import Turn
from bot.handlers.event_words import KF_KEPT
from bot.texts import render

NAMES_AT_MOST = 20
_EVERYBODY = ("全体", "全小区", "所有人", "全部")


def send(turn: Turn, speaker: Speaker, no: int | None, rest: str) -> None:
    """通知 3栋 内容. Members are told in lists; outside residents only where their window is open."""
    if speaker.person is None or not speaker.person.leads:
        raise Refused("not_for_you")
    where, _, text = rest.replace("：", " ").replace("\n", " ", 1).partition(" ")
    everybody = where in _EVERYBODY
    place = NOWHERE if everybody else turn.desk.reader.read_place(where)
    if not text.strip() or not (everybody or place.building):
        raise Refused("refused.broadcast_how")
    members, customers, out_of_reach = _reach(turn, place)
    community = turn.desk.settings.community.name
    told = render("broadcast.text", community=community, text=text.strip())
    turn.tell_many(members, told, by=speaker.id)
    for customer in customers:
        turn.tell(customer.id, told, weight=Weight.MAY, reserve=KF_KEPT)
    if not (members or customers or out_of_reach):
        raise Refused("refused.broadcast_nobody", place=render("broadcast.everybody") if everybody else where)
    turn.say(
        speaker.id, "broadcast.sent", place=render("broadcast.everybody") if everybody else words.place(place),
        members=len(members), customers=len(customers),
        missing=_missing([turn.contact(c.id) for c in out_of_reach]) if out_of_reach else "",
    )  # fmt: skip


def not_reached(turn: Turn, letter: Letter, userids: Collection[str]) -> None:
    """The platform has named members it did not reach: whoever sent the notice hears who they are."""
    if userids:
        contacts = [turn.contact(person_id(userid)) for userid in sorted(userids)]
        named = [(turn.name_of(c.id) if turn.person(c.id) else c.name) or c.userid for c in contacts]
        turn.say(str(letter.body["by"]), "broadcast.missed", n=len(named), names=_names(named))


def _reach(turn: Turn, place: Place) -> tuple[list[Contact], list[Contact], list[Contact]]:
    """Members, outside residents whose window is open, and those who can only be telephoned."""
    members = {p.id: turn.contact(p.id) for p in turn.roster.of_role(Role.RESIDENT) if _lives_in(p, place)}
    customers, out_of_reach = [], []
    for contact, left in store.contacts.of_place(turn.tx, place.building, place.unit, turn.now):
        person = turn.person(contact.id)
        if person is not None and person.is_staff:
            continue
        if contact.channel is Channel.APP:
            members.setdefault(contact.id, contact)
        elif left > KF_KEPT and not contact.human:
            customers.append(contact)
        else:
            out_of_reach.append(contact)
    return list(members.values()), customers, out_of_reach


def _lives_in(person: Person, place: Place) -> bool:
    return not place.building or (place.building in person.buildings and not place.unit)


def _missing(contacts: Sequence[Contact]) -> str:
    named = [f"{c.name or render('name.unknown')}（{words.place(c.last_place)}）" for c in contacts]
    return render("broadcast.out_of_reach", n=len(named), names=_names(named))


def _names(named: Sequence[str]) -> str:
    told = "、".join(named[:NAMES_AT_MOST])
    return told + (render("broadcast.and_more") if len(named) > NAMES_AT_MOST else "")
