"""Calls over real sockets: what goes out, and which of three outcomes each mishap becomes."""

import io
import logging
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from wire import drip, drip_body, raw, reset, says, stall

from bot.clock import utc_now
from bot.logs import set_up
from bot.wecom import client as client_module
from bot.wecom.client import Account, SendResult, WeComClient
from bot.wecom.errors import Limited, OutcomeUnknown, PlatformError, Refused, TryLater
from bot.wecom.tokens import ProcessTokens
from bot.wecom.transport import Transport


def last(reply):
    """The reply, and then the end of the connection."""

    def answer(sock):
        reply(sock)
        if sock.fileno() >= 0:
            sock.shutdown(socket.SHUT_RDWR)

    return answer


BODY = {"touser": "wang", "msgtype": "text", "agentid": 1000002, "text": {"content": "漏水"}}


@pytest.fixture
def client(platform):
    return WeComClient(Account("ww0001", "the-secret", platform.base_url + "/"), utc_now, ProcessTokens())


def test_a_message_goes_out_with_the_token_in_the_query_only(platform, client):
    platform.replies["message/send"] = says(
        invaliduser="ZHANG|li", unlicenseduser="", msgid="M1", response_code="R1", unknown=[1]
    )
    assert client.send_message(BODY) == SendResult(frozenset({"zhang", "li"}), frozenset(), "M1", "R1")
    sent = platform.asked("message/send")[0]
    assert sent.query == {"access_token": ["T1"]}
    assert sent.json() == BODY
    assert sent.headers["content-type"].startswith("application/json")
    assert b"T1" not in sent.body
    assert platform.asked("gettoken")[0].query == {"corpid": ["ww0001"], "corpsecret": ["the-secret"]}


def test_the_same_body_makes_the_same_bytes(platform, client):
    client.send_message(BODY)
    client.send_message(dict(reversed(BODY.items())))
    one, other = platform.asked("message/send")
    assert one.body == other.body
    assert "漏水".encode() in one.body
    assert platform.tokens == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (says(errcode=81013, errmsg="all invalid", invaliduser="Wang"), Refused),
        (says(errcode=42014), Refused),
        (says(errcode=-1), TryLater),
        (says(errcode=60020), TryLater),
        (says(errcode=45009), Limited),
        (says(errcode=45033), Limited),
        (says(errcode=42001), TryLater),
        (says(errcode="40014"), TryLater),
        (says(errcode="soon"), OutcomeUnknown),
        (raw(b"{}"), OutcomeUnknown),
        (raw(b"[]"), OutcomeUnknown),
        (raw(b""), OutcomeUnknown),
        (raw(b'{"errcode": 0, "errm'), OutcomeUnknown),
        (raw(b"<html>please log in</html>", Content_Type="text/html"), OutcomeUnknown),
        (raw(b"[" * 100_000), OutcomeUnknown),
        (raw(b'{"errcode":0}', "500 Oops"), OutcomeUnknown),
        (raw(b"bad gateway", "502 Bad Gateway"), OutcomeUnknown),
        (raw(b"", "404 Not Found"), TryLater),
        (raw(b"", "302 Found", Location="http://127.0.0.1:1/elsewhere"), TryLater),
        (raw(b'{"errcode":0}', Content_Length="500", Connection="close"), OutcomeUnknown),
        (reset, OutcomeUnknown),
    ],
)
def test_every_mishap_has_one_outcome(platform, client, reply, outcome):
    platform.replies["message/send"] = last(reply)
    with pytest.raises(PlatformError) as failure:
        client.send_message(BODY)
    assert type(failure.value) is outcome
    assert "T1" not in str(failure.value)
    assert len(platform.asked("message/send")) == 1


def test_a_refusal_tells_its_code_and_who_was_invalid(platform, client):
    platform.replies["message/send"] = says(errcode=81013, errmsg="user & party & tag all invalid", invaliduser="Wang")
    with pytest.raises(Refused) as refusal:
        client.send_message(BODY)
    assert (refusal.value.errcode, refusal.value.invaliduser) == (81013, frozenset({"wang"}))


@pytest.mark.parametrize("reply", [stall, drip, drip_body])
def test_no_call_outlives_its_limit(platform, reply):
    platform.replies["message/send"] = reply
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        Transport().call("POST", f"{platform.base_url}/cgi-bin/message/send", limit=100, total=0.4, data=b"{}")
    assert time.monotonic() - started < 0.8


