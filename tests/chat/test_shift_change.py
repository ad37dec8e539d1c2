"""The change of shift: open orders are offered as a list, nothing changes hands until somebody takes it."""

from collections.abc import Callable

from world import PEOPLE, World

from bot import store

Build = Callable[..., World]
DAY = """userid,start,end,tier
kefu,2026-11-23 00:00,2027-01-07 00:00,1
zhou,2026-11-23 00:00,2027-01-07 00:00,3
li,2026-11-23 08:00,2026-11-23 20:00,1
zhao,2026-11-23 20:00,2026-11-24 08:00,1
sun,2026-11-24 08:00,2027-01-07 00:00,1
"""
PATIENT = "".join(
    f'[sla.{priority}]\naccept_within = "20h"\narrive_within = "90h"\nfinish_within = "200h"\n'
    for priority in ("normal", "urgent")
)


def with_two_orders(build_world: Build, duty: str = DAY) -> World:
    world = build_world(duty=duty, extra=PATIENT)
    world.wang.says("3栋2单元1502厨房漏水").skips()
    world.chen.says("5栋1单元301停水了").skips()
    world.li.says("接单 1").says("接单 2").says("到场 1").skips()
    for who in (world.wang, world.chen, world.zhou, world.kefu, world.zhao, world.sun):
        who.skips()
    return world


def holder(world: World, no: int) -> str | None:
    with world.house.desk.db.reading() as tx:
        order = store.orders.get(tx, no)
    assert order is not None
    return order.holder


def test_the_list_goes_over_and_one_tap_takes_all(build_world: Build) -> None:
    world = with_two_orders(build_world)
    world.at("2026-11-23", "20:00")
    world.li.hears("您的班结束了", "2 个未完成工单", "赵师傅", "仍由您负责", "工单 1", "工单 2")
    world.zhao.hears("交接班：李师傅下班了", "工单 1", "工单 2", "接班")
    assert holder(world, 1) == "li"
    world.zhao.taps("全部接班").hears("已接班 2 个工单", "工单 1", "工单 2")
    assert (holder(world, 1), holder(world, 2)) == ("zhao", "zhao")
    world.li.hears("赵师傅已接班", "工单 1", "工单 2")
    world.wang.hears("工单 1 因交接班改由赵师傅继续处理")
    world.chen.hears("工单 2 因交接班改由赵师傅继续处理")
    world.zhao.says("接班").hears("现在没有等您接班的工单")
    world.zhao.says("到场 1").hears("已记录工单 1 到场时间")
    world.wang.hears("赵师傅已到场")
    world.zhou.hears("值班缺口")
    world.nobody_heard_more()


def test_single_numbers_are_taken_and_the_rest_stays_where_it_is(build_world: Build) -> None:
    world = with_two_orders(build_world)
    world.at("2026-11-23", "20:00")
    world.li.skips()
    world.zhao.skips().says("接班 2 7").hears("工单 7 不在交给您的单子里")
    world.zhao.says("接班2").hears("已接班 1 个工单", "工单 2")
    assert (holder(world, 1), holder(world, 2)) == ("li", "zhao")
    world.li.hears("赵师傅已接班", "工单 2")
    world.passes(minutes=15)
    world.zhao.hears("提醒：李师傅交接的工单还没有人接", "工单 1")
    world.zhou.hears("李师傅已下班，交给赵师傅的工单还没有接", "工单 1")
    world.zhao.says("接班").hears("已接班 1 个工单", "工单 1")


def test_what_has_moved_on_meanwhile_is_not_taken_twice(build_world: Build) -> None:
    world = with_two_orders(build_world)
    world.at("2026-11-23", "20:00")
    world.li.says("完工 1 换了角阀").skips()
    world.zhou.says("派单 2 孙师傅").skips()
    world.zhao.skips().says("接班").hears("都已有人处理")
    world.sun.hears("工单 2")


def test_with_nobody_on_duty_the_supervisor_hears_of_it_at_once(build_world: Build) -> None:
    world = with_two_orders(build_world, DAY.replace("zhao,2026-11-23 20:00", "zhao,2026-11-23 23:00"))
    world.at("2026-11-23", "20:00")
    world.li.hears("暂时没有当班的人可接", "已告知主管", "工单 1")
    world.zhou.hears("交接班缺人：李师傅下班了", "工单 1", "工单 2", "派单")
    assert holder(world, 1) == "li"


def test_who_comes_back_hears_what_he_still_has(build_world: Build) -> None:
    world = with_two_orders(build_world, DAY + "li,2026-11-23 23:00,2026-11-24 06:00,1\n")
    world.at("2026-11-23", "20:00")
    world.li.skips()
    world.zhao.skips()
    world.at("2026-11-23", "23:00")
    world.li.hears("您上班了，手上还有 2 个未完成工单", "工单 1", "工单 2")


