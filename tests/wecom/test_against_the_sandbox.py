"""The edge against a whole platform of independent make, in both directions: it finds no fault with us."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import utc_now
from bot.core.messages import Channel, Incoming
from bot.sandbox import server
from bot.sandbox.platform import Platform
from bot.web import WebParts, create_app
from bot.wecom.client import Account, WeComClient
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import Limited, OutcomeUnknown, PlatformError, Refused, TryLater
from bot.wecom.incoming import from_kf
from bot.wecom.menu import load_menu
from bot.wecom.tokens import ProcessTokens

SECOND = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)


@pytest.fixture
def sandbox():
    sandbox = Platform(kf_token="kfToken", kf_aes_key="4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws")
    sandbox.add_member("Wang", "王女士")
    sandbox.add_customer("wmAbC", "张先生")
    yield sandbox
    assert sandbox.violations == []


@pytest.fixture
def taken(sandbox):
    """What the callbacks bring, through the whole web application."""
    received: list[Incoming] = []
    parts = WebParts(
        app_crypto=CallbackCrypto(sandbox.token, sandbox.aes_key, sandbox.corp_id),
        kf_crypto=CallbackCrypto(sandbox.kf_line.token, sandbox.kf_line.aes_key, sandbox.corp_id),
        corp_id=sandbox.corp_id,
        agent_id=sandbox.agent_id,
        receive=received.append,
        now=lambda: sandbox.core.clock(),
        clock_offset=lambda: None,
        ready=lambda: [],
        metrics=lambda: b"",
        notice_html="",
    )
    http = create_app(parts).test_client()

    def door(path):
        def deliver(method, query, body):
            answer = http.open(f"{path}?{query}", method=method, data=body)
            return answer.status_code, answer.data

        return deliver

    sandbox.line.deliver = door("/wecom/callback")
    sandbox.kf_line.deliver = door("/wecom/kf")
    return received


@pytest.fixture
def client(sandbox):
    running = server.start(sandbox)
    yield WeComClient(Account(sandbox.corp_id, sandbox.secret, running.base_url), utc_now, ProcessTokens())
    running.stop()


def text(content: str, to: str = "wang") -> dict:
    return {"touser": to, "msgtype": "text", "agentid": 1000002, "text": {"content": content}}


def test_the_console_accepts_the_address(sandbox, taken):
    assert sandbox.verify_callback()


def test_what_members_do_arrives(sandbox, taken):
    sandbox.member_says("wang", "  3栋 漏水 <b>&]]> 🚿\n快 ")
    sandbox.member_sends("wang", "image")
    sandbox.member_sends("wang", "location", Label="1栋大堂")
    sandbox.member_sends("wang", "hologram")
    sandbox.member_clicks_menu("wang", "menu.mine")
    sandbox.member_event("wang", "enter_agent")
    assert [each.kind for each in taken] == ["text", "image", "location", "hologram", "event", "event"]
    assert taken[0].text == "  3栋 漏水 <b>&]]> 🚿\n快 "
    assert taken[0].sender == "Wang"
    assert taken[1].media_id
    assert taken[2].fields["Label"] == "1栋大堂"
    assert (taken[4].event, taken[4].event_key) == ("click", "menu.mine")
    assert len({each.key for each in taken}) == len(taken)


def test_a_repeat_has_the_key_of_the_first_and_a_second_press_its_own(sandbox, taken):
    sandbox.core.clock = lambda: SECOND
    sandbox.member_says("wang", "漏水")
    sandbox.redeliver()
    sandbox.member_event("wang", "template_card_event", EventKey="accept", TaskId="t1", ResponseCode="a")
    sandbox.redeliver()
    sandbox.member_event("wang", "template_card_event", EventKey="accept", TaskId="t1", ResponseCode="b")
    keys = [each.key for each in taken]
    assert keys[0] == keys[1]
    assert keys[2] == keys[3] != keys[4]


def test_the_doorbell_leads_to_what_customers_said(sandbox, taken, client):
    sandbox.customer_enters("wmAbC", scene="lobby", scene_param="b=3")
    sandbox.customer_says("wmAbC", "漏水", menu_id="place.last")
    sandbox.customer_sends("wmAbC", "image")
    bell = taken[-1]
    assert (bell.channel, bell.event, bell.open_kfid) == (Channel.KF, "kf_msg_or_event", sandbox.open_kfid)
    items, cursor = [], ""
    while True:
        page = client.kf_sync(bell.open_kfid, cursor, str(bell.fields["Token"]), 2)
        items += [from_kf(item) for item in page["msg_list"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    entered, said, picture = items
    assert (entered.event, entered.sender, entered.fields["scene_param"]) == ("enter_session", "wmAbC", "b=3")
    assert (said.text, said.event_key, said.fields["origin"]) == ("漏水", "place.last", "3")
    assert client.media_get(picture.media_id)[1] == "image/png"
    welcome = {"code": entered.fields["welcome_code"], "msgtype": "text", "text": {"content": "您好"}}
    with pytest.raises(Refused):  # somebody has spoken already, so there is no use for the code
        client.kf_send_on_event(welcome | {"code": "unknown"})
    sandbox.core.violations.clear()
    answer = {"touser": "wmAbC", "open_kfid": bell.open_kfid, "msgid": "k1", "msgtype": "text"}
    client.kf_send(answer | {"text": {"content": "已收到"}})
    assert sandbox.phone("wmAbC").shown[-1].text == "已收到"
    assert client.kf_customer("wmAbC") == "张先生"
    assert client.kf_session(bell.open_kfid, "wmAbC")[0] in (0, 1)


def test_what_the_bot_sends_is_seen(sandbox, client):
    assert client.send_message(text("工单 1")).msgid
    assert sandbox.phone("wang").shown[-1].text == "工单 1"
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "工单 1"},
        "task_id": "order-1",
        "button_list": [{"text": "接单", "style": 1, "key": "accept"}],
    }
    sent = client.send_message(
        {"touser": "wang", "msgtype": "template_card", "agentid": 1000002, "template_card": card}
    )
    closing = {"agentid": 1000002, "userids": ["wang"], "button": {"replace_name": "已接"}}
    assert client.update_card(closing | {"response_code": sent.response_code}) == frozenset()
    media_id = client.media_upload("image", "报修.png", b"\x89PNG\r\n\x1a\n0000", "image/png")
    assert client.media_get(media_id) == (b"\x89PNG\r\n\x1a\n0000", "image/png")
    client.menu_create(1000002, load_menu())
    assert client.user_get("wang")["name"] == "王女士"
    assert client.callback_ips()
    client.robot_send(
        f"{client._base}/cgi-bin/webhook/send?key={sandbox.robot_key}", {"msgtype": "text", "text": {"content": "日报"}}
    )
    assert sandbox.group.shown[-1].text == "日报"
    assert sandbox.token_fetches == 1


def test_who_cannot_be_reached_is_named(sandbox, client):
    sandbox.add_member("zhao", licensed=False)
    sandbox.remove_member("Wang")
    sandbox.add_member("li")
    sent = client.send_message(text("x", to="Wang|zhao|li"))
    assert (sent.invaliduser, sent.unlicenseduser) == (frozenset({"wang"}), frozenset({"zhao"}))


@pytest.mark.parametrize(
    ("kind", "value", "outcome", "shown"),
    [
        ("errcode", -1, TryLater, 0),
        ("errcode", 45009, Limited, 0),
        ("errcode", 60020, TryLater, 0),
        ("http", 500, OutcomeUnknown, 0),
        ("html", None, OutcomeUnknown, 0),
        ("empty", None, OutcomeUnknown, 0),
        ("reset_before", None, OutcomeUnknown, 0),
        ("truncated", None, OutcomeUnknown, 1),
        ("html_after", None, OutcomeUnknown, 1),
        ("reset_after", None, OutcomeUnknown, 1),
    ],
)
def test_faults_become_outcomes_and_a_repeat_is_seen_once(sandbox, client, kind, value, outcome, shown):
    once = text("漏水") | {"enable_duplicate_check": 1, "duplicate_check_interval": 1801}
    sandbox.fault("/cgi-bin/message/send", kind, value=value, times=1)
    with pytest.raises(PlatformError) as failure:
        client.send_message(once)
    assert type(failure.value) is outcome
    assert len(sandbox.phone("wang").shown) == shown
    client.send_message(once)
    assert len(sandbox.phone("wang").shown) == 1


def test_tokens_taken_back_are_replaced(sandbox, client):
    client.send_message(text("1"))
    sandbox.revoke_tokens()
    with pytest.raises(TryLater):
        client.send_message(text("2"))
    client.send_message(text("2"))
    assert sandbox.token_fetches == 2


def test_the_platforms_clock_is_noted(sandbox, client):
    sandbox.clock = sandbox.core.clock = lambda: utc_now() + timedelta(minutes=20)
    client.send_message(text("1"))
    assert abs(client.clock_offset() - timedelta(minutes=20)) < timedelta(seconds=5)
