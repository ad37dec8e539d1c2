"""Voice, pictures and videos: to customer service at once where nothing else is known, to the order where it is."""

from world import Someone, World

from bot.errands import folder_of_media

LEAK = "3栋2单元1502厨房漏水"


def files(someone: Someone) -> list[str]:
    return [i.kind for i in someone.unheard() if i.kind not in ("text", "card")]


def engaged(world: World, words: str = LEAK) -> Someone:
    """Somebody reports and an engineer has accepted."""
    world.wang.says(words).skips()
    engineer = next(p for p in (world.li, world.zhao, world.sun) if p.unheard()).skips()
    engineer.says("接单").skips()
    world.wang.skips()
    return engineer


def test_a_voice_out_of_nowhere_reaches_customer_service_as_a_file_at_once(world: World) -> None:
    world.wang.sends("voice").hears("工单 1", "语音", "一句话")
    assert files(world.kefu) == ["voice"]
    world.kefu.hears("工单 1", "待核实", "只有语音或图片")
    world.kefu.skips()
    world.nobody_heard_more()


def test_unanswered_for_a_minute_it_climbs_like_an_emergency(world: World) -> None:
    world.wang.sends("voice").skips()
    world.kefu.skips()
    world.passes(seconds=59)
    world.nobody_heard_more()
    world.passes(seconds=1)
    world.kefu.hears("紧急", "工单 1", "可能有人遇险")
    world.passes(minutes=1, seconds=1)
    world.zhou.hears("工单 1", "无人接单")


def test_customer_service_that_accepts_stops_the_climb(world: World) -> None:
    world.wang.sends("voice").skips()
    world.kefu.skips().says("接单 1").hears("接单成功")
    world.wang.hears("工单 1", "小刘")
    world.passes(minutes=4)
    world.zhou.hears_nothing()


def test_the_answer_makes_the_order_what_the_words_say(world: World) -> None:
    world.wang.sends("image").skips()
    world.kefu.skips()
    world.wang.says("3栋2单元1502厨房漏水").hears("工单 1", "师傅")
    engineer = next(p for p in (world.li, world.zhao, world.sun) if p.unheard())
    engineer.hears("工单 1", "漏水", "3栋2单元1502厨房漏水")
    world.wang.says("我的工单").hears("未完成 1 个")


def test_an_answer_that_comes_after_the_climb_belongs_to_the_same_order(world: World) -> None:
    world.wang.sends("voice").skips()
    world.passes(seconds=70)
    world.kefu.skips()
    world.wang.says("3栋2单元电梯里有人被困").hears("工单 1")
    engineer = next(p for p in (world.li, world.zhao, world.sun) if p.unheard())
    engineer.hears("紧急", "工单 1", "电梯困人", "3栋2单元")
    world.wang.says("我的工单").hears("未完成 1 个")


def test_danger_explained_after_customer_service_took_it_goes_to_the_trade(world: World) -> None:
    world.wang.sends("voice").skips()
    world.kefu.skips().says("接单").skips()
    world.wang.skips().says("3栋2单元电梯里有人被困").hears("工单 1")
    engineer = next(p for p in (world.li, world.zhao, world.sun) if p.unheard())
    engineer.hears("紧急", "工单 1", "电梯困人")


def test_several_pictures_in_a_row_are_one_order(world: World) -> None:
    for _ in range(3):
        world.wang.sends("image")
    world.wang.hears("工单 1", "一句话").hears("图片已补充到工单 1").hears("图片已补充到工单 1").hears_nothing()
    assert files(world.kefu) == ["image"] * 3


def test_a_video_joins_the_open_order_and_its_file_reaches_the_engineer(world: World) -> None:
    engineer = engaged(world)
    world.wang.sends("video").hears("视频", "工单 1")
    engineer.hears("工单 1", "视频")
    assert files(engineer) == ["video"]


def test_a_picture_for_an_order_of_yesterday_joins_it_too(world: World) -> None:
    engineer = engaged(world)
    engineer.says("到场").skips()
    engineer.says("挂起 1 等配件").skips()
    world.passes(hours=20)
    for someone in (world.wang, engineer, world.zhou, world.zheng, world.kefu):
        someone.skips()
    world.wang.sends("image").hears("图片", "工单 1")
    assert files(engineer) == ["image"]


def test_a_picture_the_engineer_asked_for_comes_to_him(world: World) -> None:
    engineer = engaged(world)
    engineer.says("问 1 请发一张照片").hears("工单 1", "转给报修人")
    world.wang.hears("工单 1", "请发一张照片")
    world.wang.sends("image").hears("图片", "工单 1")
    engineer.hears("工单 1", "图片")


def test_photos_of_an_engineer_with_one_order_are_kept_with_it(world: World) -> None:
    engineer = engaged(world)
    engineer.sends("image").hears("图片已存入工单 1")
    world.kefu.says("进度 1").hears("工单 1", "附件 1 个")
    kept = list(folder_of_media(world.house.desk.db).glob("1/*"))
    assert len(kept) == 1
    assert kept[0].stat().st_size > 0


def test_with_several_orders_the_bot_asks_which(build_world) -> None:
    duty = "userid,start,end,tier\nli,2026-11-23 00:00,2026-12-07 00:00,1\nkefu,2026-11-23 00:00,2026-12-07 00:00,1\n"
    world = build_world(duty=duty)
    world.wang.says(LEAK)
    world.chen.says("5栋1单元302马桶堵了")
    world.li.says("接单 1").says("接单 2").skips()
    world.li.sends("image").hears("哪个工单", "工单 1", "工单 2")
    world.li.sends("image").hears("哪个工单")
    world.li.says("第2个").hears("2个文件已存入工单 2")
    world.kefu.says("进度 2").hears("附件 2 个")
    world.kefu.says("进度 1").hears("附件 0 个")


def test_a_file_that_does_not_come_at_once_is_fetched_later(world: World) -> None:
    engineer = engaged(world)
    world.platform.fault("/cgi-bin/media/get", "http", 500, times=2)
    engineer.sends("image").hears("图片已存入工单 1")
    assert not list(folder_of_media(world.house.desk.db).glob("1/*"))
    for _ in range(4):
        world.passes(seconds=10)
    assert len(list(folder_of_media(world.house.desk.db).glob("1/*"))) == 1


def test_an_outside_resident_in_the_lift_is_heard_the_same_way(world: World) -> None:
    world.customer("wx_one", "小明").sends("voice").hears("工单 1", "语音", "一句话", "privacy")
    assert files(world.kefu) == ["voice"]
    world.kefu.skips()
    world.passes(seconds=61)
    world.kefu.hears("紧急", "工单 1")
