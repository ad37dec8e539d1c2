"""Every fault over a real socket, as the bot's HTTP client meets it."""

import time
from datetime import timedelta

import pytest
import requests

SEND = "/cgi-bin/message/send"


def shown(platform) -> list[str]:
    return platform.phone("zhangsan").texts


def test_an_errcode_for_a_while(bot, platform, now) -> None:
    platform.fault("/cgi-bin/message", "errcode", 45009, until=now() + timedelta(minutes=10))
    assert bot.text("zhangsan", "1")["errcode"] == 45009
    assert bot.text("zhangsan", "2")["errcode"] == 45009
    assert shown(platform) == []
    now.forward(minutes=10)
    assert bot.text("zhangsan", "3")["errcode"] == 0


def test_a_fault_strikes_as_often_as_ordered_and_only_there(bot, platform) -> None:
    platform.fault(SEND, "errcode", -1, times=2)
    assert bot.login()
    assert [bot.text("zhangsan", str(n))["errcode"] for n in range(3)] == [-1, -1, 0]
    assert [(send.fault, send.answer["errcode"]) for send in platform.sends[-3:]] == [
        ("errcode", -1),
        ("errcode", -1),
        ("", 0),
    ]


def test_http_500(bot, platform) -> None:
    platform.fault(SEND, "http", 502)
    assert bot.raw("message/send", {}).status_code == 502


@pytest.mark.parametrize(("kind", "arrives"), [("html", 0), ("html_after", 1), ("empty", 0)])
def test_200_that_is_no_json(bot, platform, kind: str, arrives: int) -> None:
    platform.fault(SEND, kind)
    body = {"touser": "zhangsan", "msgtype": "text", "agentid": 1000002, "text": {"content": "x"}}
    answer = bot.raw("message/send", body)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert len(shown(platform)) == arrives


@pytest.mark.parametrize(("kind", "arrives"), [("reset_before", 0), ("reset_after", 1), ("truncated", 1)])
def test_a_lost_answer(bot, platform, kind: str, arrives: int) -> None:
    bot.login()
    platform.fault(SEND, kind)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        bot.text("zhangsan", "x")
    assert len(shown(platform)) == arrives
    assert bot.text("zhangsan", "y")["errcode"] == 0


def test_a_stall_comes_after_the_effect(bot, platform) -> None:
    bot.login()
    platform.fault(SEND, "stall", 0.3)
    began = time.monotonic()
    bot.text("zhangsan", "x")
    assert time.monotonic() - began >= 0.3
    assert shown(platform) == ["x"]


@pytest.mark.parametrize("kind", ["invaliduser", "unlicenseduser"])
def test_a_person_out_of_reach(bot, platform, kind: str) -> None:
    platform.fault(SEND, kind, "ZhangSan")
    answer = bot.text("zhangsan|lisi", "x")
    assert (answer["errcode"], answer[kind]) == (0, "zhangsan")
    assert shown(platform) == []
    assert platform.phone("lisi").texts == ["x"]
    assert platform.violations == []


def test_gettoken_can_fail_too(bot, platform) -> None:
    platform.fault("/cgi-bin/gettoken", "http", 500)
    assert bot.get("gettoken", corpid=platform.corp_id, corpsecret=platform.secret).status_code == 500
    assert bot.login()


def test_cleared_faults_are_gone_and_unknown_ones_refused(bot, platform) -> None:
    platform.fault("/", "http", 500, times=99)
    platform.clear_faults()
    assert bot.text("zhangsan", "x")["errcode"] == 0
    with pytest.raises(ValueError, match="unknown kind"):
        platform.fault("/", "earthquake")