def test_where_nobody_listens_nothing_was_done(platform, client):
    platform.close()
    with pytest.raises(TryLater):
        client.send_message(BODY)
    for nowhere in ("http://127.0.0.1:1", "http://no-such-host.invalid"):
        with pytest.raises(TryLater):
            Transport().call("GET", nowhere, limit=10)


def test_plain_http_to_a_tls_port_was_not_done_either(platform):
    with pytest.raises(TryLater):
        Transport().call("GET", platform.base_url.replace("http:", "https:"), limit=10)


def test_a_refused_token_is_replaced_by_the_next_call(platform, client):
    client.send_message(BODY)
    platform.replies["message/send"] = says(errcode=42001)
    with pytest.raises(TryLater):
        client.send_message(BODY)
    del platform.replies["message/send"]
    client.send_message(BODY)
    assert [each.query["access_token"] for each in platform.asked("message/send")] == [["T1"], ["T1"], ["T2"]]


@pytest.mark.parametrize(
    "reply", [says(errcode=40001, errmsg="invalid credential"), says(), raw(b"<html>"), raw(b"", "502 x"), reset]
)
def test_without_a_token_nothing_is_tried(platform, client, reply):
    platform.replies["gettoken"] = reply
    for _ in range(3):
        with pytest.raises(TryLater) as failure:
            client.send_message(BODY)
        assert "secret" not in str(failure.value)
    assert platform.asked("message/send") == []
    assert len(platform.asked("gettoken")) == 1


def test_the_proxy_of_the_environment_is_not_asked(platform, client, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    client.send_message(BODY)


def test_no_log_line_holds_a_token(platform, client):
    log = io.StringIO()
    set_up(level=logging.DEBUG, to=log)
    client.send_message(BODY)
    platform.replies["message/send"] = reset
    with pytest.raises(OutcomeUnknown):
        client.send_message(BODY)
    assert "T1" not in log.getvalue()
    assert "the-secret" not in log.getvalue()


def test_customer_service_calls(platform, client):
    platform.replies["kf/sync_msg"] = says(next_cursor="C2", has_more=1, msg_list=[])
    assert client.kf_sync("wkA", "C1", "TOK", 100)["next_cursor"] == "C2"
    assert platform.asked("kf/sync_msg")[0].json() == {
        "open_kfid": "wkA",
        "cursor": "C1",
        "token": "TOK",
        "limit": 100,
        "voice_format": 0,
    }
    client.kf_sync("wkA")
    assert "cursor" not in platform.asked("kf/sync_msg")[1].json()
    platform.replies["kf/send_msg"] = says(msgid="m-1")
    assert client.kf_send({"touser": "wmB"}) == "m-1"
    platform.replies["kf/service_state/get"] = says(service_state=3, servicer_userid="li")
    assert client.kf_session("wkA", "wmB") == (3, "li")
    platform.replies["kf/customer/batchget"] = says(customer_list=[{"external_userid": "wmB", "nickname": "王"}])
    assert client.kf_customer("wmB") == "王"
    platform.replies["kf/customer/batchget"] = says(customer_list=[], invalid_external_userid=["wmB"])
    assert client.kf_customer("wmB") == ""


def test_a_file_comes_with_its_type(platform, client):
    named = {"Content_Disposition": 'attachment; filename="a"'}
    for content, kind in ((b"\xff\xd8picture", "image/jpeg"), (b'{"errcode": 42001}', "application/json")):
        platform.replies["media/get"] = raw(content, Content_Type=kind, **named)
        assert client.media_get("M1") == (content, kind)
    assert platform.asked("media/get")[0].query == {"media_id": ["M1"], "access_token": ["T1"]}


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (says(errcode=40007, errmsg="invalid media_id"), Refused),
        (says(), OutcomeUnknown),
        (raw(b"<html>", Content_Type="text/html"), OutcomeUnknown),
        (raw(b"", Content_Type="image/png"), OutcomeUnknown),
        (raw(b"x" * 200, Content_Type="image/png", Content_Disposition="attachment"), Refused),
        (
            raw(b"x" * 20, "200 OK", Content_Disposition="attachment", Content_Length="50", Connection="close"),
            OutcomeUnknown,
        ),
    ],
)
def test_what_is_no_file_is_no_file(platform, client, monkeypatch, reply, outcome):
    monkeypatch.setattr(client_module, "MAX_MEDIA", 100)
    platform.replies["media/get"] = last(reply)
    with pytest.raises(PlatformError) as failure:
        client.media_get("M1")
    assert type(failure.value) is outcome


