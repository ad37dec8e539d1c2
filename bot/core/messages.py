"""What comes in from the platform, in the bot's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """The two doors people come through: the app (members of the corp) and 微信客服 (everybody with WeChat)."""

    APP = "app"
    KF = "kf"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event, once per ``key`` however often the platform delivers it.

    ``key``      ``msg:<MsgId>``, ``evt:<sha256 over all fields>`` or ``kf:<open_kfid>:<msgid>``.
    ``kind``     text, image, voice, video, file, location, link …, or ``event``.
    ``event``    for events: the platform's name of it, as given (``click``, ``template_card_event`` …).
    ``sender``   the userid as given (app) or the external_userid (kf); empty for the platform itself.
    ``sent_at``  when the platform says it was sent (UTC, whole seconds).
    ``text``     the words of a text, blanks kept, at most 2 000 characters.
    ``event_key``  the pressed button's or menu's key, or the tapped ``menu_id`` of 微信客服.
    ``fields``   everything else the platform gave, by its own names, values as text; repeated elements as tuples.
    """

    key: str
    channel: Channel
    kind: str
    sender: str
    sent_at: datetime
    text: str = ""
    open_kfid: str = ""
    media_id: str = ""
    event: str = ""
    event_key: str = ""
    task_id: str = ""
    response_code: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_event(self) -> bool:
        return self.kind == "event"
