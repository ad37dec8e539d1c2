"""message/send and its kin: what is shown, what is refused, what is swallowed."""

from typing import Any

import pytest

AGENT = {"agentid": 1000002}


def test_a_text_reaches_the_phone(bot, platform) -> None:
    answer = bot.text("ZhangSan", "您好\n工单 1")
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == ""
    assert platform.phone("zhangsan").texts == ["您好\n工单 1"]
    assert platform.violations == []


def test_an_error_answer_is_200_with_headers_and_our_date(bot, platform) -> None:
    answer = bot.raw("message/send", {"touser": "zhangsan", "msgtype": "text", "text": {"content": "x"}})
    assert answer.status_code == 200
    assert answer.headers["Error-Code"] == "41011"
    assert answer.headers["Date"] == "Sun, 22 Nov 2026 09:00:00 GMT"
    assert platform.violations


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "x", "colour": "red"}}, 40058),
        ({"colour": "red"}, 40058),
        ({"msgtype": "telegram"}, 40008),
        ({"agentid": "1000002"}, 40056),
        ({"agentid": 7}, 301002),
        ({"touser": ""}, 82001),
        ({"touser": "nobody"}, 81013),
        ({"duplicate_check_interval": 99999}, 40058),
        ({"touser": "|".join(["a"] * 1001)}, 40032),
    ],
)
def test_a_wrong_message_is_refused_and_written_down(bot, platform, change: dict[str, Any], errcode: int) -> None:
    body = {"touser": "zhangsan", "msgtype": "text", "text": {"content": "x"}, **AGENT, **change}
    assert bot.post("message/send", body)["errcode"] == errcode
    assert platform.violations
    assert platform.phone("zhangsan").shown == []


def test_a_long_text_is_cut_between_characters_and_noted(bot, platform) -> None:
    assert bot.text("zhangsan", "修" * 700)["errcode"] == 0
    assert platform.phone("zhangsan").texts == ["修" * 682]
    assert "at most 2048" in platform.violations[0]


def test_some_receivers_missing_is_still_0(bot, platform) -> None:
    platform.add_member("hidden", visible=False)
    platform.add_member("bare", licensed=False)
    answer = bot.text("zhangsan|Hidden|bare", "x")
    assert (answer["errcode"], answer["invaliduser"], answer["unlicenseduser"]) == (0, "hidden", "bare")
    assert bot.text("hidden", "x")["errcode"] == 81013
    assert platform.violations == []


def test_the_duplicate_check_swallows_the_same_json_for_its_interval(bot, platform, now) -> None:
    check = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    assert bot.text("zhangsan", "x", **check)["errcode"] == 0
    assert bot.text("zhangsan", "x", **check)["errcode"] == 0
    bot.text("zhangsan", "x", enable_duplicate_check=1, duplicate_check_interval=601)
    assert len(platform.phone("zhangsan").shown) == 2
    now.forward(seconds=600)
    bot.text("zhangsan", "x", **check)
    assert len(platform.phone("zhangsan").shown) == 3


def test_the_31st_message_in_a_minute_vanishes(bot, platform, now) -> None:
    for number in range(31):
        assert bot.text("zhangsan", str(number))["errcode"] == 0
    assert len(platform.phone("zhangsan").shown) == 30
    assert [drop.body["text"]["content"] for drop in platform.dropped] == ["30"]
    now.forward(seconds=60)
    bot.text("zhangsan", "later")
    assert platform.phone("zhangsan").texts[-1] == "later"


def test_recall_takes_it_off_the_phone_within_a_day(bot, platform, now) -> None:
    msgid = bot.text("zhangsan", "oops")["msgid"]
    assert bot.post("message/recall", {"msgid": msgid})["errcode"] == 0
    assert platform.phone("zhangsan").shown == []
    now.forward(hours=24)
    assert bot.post("message/recall", {"msgid": msgid})["errcode"] == 42001
    bot.login()
    assert bot.post("message/recall", {"msgid": msgid})["errcode"] == 42052


