"""The platform's limits: our own 28 a minute and member, and the silence that 45009 asks for."""

from datetime import datetime, timedelta
from itertools import pairwise

from world import MONDAY, Someone, World

from bot import outbox, store
from bot.core.letters import Lane, Letter, Weight
from bot.wecom.carrier import Carried
from bot.wecom.errors import Limited

SEND = "/cgi-bin/message/send"
LEAK = "3栋2单元1502厨房漏水"


class Answers:
    """A carrier whose one answer is known beforehand."""

    def __init__(self, result: Exception | None) -> None:
        self.result = result

    def carry(self, letter: Letter, response_code: str = "") -> Carried:
        if self.result is not None:
            raise self.result
        return Carried()

    def servicer_of(self, letter: Letter) -> str:
        return ""


def said_to(world: World, userid: str, count: int, *, order_words: str = "", weight: Weight = Weight.MUST) -> None:
    """The bot writes ``count`` texts to somebody in one turn."""
    with world.house.desk.turn() as turn:
        for n in range(count):
            turn.tell(userid, f"{order_words}第 {n + 1} 条", weight=weight)


def texts(someone: Someone) -> list[str]:
    return [shown.text for shown in someone.unheard()]


def tries(world: World, since: datetime = MONDAY) -> list[float]:
    """When message/send was called, in seconds since ``since``."""
    return [(r.at - since).total_seconds() for r in world.platform.sends if r.path == SEND]


def test_a_hundred_messages_in_a_minute_all_arrive_and_in_order(world: World) -> None:
    said_to(world, "li", 100)
    world.passes(minutes=10)
    assert texts(world.li) == [f"第 {n} 条" for n in range(1, 101)]
    moments = [shown.at for shown in world.li.unheard()]
    for at in moments:
        assert sum(at <= other < at + timedelta(seconds=60) for other in moments) <= 24


def test_the_last_four_places_of_a_minute_are_kept_for_emergencies(world: World) -> None:
    said_to(world, "li", 40)
    said_to(world, "zhao", 40)
    world.settle()
    assert len(texts(world.li)) == len(texts(world.zhao)) == 24
    world.wang.says("1栋电梯里有人被困，快来")
    holder = world.li if len(texts(world.li)) > 24 else world.zhao
    holder.hears("工单 1", "电梯困人")
    assert any("工单 1" in shown.text for shown in world.platform.phone(holder.id).shown if shown.kind == "card")


def test_one_persons_full_minute_costs_nobody_else_anything(world: World) -> None:
    said_to(world, "li", 200)
    said_to(world, "chen", 1)
    world.settle()
    world.chen.hears("第 1 条")


def test_reminders_are_joined_when_the_minute_is_nearly_full(world: World) -> None:
    said_to(world, "li", 17)
    said_to(world, "li", 30, order_words="提醒", weight=Weight.MAY)
    world.settle()
    heard = texts(world.li)
    assert len(heard) <= 24
    assert all(any(f"提醒第 {n + 1} 条" in text for text in heard) for n in range(30))


def test_what_may_have_arrived_is_not_sent_again_with_others_joined_to_it(world: World) -> None:
    """Its answer was lost: only the same bytes are known to the platform as the same letter."""
    said_to(world, "li", 18)
    world.settle()
    world.platform.fault(SEND, "reset_after", times=1)
    said_to(world, "li", 1, order_words="先", weight=Weight.MAY)
    world.settle()
    said_to(world, "li", 3, order_words="后", weight=Weight.MAY)
    world.passes(minutes=2)
    heard = texts(world.li)[18:]
    assert "\n".join(heard).count("先第 1 条") == 1
    assert all(any(f"后第 {n} 条" in text for text in heard) for n in (1, 2, 3))


def test_a_dispatch_is_never_joined_with_anything(world: World) -> None:
    said_to(world, "li", 20)
    said_to(world, "zhao", 20)
    for floor in range(1, 13):
        world.wang.says(f"3栋2单元{floor}02厨房漏水")
    world.passes(minutes=5)
    for someone in (world.li, world.zhao):
        for text in texts(someone):
            assert text.count("新工单") <= 1, text
    pages = [t for t in texts(world.li) + texts(world.zhao) if "接单时限" in t]
    assert len(set(pages)) >= 12


