"""A platform on a clock that stands still, and a bot-sized client for it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from bot.sandbox.platform import Platform
from bot.sandbox.server import Running, start


class Now:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


class Caller:
    """What the bot's side of the interface looks like on the wire."""

    def __init__(self, platform: Platform, base_url: str) -> None:
        self.platform = platform
        self.base_url = base_url
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = ""

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.http.get(f"{self.base_url}/cgi-bin/{path}", params=query, timeout=5)

    def login(self) -> str:
        answer = self.get("gettoken", corpid=self.platform.corp_id, corpsecret=self.platform.secret).json()
        self.token = answer["access_token"]
        return self.token

    def raw(self, path: str, body: Any, **query: Any) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        query = {"access_token": self.token or self.login(), **query}
        return self.http.post(f"{self.base_url}/cgi-bin/{path}", params=query, data=data, timeout=5)

    def post(self, path: str, body: Any, **query: Any) -> dict[str, Any]:
        return self.raw(path, body, **query).json()

    def text(self, to: str, words: str, **more: Any) -> dict[str, Any]:
        agent_id = self.platform.agent_id
        return self.post(
            "message/send", {"touser": to, "msgtype": "text", "agentid": agent_id, "text": {"content": words}, **more}
        )


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def platform(now: Now) -> Platform:
    made = Platform(now)
    made.add_member("zhangsan", "张三")
    made.add_member("lisi", "李四")
    made.add_customer("wmAlice0001", "小爱")
    return made


@pytest.fixture
def running(platform: Platform) -> Iterator[Running]:
    server = start(platform)
    yield server
    server.stop()


@pytest.fixture
def bot(platform: Platform, running: Running) -> Caller:
    return Caller(platform, running.base_url)


def button_card(task_id: str = "order_1", **more: Any) -> dict[str, Any]:
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "main_title": {"title": "工单 1", "desc": "电梯困人 · 紧急"},
        "horizontal_content_list": [{"keyname": "位置", "value": "3栋2单元"}],
        "button_list": [{"text": "接单", "key": "accept:1", "style": 1}, {"text": "拒单", "key": "refuse:1"}],
        **more,
    }


@pytest.fixture(name="button_card")
def button_card_fixture() -> Any:
    return button_card


@pytest.fixture
def send_card(bot: Caller) -> Any:
    def send(to: str = "zhangsan|lisi", task_id: str = "order_1", **more: Any) -> dict[str, Any]:
        card = button_card(task_id, **more)
        return bot.post(
            "message/send", {"touser": to, "msgtype": "template_card", "agentid": 1000002, "template_card": card}
        )

    return send
