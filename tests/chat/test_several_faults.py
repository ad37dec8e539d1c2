"""Several faults in one message: an order each, each with its own place."""

from world import World


def its_page(world: World, no: int) -> str:
    """The text page of an order, wherever it went."""
    for someone in (world.li, world.zhao, world.sun, world.kefu):
        for item in someone.unheard():
            if "接单时限" in item.text and f"工单 {no} " in item.text:
                someone.heard.add(item.number)
                return item.text
    raise AssertionError(f"nobody was paged for {no}")


def test_each_order_has_its_own_place(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水，地下车库灯不亮").hears(
        "工单 1：漏水（加急），3栋2单元1502", "工单 2：照明（普通），地下车库"
    )
    assert "位置：3栋2单元1502\n" in its_page(world, 1)
    assert "位置：地下车库\n" in its_page(world, 2)
    world.nobody_heard_more()


def test_the_address_used_last_is_the_home_not_the_garage(world: World) -> None:
    world.wang.says("地下车库灯不亮，3栋2单元1502厨房漏水").skips()
    world.wang.says("空调不制冷").hears("工单 3", "哪一栋")
    assert [b.text for b in world.wang.card("工单 3").buttons] == ["3栋2单元1502"]


def test_one_place_told_once_is_that_of_both(world: World) -> None:
    world.wang.says("3栋2单元1502厨房漏水，卧室灯也不亮").skips()
    assert "位置：3栋2单元1502\n" in its_page(world, 1)
    assert "位置：3栋2单元1502\n" in its_page(world, 2)


def test_one_answer_gives_the_place_to_all_that_wait_for_it(world: World) -> None:
    world.wang.says("马桶堵了，卧室灯也不亮").hears("工单 1", "工单 2", "哪一栋")
    world.nobody_heard_more()
    world.wang.says("3-2-1502").hears("工单 1：排水堵塞", "工单 2：照明")
    assert "位置：3栋2单元1502\n" in its_page(world, 1)
    assert "位置：3栋2单元1502\n" in its_page(world, 2)
    world.nobody_heard_more()
