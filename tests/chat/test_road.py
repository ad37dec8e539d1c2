"""The whole road of an order: report, dispatch, accept, arrive, finish, confirm, rate."""

from world import World


def test_a_leak_goes_the_whole_road(world: World) -> None:
    world.wang.says("3栋2单元1502厨房水龙头下面漏水").hears("工单 1", "漏水", "3栋2单元1502")
    engineer = world.li if world.li.unheard() else world.zhao
    engineer.hears("工单 1", "漏水", "加急", "3栋2单元1502", "3栋2单元1502厨房水龙头下面漏水", "接单时限")
    world.nobody_heard_more()
    world.passes(minutes=2)
    engineer.says("接单 1").hears("接单成功", "工单 1", "王女士", "13800000001")
    world.wang.hears("工单 1", "师傅")
    world.passes(minutes=10)
    engineer.says("到场").hears("工单 1")
    world.wang.hears("工单 1", "到场")
    engineer.says("完工 1 更换角阀").hears("工单 1", "完工")
    world.wang.hears("工单 1", "更换角阀", "确认")
    world.wang.says("确认 1").hears("谢谢", "工单 1")
    engineer.hears("工单 1", "确认")
    world.passes(minutes=31)
    world.wang.hears("工单 1", "1–5")
    world.wang.says("5").hears("谢谢", "工单 1")
    world.passes(hours=20)
    world.nobody_heard_more()
