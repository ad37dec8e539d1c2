"""Calls go to the hosts of the configuration and to the public net, and nowhere else, whatever a name leads to."""

import re
import socket
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.settings import load_settings
from bot.wecom.client import Account, WeComClient
from bot.wecom.errors import TryLater
from bot.wecom.outgoing import Forbidden, Outgoing, is_public, outgoing_of
from bot.wecom.tokens import ProcessTokens
from bot.wecom.transport import Transport
from tests.wecom.wire import raw

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *(
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ),
    *("224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "ff02::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_loopback_and_metadata_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Forbidden):
        Outgoing().check_address("hook.example.com", address)
    Outgoing(private=frozenset({"hook.example.com"})).check_address("HOOK.example.com", address)


@pytest.mark.parametrize("address", ["1.1.1.1", "203.119.1.1", "2400:3200::1", "::ffff:1.1.1.1"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)
    Outgoing().check_address("hook.example.com", address)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "sandbox.localhost"])
def test_this_machine_may_be_called_where_the_configuration_says_so_in_words(host: str) -> None:
    Outgoing().check_address(host, "127.0.0.1")
    with pytest.raises(Forbidden):
        Outgoing().check_address(host, "10.0.0.1")


def test_a_public_name_that_leads_to_this_machine_gets_nowhere(platform, monkeypatch) -> None:
    """DNS rebinding: the address that is judged is the address that is connected to."""
    port = int(platform.base_url.rpartition(":")[2])
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    with pytest.raises(TryLater, match="private address"):
        Transport().call("GET", f"http://rebound.example.com:{port}/x", limit=100)
    assert platform.requests == []


def test_a_host_that_nobody_configured_is_not_called(platform) -> None:
    listed = Transport(Outgoing(hosts=frozenset({"qyapi.weixin.qq.com"})))
    with pytest.raises(TryLater, match="not one of the configuration"):
        listed.call("GET", platform.base_url, limit=100)
    assert platform.requests == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_no_redirect_is_followed(platform, status: str) -> None:
    client = WeComClient(Account("ww0001", "s", platform.base_url), utc_now, ProcessTokens())
    elsewhere = f"{platform.base_url}/elsewhere"
    platform.replies["hook"] = raw(b"", status, Location=elsewhere)
    platform.replies["media/get"] = raw(b"", status, Location=elsewhere)
    for call in (
        lambda: client.post_webhook(f"{platform.base_url}/cgi-bin/hook", {}, "k"),
        lambda: client.robot_send(f"{platform.base_url}/cgi-bin/hook", {}),
        lambda: client.beat(f"{platform.base_url}/cgi-bin/hook"),
        lambda: client.media_get("m1"),
    ):
        with pytest.raises(TryLater, match="HTTP 30"):
            call()
    assert not any("elsewhere" in request.path for request in platform.requests)


def test_the_configuration_names_the_hosts(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        """
[server]
private_hosts = ["PBX.lan"]
[wecom]
corp_id = "ww1"
agent_id = 1
secret = "s"
token = "t"
encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
[duty]
escalation_webhook = "https://pbx.lan/call"
robot_webhook = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
[watch]
heartbeat_url = "https://hc.example.com/ping"
"""
    )
    outgoing = outgoing_of(load_settings(config, {}))
    assert outgoing.hosts == {"qyapi.weixin.qq.com", "pbx.lan", "hc.example.com"}
    assert outgoing.private == {"pbx.lan"}


def test_no_address_that_a_message_brings_is_ever_called() -> None:
    """PicUrl, Url and the like are on record with the message, and that is all."""
    bot = Path(__file__).parents[2] / "bot"
    users = [
        str(path.relative_to(bot))
        for path in bot.rglob("*.py")
        if "sandbox" not in path.parts and re.search(r"PicUrl|\[\"Url\"\]|\.get\(\"Url\"", path.read_text("utf-8"))
    ]
    assert users == []
