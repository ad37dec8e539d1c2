"""微信客服: doorbell, log, allowance, session states."""

from typing import Any
from xml.etree import ElementTree

import pytest

from bot.sandbox import crypto

ALICE, ACCOUNT = "wmAlice0001", "wktest01"


@pytest.fixture
def bells(platform) -> list[str]:
    """The doorbell tokens that rang, in order."""
    heard: list[str] = []

    def deliver(method: str, query: str, body: bytes) -> tuple[int, bytes]:
        encrypted = ElementTree.fromstring(body).findtext("Encrypt", "")
        event = ElementTree.fromstring(crypto.decrypt(platform.aes_key, platform.corp_id, encrypted))
        assert {child.tag for child in event} == {"ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"}
        heard.append(event.findtext("Token", ""))
        return 200, b""

    platform.deliver = deliver
    return heard


@pytest.fixture
def kf(bot) -> Any:
    def send(words: str = "x", **change: Any) -> int:
        body = {"touser": ALICE, "open_kfid": ACCOUNT, "msgtype": "text", "text": {"content": words}, **change}
        return bot.post("kf/send_msg", body)["errcode"]

    return send


def sync(bot, cursor: str = "", **more: Any) -> dict[str, Any]:
    return bot.post("kf/sync_msg", {"open_kfid": ACCOUNT, "cursor": cursor, **more})


def test_a_text_is_fetched_once(bot, platform, bells) -> None:
    platform.customer_says(ALICE, "家里没电了")
    page = sync(bot, token=bells[0])
    (item,) = page["msg_list"]
    assert item["text"] == {"content": "家里没电了"}
    assert (item["origin"], item["external_userid"], item["open_kfid"]) == (3, ALICE, ACCOUNT)
    assert page["has_more"] == 0
    assert sync(bot, page["next_cursor"], token=bells[0])["msg_list"] == []
    assert platform.violations == []


def test_pages_empty_pages_and_missed_bells(bot, platform, bells) -> None:
    for number in range(5):
        platform.customer_says(ALICE, str(number), ring=False)
    assert bells == []
    platform.kf.empty_pages = 1
    page = sync(bot, limit=2)
    assert (page["msg_list"], page["has_more"]) == ([], 1)
    words = []
    while page["has_more"]:
        page = sync(bot, page["next_cursor"], limit=2)
        words += [item["text"]["content"] for item in page["msg_list"]]
    assert words == list("01234")


def test_a_bell_token_lives_ten_minutes(bot, platform, bells, now) -> None:
    platform.ring()
    now.forward(minutes=10)
    assert sync(bot, token=bells[0])["errcode"] == 95007
    assert sync(bot, token="invented")["errcode"] == 95007


def test_without_a_cursor_three_days_come_back(bot, platform, bells, now) -> None:
    platform.customer_says(ALICE, "old")
    now.forward(days=3, seconds=1)
    platform.customer_says(ALICE, "new")
    bot.login()
    assert [item["text"]["content"] for item in sync(bot)["msg_list"]] == ["new"]


def test_sync_needs_the_account_and_an_own_cursor(bot, platform) -> None:
    assert bot.post("kf/sync_msg", {"cursor": ""})["errcode"] == 60251
    assert sync(bot, "invented")["errcode"] == 40058
    for _ in range(19):
        sync(bot)
    assert sync(bot)["errcode"] == 45009
    assert len(platform.violations) == 3


def test_five_messages_and_48_hours(bot, platform, bells, kf, now) -> None:
    assert kf() == 95002
    platform.customer_says(ALICE, "没电")
    assert [kf(str(n)) for n in range(6)] == [0, 0, 0, 0, 0, 95001]
    platform.customer_says(ALICE, "还没好")
    assert kf("再来") == 0
    now.forward(hours=48)
    bot.login()
    assert kf("太晚") == 95002
    assert len(platform.phone(ALICE).shown) == 6


def test_a_msgid_is_used_once(platform, bells, kf) -> None:
    platform.customer_says(ALICE, "没电")
    assert kf(msgid="order1_receipt") == 0
    assert kf(msgid="order1_receipt") == 95033
    assert len(platform.phone(ALICE).shown) == 1
    assert platform.violations == []
    assert kf(msgid="") == 40058


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"touser": "wmNobody"}, 40096),
        ({"open_kfid": "wkother"}, 95000),
        ({"colour": "red"}, 40058),
        ({"msgid": "x" * 33}, 40058),
        ({"msgtype": "template_card"}, 40008),
        ({"msgtype": "msgmenu", "text": None, "msgmenu": {}}, 40058),
    ],
)
def test_a_wrong_message_is_refused_and_written_down(platform, bells, kf, change: dict[str, Any], errcode: int) -> None:
    platform.customer_says(ALICE, "没电")
    assert kf(**change) == errcode
    assert platform.violations


def menu(bot, items: list[dict[str, Any]], **change: Any) -> int:
    body = {"touser": ALICE, "open_kfid": ACCOUNT, "msgtype": "msgmenu", **change}
    body["msgmenu"] = {"head_content": "请选择", "list": items, "tail_content": "谢谢"}
    return bot.post("kf/send_msg", body)["errcode"]


def click(number: int) -> dict[str, Any]:
    return {"type": "click", "click": {"id": f"score_{number}", "content": f"{number} 分"}}


