"""Who may do what to whose order: the table whole, and answers that disclose nothing."""

from datetime import UTC, datetime

import pytest
from world import World

from bot.core.kinds import Category, Priority, Role
from bot.core.orders import Order, Status
from bot.core.rights import Verb, may

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ORDER = Order(
    no=7,
    reporter="wang",
    words="漏水",
    category=Category.LEAK,
    priority=Priority.NORMAL,
    status=Status.OPEN,
    holder="li",
    opened_at=NOW,
    clock_at=NOW,
)
REPORTERS = {Verb.SEE, Verb.URGE, Verb.CANCEL, Verb.CONFIRM, Verb.REOPEN, Verb.RATE}
HELPERS = {Verb.SEE, Verb.EXPLAIN, Verb.ARRIVE, Verb.NOTE, Verb.LEAVE}
HOLDERS = HELPERS | {Verb.FORETELL, Verb.ACCEPT, Verb.REFUSE, Verb.WORK, Verb.HAND_OVER, Verb.HELP}
PAGED = {Verb.SEE, Verb.EXPLAIN, Verb.ACCEPT, Verb.REFUSE}
DESK = {
    Verb.SEE,
    Verb.EXPLAIN,
    Verb.URGE,
    Verb.CANCEL,
    Verb.REOPEN,
    Verb.RECATEGORISE,
    Verb.DISPATCH,
    Verb.FOLLOW_UP,
} | {Verb.NOTE, Verb.HELP, Verb.LEAVE, Verb.JOIN, Verb.FORETELL}
BY_ROLE = {
    None: set(), Role.RESIDENT: set(), Role.ENGINEER: set(), Role.SERVICE: DESK,
    Role.SUPERVISOR: DESK | {Verb.CLOSE}, Role.MANAGER: DESK | {Verb.CLOSE}, Role.ADMIN: DESK | {Verb.CLOSE},
}  # fmt: skip
BY_RELATION = {"stranger": set(), "wang": REPORTERS, "li": HOLDERS, "zhao": PAGED, "qian": HELPERS}


@pytest.mark.parametrize("role", BY_ROLE)
@pytest.mark.parametrize("who", BY_RELATION)
@pytest.mark.parametrize("verb", Verb)
def test_the_table(role: Role | None, who: str, verb: Verb) -> None:
    expected = verb in BY_ROLE[role] | BY_RELATION[who]
    assert may(verb, ORDER, who, role, {"zhao"}, {"qian"}) is expected


def test_whoever_holds_an_order_never_rates_it_even_as_its_reporter() -> None:
    assert not may(Verb.RATE, ORDER, "li", Role.ENGINEER, set())
    own = Order(**{**{f: getattr(ORDER, f) for f in ORDER.__slots__}, "reporter": "li"})
    assert not may(Verb.RATE, own, "li", Role.ENGINEER, set())


REPORTERS_WORDS = ["进度", "催单", "取消", "确认", "没修好"]
ENGINEERS_WORDS = ["备注", "协助", "撤回协助", "接单", "拒单", "到场", "恢复", "挂起", "转单", "完工", "问"]
GUESSES = [*REPORTERS_WORDS, *ENGINEERS_WORDS, "派单", "关闭", "回访"]
TAPS = ["accept:1", "refuse:1", "hand_over:1", "confirm:1", "not_fixed:1", "rate:1:1", "place:1:last"]


@pytest.mark.parametrize("command", GUESSES)
def test_not_yours_and_does_not_exist_sound_the_same(world: World, command: str) -> None:
    world.wang.says("3栋2单元1502厨房漏水，电话13800000001")
    for words in (f"{command} {{}}", f"{command} {{}} 李师傅"):
        answers = set()
        for no in (1, 2, 30, 999_999_999):
            world.chen.skips().says(words.format(no))
            (answer,) = world.chen.unheard()
            answers.add(answer.text.replace(str(no), "N").split("\n我们只收集")[0])
        assert len(answers) == 1, answers
        assert not any(part in "".join(answers) for part in ("1502", "138", "漏水", "师傅已", "待接单"))
    assert world.wang.unheard()


def test_a_resident_who_guesses_numbers_learns_and_changes_nothing(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips()
    guesses = [f"{command} 1 x" for command in GUESSES] + [
        f"{GUESSES[no % len(GUESSES)]} {no} x" for no in range(1, 31)
    ]
    for guess in guesses:
        world.chen.says(guess)
        world.passes(seconds=5)
    heard = "\n".join(i.text for i in world.chen.unheard())
    assert "没有找到您可以操作的工单 1。" in heard
    assert not any(part in heard for part in ("1502", "13800000001", "王女士", "漏水（"))
    world.kefu.skips().says("进度 1").hears("报修", "工单 1")
    world.kefu.says("进度 1").hears("工单 1 · 加急 · 漏水")


@pytest.mark.parametrize("key", TAPS)
def test_a_card_pressed_by_the_wrong_person_is_refused_like_words(world: World, key: str) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips()
    world.platform.member_event(
        "chen", "template_card_event", EventKey=key, TaskId="x", CardType="button_interaction", ResponseCode="y"
    )
    world.settle()
    world.chen.hears("没有找到您可以操作的工单 1")
    world.nobody_heard_more()


def test_only_the_holder_sees_the_phone(world: World) -> None:
    world.wang.says("3栋2单元电梯里有人被困").skips()
    first = world.li if world.li.unheard() else world.zhao
    second = world.zhao if first is world.li else world.li
    first.hears("工单 1", "13800000001")
    first.skips()
    world.passes(seconds=61)
    second.hears("工单 1", "王女士", "电梯困人")
    second.skips()
    everything = "\n".join(i.text for i in world.platform.phone(second.id).shown)
    assert "13800000001" not in everything
    for words in ("进度 1", "我的工单"):
        second.says(words)
    assert not any("13800000001" in i.text for i in second.unheard())
    second.skips().says("接单 1").hears("接单成功", "13800000001")


def test_whoever_lost_the_order_reads_no_phone_any_more(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水").skips()
    first = world.li if world.li.unheard() else world.zhao
    first.skips().says("接单").skips()
    first.says("转单 1 孙师傅").skips()
    world.wang.skips()
    world.wang.says("补充一下，电话13899998888，水很大").skips()
    world.sun.hears("13899998888")
    first.says("进度 1").says("我的工单").says("问 1 在家吗")
    assert not any("138" in i.text for i in first.unheard())
    first.hears("没有找到您可以操作的工单 1")
