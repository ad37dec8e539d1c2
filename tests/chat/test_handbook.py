"""The emergency handbook: steps by role, ticked off in chat with their times, a report; drills that alarm nobody."""

from typing import Any

import pytest
from world import DUTY, World

from bot.core.handbook import plans
from bot.core.kinds import Category, Priority
from bot.settings import ContactSettings
from bot.texts import handbook, has

CONTACTS = '[contacts]\nlift_maintainer = "0571-12345678"\nlift_rescue = "96333"\n'


@pytest.fixture
def world(build_world: Any) -> World:
    """An estate that has written down whom to call."""
    made: World = build_world(extra=CONTACTS)
    return made


def trapped(world: World) -> Any:
    """People are shut in a lift, and somebody takes it; returns him."""
    world.wang.says("3栋2单元电梯困人").hears("工单 1", "电梯困人")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips().says("接单 1").hears("接单成功")
    return engineer


def page_of(world: World, path: str) -> Any:
    client = world.service.app().test_client()  # type: ignore[attr-defined]
    return client.get(path)


def test_each_role_gets_its_steps_with_the_numbers_to_call(world: World) -> None:
    engineer = trapped(world)
    engineer.hears("应急预案 1", "电梯困人", "工单 1", "断开主电源")
    world.kefu.hears("应急预案 1", "致电电梯维保单位", "0571-12345678", "96333", "119")
    world.zhou.hears("应急预案 1", "慰问被困人员")
    world.wang.hears("工单 1", "接单").hears_nothing()


def test_steps_are_ticked_off_by_button_and_by_word_and_everybody_hears_the_moments(world: World) -> None:
    engineer = trapped(world)
    for someone in (engineer, world.kefu, world.zhou, world.wang):
        someone.skips()
    world.passes(seconds=40)
    world.kefu.taps("1 报警").hears("预案 1", "第 1 步", "报警")
    engineer.hears("预案 1", "报警")
    world.zhou.hears("预案 1", "报警")
    world.passes(minutes=6)
    engineer.says("步骤 1 4").says("步骤 1 5 停在7楼，两人").hears("第 4 步", "出发").hears("第 5 步", "停在7楼，两人")
    engineer.says("步骤 1 5").hears("已经记过")
    engineer.says("步骤 1 99").hears("请写明第几步")
    world.kefu.says("预案 1").hears("√ 5", "□ 8")
    world.wang.hears_nothing()


def test_afterwards_there_is_a_report_as_a_page_and_a_table_for_who_leads(world: World) -> None:
    engineer = trapped(world)
    world.passes(minutes=2)
    world.kefu.taps("1 报警")
    engineer.says("步骤 1 4").says("到场 1").says("步骤 1 5 <b>两人</b>").says("步骤 1 8 =两人平安")
    world.zhou.skips()
    engineer.says("完工 1 已救出，停梯检查")
    report = next(i.text for i in world.zhou.unheard() if "已结束" in i.text)
    assert all(word in report for word in ("预案 1", "报警 09:02", "解救 09:02", "完成 4/11 步"))
    path = report.partition("https://bot.example.com")[2].split("\n")[0].split("（")[0]
    assert path.startswith("/run/")
    assert len(path) >= len("/run/") + 32
    shown = page_of(world, path)
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    assert "电梯困人" in text
    assert "&lt;b&gt;两人&lt;/b&gt;" in text
    assert "13800000001" not in text
    table = page_of(world, path + ".csv")
    assert table.get_data().startswith(b"\xef\xbb\xbf")
    assert "'=两人平安" in table.get_data(as_text=True)
    assert page_of(world, "/run/" + "x" * 32).status_code == 404
    engineer.skips().says("步骤 1 9").hears("已经结束")


def test_a_drill_runs_the_same_way_marked_in_every_message_and_no_resident_hears(world: World) -> None:
    world.zhou.says("演练 电梯困人 3栋").hears("【演练】", "应急预案 1", "不要惊动住户")
    world.kefu.hears("【演练】", "致电电梯维保单位")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("【演练】", "断开主电源")
    world.kefu.taps("1 报警").hears("【演练】", "第 1 步")
    engineer.hears("【演练】", "报警")
    world.zhou.hears("【演练】", "报警")
    world.zhou.says("预案结束 1 通讯顺畅").hears("【演练】", "已结束", "完成 1/11 步")
    world.passes(hours=2)
    for person in ("wang", "chen", "zhao", "li", "sun", "kefu", "zhou", "zheng", "admin"):
        for item in world.platform.phone(person).shown:
            assert item.mine or "【演练】" in item.text, (person, item.text)
    world.zhou.says("今日").hears("受理 0")


def test_a_drill_is_for_who_leads_and_says_what_it_needs(world: World) -> None:
    world.zhou.says("演练 电梯困人").hears("演练 类别 位置", "电梯困人、火情")
    world.zhou.says("演练 门窗 3栋").hears("演练 类别 位置")
    world.wang.says("演练 电梯困人 3栋").skips()
    assert not world.kefu.unheard() or "【演练】" not in world.kefu.unheard()[0].text