def test_a_menu_and_a_tap_on_it(bot, platform, bells) -> None:
    platform.customer_says(ALICE, "没电")
    assert menu(bot, [click(number) for number in range(1, 6)]) == 0
    assert platform.phone(ALICE).shown[0].text == "请选择\n1 分\n2 分\n3 分\n4 分\n5 分\n谢谢"
    platform.customer_taps(ALICE, "5 分")
    assert sync(bot)["msg_list"][-1]["text"] == {"content": "5 分", "menu_id": "score_5"}
    assert platform.violations == []


@pytest.mark.parametrize(
    ("items", "errcode"),
    [
        ([click(number) for number in range(11)], 95008),
        ([{"type": "text", "text": {"content": "x"}}] * 51, 95008),
        ([{"type": "shout", "shout": {}}], 95009),
        ([{"type": "click", "click": {"id": "a#b", "content": "x"}}], 95008),
        ([{"type": "click", "click": {"id": "a", "content": "长" * 43}}], 95008),
    ],
)
def test_a_wrong_menu(bot, platform, bells, items: list[dict[str, Any]], errcode: int) -> None:
    platform.customer_says(ALICE, "没电")
    assert menu(bot, items) == errcode
    assert platform.violations


def welcome(bot, code: str, **change: Any) -> int:
    body = {"code": code, "msgtype": "text", "text": {"content": "您好"}, **change}
    return bot.post("kf/send_msg_on_event", body)["errcode"]


def test_the_welcome_code_is_for_20_seconds_and_once(bot, platform, bells, now) -> None:
    platform.customer_enters(ALICE, scene="b3", scene_param="3-2-1502")
    (item,) = sync(bot)["msg_list"]
    assert not item.keys() & {"open_kfid", "external_userid"}
    assert (item["event"]["event_type"], item["event"]["scene_param"]) == ("enter_session", "3-2-1502")
    assert welcome(bot, item["event"]["welcome_code"]) == 0
    assert welcome(bot, item["event"]["welcome_code"]) != 0
    platform.customer_enters(ALICE)
    assert "welcome_code" not in sync(bot)["msg_list"][-1]["event"]
    now.forward(hours=48)
    bot.login()
    platform.customer_enters(ALICE)
    code = sync(bot)["msg_list"][-1]["event"]["welcome_code"]
    now.forward(seconds=20)
    assert welcome(bot, code) != 0
    assert platform.phone(ALICE).texts == ["您好"]
    assert platform.violations == []


def test_a_human_has_the_session(bot, platform, bells, kf) -> None:
    platform.customer_says(ALICE, "没电")
    platform.servicer_takes(ALICE, "lisi")
    assert kf() == 95018
    event = sync(bot)["msg_list"][-1]["event"]
    assert (event["event_type"], event["change_type"], event["new_servicer_userid"]) == (
        "session_status_change",
        1,
        "lisi",
    )
    platform.servicer_says(ALICE, "lisi", "您好，我来处理")
    said = sync(bot)["msg_list"][-1]
    assert (said["origin"], said["servicer_userid"]) == (5, "lisi")
    assert platform.phone(ALICE).shown[-1].by == "lisi"
    platform.servicer_ends(ALICE)
    assert kf() == 95013
    assert welcome(bot, sync(bot)["msg_list"][-1]["event"]["msg_code"]) == 0
    platform.customer_says(ALICE, "又没电了")
    assert kf() == 0
    assert platform.violations == []


def test_handing_the_session_to_a_human(bot, platform, bells) -> None:
    ids = {"open_kfid": ACCOUNT, "external_userid": ALICE}

    def trans(state: int, servicer: str = "") -> int:
        more = {"servicer_userid": servicer} if servicer else {}
        return bot.post("kf/service_state/trans", {**ids, "service_state": state, **more})["errcode"]

    assert trans(2) == 95013
    platform.customer_says(ALICE, "没电")
    platform.add_servicer("lisi")
    platform.add_servicer("zhangsan", receiving=False)
    assert trans(1) == 95016
    assert trans(3, "nobody") == 95014
    assert trans(3, "zhangsan") == 95019
    assert trans(3, "lisi") == 0
    assert bot.post("kf/service_state/get", ids) == {
        "errcode": 0,
        "errmsg": "ok",
        "service_state": 3,
        "servicer_userid": "lisi",
    }


def test_errcode_0_is_not_delivery(bot, platform, bells, kf) -> None:
    platform.customer_says(ALICE, "没电")
    platform.customer_unreachable(ALICE)
    assert kf(msgid="m1") == 0
    assert platform.phone(ALICE).shown == []
    event = sync(bot)["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "m1", 10)


def test_names_accounts_links(bot, platform, bells) -> None:
    ask = {"external_userid_list": [ALICE, "wmNobody"]}
    assert bot.post("kf/customer/batchget", ask)["customer_list"] == []
    platform.customer_says(ALICE, "没电")
    answer = bot.post("kf/customer/batchget", ask)
    assert [person["nickname"] for person in answer["customer_list"]] == ["小爱"]
    assert answer["invalid_external_userid"] == ["wmNobody"]
    assert bot.post("kf/account/list", {"offset": 0, "limit": 100})["account_list"][0]["open_kfid"] == ACCOUNT
    assert "enc_scene" in bot.post("kf/add_contact_way", {"open_kfid": ACCOUNT, "scene": "b3_u2"})["url"]
    assert bot.post("kf/add_contact_way", {"open_kfid": ACCOUNT, "scene": "3栋"})["errcode"] == 40058
