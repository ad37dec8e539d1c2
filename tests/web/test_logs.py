"""Log lines tell what happened and hold nobody's words, numbers or keys."""

import io
import json
import logging

import pytest
import structlog

from bot import metrics
from bot.logs import mask, set_up


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("+86 138-1234-5678", "+86 138****5678"),
        ("8613812345678", "86138****5678"),
        ("errcode=42001 key=msg:7", "errcode=42001 key=msg:7"),
        ("138 1234 5678", "138****5678"),
        ("电话13812345678。", "电话138****5678。"),
        ("msg:4561381234567812929", "msg:4561381234567812929"),
        ("/cgi-bin/message/send?access_token=ABC-_x&debug=1", "/cgi-bin/message/send?access_token=***&debug=1"),
        ("/webhook/send?key=693a91f6-7xxx", "/webhook/send?key=***"),
        ("gettoken?corpid=ww1&corpsecret=S", "gettoken?corpid=ww1&corpsecret=***"),
        ("mysql+pymysql://bot:p%40ss@db/x", "mysql+pymysql://bot:***@db/x"),
    ],
)
def test_what_is_masked_in_a_line(line, masked):
    assert mask(line) == masked


@pytest.fixture
def log():
    written = io.StringIO()
    set_up(secrets=["s3cr3t-of-app"], to=written)
    return written


def test_a_line_is_json_in_utc(log):
    structlog.get_logger("bot.test").info("order opened", order=12, seconds=1.5)
    line = json.loads(log.getvalue())
    assert (line["event"], line["order"], line["level"], line["logger"]) == ("order opened", 12, "info", "bot.test")
    assert line["time"].endswith("+00:00")


def test_secrets_hide_wherever_they_stand(log):
    structlog.get_logger("x").warning("s3cr3t-of-app", deep={"a": ["s3cr3t-of-app 13812345678"]}, encoding_aes_key="k")
    logging.getLogger("library").error("GET /x?access_token=%s", "abcdef")
    for secret in ("s3cr3t", "13812345678", '"k"', "abcdef"):
        assert secret not in log.getvalue()
    assert [json.loads(line)["level"] for line in log.getvalue().splitlines()] == ["warning", "error"]


def test_an_error_is_told_by_class_and_place_but_not_by_its_words(log):
    for logger in (structlog.get_logger("x"), logging.getLogger("y")):
        try:
            raise ValueError("厨房漏水 3-2-501")
        except ValueError:
            logger.exception("turn failed")
    for line in map(json.loads, log.getvalue().splitlines()):
        assert line["error"] == "ValueError"
        assert "test_logs.py" in line["where"]
    assert "漏水" not in log.getvalue()


def test_a_line_break_cannot_make_a_second_line():
    for as_json in (True, False):
        written = io.StringIO()
        set_up(json=as_json, to=written)
        structlog.get_logger("x").info("a\nb", c="d\ne")
        assert len(written.getvalue().splitlines()) == 1


def test_libraries_are_heard_only_when_something_is_wrong(log):
    for name in ("urllib3.connectionpool", "wechatpy.client.base", "apscheduler.scheduler", "waitress"):
        logging.getLogger(name).info("chatter")
    assert log.getvalue() == ""


def test_the_metrics_say_what_was_counted():
    metrics.callback("accepted")
    metrics.message_sent("sent")
    metrics.order_opened("emergency")
    metrics.token_fetched("fetched")
    metrics.outbox_waiting(3)
    text = metrics.render().decode()
    assert 'baoxiu_callbacks_total{outcome="accepted"}' in text
    assert 'baoxiu_orders_opened_total{priority="emergency"}' in text
    assert "baoxiu_outbox_waiting 3.0" in text
