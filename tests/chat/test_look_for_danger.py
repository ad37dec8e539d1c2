"""Words that may tell of a danger and are taken for something else: a person reads them."""

from collections.abc import Callable

import pytest
from world import Mishearing, World

from bot.core.kinds import Intent
from bot.core.reading import NOWHERE, Reading

SMOKE = "烟那么大，真是谢谢你们了"
LOOK = "可能有险情"
PLAIN = "如果现在有危险，请直接说哪里、什么情况"


@pytest.fixture
def alarmed(build_world: Callable[..., World]) -> Callable[[Intent], World]:
    def of(intent: Intent) -> World:
        world = build_world()
        taken_for = Reading(intent, (), NOWHERE, (), sure=False, alarming=True)
        world.house.desk.reader = Mishearing(world.house.desk.reader, {SMOKE: taken_for})
        return world

    return of


@pytest.mark.parametrize("intent", [Intent.THANKS, Intent.STATUS, Intent.URGE, Intent.SUPPLEMENT])
def test_customer_service_reads_it_and_the_sender_hears_how_to_make_it_plain(
    alarmed: Callable[[Intent], World], intent: Intent
) -> None:
    world = alarmed(intent)
    world.wang.says(SMOKE).hears(PLAIN)
    world.kefu.hears(LOOK, SMOKE)
    world.nobody_heard_more()


def test_a_refusal_does_not_take_the_look_away(alarmed: Callable[[Intent], World]) -> None:
    world = alarmed(Intent.CANCEL)
    world.wang.says(SMOKE).hears("没有", PLAIN)
    world.kefu.hears(LOOK, SMOKE)


def test_a_complaint_is_looked_at_for_it_too(alarmed: Callable[[Intent], World]) -> None:
    world = alarmed(Intent.COMPLAINT)
    world.wang.says(SMOKE).hears("工单 1", PLAIN)
    assert any(LOOK in shown.text for shown in world.kefu.unheard())


@pytest.mark.parametrize("intent", [Intent.OTHER, Intent.GREETING])
def test_what_may_be_anything_is_an_order_to_be_settled_as_ever(
    alarmed: Callable[[Intent], World], intent: Intent
) -> None:
    world = alarmed(intent)
    world.wang.says(SMOKE).hears("工单 1")
    world.kefu.hears("待核实", SMOKE)
    world.nobody_heard_more()


def test_of_staff_too(alarmed: Callable[[Intent], World]) -> None:
    world = alarmed(Intent.OTHER)
    world.li.says(SMOKE).hears(PLAIN)
    world.kefu.hears(LOOK, SMOKE)
    world.nobody_heard_more()
