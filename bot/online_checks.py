"""``baoxiu check --online``: what only the platform and the own public address can answer."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.settings import Mistake, Settings
from bot.wecom.errors import PlatformError
from bot.wecom.outgoing import Outgoing
from bot.wecom.transport import Answer, Transport

_LIMIT = 65_536
UNTRUSTED_ADDRESS = 60020
DISABLED = 50003

# What the codes mean to somebody at the console: the key to look at, the problem, the remedy.
_MEANINGS: Mapping[int, tuple[str, str, str]] = {
    40013: ("[wecom] corp_id", "企业 ID 不对", "从管理后台“我的企业”页复制"),
    40001: ("", "Secret 不对，或应用被停用", "从应用详情页重新复制 Secret，并确认应用已启用"),
    40091: ("", "Secret 不是这个企业的", "核对 corp_id 和 Secret 是同一个企业的"),
    45009: ("[wecom] secret", "调用太频繁，被企业微信限制", "过一小时再检查"),
    DISABLED: ("[wecom] agent_id", "应用被停用", "在管理后台启用这个应用"),
    40056: ("[wecom] agent_id", "没有这个应用", "从应用详情页复制 AgentId"),
    301002: ("[wecom] agent_id", "Secret 是另一个应用的", "AgentId 和 Secret 要从同一个应用的详情页复制"),
}


def check_online(file: str, settings: Settings) -> list[Mistake]:
    """Ask for a token and the app, which shows the trusted IP, and call the own public address.

    ``file`` is the configuration's name, to be told. Asks each thing once: wrong secrets in a row get an address
    locked out for an hour. No secret, token or address with one is in what is returned.
    """
    own = urlsplit(settings.server.public_url).hostname or ""
    # From inside, the own public name may well lead to a private address.
    transport = Transport(Outgoing(private=frozenset({own, *settings.server.private_hosts})))
    mistakes = _check_app(transport, file, settings)
    if settings.kf and settings.kf.secret:
        mistakes += _fetch_token(transport, file, settings, "[kf] secret", settings.kf.secret.get_secret_value())[1]
    return mistakes + _check_public_url(transport, file, settings)


def _check_app(transport: Transport, file: str, settings: Settings) -> list[Mistake]:
    wecom = settings.wecom
    token, mistakes = _fetch_token(transport, file, settings, "[wecom] secret", wecom.secret.get_secret_value())
    if mistakes:
        return mistakes
    query = {"access_token": token}
    said, mistakes = _ask(transport, file, f"{wecom.api_base_url}/cgi-bin/getcallbackip", query)
    mistakes += _judge(file, "[wecom] secret", said)
    if mistakes:
        return mistakes
    said, unanswered = _ask(
        transport, file, f"{wecom.api_base_url}/cgi-bin/agent/get", {**query, "agentid": str(wecom.agent_id)}
    )
    # Not every installation of the platform offers this call; only what it says about this very app counts.
    if unanswered or said.get("errcode") not in [0, *_MEANINGS]:
        return []
    if said.get("close") == 1:
        return [Mistake(file, "[wecom] agent_id", *_MEANINGS[DISABLED][1:])]
    return _judge(file, "[wecom] agent_id", said)


def _fetch_token(
    transport: Transport, file: str, settings: Settings, key: str, secret: str
) -> tuple[str, list[Mistake]]:
    query = {"corpid": settings.wecom.corp_id, "corpsecret": secret}
    said, mistakes = _ask(transport, file, f"{settings.wecom.api_base_url}/cgi-bin/gettoken", query)
    return str(said.get("access_token", "")), mistakes or _judge(file, key, said)


def _ask(transport: Transport, file: str, url: str, query: Mapping[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """What the platform said, or an empty answer and why there is none."""
    key = "[wecom] api_base_url"
    try:
        answer = transport.call("GET", url, limit=_LIMIT, params=query)
    except PlatformError as error:
        return {}, [Mistake(file, key, f"连不上企业微信（{error}）", "检查网络、DNS 和这个地址")]
    said = _object(answer)
    if said is None:
        remedy = "检查这个地址；默认 https://qyapi.weixin.qq.com"
        return {}, [Mistake(file, key, f"回答不是企业微信的（HTTP {answer.status}）", remedy)]
    return said, []


def _object(answer: Answer) -> dict[str, Any] | None:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _judge(file: str, key: str, said: Mapping[str, Any]) -> list[Mistake]:
    code = said.get("errcode")
    if code == 0:
        return []
    if code == UNTRUSTED_ADDRESS:
        address = re.search(r"from ip: ?([0-9a-fA-F.:]{3,45})", str(said.get("errmsg", "")))
        source = f" {address[1].rstrip('.:')}" if address else ""
        remedy = f"在管理后台应用详情页“企业可信IP”里加上{source or '本机的出口地址'}，约一分钟后生效"
        return [Mistake(file, "[wecom] secret", f"本机的出口 IP{source} 不在可信 IP 里（{code}）", remedy)]
    unknown = ("", "企业微信拒绝了", "在企业微信的全局错误码里查这个号")
    own_key, problem, remedy = _MEANINGS.get(code, unknown) if isinstance(code, int) else unknown
    return [Mistake(file, own_key or key, f"{problem}（{str(code)[:12]}）", remedy)]


def _check_public_url(transport: Transport, file: str, settings: Settings) -> list[Mistake]:
    key = "[server] public_url"
    if not settings.server.public_url:
        return [Mistake(file, key, "没有填，企业微信无法回调", "填上从外面访问本服务的 https 地址")]
    remedy = "确认 serve 在运行，反向代理指到它，域名和证书没错"
    try:
        answer = transport.call("GET", f"{settings.server.public_url}/healthz", limit=_LIMIT)
    except PlatformError as error:
        return [Mistake(file, key, f"从这里打不开（{error}）", remedy)]
    if answer.status != 200:
        return [Mistake(file, key, f"/healthz 回答 HTTP {answer.status}，不是 200", remedy)]
    return []
