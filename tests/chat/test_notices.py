"""What the platform announces about the app: heard by the admins, and by the group where chat is what will end."""

import pytest
from world import PEOPLE, World

from bot import store
from bot.handlers.notices import EVENTS


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_announcement_reaches_admins_and_group(world: World, event: str) -> None:
    world.platform.member_event("sys", event, EffectTime="1764230400")
    world.settle()
    world.admin.hears("【企业微信通知】").hears_nothing()
    assert len(world.platform.group.shown) == 1
    world.nobody_heard_more()


def test_the_warning_of_a_suspension_says_when_and_what_to_do(world: World) -> None:
    world.platform.member_event("sys", "inactive_alert", EffectTime=str(int(world.clock.now.timestamp()) + 86_400))
    world.settle()
    world.admin.hears("11-24 09:00将被停用", "管理后台")


@pytest.mark.parametrize("given", ["", "soon", "9" * 40, "-5", "1e9"])
def test_an_odd_time_does_not_keep_the_warning_back(world: World, given: str) -> None:
    world.platform.member_event("sys", "low_active_alert", EffectTime=given)
    world.settle()
    world.admin.hears("将被限制")


def test_a_lost_account_of_the_customer_service_is_named(world: World) -> None:
    world.platform.member_event("sys", "kf_account_auth_change", AuthDelOpenKfId=["wkother", world.platform.open_kfid])
    world.settle()
    world.admin.hears("已被取消授权")
    world.platform.member_event("sys", "kf_account_auth_change", AuthAddOpenKfId="wkother")
    world.settle()
    world.admin.hears("核对报修用的客服账号")


def test_without_admins_whoever_leads_hears_it(build_world) -> None:
    world = build_world(people="\n".join(line for line in PEOPLE.splitlines() if not line.startswith("admin")))
    world.platform.member_event("sys", "close_inactive_agent")
    world.settle()
    for lead in (world.zhou, world.zheng):
        lead.hears("已被停用")


def test_staff_who_leave_the_range_are_told_to_those_who_lead(world: World) -> None:
    world.platform.member_event("li", "unsubscribe")
    world.platform.member_event("wang", "unsubscribe")
    world.settle()
    for lead in (world.zhou, world.zheng):
        lead.hears("李师傅（li）已不在报修应用的可见范围内")
    world.nobody_heard_more()


def test_the_platform_is_no_contact(world: World) -> None:
    world.platform.member_event("sys", "low_active")
    world.settle()
    with world.house.desk.db.reading() as tx:
        assert store.contacts.get(tx, "sys") is None
