"""我的信息: what is kept of the one who asks, for how long, and how to have it changed, given out or deleted."""

from bot import store, words
from bot.core.people import Speaker
from bot.desk import Turn
from bot.texts import render


def shown(turn: Turn, speaker: Speaker, no: int | None, rest: str = "") -> None:
    """我的信息."""
    kept = turn.desk.settings.privacy
    person, contact = speaker.person, speaker.contact
    phone = person.phone if person else store.privacy.phone_of(turn.tx, speaker.id)
    orders, files = store.privacy.tally(turn.tx, speaker.id)
    turn.say(
        speaker.id,
        "privacy.mine",
        name=turn.known_name(speaker.id) or render("privacy.none"),
        phone=words.masked(phone) or render("privacy.none"),
        place=words.place(contact.last_place) if contact.last_place else render("privacy.none"),
        orders=orders,
        files=files,
        messages_kept=words.span(kept.messages_kept),
        words_kept=words.span(kept.words_kept),
        orders_kept=words.span(kept.orders_kept),
        phone_line=turn.phone_line,
    )
