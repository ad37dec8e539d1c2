"""After a restore nothing old is sent, rung or acted upon before a human says so."""

from pathlib import Path

import pytest
from world import World

from bot.backups import backup, restore

LEAK = "3栋2单元1502厨房漏水"


def restored(world: World, tmp_path: Path, borrow_empty, hours: float = 0) -> None:
    """The machine is lost; what the backup has is all there is."""
    backup(world.settings.store.url, tmp_path / "b.zip", world.clock.now, media=False)
    world.crash()
    world.jumps(hours=hours)
    url = borrow_empty(tmp_path)
    restore(url, tmp_path / "b.zip", world.clock.now)
    world.moves_to(url)


@pytest.fixture
def borrow_empty(tmp_path: Path):
    """A place for a database that does not exist yet."""
    return lambda folder: f"sqlite:///{folder}/restored.db"


def test_old_pages_and_clocks_wait_until_an_admin_lets_them_go(world: World, tmp_path, borrow_empty) -> None:
    world.wang.says("1栋电梯里有人被困").skips()
    for someone in (world.li, world.zhao, world.sun, world.kefu):
        someone.skips()
    world.platform.member_says("chen", LEAK)  # its letters are written, not sent
    restored(world, tmp_path, borrow_empty, hours=5)
    world.settle()
    world.admin.hears("备份", "工单 1", "放行", "作废")
    world.passes(minutes=30)
    world.nobody_heard_more()
    # What comes in now is handled as ever.
    world.chen.says("2栋大堂灯不亮").hears("工单 10")
    world.chen.skips()
    for someone in (world.li, world.zhao, world.sun, world.kefu, world.zhou, world.zheng):
        someone.skips()
    world.admin.says("放行").hears("已放行")
    assert any("工单 2" in item.text for item in world.chen.unheard())
    assert any("工单 1" in item.text for item in world.zhou.unheard())
    for name in ("wang", "chen", "li", "zhao", "sun", "kefu", "zhou", "zheng", "admin"):
        getattr(world, name).skips()
    world.admin.says("放行").hears("没有等待放行")


def test_dropped_they_stay_unsaid_and_the_clocks_go_on_from_now(world: World, tmp_path, borrow_empty) -> None:
    world.wang.says("1栋电梯里有人被困").skips()
    for someone in (world.li, world.zhao, world.sun, world.kefu):
        someone.skips()
    world.platform.member_says("chen", LEAK)
    restored(world, tmp_path, borrow_empty, hours=5)
    world.settle()
    world.admin.hears("备份")
    world.wang.says("放行").skips()
    world.kefu.says("作废").hears("只对")
    world.admin.says("作废").hears("已作废")
    world.nobody_heard_more()
    # Nobody has accepted it: the emergency is called on, from its next step.
    world.passes(minutes=2, seconds=5)
    assert any("工单 1" in item.text for item in world.zhou.unheard())
    assert world.chen.unheard() == []
    for name in ("wang", "chen", "li", "zhao", "sun", "kefu", "zhou", "zheng", "admin"):
        getattr(world, name).skips()


def test_told_once_however_often_it_is_started(world: World, tmp_path, borrow_empty) -> None:
    world.wang.says(LEAK).skips()
    (world.li if world.li.unheard() else world.zhao).skips()
    restored(world, tmp_path, borrow_empty)
    world.settle()
    world.admin.hears("备份")
    for _ in range(2):
        world.crash()
        world.boot()
        world.settle()
    world.nobody_heard_more()


def test_what_weixin_brings_again_after_a_restore_waits_too(world: World, tmp_path, borrow_empty) -> None:
    resident = world.customer("wm_he", "何先生")
    resident.says("2栋大堂灯不亮").skips()
    backup_time = world.clock.now
    backup(world.settings.store.url, tmp_path / "b.zip", backup_time, media=False)
    world.passes(minutes=10)
    resident.says("3栋2单元电梯里有人被困").skips()  # handled, and lost with the machine
    for name in ("li", "zhao", "sun", "kefu", "zhou", "zheng", "admin", "wang", "chen"):
        getattr(world, name).skips()
    world.crash()
    world.jumps(hours=1)
    url = borrow_empty(tmp_path)
    restore(url, tmp_path / "b.zip", world.clock.now)
    world.moves_to(url)
    world.platform.ring()
    world.settle()
    world.admin.hears("备份")
    world.nobody_heard_more()
    world.admin.says("放行").hears("已放行", "1 条")
    world.platform.ring()
    world.settle()
    assert any("被困" in item.text for item in resident.unheard() + world.li.unheard() + world.zhao.unheard())
    for name in ("li", "zhao", "sun", "kefu", "zhou", "zheng", "admin"):
        getattr(world, name).skips()
    resident.skips()