def test_two_identical_answers_in_a_row_are_both_heard(world: World) -> None:
    world.chen.says("你好").skips()  # the first answer carries the privacy notice
    for _ in range(12):
        world.chen.says("帮助")
    assert len(texts(world.chen)) == 12
    assert len(set(texts(world.chen))) == 1


def test_a_fresh_database_is_not_taken_for_the_one_before(world: World, build_world) -> None:
    bodies = set()
    for one in (world, build_world()):
        one.chen.says("帮助")
        bodies |= {str(sorted(r.json.items())) for r in one.platform.sends if r.path == SEND}
    assert len(bodies) == 2


def test_the_platforms_limit_is_probed_after_1_2_4_and_then_every_5_seconds(world: World) -> None:
    world.platform.fault(SEND, "errcode", 45009, until=world.clock.now + timedelta(minutes=10))
    world.wang.says(LEAK)
    said_to(world, "chen", 20)
    world.passes(minutes=10, seconds=30)
    at = tries(world)
    assert at[:6] == [0, 1, 3, 7, 12, 17]
    while_limited = [t for t in at if t < 600]
    assert all(later - earlier == 5 for earlier, later in pairwise(while_limited[3:]))
    assert len(texts(world.chen)) == 20
    assert texts(world.chen) == [f"第 {n} 条" for n in range(1, 21)]
    world.wang.hears("工单 1")


def test_after_45009_an_emergency_probes_first(world: World) -> None:
    world.platform.fault(SEND, "errcode", 45009, times=3)
    said_to(world, "chen", 3)
    world.settle()
    world.sun.says("帮助")
    world.wang.says("1栋电梯里有人被困")
    before = len(world.platform.sends)
    world.passes(seconds=30)
    first = next(r for r in world.platform.sends[before:] if r.path == SEND)
    assert "工单 1" in str(first.json)
    world.chen.hears("第 1 条").hears("第 2 条").hears("第 3 条")


def test_a_straggler_neither_opens_the_gate_nor_lengthens_the_wait(world: World) -> None:
    """Twelve letters under way at once when the limit strikes count as one refusal."""
    for userid in ("wang", "chen", "kefu"):
        said_to(world, userid, 1)
    desk = world.house.desk
    claimed = [outbox.claim(desk, Lane.NORMAL) for _ in range(3)]

    for letter, result in zip(claimed, (Limited(45009), Limited(45009), None), strict=True):
        assert letter is not None
        outbox.deliver(desk, Answers(result), letter)
    assert outbox.claim(desk, Lane.NORMAL) is None
    world.clock.now += timedelta(seconds=1)
    probe = outbox.claim(desk, Lane.NORMAL)
    assert probe is not None
    assert probe.probe
    assert outbox.claim(desk, Lane.NORMAL) is None
    outbox.deliver(desk, world.house.carrier, probe)
    world.settle()
    for someone in (world.wang, world.chen):
        someone.hears("第 1 条")


def test_a_full_group_robot_does_not_shut_the_app_out(build_world) -> None:
    world = build_world()
    world.platform.fault("/cgi-bin/webhook/send", "errcode", 45009, times=2)
    with world.house.desk.turn() as turn:
        turn.tell_group("群通知")
        turn.tell("chen", "您好")
    world.settle()
    world.chen.hears("您好")
    world.passes(seconds=5)
    world.group_hears("群通知")


def test_about_one_order_nobody_hears_the_later_thing_first(world: World) -> None:
    """The engineer's minute is full: what the resident is told of the same order waits behind it, in whole."""
    world.wang.says(LEAK).hears("工单 1")
    said_to(world, "li", 40)
    world.settle()
    for n in range(8):
        with world.house.desk.turn() as turn:
            order = store.orders.get(turn.tx, 1)
            assert order is not None
            turn.tell("wang" if n % 2 else "li", f"工单 1 第 {n} 步", order=order)
        world.passes(seconds=1)
    world.passes(minutes=10)
    shown = [(i.number, i.text) for u in ("li", "wang") for i in world.platform.phone(u).shown if " 步" in i.text]
    assert [text for _, text in sorted(shown)] == [f"工单 1 第 {n} 步" for n in range(8)]