def test_the_handbook_can_begin_before_anybody_has_taken_the_order(world: World) -> None:
    world.wang.says("3栋2单元电梯困人").skips()
    world.kefu.skips().says("预案 1").hears("应急预案 1", "致电电梯维保单位")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.skips().says("接单 1").hears("接单成功")
    world.wang.says("3栋2单元卧室灯不亮").skips()
    world.kefu.says("预案 2").hears("不是紧急工单")


def test_customer_service_phones_from_the_dispatch_on_and_the_others_begin_with_the_acceptance(world: World) -> None:
    world.wang.says("3栋2单元电梯困人").skips()
    world.kefu.hears("应急预案 1", "正在找人接单", "致电电梯维保单位", "0571-12345678", "96333", "119").hears_nothing()
    world.zhou.hears_nothing()
    world.passes(seconds=20)
    world.kefu.taps("1 报警").hears("预案 1", "第 1 步", "报警").hears_nothing()
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("【紧急】工单 1").hears_nothing()
    engineer.says("接单 1").hears("接单成功").hears("应急预案 1", "断开主电源").hears_nothing()
    world.zhou.hears("应急预案 1", "慰问被困人员").hears_nothing()
    world.kefu.hears_nothing()
    world.kefu.says("预案 1").hears("√ 1", "□ 2")


def test_whoever_reports_the_same_again_starts_no_second_round_of_calls(world: World) -> None:
    world.wang.says("3栋2单元电梯困人").skips()
    world.kefu.hears("应急预案 1")
    world.chen.says("3栋2单元电梯困人").skips()
    assert not any("应急预案" in i.text for i in world.kefu.unheard())
    world.chen.says("5栋1单元电梯困人").skips()
    world.kefu.hears("应急预案 2", "工单 3")


def test_who_takes_an_emergency_over_hears_what_is_left_to_do(world: World) -> None:
    engineer = trapped(world)
    for someone in (engineer, world.kefu, world.zhou, world.wang):
        someone.skips()
    engineer.says("步骤 1 4")
    other, name = (world.zhao, "赵师傅") if engineer is world.li else (world.li, "李师傅")
    engineer.says(f"转单 1 {name}").skips()
    for someone in (world.kefu, world.zhou, world.wang):
        someone.skips()
    other.skips().says("接单 1")
    steps = [shown.text for shown in other.unheard() if "您的步骤" in shown.text]
    assert len(steps) == 1
    assert "□ 5 " in steps[0]
    assert "□ 4 " not in steps[0]
    for someone in (other, engineer, world.kefu, world.zhou, world.wang):
        someone.skips()


def test_nobody_goes_on_phoning_once_it_is_called_off(world: World) -> None:
    world.wang.says("3栋2单元电梯困人").skips()
    world.kefu.hears("应急预案 1")
    world.wang.says("取消 1").hears("已取消")
    world.kefu.hears("预案 1 已停止", "工单 1", "已取消")
    world.kefu.says("步骤 1 1").hears("已经结束")


def test_another_kind_of_emergency_has_the_steps_of_its_own(world: World) -> None:
    world.wang.says("3栋2单元电梯困人").skips()
    world.kefu.hears("应急预案 1", "电梯困人").says("步骤 1 1").skips()
    world.kefu.says("改类 1 火情 紧急").hears("工单 1 已改为火情").hears("应急预案 1", "火情", "□ 1 拨打火警")
    world.kefu.says("改类 1 门禁").hears("工单 1 已改为门禁").hears("预案 1 已停止", "不是紧急工单")


def test_every_step_names_a_role_a_number_that_can_be_configured_and_a_kind_with_safety_steps() -> None:
    book = plans(handbook())
    assert set(book) == {
        Category.ELEVATOR_ENTRAPMENT, Category.FIRE, Category.GAS_LEAK, Category.POWER_OUTAGE, Category.LEAK,
    }  # fmt: skip
    for category, plan in book.items():
        assert {step.call for step in plan.steps} - {""} <= set(ContactSettings.model_fields)
        names = [f"safety.resident.{category}", f"safety.resident.{category}_{Priority.EMERGENCY}"]
        assert any(has(name) for name in names), category
        assert len([s for s in plan.steps if s.mark]) >= 3, category


def test_with_no_customer_service_the_supervisor_has_its_steps_too(build_world: Any) -> None:
    at_night: World = build_world(
        extra=CONTACTS, duty="\n".join(x for x in DUTY.splitlines() if "kefu" not in x) + "\n"
    )
    engineer = trapped(at_night)
    at_night.zhou.hears("应急预案 1", "致电电梯维保单位", "慰问被困人员")
    engineer.hears("应急预案 1", "断开主电源")
