"""The callback's promises over the whole WSGI application: who gets 200, who gets 4xx, and that nobody gets 500."""

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Incoming
from bot.logs import set_up
from bot.web import WebParts, create_app
from bot.web.callback import Unavailable
from bot.wecom.crypto import CallbackCrypto

CORP = "ww0001"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = CallbackCrypto("token1", KEY, CORP)
KF = CallbackCrypto("token2", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws", CORP)
TEXT = (
    "<xml><ToUserName>{corp}</ToUserName><FromUserName>wang</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>漏水</Content><MsgId>7</MsgId><AgentID>{agent}</AgentID></xml>"
)


class Edge:
    """The web with everything behind it replaced by lists."""

    def __init__(self, kf: CallbackCrypto | None = KF) -> None:
        self.taken: list[Incoming] = []
        self.error: Exception | None = None
        self.offset: timedelta | None = None
        self.reasons: list[str] = []
        self.now = NOW
        parts = WebParts(
            app_crypto=APP,
            kf_crypto=kf,
            corp_id=CORP,
            agent_id=1000002,
            receive=self.receive,
            now=lambda: self.now,
            clock_offset=lambda: self.offset,
            ready=lambda: self.reasons,
            metrics=lambda: b"baoxiu_callbacks_total 1\n",
            notice_html="<p>隐私</p>",
        )
        self.http = create_app(parts).test_client()

    def receive(self, incoming: Incoming) -> None:
        if self.error:
            raise self.error
        self.taken.append(incoming)

    def push(self, plain: str = TEXT.format(corp=CORP, agent=1000002), at=NOW, crypto=APP, path="/wecom/callback"):
        stamp = str(int(at.timestamp()))
        encrypt, signature = crypto.seal(plain.encode(), "n0nce", stamp)
        body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        return self.http.post(f"{path}?msg_signature={signature}&timestamp={stamp}&nonce=n0nce", data=body)


@pytest.fixture
def edge():
    return Edge()


def test_a_genuine_message_is_stored_and_answered_with_nothing(edge):
    answer = edge.push()
    assert (answer.status_code, answer.data) == (200, b"")
    assert [each.text for each in edge.taken] == ["漏水"]


def test_every_kind_of_genuine_message_is_taken(edge):
    assert edge.push("<xml><MsgType>hologram</MsgType></xml>").status_code == 200
    assert edge.taken[0].sent_at == NOW


def test_nothing_is_acknowledged_before_it_is_stored(edge):
    for error in (Unavailable(), RuntimeError("漏水 13800001234"), OSError("disk full")):
        edge.error = error
        answer = edge.push()
        assert (answer.status_code, answer.data) == (503, b"unavailable\n")


def test_url_verification_answers_exactly_the_plaintext(edge):
    stamp = str(int(NOW.timestamp()))
    for tried in range(20):  # some ciphertexts hold + and /
        echo, signature = APP.seal(b"1616140317555161061", f"n{tried}", stamp)
        for sent in (quote(echo, safe=""), echo):
            query = f"msg_signature={signature}&timestamp={stamp}&nonce=n{tried}&echostr={sent}"
            answer = edge.http.get(f"/wecom/callback?{query}")
            assert (answer.status_code, answer.data) == (200, b"1616140317555161061")
            assert answer.content_type.startswith("text/plain")


def test_kf_has_a_door_of_its_own(edge):
    ring = f"<xml><ToUserName>{CORP}</ToUserName><MsgType>event</MsgType><Event>kf_msg_or_event</Event></xml>"
    assert edge.push(ring, crypto=KF, path="/wecom/kf").status_code == 200
    assert edge.push(ring, crypto=APP, path="/wecom/kf").status_code == 403
    assert edge.push(ring, crypto=APP).status_code == 200
    assert Edge(kf=None).push(ring, crypto=APP, path="/wecom/kf").status_code == 200


@pytest.mark.parametrize(
    ("age", "status"),
    [(0, 200), (300, 200), (301, 403), (-300, 200), (-301, 403), (600, 403), (86_400, 403), (31_536_000, 403)],
)
def test_the_age_window_holds_both_ways(edge, age, status):
    assert edge.push(at=NOW - timedelta(seconds=age)).status_code == status
    assert len(edge.taken) == (status == 200)


def test_the_window_moves_only_on_outside_evidence(edge):
    platform_time = NOW + timedelta(minutes=20)
    assert edge.push(at=platform_time).status_code == 403
    edge.offset = timedelta(minutes=20)
    assert edge.push(at=platform_time).status_code == 200
    assert edge.push(at=NOW).status_code == 403


def test_another_corp_or_app_changes_nothing(edge):
    assert edge.push(TEXT.format(corp=CORP, agent=7)).status_code == 403
    assert edge.push(TEXT.format(corp="ww0002", agent=1000002)).status_code == 403
    assert (
        edge.push(crypto=CallbackCrypto("token1", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww0002")).status_code
        == 403
    )
    assert edge.push("not xml").status_code == 400
    assert edge.taken == []


STAMP = str(int(NOW.timestamp()))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "msg_signature=a",
        f"msg_signature=a&timestamp={STAMP}",
        f"msg_signature=a&timestamp={STAMP}&nonce=",
        f"msg_signature=a&timestamp={STAMP}&nonce=n&nonce=m",
        f"msg_signature=a&timestamp={STAMP}&timestamp={STAMP}&nonce=n",
        "msg_signature=a&timestamp=yesterday&nonce=n",
        f"msg_signature=a&timestamp={STAMP}&nonce=n&x=" + "y" * 9_000,
        "%ff=%ff&&&===",
    ],
)
def test_a_query_with_something_missing_or_double_is_damaged(edge, query):
    body = b"<xml><Encrypt>AAAA</Encrypt></xml>"
    assert edge.http.post(f"/wecom/callback?{query}", data=body).status_code == 400
    assert edge.http.get(f"/wecom/callback?{query}").status_code == 400


def test_too_big_a_body_is_not_read(edge):
    answer = edge.http.post(f"/wecom/callback?msg_signature=a&timestamp={STAMP}&nonce=n", data=b"x" * 70_000)
    assert answer.status_code == 413


@given(
    body=st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>".encode()),
    signature=st.text(max_size=41),
    nonce=st.text(max_size=20),
)
def test_no_forgery_gets_a_200_or_a_500(body, signature, nonce):
    query = f"msg_signature={quote(signature)}&timestamp={STAMP}&nonce={quote(nonce)}"
    answer = SHARED.http.post(f"/wecom/callback?{query}", data=body)
    assert 400 <= answer.status_code < 500
    assert len(answer.data) < 50


@given(
    plain=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"<xml><MsgType>{text}</MsgType></xml>".encode())
)
def test_no_signed_body_gets_a_500(plain):
    encrypt, signature = APP.seal(plain, "n", STAMP)
    body = f"<xml><Encrypt>{encrypt}</Encrypt></xml>"
    answer = SHARED.http.post(f"/wecom/callback?msg_signature={signature}&timestamp={STAMP}&nonce=n", data=body)
    assert answer.status_code < 500


