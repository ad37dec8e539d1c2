"""What happens around a 微信客服 session: coming in, a human taking over, a message that did not arrive."""

from datetime import timedelta

from bot import store, words
from bot.core.messages import Incoming
from bot.core.people import Speaker
from bot.core.places import findable
from bot.desk import Turn
from bot.handlers import followups
from bot.texts import render

WELCOME_LIVES = timedelta(seconds=20)  # wecom-protocol 6.5


def entered(turn: Turn, speaker: Speaker, incoming: Incoming) -> None:
    """enter_session: remember the place of the scanned code, greet within 20 s, with the privacy notice once."""
    place = turn.read_place(str(incoming.fields.get("scene_param", ""))[:200])
    if findable(place):
        turn.learn(speaker.id, offered_place=place)
    code = str(incoming.fields.get("welcome_code", ""))
    until = incoming.sent_at + WELCOME_LIVES
    if not code or turn.now >= until:
        return
    text = render("kf.welcome", community=turn.desk.settings.community.name)
    if findable(place):
        text += "\n" + render("kf.welcome_place", place=words.place(place))
    if not speaker.contact.noticed:
        turn.learn(speaker.id, noticed=True)
        text += "\n" + turn.privacy_line
    turn.welcome(speaker.contact, code, text, until)


def changed(turn: Turn, speaker: Speaker, incoming: Incoming) -> None:
    """session_status_change: a human took the session (1, 2, 4) or ended it (3)."""
    kind = str(incoming.fields.get("change_type", ""))
    servicer = str(incoming.fields.get("new_servicer_userid", "")) if kind in ("1", "2", "4") else ""
    turn.learn(speaker.id, human=servicer)


def human_speaks(turn: Turn, speaker: Speaker, incoming: Incoming) -> None:
    """A servicer wrote in the session: it is a human's now."""
    servicer = str(incoming.fields.get("servicer_userid", ""))
    if servicer:
        turn.learn(speaker.id, human=servicer)


def not_arrived(turn: Turn, speaker: Speaker, incoming: Incoming) -> None:
    """msg_send_fail: the platform took the message and then could not deliver it; somebody has to phone."""
    order_no, told = store.outbox.content_of(turn.tx, str(incoming.fields.get("fail_msgid", "")))
    order = store.orders.get(turn.tx, order_no) if order_no else None
    if order is not None:
        followups.open_phone(turn, order, told)
