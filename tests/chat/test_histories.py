"""Random histories of an estate: whatever people say and however time passes, no order is nobody's.

The bot is the real one on a real SQLite file; letters are taken by a carrier that may miss a receiver. It must hold
all the time: each open order has somebody responsible who was told of it, and a next action that is armed; the counts
of open orders are right; and nobody hears of an order he has no part in.
"""

import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from bot import inbox, outbox, store, timers
from bot.build import policy_of
from bot.core.dues import clocks_of
from bot.core.duty import SKILL_OF, fits
from bot.core.kinds import Priority, Role, Skill
from bot.core.letters import Lane, Letter
from bot.core.messages import Channel, Incoming
from bot.core.orders import Order, Status
from bot.desk import Desk
from bot.handlers import digests
from bot.imports.duty import parse_duty
from bot.imports.people import parse_people
from bot.imports.table import read_table
from bot.nlp import load_reader
from bot.settings import Settings, load_settings
from bot.store.imports import save_duty, save_people
from bot.store.migrate import migrate_to_head
from bot.store.schema import log, orders, people
from bot.store.schema import outbox as letters
from bot.store.schema import timers as rows
from bot.wecom.carrier import Carried

TZ = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=TZ).astimezone(UTC)
PEOPLE = """userid,name,role,skills,buildings,phone,open_orders_at_most,mentor,firm
wang,王女士,resident,,,13800000001,,,
chen,陈先生,resident,,,13800000002,,,
kefu,小刘,service,,,13900000001,,,
li,李师傅,engineer,plumbing;electrical;elevator,,13700000001,2,,
zhao,赵师傅,engineer,plumbing;elevator,3;5,13700000002,2,,
sun,孙师傅,engineer,general,,13700000003,,,
xiaochen,小陈,engineer,plumbing,,13700000004,,li,
wanggong,王工,engineer,elevator,,13700000005,,,通力电梯
zhou,周主管,supervisor,,,13600000001,,,
zheng,郑经理,manager,,,13500000001,,,
"""
DUTY = """userid,start,end,tier
kefu,2026-11-23 08:00,2026-11-23 20:00,1
li,2026-11-23 08:00,2026-11-23 16:00,1
xiaochen,2026-11-23 08:00,2026-11-24 08:00,1
zhao,2026-11-23 08:00,2026-11-23 12:00,1
zhao,2026-11-24 00:00,2026-11-24 08:00,1
sun,2026-11-23 16:00,2026-11-24 08:00,2
wanggong,2026-11-23 08:00,2026-12-01 08:00,1
li,2026-11-24 08:00,2026-11-24 16:00,1
zhou,2026-11-23 08:00,2026-11-23 18:00,3
"""
RESIDENTS = ("wang", "chen")
STAFF = ("kefu", "li", "zhao", "sun", "xiaochen", "wanggong", "zhou", "zheng")
NAMED = ("李师傅", "赵师傅", "孙师傅", "小陈", "王工", "周主管")
REPORTS = (
    "3栋2单元电梯里有人被困",
    "3栋2单元1502厨房漏水",
    "7栋1单元302花洒坏了",
    "5栋1单元301没电了，跳闸",
    "家里漏水了",
    "那个东西好像有点怪",
)
BY_REPORTERS = ("进度 {no}", "催单 {no}", "取消 {no}", "确认 {no}", "没修好 {no}", "5")
BY_STAFF = (
    *["接单 {no}"] * 3, "拒单 {no} 没空", "到场 {no}", "挂起 {no} 等配件", "恢复 {no}", "完工 {no} 好了",
    "转单 {no} {name}", "派单 {no} {name}", "协助 {no} {name}", "撤回协助 {no} {name}", "备注 {no} 在路上",
    "问 {no} 在家吗", "改类 {no} 电梯困人", "改类 {no} 环境", "关闭 {no} 重复", "为什么派给我 {no}",
    "我的工单", "超时", "值班",
)  # fmt: skip
SPANS = tuple(timedelta(minutes=m) for m in (1, 5, 12, 30, 60, 180, 600, 1500))


