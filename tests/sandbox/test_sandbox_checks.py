"""The checks judge anything that JSON can say, and never fall over it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.api import create_app
from bot.sandbox.card_checks import check_card
from bot.sandbox.checks import check_message, check_robot, check_update
from bot.sandbox.findings import Findings
from bot.sandbox.kf_checks import check_kf_message
from bot.sandbox.menu_checks import check_menu
from bot.sandbox.phones import show
from bot.sandbox.platform import Platform

WORDS = st.sampled_from(
    ["", "text", "click", "template_card", "button_interaction", "text_notice", "msgmenu", "长" * 9]
)
PARTS = ["text", "content", "template_card", "card_type", "main_title", "source", "card_action", "button_list"]
ITEMS = ["msgmenu", "list", "type", "click", "id", "key", "title", "news", "articles", "checkbox", "option_list"]
NAMES = st.sampled_from([*PARTS, *ITEMS, "button", "name", "sub_button", "task_id", "select_list", "action_menu"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
KNOWN = st.sampled_from(["zhangsan", "wm1", "wktest01", ["zhangsan"], "cur0", 3])
OBJECTS = st.dictionaries(NAMES, ANYTHING, max_size=6)


@settings(max_examples=60, deadline=None)
@given(body=OBJECTS, kind=st.sampled_from(["text", "news", "template_card", "msgmenu", "link", "location"]))
def test_any_json_is_judged(body: dict[str, Any], kind: str) -> None:
    check_menu(body)
    check_update(body, 1)
    check_kf_message(body)
    check_kf_message({**body, "msgtype": "msgmenu", "msgmenu": body}, on_event=True)
    for card_type in ("text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"):
        card = {**body, "card_type": card_type}
        found = Findings()
        check_card(found, card)
        if not found.errcode:
            show(1, None, {"msgtype": "template_card", "template_card": card})  # type: ignore[arg-type]
    for check in (lambda b: check_message(b, 1), check_robot):
        whole = {**body, "msgtype": kind, kind: body}
        if not check(whole).errcode:
            show(1, None, whole)  # type: ignore[arg-type]


PATHS = (
    "message/send message/update_template_card message/recall menu/create kf/sync_msg kf/send_msg kf/send_msg_on_event "
    "kf/service_state/get kf/service_state/trans kf/account/list kf/add_contact_way kf/customer/batchget"
)
FIELDS = (
    "touser open_kfid msgid response_code userids cursor token limit external_userid service_state scene button "
    "enable_duplicate_check duplicate_check_interval"
)


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(PATHS.split()), body=st.dictionaries(st.sampled_from(FIELDS.split()), ANYTHING | KNOWN))
def test_the_interface_answers_whatever_it_is_sent(path: str, body: dict[str, Any]) -> None:
    platform = Platform()
    platform.add_member("zhangsan")
    platform.add_customer("wm1")
    token, _ = platform.core.fetch_token(platform.corp_id, platform.secret)
    query = {"access_token": token, "agentid": 1000002}
    for whole in (body, {**body, "msgtype": "text", "text": {"content": "x"}, "agentid": 1000002}):
        answer = create_app(platform).test_client().post(f"/cgi-bin/{path}", query_string=query, json=whole)
        assert answer.status_code == 200
        assert "errcode" in answer.json


def card_of(card_type: str, **parts: Any) -> Findings:
    found = Findings()
    check_card(found, {"card_type": card_type, "main_title": {"title": "标题"}, **parts})
    return found


ACTION = {"type": 1, "url": "https://bot.example.com/"}
TAP = {"text": "a", "key": "k"}
OPTIONS = [{"id": "1", "text": "一"}]


@pytest.mark.parametrize(
    ("card_type", "parts"),
    [
        ("text_notice", {"card_action": ACTION, "emphasis_content": {"title": "3", "desc": "未接单"}}),
        (
            "news_notice",
            {"card_action": ACTION, "card_image": {"url": "https://a.example/b", "aspect_ratio": 2.25}},
        ),
        ("button_interaction", {"task_id": "t", "button_list": [{"text": "接单", "key": "k"}]}),
        (
            "vote_interaction",
            {
                "task_id": "t",
                "checkbox": {"question_key": "q", "option_list": OPTIONS},
                "submit_button": {"text": "提交", "key": "k"},
            },
        ),
        (
            "multiple_interaction",
            {
                "task_id": "t",
                "select_list": [{"question_key": "q", "option_list": OPTIONS}],
                "submit_button": {"text": "提交", "key": "k"},
            },
        ),
    ],
)
def test_the_smallest_good_card_of_each_kind(card_type: str, parts: dict[str, Any]) -> None:
    assert card_of(card_type, **parts) == []
    for name in parts.keys() - {"emphasis_content"}:
        rest = {key: value for key, value in parts.items() if key != name}
        assert card_of(card_type, **rest).errcode, f"{name} is required"


@pytest.mark.parametrize(
    ("parts", "errcode"),
    [
        ({"card_action": {"type": 1}}, 42028),
        ({"card_action": ACTION, "jump_list": [{"title": "a"}] * 4}, 42042),
        ({"card_action": ACTION, "jump_list": [{"type": 1, "title": "a", "url": "bot.example.com"}]}, 45034),
        ({"card_action": ACTION, "quote_area": {"type": 2}}, 42030),
        ({"card_action": ACTION, "horizontal_content_list": [{"keyname": "a", "type": 3}]}, 42050),
        ({"card_action": ACTION, "action_menu": {"action_list": [{"text": "a", "key": "k"}]}}, 42014),
        (
            {"card_action": ACTION, "action_menu": {"action_list": [{"text": "a", "key": "k"}] * 2}, "task_id": "t"},
            42051,
        ),
        ({"card_action": ACTION, "sub_title_text": 7}, 40058),
    ],
)
def test_parts_of_a_notice(parts: dict[str, Any], errcode: int) -> None:
    assert card_of("text_notice", **parts).errcode == errcode