def test_who_goes_on_in_the_next_shift_keeps_his_orders(build_world: Build) -> None:
    world = with_two_orders(build_world, DAY + "li,2026-11-23 20:00,2026-11-24 07:00,1\n")
    world.at("2026-11-23", "20:10")
    world.li.hears_nothing()
    world.zhao.hears_nothing()


def test_a_change_of_shift_that_fell_into_a_downtime_is_made_up_for(build_world: Build) -> None:
    world = with_two_orders(build_world)
    world.crash()
    world.jumps(hours=12)
    world.boot()
    world.settle()
    world.zhao.hears("交接班：李师傅下班了", "工单 1", "工单 2")


SAID = "userid,start,end,tier\nkefu,2026-11-23 00:00,2027-01-07 00:00,1\nzhou,2026-11-23 00:00,2027-01-07 00:00,3\n"


def test_a_team_without_a_table_says_when_it_comes_and_goes(build_world: Build) -> None:
    world = build_world(duty=SAID, extra=PATIENT)
    world.li.says("我上班了").hears("已记录上班", "21:00 自动下班", "0 个未完成")
    world.wang.says("3栋2单元1502厨房漏水").hears("正在通知李师傅")
    world.li.hears("工单 1").says("接单").skips()
    world.wang.skips()
    world.zhao.says("上班了！").hears("已记录上班")
    world.li.says("我下班了").hears("已记录下班").hears("您的班结束了", "赵师傅", "工单 1")
    world.zhao.hears("交接班：李师傅下班了", "工单 1")
    world.li.says("下班了").hears("您现在没有在班")
    world.at("2026-11-23", "20:59")
    world.zhao.skips().says("我上班了").hears("11-24 08:59 自动下班")
    world.at("2026-11-24", "08:59")
    world.zhao.hears("您的班自动结束", "我上班了")


def test_who_stands_in_the_table_need_not_say_so(build_world: Build) -> None:
    world = build_world(duty=DAY)
    world.li.says("我上班了").hears("已经在值班表上，到 20:00")
    world.li.says("我下班了").hears("在值班表上到 20:00", "请假")
    world.zhao.says("我上班了，家里厨房漏水").skips()
    world.wang.says("我上班了").skips()
    world.kefu.hears("原话：我上班了").skips()
    world.nobody_heard_more()


def test_the_list_of_a_day_shows_who_works_when(build_world: Build) -> None:
    world = build_world(duty=DAY)
    world.li.says("值班").hears("现在值班", "李师傅")
    world.li.says("值班 明天").hears("11-24周二值班", "：赵师傅", "：孙师傅", "08:00", "周主管（值班主管）")
    world.li.says("值班11-23").hears("11-23周一值班", "李师傅")
    world.li.says("值班 2027-02-01").hears("没有排班")
    world.li.says("值班 谁").hears("请写「值班」")
    world.li.says("值班 11-23至12-23").hears("最多看 7 天")
    world.wang.says("值班").hears("只对物业客服")


def test_the_feed_is_ones_own_and_its_address_can_be_changed(build_world: Build) -> None:
    world = build_world(duty=DAY)
    client = world.service.app().test_client()  # type: ignore[attr-defined]

    def address() -> str:
        told = [i.text for i in world.platform.phone("li").shown if "/duty/" in i.text][-1]
        return told.split("https://bot.example.com")[1].split()[0]

    world.li.says("值班 订阅").hears("https://bot.example.com/duty/", ".ics")
    first = address()
    answer = client.get(first)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    text = answer.get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20261123T000000Z" in text
    assert "DTEND:20261123T120000Z" in text
    assert len(first) > 36
    world.li.says("值班 订阅").skips()
    assert address() == first
    world.li.says("值班 订阅 重置").hears("旧地址已停用")
    assert client.get(first).status_code == 404
    assert client.get(address()).status_code == 200
    assert client.get("/duty/x.ics").status_code == 404
    world.wang.says("值班 订阅").skips()


def test_gaps_are_told_every_morning_by_trade_and_building(build_world: Build) -> None:
    people = PEOPLE.replace("赵师傅,engineer,plumbing;elevator,", "赵师傅,engineer,plumbing;elevator,5")
    duty = DAY.replace("sun,2026-11-24 08:00", "sun,2026-11-24 09:00").replace(
        "zhao,2026-11-23 20:00", "zhao,2026-11-23 21:00"
    )
    world = build_world(people=people, duty=duty)
    world.at("2026-11-23", "09:13")
    world.zhou.hears(
        "值班缺口",
        "11-23 09:13 至 11-23 20:00 缺 暖通、弱电、土建、消防",
        "11-23 20:00 至 11-23 21:00 没有人值班",
        "11-23 21:00 至 11-24 08:00 缺 给排水（其他楼栋）、强电、电梯（其他楼栋）、暖通",
        "11-24 08:00 至 11-24 09:00 没有人值班",
    )
    world.at("2026-11-24", "09:20")
    world.zhou.hears("日报")
    world.zheng.hears("日报")
    world.nobody_heard_more()
