"""From the platform's XML and JSON to ``Incoming``: exact about words, deaf to tricks."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Channel, Incoming
from bot.wecom.errors import BadCallback
from bot.wecom.incoming import MAX_BODY, envelope, from_kf, parse

CORP = "ww0001"
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def xml(**elements: str) -> bytes:
    given = {"ToUserName": CORP, "FromUserName": "Wang", "CreateTime": "1700000000", "AgentID": "1000002"} | elements
    return ("<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in given.items()) + "</xml>").encode()


def test_a_text_keeps_its_blanks():
    got = parse(xml(MsgType="text", Content="<![CDATA[  漏水 ]]]]><![CDATA[>\n\t厨房  ]]>", MsgId="123"), CORP)
    assert got == Incoming(
        key="msg:123",
        channel=Channel.APP,
        kind="text",
        sender="Wang",
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        text="  漏水 ]]>\n\t厨房  ",
        fields={"AgentID": "1000002"},
    )


def test_cdata_or_not_is_the_same():
    assert parse(xml(MsgType="text", Content="a &lt;b&gt; 🚿"), CORP).text == "a <b> 🚿"


def test_text_is_cut_and_control_characters_are_dropped():
    assert parse(xml(MsgType="text", Content="字" * 2500), CORP).text == "字" * 2000
    assert parse(xml(MsgType="text", Content="<![CDATA[a\x00\x08\x0bb\x7fc&]]>&#x85;&#13;"), CORP).text == "abc&"


def test_broken_utf8_still_gives_a_message():
    assert parse(xml(MsgType="text", Content="@", MsgId="5").replace(b"@", b"\xe6\xbc"), CORP).text.endswith("�")


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "", "abc", str(2**64), "١", "1" * 400])
def test_a_message_number_that_is_none_makes_a_digest_key(number):
    assert parse(xml(MsgType="text", Content="x", MsgId=number), CORP).key.startswith("evt:")


def test_the_order_of_elements_does_not_matter_but_every_value_does():
    one = xml(MsgType="event", Event="click", EventKey="a", TaskId="t")
    other = xml(TaskId="t", EventKey="a", Event="click", MsgType="event")
    different = xml(MsgType="event", Event="click", EventKey="a", TaskId="u")
    assert parse(one, CORP).key == parse(other, CORP).key != parse(different, CORP).key
    assert parse(one, CORP).key.startswith("evt:")


def test_an_event_with_a_number_is_still_known_by_its_fields():
    assert parse(xml(MsgType="event", Event="click", MsgId="7"), CORP).key.startswith("evt:")


@pytest.mark.parametrize("many", [1, 2])
def test_selected_items_are_tuples_however_many(many):
    option = "<OptionId>o1</OptionId>" * many
    item = f"<SelectedItem><QuestionKey>q</QuestionKey><OptionIds>{option}</OptionIds></SelectedItem>" * many
    press = xml(MsgType="event", Event="template_card_event", EventKey="k", TaskId="t", ResponseCode="r", CardType="c")
    got = parse(press.replace(b"</xml>", f"<SelectedItems>{item}</SelectedItems></xml>".encode()), CORP)
    assert (got.event, got.event_key, got.task_id, got.response_code) == ("template_card_event", "k", "t", "r")
    assert got.fields["SelectedItems"] == {
        "SelectedItem": ({"QuestionKey": "q", "OptionIds": {"OptionId": ("o1",) * many}},) * many
    }


def test_repeated_elements_nobody_expected_are_tuples():
    assert parse(xml(MsgType="text", X="1</X><X>2</X><X>3"), CORP).fields["X"] == ("1", "2", "3")
    assert parse(xml(MsgType="text", Content="a</Content><Content>b"), CORP).text == "a"


def test_a_scan_and_a_place_keep_the_platforms_names():
    scan = xml(
        MsgType="event",
        Event="scancode_waitmsg",
        EventKey="menu.scan",
        ScanCodeInfo="<ScanType>qrcode</ScanType><ScanResult>EQ-7</ScanResult>",
    )
    assert parse(scan, CORP).fields["ScanCodeInfo"] == {"ScanType": "qrcode", "ScanResult": "EQ-7"}
    assert parse(xml(MsgType="location", Location_X="31.2", Label=" 1栋 "), CORP).fields["Label"] == " 1栋 "


def test_the_doorbell_has_no_sender():
    got = parse(
        f"<xml><ToUserName>{CORP}</ToUserName><CreateTime>1700000000</CreateTime><MsgType>event</MsgType>"
        "<Event>kf_msg_or_event</Event><Token>T</Token><OpenKfId>wkA</OpenKfId></xml>".encode(),
        CORP,
        1000002,
    )
    assert (got.channel, got.kind, got.event, got.sender) == (Channel.KF, "event", "kf_msg_or_event", "")
    assert (got.open_kfid, got.fields["Token"]) == ("wkA", "T")


@pytest.mark.parametrize("when", ["", "x", "-5", "9" * 12, "9" * 50, "١"])
def test_an_unusable_time_is_replaced(when):
    assert parse(xml(MsgType="text", CreateTime=when), CORP, received_at=AT).sent_at == AT


def test_another_corp_or_app_is_refused():
    for corp, agent in (("ww0002", None), (CORP, 7)):
        with pytest.raises(BadCallback) as refusal:
            parse(xml(MsgType="text"), corp, agent)
        assert refusal.value.status == 403


def test_an_empty_document_is_an_unknown_message():
    assert parse(b"<xml/>", CORP).kind == ""


DTD = b'<!DOCTYPE xml [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "nested": b"<xml>" + b"<a>" * 20_000,
    "siblings": b"<xml>" + b"<a/>" * 16_000 + b"</xml>",
    "dtd": DTD + b"<xml><Encrypt>&a;</Encrypt></xml>",
    "external": DTD + b"<xml><Encrypt>&c;</Encrypt></xml>",
    "bomb": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><xml>' + b"&a;" * 3_000 + b"</xml>",
    "attributes": b"<xml " + b" ".join(b'a%d=""' % n for n in range(6_000)) + b">",
    "codec": b'<?xml version="1.0" encoding="utf-16"?><xml>',
    "cut": b"<xml><Encrypt>AAAA",
    "empty": b"",
    "text": b"hello",
    "nul": b"\x00" * 60_000,
    "json": b'{"encrypt": "AAAA"}',
}


def calls_until_refused(read: Callable[[bytes], object], body: bytes) -> int:
    """How many functions begin or end before the body is refused: the work done, whatever the machine is busy with."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        with pytest.raises(BadCallback):
            read(body)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_at_once(name):
    """Of a stranger's body some tens of elements are looked at, of a genuine one's contents two thousand."""
    assert calls_until_refused(envelope, HOSTILE[name]) < 400
    assert calls_until_refused(lambda body: parse(body, CORP), HOSTILE[name]) < 25 * 2_000


