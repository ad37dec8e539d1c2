"""The table of rights whole: every role, every verb, by words and by card, own and foreign orders, in every state."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from world import World

from bot import store
from bot.conversation import handle
from bot.core.errors import Refused
from bot.core.messages import Channel, Incoming
from bot.core.orders import Status
from bot.core.pace import Pace
from bot.core.rights import RIGHTS, Verb, may
from bot.inbox import speaker_of
from bot.store.schema import metadata, orders, outbox
from bot.texts import render

LEAK = "3栋2单元1502厨房漏水"
WORDS: dict[Verb, list[str]] = {
    Verb.SEE: ["进度 1"],
    Verb.URGE: ["催单 1"],
    Verb.CANCEL: ["取消 1"],
    Verb.CONFIRM: ["确认 1"],
    Verb.REOPEN: ["没修好 1", "没修好 1 还在漏"],
    Verb.RATE: [],
    Verb.ACCEPT: ["接单 1"],
    Verb.REFUSE: ["拒单 1 走不开"],
    Verb.EXPLAIN: ["为什么派给我 1"],
    Verb.ARRIVE: ["到场 1"],
    Verb.NOTE: ["备注 1 带梯子"],
    Verb.HELP: ["协助 1 孙师傅"],
    Verb.LEAVE: ["撤回协助 1 孙师傅"],
    Verb.WORK: ["挂起 1 等配件", "恢复 1", "完工 1 换了角阀", "问 1 在家吗"],
    Verb.HAND_OVER: ["转单 1 孙师傅"],
    Verb.RECATEGORISE: ["改类 1 停电"],
    Verb.DISPATCH: ["派单 1 孙师傅"],
    Verb.CLOSE: ["关闭 1 重复报修"],
    Verb.FOLLOW_UP: ["回访 1 已致歉"],
    Verb.JOIN: ["拆单 1"],
    Verb.FORETELL: ["预计恢复 1 2小时"],
}
CARDS: dict[Verb, list[str]] = {
    Verb.CONFIRM: ["confirm:1"],
    Verb.REOPEN: ["not_fixed:1"],
    Verb.RATE: ["rate:1:1", "rate:1:5"],
    Verb.ACCEPT: ["accept:1"],
    Verb.REFUSE: ["refuse:1"],
    Verb.HAND_OVER: ["hand_over:1"],
    Verb.FOLLOW_UP: ["visit:1:ok"],
}
# Residents, engineers who hold it, were asked, were not; customer service; the three that lead; somebody on no list.
ACTORS = ("wang", "chen", "li", "zhao", "sun", "kefu", "zhou", "zheng", "admin", "passer_by")
ROADS: dict[Status, list[tuple[str, str]]] = {
    Status.ASKING: [("wang", "厨房漏水")],
    Status.UNSURE: [("wang", "那个东西有点问题你们来看看")],
    Status.OPEN: [("wang", LEAK)],
    Status.ACCEPTED: [("wang", LEAK), ("holder", "接单 1")],
    Status.ARRIVED: [("wang", LEAK), ("holder", "接单 1"), ("holder", "到场 1")],
    Status.PARKED: [("wang", LEAK), ("holder", "接单 1"), ("holder", "挂起 1 等配件")],
    Status.FINISHED: [("wang", LEAK), ("holder", "接单 1"), ("holder", "完工 1 好了")],
    Status.CLOSED: [("wang", LEAK), ("holder", "接单 1"), ("holder", "完工 1 好了"), ("wang", "确认 1")],
    Status.CANCELLED: [("wang", LEAK), ("wang", "取消 1")],
}


class Undone(Exception):
    """Takes back whatever was tried."""


def stand(world: World, status: Status) -> None:
    """Bring order 1 into the state, by what people say."""
    for who, words in ROADS[status]:
        with world.house.desk.db.reading() as tx:
            holder = tx.execute(select(orders.c.holder).where(orders.c.no == 1)).scalar()
        getattr(world, holder if who == "holder" else who).says(words)
        if words == LEAK:
            world.passes(minutes=8)  # so that a second engineer has been asked
    with world.house.desk.db.reading() as tx:
        assert tx.execute(select(orders.c.status).where(orders.c.no == 1)).scalar() == status


def said(who: str, what: str, now) -> Incoming:
    """Words, or the key of a button."""
    common = {"key": f"{who}{what}", "channel": Channel.APP, "sender": who, "sent_at": now}
    if ":" in what:
        return Incoming(**common, kind="event", event="template_card_event", event_key=what)
    return Incoming(**common, kind="text", text=what)


def attempts() -> Iterator[tuple[Verb, str]]:
    for verb in RIGHTS:
        for what in [*WORDS[verb], *CARDS.get(verb, [])]:
            yield verb, what


class Writes:
    """Counts what is written, so that the tables need only be compared where anything was."""

    def __init__(self, world: World) -> None:
        self._seen = 0
        if not world.house.desk.db.is_sqlite:
            event.listen(world.house.desk.db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement: str, *_: object) -> None:
        self._seen += not statement.startswith("SELECT")

    def so_far(self, tx) -> int:
        # SQLite counts for itself; most of its statements do not pass SQLAlchemy.
        return tx.connection.driver_connection.total_changes if tx.dialect.name == "sqlite" else self._seen


def state_of(tx) -> dict[str, list]:
    tables = [t for t in metadata.sorted_tables if t.name not in ("outbox", "contacts", "jobs")]
    return {t.name: [tuple(row) for row in tx.execute(select(t))] for t in tables}


def test_every_verb_of_the_table_is_tried() -> None:
    assert set(WORDS) == set(RIGHTS) == set(Verb)
    assert {verb for verb, _ in attempts()} == set(Verb)


@pytest.mark.parametrize("status", ROADS)
def test_words_and_cards_do_what_the_table_says_and_nothing_else(world: World, status: Status) -> None:
    stand(world, status)
    desk, tried = world.house.desk, 0
    writes = Writes(world)
    with desk.db.reading() as tx:
        letters = tx.execute(select(func.count()).select_from(outbox)).scalar()
    world.clock.now += timedelta(seconds=5)
    for own in (False, True):
        for who in ACTORS:
            before: dict[str, list] = {}
            for verb, what in attempts():
                desk.pace = Pace()
                try:
                    with desk.turn() as turn:
                        if own:
                            turn.tx.execute(update(orders).where(orders.c.no == 1).values(reporter=who))
                        order = store.orders.get(turn.tx, 1)
                        assert order is not None
                        incoming = said(who, what, turn.now)
                        speaker = speaker_of(turn, incoming)
                        allowed = may(verb, order, who, speaker.role, store.pages.ever_paged(turn.tx, 1))
                        before = before or state_of(turn.tx)  # each attempt is taken back
                        refused, written = None, writes.so_far(turn.tx)
                        try:
                            handle(turn, speaker, incoming)
                        except Refused as error:
                            refused = error
                        turn.post()
                        case = (status, who, "own" if own else "foreign", what)
                        if allowed:
                            assert refused is None or refused.key != "unknown_order", case
                        else:
                            assert refused is not None, case
                            assert refused.key == "unknown_order", (*case, refused.key)
                            assert render(refused.key, **refused.fields) == render("unknown_order", no=1)
                            if writes.so_far(turn.tx) != written:
                                assert state_of(turn.tx) == before, case
                            assert turn.tx.execute(select(func.count()).select_from(outbox)).scalar() == letters, case
                        tried += 1
                        raise Undone
                except Undone:
                    pass
    assert tried == 2 * len(ACTORS) * len(list(attempts()))
