"""From a thumb on a phone to the bot's callback address."""

from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from bot.sandbox import crypto, xmlform
from bot.sandbox.core import Core
from bot.sandbox.line import Line


class Ear:
    """A bot that only listens: opens each envelope and answers as told."""

    def __init__(self, platform) -> None:
        self.platform = platform
        self.plain: list[ElementTree.Element] = []
        self.queries: list[str] = []
        self.answers: list[tuple[int, bytes]] = []
        platform.deliver = self

    def __call__(self, method: str, query: str, body: bytes) -> tuple[int, bytes]:
        fields = {name: values[0] for name, values in parse_qs(query, strict_parsing=True).items()}
        encrypted = fields.get("echostr") or ElementTree.fromstring(body).findtext("Encrypt", "")
        signature = crypto.sign(self.platform.token, fields["timestamp"], fields["nonce"], encrypted)
        assert signature == fields["msg_signature"]
        plain = crypto.decrypt(self.platform.aes_key, self.platform.corp_id, encrypted)
        self.queries.append(query)
        if method == "GET":
            return 200, plain
        self.plain.append(ElementTree.fromstring(plain))
        return self.answers.pop(0) if self.answers else (200, b"")

    def last(self, name: str) -> str:
        return self.plain[-1].findtext(name, "")


@pytest.fixture
def ear(platform) -> Ear:
    return Ear(platform)


def test_the_address_is_verified(platform, ear) -> None:
    assert platform.verify_callback()
    assert "%3D" in ear.queries[0]
    platform.deliver = lambda method, query, body: (200, b'"echo"')
    assert not platform.verify_callback()


@pytest.mark.parametrize("words", ["  水管漏水 ", "a]]>b<c>&d", "😀\n第二行", ""])
def test_words_arrive_as_typed(platform, ear, words: str) -> None:
    assert platform.member_says("ZhangSan", words) == [(200, b"")]
    assert ear.last("Content") == words
    assert ear.last("FromUserName") == "zhangsan"
    assert int(ear.last("MsgId")) > 2**62
    assert ear.last("AgentID") == "1000002"
    assert platform.phone("zhangsan").thread[-1].mine
    assert platform.phone("zhangsan").shown == []


def test_three_attempts_each_encrypted_anew_with_the_same_words(platform, ear) -> None:
    ear.answers = [(500, b""), (503, b""), (500, b"")]
    assert [status for status, _ in platform.member_says("zhangsan", "x")] == [500, 503, 500]
    assert len({plain.findtext("MsgId") for plain in ear.plain}) == 1
    assert len(set(ear.queries)) == 3


def test_no_connection_is_an_attempt_too(platform) -> None:
    def refuse(method: str, query: str, body: bytes) -> tuple[int, bytes]:
        raise ConnectionRefusedError

    platform.deliver = refuse
    assert platform.member_says("zhangsan", "x") == [(0, b"")] * 3


def test_a_dropped_callback_is_never_tried(platform, ear) -> None:
    platform.fault("callback", "drop_callback")
    assert platform.member_says("zhangsan", "x") == []
    assert ear.plain == []
    assert platform.member_says("zhangsan", "y") == [(200, b"")]


def test_delivered_again_it_is_the_same_message(platform, ear) -> None:
    platform.member_says("zhangsan", "x")
    first = ear.last("MsgId")
    platform.redeliver()
    assert ear.last("MsgId") == first


def test_a_passive_answer_must_be_a_good_envelope(platform, ear) -> None:
    encrypted = crypto.encrypt(platform.aes_key, platform.corp_id, b"<xml><MsgType>text</MsgType></xml>")
    fields = {"Encrypt": encrypted, "MsgSignature": crypto.sign(platform.token, "1", "n", encrypted)}
    good = xmlform.document({**fields, "TimeStamp": 1, "Nonce": "n"}).encode()
    ear.answers = [(200, good), (200, b"success")]
    platform.member_says("zhangsan", "x")
    assert platform.violations == []
    platform.member_says("zhangsan", "y")
    assert len(platform.violations) == 1


def test_a_tap_on_a_card(platform, ear, send_card) -> None:
    code = send_card()["response_code"]
    platform.member_taps("lisi", "接单")
    assert ear.last("Event") == "template_card_event"
    assert (ear.last("EventKey"), ear.last("TaskId"), ear.last("CardType")) == (
        "accept:1",
        "order_1",
        "button_interaction",
    )
    assert ear.last("ResponseCode") not in ("", code)
    assert ear.plain[-1].find("SelectedItems") is None
    assert ear.plain[-1].find("MsgId") is None
    with pytest.raises(LookupError):
        platform.member_taps("lisi", "接单", task_id="order_2")


def test_a_code_from_a_tap_updates_the_card(platform, ear, send_card, bot) -> None:
    send_card()
    platform.member_taps("lisi", "accept:1")
    update = {"agentid": 1000002, "response_code": ear.last("ResponseCode"), "atall": 1}
    assert bot.post("message/update_template_card", {**update, "button": {"replace_name": "已接单"}})["errcode"] == 0
    assert platform.phone("zhangsan").shown[0].state == "closed"


def test_what_a_form_card_had_selected(platform, ear, bot) -> None:
    options = [{"id": str(score), "text": f"{score} 分"} for score in range(1, 6)]
    card = {
        "card_type": "vote_interaction",
        "task_id": "score_1",
        "main_title": {"title": "请评分"},
        "checkbox": {"question_key": "score", "mode": 0, "option_list": options},
        "submit_button": {"text": "提交", "key": "score:1"},
    }
    body = {"touser": "zhangsan", "msgtype": "template_card", "agentid": 1000002, "template_card": card}
    assert bot.post("message/send", body)["errcode"] == 0
    assert platform.violations == []
    platform.member_taps("zhangsan", "提交", selected={"score": ["5"]})
    assert ear.plain[-1].findtext("SelectedItems/SelectedItem/OptionIds/OptionId") == "5"


def test_pictures_voices_places(platform, ear, bot) -> None:
    platform.member_sends("zhangsan", "image", data=b"\xff\xd8\xffphoto", content_type="image/jpeg")
    bot.login()
    answer = bot.get("media/get", access_token=bot.token, media_id=ear.last("MediaId"))
    assert (answer.content, answer.headers["Content-Type"]) == (b"\xff\xd8\xffphoto", "image/jpeg")
    platform.member_sends("zhangsan", "voice")
    assert ear.last("Format") == "amr"
    platform.member_sends("zhangsan", "location", Label="3栋")
    assert (ear.last("Label"), ear.last("Location_X")) == ("3栋", "31.2304")


def test_menu_and_other_events(platform, ear, bot) -> None:
    menu = {"button": [{"name": "扫码", "type": "scancode_waitmsg", "key": "menu.scan"}]}
    bot.post("menu/create", menu, agentid=1000002)
    platform.member_clicks_menu("zhangsan", "menu.scan")
    assert ear.last("Event") == "scancode_waitmsg"
    platform.member_clicks_menu("zhangsan", "menu.mine")
    assert (ear.last("Event"), ear.last("EventKey")) == ("click", "menu.mine")
    platform.member_event("zhangsan", "LOCATION", Latitude=31.2, Longitude=121.4)
    assert ear.last("Latitude") == "31.2"


def test_over_http_nobody_listening_is_three_failures(now) -> None:
    line = Line(Core(now, "ww1", 1, {}), "token", "A" * 43, url="http://127.0.0.1:9/wecom/callback")
    assert line.push("<xml/>") == [(0, b"")] * 3