def test_a_card_shows_its_words_and_buttons(send_card, platform) -> None:
    answer = send_card()
    assert answer["response_code"]
    shown = platform.phone("lisi").shown[0]
    assert (shown.kind, shown.state) == ("card", "open")
    assert shown.text == "工单 1\n电梯困人 · 紧急\n位置：3栋2单元"
    assert [button.text for button in shown.buttons] == ["接单", "拒单"]
    assert platform.violations == []


def test_a_task_id_is_used_once(send_card, platform) -> None:
    assert send_card("zhangsan")["errcode"] == 0
    assert send_card("lisi")["errcode"] == 42014
    assert platform.phone("lisi").shown == []
    assert platform.violations == []


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"card_type": "poster"}, 42031),
        ({"task_id": "有"}, 42014),
        ({"main_title": {}}, 42033),
        ({"button_list": []}, 42018),
        ({"button_list": [{"text": "a", "key": "k"}] * 2}, 42039),
        ({"button_list": [{"text": "a"}]}, 42039),
        ({"horizontal_content_list": [{"keyname": "a"}] * 7}, 42035),
        ({"horizontal_content_list": [{"value": "a"}]}, 42027),
        ({"jump_list": []}, 40058),
        ({"action_menu": {"action_list": [{"text": "a", "key": "a"}] * 4}}, 42051),
    ],
)
def test_a_wrong_card_is_refused(send_card, platform, change: dict[str, Any], errcode: int) -> None:
    assert send_card(**change)["errcode"] == errcode
    assert platform.violations


@pytest.mark.parametrize(
    "change",
    [
        {"main_title": {"title": "长" * 37}},
        {"sub_title_text": "长" * 161},
        {"horizontal_content_list": [{"keyname": "六个字太多了", "value": "x"}]},
        {"button_list": [{"text": "十一个字的按钮太长太长", "key": "k"}]},
    ],
)
def test_advised_limits_are_let_through_and_written_down(send_card, platform, change: dict[str, Any]) -> None:
    assert send_card(**change)["errcode"] == 0
    assert len(platform.violations) == 1
    assert "[advised]" in platform.violations[0]


def test_updating_greys_the_card_for_everybody_once(bot, send_card, platform) -> None:
    code = send_card()["response_code"]
    update = {**AGENT, "response_code": code, "atall": 1, "button": {"replace_name": "张三已接单"}}
    assert bot.post("message/update_template_card", update)["errcode"] == 0
    for person in ("zhangsan", "lisi"):
        shown = platform.phone(person).shown[0]
        assert (shown.state, shown.replaced) == ("closed", "张三已接单")
    assert bot.post("message/update_template_card", update)["errcode"] == 60140
    with pytest.raises(LookupError):
        platform.member_taps("lisi", "接单")


def test_a_card_can_be_replaced_for_some(bot, send_card, button_card, platform) -> None:
    code = send_card()["response_code"]
    card = button_card(main_title={"title": "工单 1 已派他人"}, replace_text="已派他人")
    del card["task_id"]
    update = {**AGENT, "response_code": code, "userids": ["LiSi"], "template_card": card}
    assert bot.post("message/update_template_card", update) == {"errcode": 0, "errmsg": "ok", "invaliduser": []}
    assert platform.phone("lisi").shown[0].text.startswith("工单 1 已派他人")
    assert platform.phone("lisi").shown[0].replaced == "已派他人"
    assert platform.phone("zhangsan").shown[0].state == "open"
    assert platform.violations == []


def test_a_response_code_lives_72_hours(bot, send_card, platform, now) -> None:
    code = send_card()["response_code"]
    now.forward(hours=72)
    bot.login()
    update = {**AGENT, "response_code": code, "atall": 1, "button": {"replace_name": "过期"}}
    assert bot.post("message/update_template_card", update)["errcode"] == 60140