@cache
def _template() -> tuple[Path, Settings]:
    """An estate with its lists, made once; every history begins with a copy of its database."""
    folder = Path(tempfile.mkdtemp())
    config = folder / "config.toml"
    config.write_text(
        '[store]\nurl = "sqlite:///x.db"\n[wecom]\ncorp_id = "ww1"\nagent_id = 1\nsecret = "s"\ntoken = "t"\n'
        f'encoding_aes_key = "{"a" * 42}A"\n[duty]\nphone = "400"\nopen_orders_at_most = 3\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    found = load_settings(config, {})
    migrate_to_head(found.store.url)
    for name, content in (("people.csv", PEOPLE), ("duty.csv", DUTY)):
        (folder / name).write_text(content, encoding="utf-8")
    listed, wrong = parse_people(read_table(folder / "people.csv"))
    assert not wrong, wrong
    save_people(found, listed)
    shifts, wrong = parse_duty(read_table(folder / "duty.csv"), TZ, {r.userid: (r.name, r.role) for r in listed})
    assert not wrong, wrong
    save_duty(found, shifts)
    return folder / "x.db", found


@cache
def _reader() -> object:
    return load_reader(None)


@dataclass
class Carrier:
    """A platform that takes every letter, but misses some receivers."""

    gone: set[str] = field(default_factory=set)

    def carry(self, letter: Letter, response_code: str = "") -> Carried:
        return Carried(missed=letter.receiver in self.gone, response_code="code" if letter.kind == "card" else "")

    def servicer_of(self, letter: Letter) -> str:
        return ""


@dataclass(frozen=True)
class Part:
    """Who has a part in an order at one moment, by its rows alone."""

    order: Order
    asked: frozenset[str]
    helping: frozenset[str]
    in_the_plan: frozenset[str]

    def people(self) -> set[str]:
        working = {self.order.holder or "", self.order.reporter}
        apprentices = {"xiaochen"} if self.order.holder == "li" and self.order.accepted_at else set()
        asked = self.asked if self.order.accepted_at is None else frozenset()
        return working | self.helping | apprentices | asked | self.in_the_plan


class Estate(RuleBasedStateMachine):
    """One estate, whatever happens to it."""

    @initialize()
    def opens(self) -> None:
        template, found = _template()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(template, self.folder / "x.db")
        self.now = MONDAY
        self.database = store.Database(f"sqlite:///{self.folder}/x.db")
        self.desk = Desk(
            db=self.database, clock=lambda: self.now, settings=found, policy=policy_of(found), reader=_reader()
        )  # type: ignore[arg-type]
        self.carrier = Carrier()
        self.numbers = itertools.count(1)
        self.seen = 0
        with self.desk.turn() as turn:
            digests.arm(turn)
        self.parts: Mapping[int, Part] = {}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    # --- what may happen -----------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(RESIDENTS), words=st.sampled_from(REPORTS))
    def reports(self, who: str, words: str) -> None:
        self._says(who, words)

    @precondition(lambda self: self.parts)
    @rule(who=st.sampled_from(RESIDENTS), words=st.sampled_from(BY_REPORTERS), which=st.integers(0, 9))
    def answers(self, who: str, words: str, which: int) -> None:
        self._says(who, words.format(no=1 + which % len(self.parts)))

    @precondition(lambda self: self.parts)
    @rule(
        who=st.sampled_from(STAFF),
        words=st.sampled_from(BY_STAFF),
        name=st.sampled_from(NAMED),
        which=st.integers(0, 9),
    )
    def works(self, who: str, words: str, name: str, which: int) -> None:
        self._says(who, words.format(no=1 + which % len(self.parts), name=name))

    @precondition(lambda self: any(p.order.holder for p in self.parts.values()))
    @rule(words=st.sampled_from(BY_STAFF[:10]), which=st.integers(0, 9))
    def holder_works(self, words: str, which: int) -> None:
        held = [p.order for p in self.parts.values() if p.order.holder]
        order = held[which % len(held)]
        self._says(order.holder or "", words.format(no=order.no, name="孙师傅"))

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        end = self.now + span
        while True:
            with self.database.reading() as tx:
                due = store.timers.earliest(tx)
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self._event("", lambda: timers.run_one(self.desk))
        self.now = end

    @rule(who=st.sampled_from(STAFF))
    def cannot_be_reached(self, who: str) -> None:
        self.carrier.gone ^= {who}

    # --- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def every_open_order_is_somebodys_and_goes_on(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.reading() as tx:
            armed: dict[int, set[str]] = {}
            for subject, kind in tx.execute(select(rows.c.subject, rows.c.kind)):
                if subject.startswith("order:"):
                    armed.setdefault(int(subject.removeprefix("order:")), set()).add(kind)
            busy = Counter[str]()
            for no, part in self.parts.items():
                order = part.order
                if order.status.is_over:
                    continue
                assert armed.get(no), f"工单 {no} {order.status}: nothing is going to happen"
                assert armed[no] <= {str(c) for c in clocks_of(order)}, (order.status, armed[no])
                if order.status is Status.ASKING:
                    continue
                assert order.holder in STAFF, f"工单 {no} {order.status} is nobody's"
                if order.status is not Status.FINISHED:
                    busy[order.holder] += 1
                if order.status.waits_for_taker:
                    assert order.holder in store.pages.ever_paged(tx, no), f"工单 {no}: its holder was not told"
            counted = dict(tx.execute(select(people.c.id, people.c.open_orders).where(people.c.open_orders != 0)).all())
            asking = Counter(
                p.order.holder for p in self.parts.values() if p.order.status is Status.ASKING and p.order.holder
            )
            assert counted == dict(busy + asking)

    def _heard_by_those_alone_who_have_a_part(self, sender: str, text: str, before: Mapping[int, Part]) -> None:
        with self.database.reading() as tx:
            new = tx.execute(select(letters).where(letters.c.id > self.seen).order_by(letters.c.id)).mappings().all()
            for row in new:
                self.seen = row["id"]
                no, to = row["order_no"], row["receiver"]
                if no is None or to not in (*RESIDENTS, *STAFF) or row["kind"] == "update_card":
                    continue
                after = self.parts[no]
                if to == sender or to in ("kefu", "zhou", "zheng"):
                    continue
                if row["kind"] == "card" and row["weight"] == "dispatch":
                    self._may_be_offered(tx, after.order, to, text)
                    continue
                told = after.people() | (before[no].people() if no in before else set())
                assert to in told, f"{to} has no part in 工单 {no} and heard: {row['body']}"

    def _may_be_offered(self, tx: object, order: Order, to: str, text: str) -> None:
        """Offered to whoever fits and is on duty then, to everybody on duty in an emergency, or by name."""
        person = self.desk.roster(tx, self.now).people[to]  # type: ignore[arg-type]
        if person.name in text:
            return
        on_duty = set(self.desk.roster(tx, self.now).on_duty(max(self.now, order.clock_at)))  # type: ignore[arg-type]
        again = order.reopened and order.holder == to
        assert person.role is not Role.RESIDENT, f"{to} was offered 工单 {order.no}"
        assert again or to in on_duty, f"{to} is not on duty and was offered 工单 {order.no}"
        if again or (order.priority is Priority.EMERGENCY and not person.firm):
            return
        assert to not in ("wanggong", "xiaochen"), f"{to} is given nothing by himself"
        skill = SKILL_OF.get(order.category, Skill.GENERAL)
        assert fits(person, skill, order.place.building) is not None, f"{to} does not fit 工单 {order.no}"

    # --- how it happens ------------------------------------------------------------------------------------------

    def _says(self, who: str, text: str) -> None:
        key = f"msg:{next(self.numbers)}"
        incoming = Incoming(key=key, channel=Channel.APP, kind="text", sender=who, sent_at=self.now, text=text)
        self._event(who, lambda: inbox.receive(self.desk, incoming), text)

    def _event(self, sender: str, do: object, text: str = "") -> None:
        """One thing happens; then everything that can be sent at this instant is sent."""
        assert callable(do)
        while True:
            before = self.parts
            done = do()
            self._look(sender, text, before)
            do = self._send
            if (not done and sender == "") or done is False:
                return
            sender = ""

    def _send(self) -> bool:
        return any(outbox.send_next(self.desk, self.carrier, lane) for lane in Lane)

    def _look(self, sender: str, text: str, before: Mapping[int, Part]) -> None:
        with self.database.reading() as tx:
            found = {}
            for no in tx.execute(select(orders.c.no).order_by(orders.c.no)).scalars().all():
                order = store.orders.get(tx, no)
                assert order is not None
                asked = frozenset(store.pages.ever_paged(tx, no))
                run = store.runs.of_order(tx, no)
                in_the_plan = frozenset(run.people) if run is not None and run.ended_at is None else frozenset()
                found[no] = Part(order, asked, frozenset(store.crew.of_order(tx, no)), in_the_plan)
            failed = tx.execute(select(log.c.order_no).where(log.c.detail.contains('"failed"'))).first()
        assert failed is None, f"a bug was rescued after {text!r}"
        self.parts = found
        self._heard_by_those_alone_who_have_a_part(sender, text, before)


TestHistories = Estate.TestCase
TestHistories.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
