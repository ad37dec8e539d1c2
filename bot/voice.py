"""How a turn reaches people: who they are, how they are called, and the letters that are written to them."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot import cards, store, words
from bot.core.dues import accept_by
from bot.core.duty import Candidate, Roster
from bot.core.kinds import Category
from bot.core.letters import BROADCAST_TO, TRY_OUT, Lane, Weight, cut
from bot.core.messages import Channel
from bot.core.orders import Order
from bot.core.people import Contact, Person
from bot.texts import render

if TYPE_CHECKING:
    from bot.desk import Desk

TEXT_BYTES = 2048
ANSWER_BYTES = 1_700  # leaves room for a question and the privacy notice
MENU_HEAD_BYTES = 1024
GROUP = "robot"
GATEWAY = "webhook"
MANY = "broadcast"
# A reminder that could not leave within the hour helps nobody; an answer is worth a day.
REMINDER_LIVES, ANSWER_LIVES = timedelta(hours=1), timedelta(hours=24)
_LIVE_LINK = re.compile(r"<(?=a)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tap:
    """One thing to tap: the button's words and what the tap means, the same key on both channels."""

    words: str
    key: str


class Voice:
    """The lists, the words and the letters of one transaction at one instant."""

    def __init__(self, tx: Connection, now: datetime, desk: "Desk") -> None:
        self.tx = tx
        self.now = now
        self.desk = desk
        self.policy = desk.policy
        self.lanes: set[Lane] = set()
        self._letters: list[dict[str, Any]] = []
        self._roster: Roster | None = None
        self._contacts: dict[str, Contact] = {}
        self._newcomer = ""
        self._new: dict[str, datetime] = {}
        self._learned: set[str] = set()
        self._answering = ""
        self._answer: list[tuple[str, Order | None]] = []

    # --- who -----------------------------------------------------------------------------------------------------

    @property
    def roster(self) -> Roster:
        """The people and duty lists."""
        if self._roster is None:
            self._roster = self.desk.roster(self.tx, self.now)
        return self._roster

    def person(self, person_id: str | None) -> Person | None:
        """Somebody on the people list."""
        return self.roster.people.get(person_id) if person_id else None

    def contact(self, contact_id: str) -> Contact:
        """How to reach somebody, listed or not."""
        known = self._contacts.get(contact_id)
        if known is None:
            person = self.person(contact_id)
            # Whoever is on the list is reached in the app under the userid that stands there.
            known = (
                Contact(contact_id, Channel.APP, person.userid) if person else store.contacts.get(self.tx, contact_id)
            )
            known = known or Contact(contact_id, Channel.APP, contact_id)
            self._contacts[contact_id] = known
        return known

    def know(self, contact: Contact) -> None:
        """Use this contact from now on in the turn."""
        self._contacts[contact.id] = contact

    def meet(self, contact: Contact, wrote_at: datetime) -> None:
        """Somebody writes for the first time; he is stored with the turn."""
        self._new[contact.id] = wrote_at
        if not self.desk.db.is_sqlite:
            # Where several write at once, two first messages of one person meet here, before either opens an order.
            store.contacts.add(self.tx, contact, wrote_at)

    def just_met(self, contact_id: str) -> bool:
        """True for somebody who writes for the first time: nothing of his can be open."""
        return contact_id in self._new

    def learn(self, contact_id: str, **what: object) -> None:
        """Something new of the one who is writing; stored with the turn, if it is new."""
        before = self._contacts[contact_id]
        after = replace(before, **what)  # type: ignore[arg-type]
        if after != before:
            self._contacts[contact_id] = after
            self._learned.add(contact_id)

    def greet_first(self, contact: Contact) -> None:
        """Whatever this contact is told first in the turn carries the privacy notice, once for ever."""
        if not contact.noticed and not contact.human:
            self._newcomer = contact.id

    def name_of(self, contact_id: str | None) -> str:
        """The name people know somebody by."""
        person = self.person(contact_id)
        if person:
            return person.name
        return self.known_name(contact_id) or render("name.unknown")

    def known_name(self, contact_id: str | None) -> str:
        """The name of somebody, "" where the lists and the platform give none."""
        person = self.person(contact_id)
        return person.name if person else self.contact(contact_id).name if contact_id else ""

    # --- words ---------------------------------------------------------------------------------------------------

    def when(self, at: datetime) -> str:
        """A moment in local words."""
        return words.moment(at, self.now, self.desk.settings.community.timezone)

    def visit(self, order: Order) -> str:
        """When the reporter wants somebody to come, "" where he has not said."""
        return words.visit(order.wish, self.desk.settings.community.timezone) if order.wish else ""

    def _device(self, order: Order) -> str:
        """The piece of equipment the order is about, "" where none is known."""
        machine = self.desk.machines.get(order.device) if order.device else None
        return render("page.machine", name=machine.name, code=machine.code) if machine else ""

    @property
    def phone_line(self) -> str:
        """The property's 24 h number in words, also where none is configured."""
        return self._phone_line("")

    def phone_line_for(self, order: Order) -> str:
        """The same for whoever reported the order: nobody is to telephone in a room full of gas."""
        return self._phone_line("_outdoors" if order.category is Category.GAS_LEAK else "")

    def _phone_line(self, where: str) -> str:
        phone = self.desk.settings.duty.phone
        return render(f"phone.known{where}", phone=phone) if phone else render(f"phone.unknown{where}")

    @property
    def privacy_line(self) -> str:
        """The privacy notice; with a link where the bot knows its own address."""
        home = self.desk.settings.server.public_url
        return render("privacy.notice", url=f"{home}/privacy") if home else render("privacy.notice_unlinked")

    # --- speaking ------------------------------------------------------------------------------------------------

    def say(self, to: str, key: str, /, *, order: Order | None = None, weight: Weight = Weight.MUST, reserve: int = 0,
            **fields: object) -> None:  # fmt: skip
        """Tell somebody the sentence ``key``.

        ``reserve``: messages of the 微信客服 account to keep for later steps; where only these are left, what MAY be
        told is dropped, and for what MUST be told customer service has to phone.
        """
        self.tell(to, render(key, **fields), order=order, weight=weight, reserve=reserve)

    def tell(
        self, to: str, text: str, *, order: Order | None = None, weight: Weight = Weight.MUST, reserve: int = 0
    ) -> None:
        """Tell somebody a text that is already in words."""
        if to == self._answering:
            self._answer.append((text, order))
            return
        contact = self.contact(to)
        text = self._with_notice(contact, text)
        body = {"content": cut(_harmless(text), TEXT_BYTES)}
        if contact.channel is Channel.APP:
            self._post("text", to, {"touser": contact.userid, **body}, order, weight, reserve)
        elif contact.human:
            self._tell_servicer(contact, text, order, weight)
        else:
            address = {"touser": contact.userid, "open_kfid": contact.open_kfid}
            self._post("kf_text", to, {**address, **body}, order, weight, reserve)

    @contextmanager
    def one_answer(self, to: str) -> Iterator[None]:
        """Whatever somebody is told in here is one message, as far as it can be shown whole: several things said at
        once get one answer."""
        if self._answering:
            yield
            return
        self._answering = to
        try:
            yield
        finally:
            self._answering = ""
        said, self._answer = self._answer, []
        if said:
            about = next((order for _, order in said if order), None)
            answers: list[str] = []
            for text in dict.fromkeys(text for text, _ in said):
                if answers and len(f"{answers[-1]}\n{text}".encode()) <= ANSWER_BYTES:
                    answers[-1] += f"\n{text}"
                else:
                    answers.append(text)
            for answer in answers:
                self.tell(to, answer, order=about)

    def try_out(self, to: str, text: str) -> None:
        """Tell a member something to see whether it arrives; what is sent back is told to those who lead."""
        body = {"touser": self.contact(to).userid, "content": cut(_harmless(text), TEXT_BYTES)}
        self._post("text", to, body, None, Weight.MUST, 0, key=TRY_OUT + secrets.token_hex(10))

    def offer(self, to: str, text: str, taps: Sequence[Tap], *, order: Order | None, title: str, about: str = "",
              weight: Weight = Weight.MUST, reserve: int = 0) -> None:  # fmt: skip
        """Tell somebody a text with things to tap: a card beside the text in the app, a menu in 微信客服.

        ``about``: the card's second line where it is about no order.
        """
        contact = self.contact(to)
        if contact.channel is Channel.APP:
            self.tell(to, text, order=order, weight=weight)
            key = _letter_key(order.no if order else 0)
            line = words.place(order.place) if order else about
            card = cards.choice_card(title, line, [(t.words, t.key) for t in taps], key)
            self._post("card", to, {"touser": contact.userid, "card": card}, order, weight, 0, key=key)
        elif contact.human:
            self._tell_servicer(contact, text, order, weight)
        else:
            text = self._with_notice(contact, text)
            head = _harmless(text)
            if len(head.encode()) > MENU_HEAD_BYTES:
                self.tell(to, text, order=order, weight=weight)
                head = title
            menu = {"head_content": cut(head, MENU_HEAD_BYTES), "taps": [[t.key, t.words] for t in taps]}
            address = {"touser": contact.userid, "open_kfid": contact.open_kfid}
            self._post("kf_menu", to, {**address, **menu}, order, weight, reserve)

    def page(self, order: Order, candidate: Candidate, note: str = "") -> None:
        """Send the order to somebody who may take it: a card with buttons and plain text that says the same."""
        person = candidate.person
        holds = order.holder == person.id
        by = self.when(accept_by(order, self.policy))
        caller = order.reporter_name or self.name_of(order.reporter)
        hold_until = order.clock_at if order.clock_at > self.now else None
        key = _letter_key(order.no)
        phone = order.phone if holds else ""
        device = self._device(order)
        card = cards.page_card(
            order, by=by, caller=caller, phone=phone, visit=self.visit(order), device=device, key=key
        )
        userid = self.contact(person.id).userid
        visit = render("visit.line", when=self.visit(order)) if order.wish else ""
        text = cards.page_text(
            order,
            by=by,
            caller=caller,
            phone=order.phone if holds else "",
            notes=(visit, render("page.device", device=device) if device else "", note),
        )
        self._post(
            "card", person.id, {"touser": userid, "card": card}, order, Weight.DISPATCH, 0, key=key, at=hold_until
        )
        content = {"touser": userid, "content": _harmless(text)}
        self._post("text", person.id, content, order, Weight.DISPATCH, 0, at=hold_until)

    def nudge_again(self, order: Order, person: Person, text: str, *, lives: timedelta | None = None) -> None:
        """A further step of the ladder to somebody who has the card already: words only, void once the order moves.

        ``lives``: after so long it is not worth sending any more, as the next repeat says the same.
        """
        content = {"touser": self.contact(person.id).userid, "content": cut(_harmless(text), TEXT_BYTES)}
        self._post("text", person.id, content, order, Weight.DISPATCH, 0, expires=self._until(lives))

    def forward_media(self, to: str, kind: str, media_id: str, order: Order, weight: Weight = Weight.MUST) -> None:
        """Pass a voice, picture, video or file on to a member of staff."""
        body = {"touser": self.contact(to).userid, "media_id": media_id}
        self._post(kind, to, body, order, weight, 0)

    def tell_many(self, people: Sequence[Contact], text: str, by: str) -> None:
        """Tell many members one text, in as few calls as the platform allows; ``by`` hears who was not reached."""
        for start in range(0, len(people), BROADCAST_TO):
            userids = "|".join(c.userid for c in people[start : start + BROADCAST_TO])
            body = {"touser": userids, "content": cut(_harmless(text), TEXT_BYTES), "by": by}
            self._post("broadcast", MANY, body, None, Weight.MUST, 0)

    def tell_group(self, text: str, *, order: Order | None = None, lives: timedelta | None = None) -> None:
        """Tell the supervisors' group through its robot, where one is configured; about an order, void once it moves.

        ``lives``: see ``nudge_again``.
        """
        if self.desk.settings.duty.robot_webhook:
            weight = Weight.DISPATCH if order else Weight.MUST
            content = {"content": cut(text, TEXT_BYTES)}
            self._post("robot", GROUP, content, order, weight, 0, expires=self._until(lives))

    def call_gateway(self, payload: dict[str, Any], *, order: Order, lives: timedelta | None = None) -> None:
        """Call the property's own telephone or SMS gateway, where one is configured. ``lives``: see ``nudge_again``."""
        if self.desk.settings.duty.escalation_webhook:
            self._post("webhook", GATEWAY, payload, order, Weight.DISPATCH, 0, expires=self._until(lives))

    def welcome(self, contact: Contact, code: str, text: str, until: datetime) -> None:
        """Greet a customer who has just come in; the code is good for 20 s and one message."""
        body = {"code": code, "content": cut(_harmless(text), TEXT_BYTES)}
        self._post("kf_event", contact.id, body, None, Weight.MUST, 0, lane=Lane.EMERGENCY, expires=until)

    def close_cards(self, order: Order, words_on_button: str, *, but: str = "", only: str = "") -> None:
        """Grey the buttons of the order's cards that are out there: all, all ``but`` one person's, or ``only`` his."""
        for receiver, card in store.pages.live_pages(self.tx, order.no).items():
            if receiver != but and only in ("", receiver):
                body = {"card": card, "replace_name": words_on_button[: cards.BUTTON]}
                userid = self.contact(receiver).userid
                self._post("update_card", receiver, {**body, "userid": userid}, order, Weight.MAY, 0)

    def post(self) -> None:
        """Write the letters said so far and what was learned of people; called at the end of each turn, and before
        what has to count on them."""
        if self.desk.db.is_sqlite:
            for contact_id, wrote_at in self._new.items():
                store.contacts.add(self.tx, self._contacts[contact_id], wrote_at)
            self._learned -= self._new.keys()
        for contact_id in self._learned:
            store.contacts.keep(self.tx, self._contacts[contact_id])
        self._new.clear()
        self._learned.clear()
        if self._letters:
            store.outbox.add(self.tx, self._letters)
            self._letters = []

    def _with_notice(self, contact: Contact, text: str) -> str:
        if contact.id != self._newcomer:
            return text
        self._newcomer = ""
        self.learn(contact.id, noticed=True)
        return text + "\n" + self.privacy_line

    def _until(self, lives: timedelta | None) -> datetime | None:
        return self.now + lives if lives else None

    def _tell_servicer(self, contact: Contact, text: str, order: Order | None, weight: Weight) -> None:
        """A human has the session: the bot stays silent there and tells that colleague in the app."""
        if order is None:
            return
        name = contact.name or render("name.unknown")
        content = cut(_harmless(render("kf.for_servicer", name=name, text=text)), TEXT_BYTES)
        servicer = self.contact(contact.human.casefold())
        self._post("text", servicer.id, {"touser": servicer.userid, "content": content}, order, weight, 0)

    def _post(self, kind: str, to: str, body: dict[str, Any], order: Order | None, weight: Weight, reserve: int, *,
              key: str = "", at: datetime | None = None, lane: Lane | None = None,
              expires: datetime | None = None) -> None:  # fmt: skip
        if lane is None:
            lane = store.outbox.lane_of(order.priority) if order else Lane.NORMAL
        if expires is None and weight is not Weight.DISPATCH:
            expires = self.now + (ANSWER_LIVES if weight is Weight.MUST else REMINDER_LIVES)
        guarded = order is not None and weight in (Weight.DISPATCH, Weight.REMINDER)
        self.lanes.add(lane)
        self._letters.append(
            store.outbox.row(
                key=key or _letter_key(order.no if order else 0),
                lane=lane,
                kind=kind,
                weight=weight,
                receiver=to,
                body=body,
                now=self.now,
                not_before=at,
                expires_at=expires,
                order_no=order.no if order else None,
                round_=order.round if order and guarded else None,
                reserve=reserve,
            )
        )


def _letter_key(no: int) -> str:
    """A key no other letter ever has: the card's task_id, and the msgid of 微信客服 (at most 32 bytes)."""
    return f"{no}-{secrets.token_hex(10)}"[:32]


def _harmless(text: str) -> str:
    """Only what would become a live link is changed (CONTRACT.md)."""
    return _LIVE_LINK.sub("＜", text)
