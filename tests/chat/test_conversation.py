"""Short words are read by what was asked and what is open; several things in one message are all done."""

from dataclasses import dataclass, replace

import pytest
from world import Someone, World

from bot.core.kinds import Category, Intent
from bot.core.reading import Context, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.desk import Reader

LEAK = "3栋2单元1502厨房漏水"
LAMP = "3栋2单元1502卧室灯不亮"


def paged(world: World) -> Someone:
    found = [p for p in (world.li, world.zhao, world.sun) if any("接单时限" in i.text for i in p.unheard())]
    assert len(found) == 1, [p.id for p in found]
    return found[0]


def finished(world: World, words: str = LEAK) -> Someone:
    """Somebody reports, an engineer has done the work, and the reporter is asked whether it is well."""
    world.wang.says(words).skips()
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    engineer.says("完工 换了角阀").skips()
    world.wang.hears("完工").skips()
    return engineer


def test_well_again_and_a_score_and_thanks_are_one_answer(world: World) -> None:
    engineer = finished(world)
    world.wang.says("修好了，5分，谢谢").hears("工单 1 已确认完成", "工单 1：5分")
    engineer.hears("工单 1", "已确认修好")
    world.nobody_heard_more()
    world.passes(hours=25)
    world.nobody_heard_more_but_digests()


@dataclass
class Thorough:
    """The product's reader, for which a message wants these things besides."""

    reader: Reader
    also: tuple[Intent, ...]

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        return replace(self.reader.read(text, context, register), also=self.also)

    def read_place(self, text: str) -> Place:
        return self.reader.read_place(text)

    def read_category(self, text: str) -> Category | None:
        return self.reader.read_category(text)


def wants_besides(world: World, *also: Intent) -> None:
    world.house.desk.reader = Thorough(world.house.desk.reader, also)


def test_a_new_fault_and_the_end_of_the_old_one_are_both_taken(world: World) -> None:
    engineer = finished(world)
    wants_besides(world, Intent.CONFIRM, Intent.THANKS)
    world.wang.says("3栋2单元1502卧室灯不亮").hears("工单 2：照明", "工单 1 已确认完成")
    engineer.hears("工单 1", "已确认修好")
    world.wang.hears_nothing()


def test_a_score_that_confirms_is_not_confirmed_twice(world: World) -> None:
    finished(world)
    wants_besides(world, Intent.CONFIRM, Intent.THANKS)
    world.wang.says("5分").hears("工单 1 已确认完成", "工单 1：5分", "不客气")
    world.wang.hears_nothing()


def test_thanks_for_what_is_called_off_confirm_nothing(world: World) -> None:
    world.wang.says(LEAK).skips()
    wants_besides(world, Intent.CONFIRM, Intent.THANKS)
    world.wang.says("不用来了，自己好了").hears("工单 1 已取消", "不客气")
    world.wang.hears_nothing()


def test_what_cannot_be_done_besides_does_not_undo_the_rest(world: World) -> None:
    finished(world)
    wants_besides(world, Intent.URGE)
    world.wang.says("修好了").hears("工单 1 已确认完成", "没有未完成的工单可以催")
    world.wang.says("进度 1").hears("已关闭")


def test_still_not_after_the_work_was_called_done_opens_it_again(world: World) -> None:
    engineer = finished(world)
    world.wang.says("还是不行").hears("工单 1", "重新处理")
    engineer.hears("工单 1", "第1次返修")
    world.zhou.hears("返修提醒", "工单 1")
    world.nobody_heard_more()


def test_a_bare_number_is_the_score_where_the_score_was_asked_for(world: World) -> None:
    finished(world)
    world.wang.says("确认").skips()
    world.passes(minutes=31)
    world.wang.hears("1–5")
    world.wang.says("5").hears("谢谢", "工单 1：5分")


def test_where_in_the_flat_is_more_about_the_report(world: World) -> None:
    world.wang.says("3栋2单元1502漏水了").skips()
    engineer = paged(world).skips()
    world.wang.says("在厨房").hears("工单 1")
    engineer.hears("工单 1", "在厨房")
    world.nobody_heard_more()


def test_the_place_that_was_asked_for_is_taken_as_the_answer(world: World) -> None:
    world.wang.says("马桶堵了").skips()
    world.wang.says("3-2-1502").hears("工单 1", "3栋2单元1502")
    paged(world).hears("3栋2单元1502")
    world.nobody_heard_more()


def test_a_new_danger_is_heard_whatever_was_asked(world: World) -> None:
    finished(world)
    world.wang.says("电梯里有人被困").hears("工单 2", "电梯困人")


@pytest.mark.parametrize("number", ["2", "工单2", "2号", "２"])
def test_after_the_list_the_number_alone_is_enough(world: World, number: str) -> None:
    world.wang.says(LEAK).skips()
    paged(world).skips()
    world.wang.says(LAMP).skips()
    paged(world)
    for engineer in (world.li, world.zhao, world.sun):
        engineer.skips()
    world.wang.says("催单").hears("请带上工单号", "工单 1", "工单 2")
    world.wang.says(number).hears("已帮您催促", "工单 2 ")
    heard = [i.text for p in (world.li, world.zhao, world.sun) for i in p.unheard()]
    assert [t for t in heard if "催单：工单 2" in t] == heard


def test_words_that_waited_for_a_number_are_not_lost(world: World) -> None:
    world.wang.says(LEAK).skips()
    engineer = paged(world).skips()
    engineer.says("接单").skips()
    world.kefu.says("代报 5-1-302 李奶奶 13811112222 水管漏水").skips()
    other = paged(world).skips()
    world.kefu.says(f"派单 2 {'李师傅' if engineer is world.li else '赵师傅'}").skips()
    engineer.skips()
    other.skips()
    engineer.says("接单 2").skips()
    world.wang.skips()
    engineer.says("完工 换了密封圈").hears("请带上工单号", "工单 1", "工单 2")
    engineer.says("1").hears("工单 1 已完工")
    world.wang.hears("工单 1", "换了密封圈")


def test_another_number_than_those_of_the_list_is_no_answer(world: World) -> None:
    world.wang.says(LEAK).skips()
    world.wang.says(LAMP).skips()
    world.wang.says("催单").skips()
    world.wang.says("77").hears("没看明白")


def test_why_it_was_read_so_names_words_and_rules(world: World) -> None:
    world.wang.says(LEAK).skips()
    world.kefu.says("进度 1")
    told = next(i.text for i in world.kefu.unheard() if "判断依据" in i.text)
    assert "“漏水”→漏水/加急（" in told
    assert "地点：3栋2单元1502" in told


def test_a_picture_goes_along_to_the_engineer_who_gets_the_order_later(world: World) -> None:
    world.wang.sends("image").skips()
    world.kefu.skips()
    world.wang.says(LEAK).hears("工单 1")
    engineer = paged(world)
    assert [i.kind for i in engineer.unheard()].count("image") == 1
    engineer.hears("工单 1", "1个文件")


def test_a_picture_goes_along_when_customer_service_says_what_it_is(world: World) -> None:
    world.wang.sends("image").skips()
    world.kefu.skips().says("改类 1 漏水 加急").hears("工单 1", "漏水")
    engineer = paged(world)
    assert [i.kind for i in engineer.unheard()].count("image") == 1