def test_the_envelope_gives_the_one_encrypt_there_is():
    assert envelope(b"<xml><AgentID>1</AgentID><Encrypt><![CDATA[ QUJD\n]]></Encrypt></xml>") == "QUJD"
    for body in (
        b"<xml><Encrypt>A</Encrypt><Encrypt>A</Encrypt></xml>",
        b"<xml><a><Encrypt>A</Encrypt></a></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"<Encrypt>A</Encrypt>",
    ):
        with pytest.raises(BadCallback) as refusal:
            envelope(body)
        assert refusal.value.status == 400


def test_a_body_above_the_limit_is_too_big():
    with pytest.raises(BadCallback) as refusal:
        envelope(b" " * (MAX_BODY + 1))
    assert refusal.value.status == 413


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused(body):
    for read in (envelope, lambda plain: parse(plain, CORP), lambda plain: parse(b"<xml>" + plain + b"</xml>", CORP)):
        try:
            read(body)
        except BadCallback as refusal:
            assert refusal.status in (400, 403)  # noqa: PT017


CUSTOMER = {"msgid": "m1", "open_kfid": "wkA", "external_userid": "wmB", "send_time": 1700000000, "origin": 3}


def test_a_customers_text():
    got = from_kf(CUSTOMER | {"msgtype": "text", "text": {"content": " 漏水 ", "menu_id": "rate_5"}})
    assert got == Incoming(
        key="kf:wkA:m1",
        channel=Channel.KF,
        kind="text",
        sender="wmB",
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        text=" 漏水 ",
        open_kfid="wkA",
        event_key="rate_5",
        fields={"origin": "3"},
    )


def test_a_servicers_words_say_whose_they_are():
    got = from_kf(CUSTOMER | {"origin": 5, "servicer_userid": "li", "msgtype": "text", "text": {"content": "好"}})
    assert got is not None
    assert got.fields == {"origin": "5", "servicer_userid": "li"}


def test_an_event_carries_its_ids_inside():
    event = {"event_type": "enter_session", "open_kfid": "wkA", "external_userid": "wmB"}
    event |= {"scene": "lobby", "scene_param": "b=3", "welcome_code": "W", "wechat_channels": {"scene": 1}}
    item = {"msgid": "m2", "send_time": 1700000000, "origin": 4, "msgtype": "event", "event": event}
    got = from_kf(item)
    assert got is not None
    assert (got.key, got.kind, got.event, got.sender) == ("kf:wkA:m2", "event", "enter_session", "wmB")
    assert got.fields == {
        "scene": "lobby",
        "scene_param": "b=3",
        "welcome_code": "W",
        "wechat_channels": {"scene": "1"},
        "origin": "4",
    }


def test_a_customers_place_and_file():
    place = from_kf(
        CUSTOMER | {"msgtype": "location", "location": {"latitude": 31.2, "longitude": 121.4, "name": "门"}}
    )
    file = from_kf(CUSTOMER | {"msgtype": "file", "file": {"media_id": "M"}})
    assert place is not None
    assert place.fields == {"latitude": "31.2", "longitude": "121.4", "name": "门", "origin": "3"}
    assert file is not None
    assert (file.kind, file.media_id) == ("file", "M")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("msgid", "open_kfid", "external_userid", "send_time", "origin", "msgtype", "event", "text", "servicer_userid")


@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON | st.sampled_from(["event", "text"]))))
def test_no_item_of_sync_msg_is_too_odd(item):
    got = from_kf(item)
    assert got is None or got.key.startswith("kf:")


def test_an_odd_inner_object_does_not_raise():
    for inner in ({"content": []}, {"content": {}}, {"content": ["a", "b"]}, {"content": 10**30}, [], "x", None):
        assert from_kf(CUSTOMER | {"msgtype": "text", "text": inner}) is not None
