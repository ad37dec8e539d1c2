"""Who is who: people on the list, and everybody who ever wrote (contacts)."""

from dataclasses import dataclass

from bot.core.kinds import Role, Skill
from bot.core.messages import Channel
from bot.core.reading import NOWHERE, Place


def person_id(userid: str) -> str:
    """The key of a member: userids are compared without case (CONTRACT.md)."""
    return userid.casefold()


def kf_contact_id(open_kfid: str, external_userid: str) -> str:
    """The key of an outside resident; both parts are compared with case."""
    return f"kf:{open_kfid}:{external_userid}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the people list. Empty ``skills`` or ``buildings`` mean: no limit.

    ``open_at_most``: how many open orders he may have at a time; None: the usual number.
    ``mentor``  person id of the 师父 of an apprentice: he goes with his mentor, and is given nothing by himself.
    ``firm``  the outside firm he is of; "" for the property's own people. He sees only orders he was added to or given.
    """

    id: str
    userid: str
    name: str
    role: Role
    skills: frozenset[Skill] = frozenset()
    buildings: frozenset[str] = frozenset()
    phone: str = ""
    open_at_most: int | None = None
    mentor: str = ""
    firm: str = ""

    @property
    def leads(self) -> bool:
        """Supervisors, managers and admins."""
        return self.role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.RESIDENT


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who writes to the bot, listed or not, through the app or 微信客服.

    ``last_place``  the address used last, offered by one tap next time.
    ``offered_place``  what the scanned QR code said.
    ``noticed``  has seen the privacy notice.
    ``human``  userid of the servicer who has the 微信客服 session, "" while the bot may speak.
    """

    id: str
    channel: Channel
    userid: str
    open_kfid: str = ""
    name: str = ""
    last_place: Place = NOWHERE
    offered_place: Place = NOWHERE
    noticed: bool = False
    human: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is talking right now: the contact, and the person if listed."""

    contact: Contact
    person: Person | None = None

    @property
    def id(self) -> str:
        return self.contact.id

    @property
    def role(self) -> Role | None:
        return self.person.role if self.person else None

    @property
    def is_staff(self) -> bool:
        return self.person is not None and self.person.is_staff
