"""What the platform announces about the app itself: the admins have to hear it while there is time to act."""

from datetime import UTC, datetime

from bot.core.kinds import Role
from bot.core.messages import Incoming
from bot.core.people import Speaker
from bot.desk import Turn
from bot.texts import render

# Events by the platform's names (wecom-protocol 2.2); an on-call app that is rarely used can be suspended.
EVENTS = frozenset(
    {
        *("inactive_alert", "close_inactive_agent", "reopen_inactive_agent"),
        *("low_active_alert", "low_active", "active_restored"),
        *("share_agent_change", "share_chain_change", "kf_account_auth_change"),
    }
)


def announced(turn: Turn, incoming: Incoming) -> None:
    """Pass it on to the admins, by chat and by the group's robot: one of the two may be what is about to end."""
    text = render(f"platform.{incoming.event}", **_fields(turn, incoming))
    for person in turn.roster.of_role(Role.ADMIN) or turn.roster.of_role(Role.MANAGER, Role.SUPERVISOR):
        turn.tell(person.id, text)
    turn.tell_group(text)


def left(turn: Turn, speaker: Speaker) -> None:
    """Somebody is out of the app's range: where that is staff, whoever leads has to know before the next order."""
    person = speaker.person
    if person is None or not person.is_staff:
        return
    leads = turn.roster.of_role(Role.SUPERVISOR, Role.MANAGER) or turn.roster.of_role(Role.ADMIN)
    for lead in leads:
        if lead.id != person.id:
            turn.say(lead.id, "platform.unsubscribe", name=person.name, userid=person.userid)


def _fields(turn: Turn, incoming: Incoming) -> dict[str, object]:
    given = str(incoming.fields.get("EffectTime") or "")
    at = turn.when(datetime.fromtimestamp(int(given), UTC)) if given.isdecimal() and len(given) <= 10 else given[:32]
    kf = turn.desk.settings.kf
    lost = incoming.fields.get("AuthDelOpenKfId")
    ours = kf is not None and kf.open_kfid in (lost if isinstance(lost, tuple) else (lost,))
    return {
        "time": at or render("platform.soon"),
        "kf": render("platform.kf_lost") if ours else render("platform.kf_other"),
    }