SHARED = Edge()


def test_ten_thousand_forgeries_are_one_line_a_minute(edge):
    log = io.StringIO()
    set_up(to=log)
    for second in range(130):
        edge.now = NOW + timedelta(seconds=second)
        edge.http.post(f"/wecom/callback?msg_signature=a&timestamp={STAMP}&nonce=n", data=b"<xml/>")
    lines = log.getvalue().splitlines()
    assert len(lines) == 3
    assert '"envelope": 60' in lines[1]


def test_other_methods_and_paths_are_refused_shortly(edge):
    answer = edge.http.delete("/wecom/callback")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert edge.http.get("/nothing").data == b"Not Found\n"


def test_the_plain_pages(edge):
    assert edge.http.get("/healthz").data == b"ok\n"
    assert edge.http.get("/readyz").status_code == 200
    edge.reasons = ["database does not answer", "outbox stands still"]
    answer = edge.http.get("/readyz")
    assert (answer.status_code, answer.data) == (503, b"database does not answer\noutbox stands still\n")
    assert b"baoxiu_callbacks_total" in edge.http.get("/metrics").data
    page = edge.http.get("/privacy")
    assert page.data.decode() == "<p>隐私</p>"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in page.headers
    assert "Strict-Transport-Security" in edge.http.get("/healthz", base_url="https://bot.example").headers