def test_media_up_and_down(bot, platform, now) -> None:
    def up(kind: str, data: bytes, name: str = "报修.png") -> dict[str, Any]:
        bot.token or bot.login()
        return bot.http.post(
            f"{bot.base_url}/cgi-bin/media/upload",
            params={"access_token": bot.token, "type": kind},
            files={"media": (name, data, "image/png")},
            timeout=5,
        ).json()

    picture = b"\x89PNG\r\n\x1a\n" + bytes(50)
    media_id = up("image", picture)["media_id"]
    assert platform.core.media[media_id].filename == "报修.png"
    assert bot.get("media/get", access_token=bot.token, media_id=media_id).content == picture
    image = {"touser": "zhangsan", "msgtype": "image", **AGENT, "image": {"media_id": media_id}}
    assert bot.post("message/send", image)["errcode"] == 0
    assert platform.violations == []
    assert up("voice", picture)["errcode"] == 301017
    assert up("image", b"12345")["errcode"] == 44001
    now.forward(days=3)
    bot.login()
    assert bot.get("media/get", access_token=bot.token, media_id=media_id).json()["errcode"] == 40007


def test_menu(bot, platform) -> None:
    agent = {"agentid": 1000002}
    menu = {"button": [{"name": "报修", "type": "click", "key": "menu.report"}]}
    assert bot.post("menu/create", menu, **agent)["errcode"] == 0
    assert bot.get("menu/get", access_token=bot.token, **agent).json()["button"] == menu["button"]
    assert platform.violations == []
    assert bot.post("menu/create", {"button": [{"name": "六个字太长了", "type": "click", "key": "k"}]}, **agent)[
        "errcode"
    ] == (40018)
    assert bot.get("menu/delete", access_token=bot.token, **agent).json()["errcode"] == 0
    assert bot.get("menu/get", access_token=bot.token, **agent).json()["errcode"] == 46003


def test_group_robot(bot, platform) -> None:
    def robot(body: dict[str, Any], key: str = platform.robot_key) -> int:
        return bot.http.post(f"{bot.base_url}/cgi-bin/webhook/send", params={"key": key}, json=body, timeout=5).json()[
            "errcode"
        ]

    assert robot({"msgtype": "markdown", "markdown": {"content": "**日报**"}}) == 0
    assert platform.group.texts == ["**日报**"]
    assert platform.violations == []
    assert robot({"msgtype": "markdown", "markdown": {"content": "长" * 2000}}) == 45002
    assert robot({"msgtype": "text", "text": {"content": "x"}}, "wrong") == 93000
    for _ in range(19):
        robot({"msgtype": "text", "text": {"content": "x"}})
    assert robot({"msgtype": "text", "text": {"content": "x"}}) == 45009


def test_user_get_and_other_lookups(bot, platform) -> None:
    bot.login()
    assert bot.get("user/get", access_token=bot.token, userid="zhangsan").json()["name"] == "张三"
    assert bot.get("getcallbackip", access_token=bot.token).json()["ip_list"]
    assert platform.violations == []
    assert bot.get("user/get", access_token=bot.token, userid="nobody").json()["errcode"] == 60111


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{"])
def test_what_is_not_json_counts_as_empty(bot, platform, body: bytes) -> None:
    assert bot.raw("message/send", body).json()["errcode"] == 41011
    assert "not a JSON object" in platform.violations[0]


def test_unknown_paths_and_arguments_are_written_down(bot, platform) -> None:
    assert bot.get("message/destroy").status_code == 404
    bot.text("zhangsan", "x")
    bot.raw("message/send", {}, debug="1")
    assert "message/destroy" in platform.violations[0]
    assert "unknown argument 'debug'" in platform.violations[1]


def test_the_telephone_gateway_is_recorded(bot, platform) -> None:
    bot.http.post(f"{bot.base_url}/escalation", json={"order": 1}, timeout=5)
    assert [call.json for call in platform.escalations] == [{"order": 1}]
