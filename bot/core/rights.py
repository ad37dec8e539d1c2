"""Who may do what to whose order: one table, for words and for cards alike."""

from collections.abc import Collection
from enum import StrEnum

from bot.core.kinds import Role
from bot.core.orders import Order


class Verb(StrEnum):
    """Everything that can be asked of an order."""

    SEE = "see"
    EXPLAIN = "explain"  # 为什么派给我
    URGE = "urge"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    RATE = "rate"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ARRIVE = "arrive"  # 到场
    NOTE = "note"  # 备注, photos
    WORK = "work"  # 挂起 恢复 完工 问
    HELP = "help"  # 协助: bring somebody in, take somebody out
    LEAVE = "leave"  # 撤回协助, also of oneself
    HAND_OVER = "hand_over"
    RECATEGORISE = "recategorise"
    DISPATCH = "dispatch"
    CLOSE = "close"
    FOLLOW_UP = "follow_up"
    JOIN = "join"  # 并单 拆单
    FORETELL = "foretell"  # 预计恢复


class Relation(StrEnum):
    """How somebody stands to an order."""

    REPORTER = "reporter"
    HOLDER = "holder"
    PAGED = "paged"  # was sent the order's card at some step
    HELPER = "helper"  # was added (协助), or goes with the holder as his apprentice
    SERVICE = "service"
    LEAD = "lead"  # supervisor, manager, admin


_DESK = frozenset({Relation.SERVICE, Relation.LEAD})
RIGHTS: dict[Verb, frozenset[Relation]] = {
    Verb.SEE: frozenset({Relation.REPORTER, Relation.HOLDER, Relation.PAGED, Relation.HELPER}) | _DESK,
    Verb.EXPLAIN: frozenset({Relation.HOLDER, Relation.PAGED, Relation.HELPER}) | _DESK,
    Verb.URGE: frozenset({Relation.REPORTER}) | _DESK,
    Verb.CANCEL: frozenset({Relation.REPORTER}) | _DESK,
    Verb.CONFIRM: frozenset({Relation.REPORTER}),
    Verb.REOPEN: frozenset({Relation.REPORTER}) | _DESK,
    Verb.RATE: frozenset({Relation.REPORTER}),
    Verb.ACCEPT: frozenset({Relation.HOLDER, Relation.PAGED}),
    Verb.REFUSE: frozenset({Relation.HOLDER, Relation.PAGED}),
    Verb.ARRIVE: frozenset({Relation.HOLDER, Relation.HELPER}),
    Verb.NOTE: frozenset({Relation.HOLDER, Relation.HELPER}) | _DESK,
    Verb.WORK: frozenset({Relation.HOLDER}),
    Verb.HELP: frozenset({Relation.HOLDER}) | _DESK,
    Verb.LEAVE: frozenset({Relation.HOLDER, Relation.HELPER}) | _DESK,
    Verb.HAND_OVER: frozenset({Relation.HOLDER}),
    Verb.RECATEGORISE: _DESK,
    Verb.DISPATCH: _DESK,
    Verb.CLOSE: frozenset({Relation.LEAD}),
    Verb.FOLLOW_UP: _DESK,
    Verb.JOIN: _DESK,
    Verb.FORETELL: frozenset({Relation.HOLDER}) | _DESK,
}


def relations(
    order: Order, me: str, role: Role | None, paged: Collection[str], helpers: Collection[str] = ()
) -> frozenset[Relation]:
    """How ``me`` (a contact or person id, with the listed ``role`` if any) stands to the order."""
    found = set()
    if order.reporter == me:
        found.add(Relation.REPORTER)
    if order.holder == me:
        found.add(Relation.HOLDER)
    if me in paged:
        found.add(Relation.PAGED)
    if me in helpers:
        found.add(Relation.HELPER)
    if role is Role.SERVICE:
        found.add(Relation.SERVICE)
    if role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        found.add(Relation.LEAD)
    return frozenset(found)


def may(
    verb: Verb, order: Order, me: str, role: Role | None, paged: Collection[str], helpers: Collection[str] = ()
) -> bool:
    """True where the table allows ``verb``; whoever worked on an order never rates it himself."""
    allowed = bool(RIGHTS[verb] & relations(order, me, role, paged, helpers))
    if verb is Verb.RATE and (order.holder == me or me in helpers):
        return False
    return allowed