def test_an_upload_keeps_its_chinese_name(platform, client):
    platform.replies["media/upload"] = raw(b'{"type":"image","media_id":"M9","created_at":"1"}')
    assert client.media_upload("image", "报修.jpg", b"123456", "image/jpeg") == "M9"
    sent = platform.asked("media/upload")[0]
    assert sent.query == {"type": ["image"], "access_token": ["T1"]}
    assert 'name="media"; filename="报修.jpg"'.encode() in sent.body
    assert b"Content-Type: image/jpeg" in sent.body


def test_the_other_calls(platform, client):
    platform.replies["user/get"] = says(userid="wang", name="王")
    assert client.user_get("wang")["name"] == "王"
    platform.replies["getcallbackip"] = raw(b'{"ip_list": ["1.2.3.*"]}')
    assert client.callback_ips() == ["1.2.3.*"]
    platform.replies["message/update_template_card"] = says(invaliduser=["Li"])
    assert client.update_card({"agentid": 1}) == frozenset({"li"})
    client.menu_create(1000002, {"button": []})
    assert platform.asked("menu/create")[0].query["agentid"] == ["1000002"]


def test_robots_and_webhooks_need_no_token(platform, client):
    client.robot_send(f"{platform.base_url}/cgi-bin/webhook/send?key=K", {"msgtype": "text"})
    client.post_webhook(f"{platform.base_url}/hook", {"order": 1}, "esc-1-3")
    assert platform.tokens == 0
    assert platform.requests[1].headers["idempotency-key"] == "esc-1-3"
    platform.replies["webhook/send"] = says(errcode=93000)
    with pytest.raises(Refused) as refusal:
        client.robot_send(f"{platform.base_url}/cgi-bin/webhook/send?key=K", {"msgtype": "text"})
    assert refusal.value.errcode == 93000
    for status, outcome in (("500 x", OutcomeUnknown), ("403 x", TryLater)):
        platform.replies["/hook"] = raw(b"", status)
        with pytest.raises(outcome):
            client.post_webhook(f"{platform.base_url}/hook", {}, "k")


def test_two_dates_are_needed_to_doubt_the_own_clock(platform):
    ahead = timedelta(minutes=20)
    clock_now = [datetime(2026, 11, 22, 3, 0, tzinfo=UTC)]
    client = WeComClient(Account("ww0001", "s", platform.base_url), lambda: clock_now[0], ProcessTokens())
    dated = "Sun, 22 Nov 2026 03:20:00 GMT"
    platform.replies["webhook/send"] = raw(b'{"errcode":0}', Date=dated)
    hook = f"{platform.base_url}/cgi-bin/webhook/send?key=K"
    client.robot_send(hook, {})
    assert client.clock_offset() is None
    client.robot_send(hook, {})
    assert client.clock_offset() == ahead
    clock_now[0] += timedelta(minutes=20)  # the operator has set the clock
    assert client.clock_offset() is None
    clock_now[0] -= timedelta(minutes=20)
    assert client.clock_offset() == ahead
    platform.replies["webhook/send"] = raw(b'{"errcode":0}', Date="Sun, 22 Nov 2026 03:00:20 GMT")
    client.robot_send(hook, {})
    assert client.clock_offset() is None
    platform.replies["webhook/send"] = raw(b'{"errcode":0}', Date="yesterday")
    client.robot_send(hook, {})
    assert client.clock_offset() is None


def test_dates_that_contradict_each_other_or_were_used_already_prove_nothing(platform):
    now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    client = WeComClient(Account("ww0001", "s", platform.base_url), lambda: now, ProcessTokens())
    hook = f"{platform.base_url}/cgi-bin/webhook/send?key=K"
    for date in ("Sun, 22 Nov 2026 03:20:00 GMT", "Sun, 22 Nov 2026 05:00:00 GMT"):
        platform.replies["webhook/send"] = raw(b'{"errcode":0}', Date=date)
        client.robot_send(hook, {})
    assert client.platform_is_ahead() == [timedelta(minutes=20), timedelta(hours=2)]
    assert client.clock_offset() is None
    client.robot_send(hook, {})
    assert client.clock_offset() == timedelta(hours=2)
    client.forget_dates()
    assert client.clock_offset() is None


def test_only_the_platform_s_own_dates_count(platform):
    now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    elsewhere = Account("ww0001", "s", platform.base_url.replace("127.0.0.1", "localhost"))
    client = WeComClient(elsewhere, lambda: now, ProcessTokens())
    platform.replies["webhook/send"] = raw(b'{"errcode":0}', Date="Sun, 22 Nov 2026 03:20:00 GMT")
    for _ in range(2):
        client.robot_send(f"{platform.base_url}/cgi-bin/webhook/send?key=K", {})
    assert client.platform_is_ahead() == []
