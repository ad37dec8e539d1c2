"""A bot in a thimble, just wordy enough for the page and the scripted day to have something to show."""

import re
from typing import Any
from xml.etree import ElementTree

from bot.sandbox import crypto
from bot.sandbox.platform import Platform

Answer = tuple[int, bytes]


class Standin:
    """Takes callbacks through ``platform.deliver`` and answers by calling the platform's methods directly."""

    def __init__(self, platform: Platform, engineer: str = "zhaolei") -> None:
        self.platform = platform
        self.engineer = engineer
        self.reporters: dict[str, str] = {}
        self.cursor = ""
        self.task = 0
        platform.deliver = self

    def __call__(self, method: str, query: str, body: bytes) -> Answer:
        encrypted = ElementTree.fromstring(body).findtext("Encrypt", "")
        plain = ElementTree.fromstring(crypto.decrypt(self.platform.aes_key, self.platform.corp_id, encrypted))
        fields = {child.tag: child.text or "" for child in plain}
        if fields.get("Event") == "kf_msg_or_event":
            self.fetch(fields["Token"])
        elif fields["MsgType"] == "text":
            self.hear(fields["FromUserName"], fields["Content"])
        elif fields.get("Event") == "template_card_event":
            verb, number = fields["EventKey"].split(":")
            self.hear(fields["FromUserName"], f"{verb} {number}")
            self.close(fields["ResponseCode"])
        return 200, b""

    def fetch(self, token: str) -> None:
        page = self.platform.kf.sync({"open_kfid": self.platform.open_kfid, "cursor": self.cursor, "token": token})
        self.cursor = page["next_cursor"]
        for item in page["msg_list"]:
            if item["msgtype"] == "text":
                self.hear(item["external_userid"], item["text"]["content"])

    def hear(self, who: str, words: str) -> None:
        number = next(iter(re.findall(r"\d+$", words.split("（")[0])), str(len(self.reporters)))
        verb = words.split()[0]
        if who in self.platform.app.members and verb in ("接单", "到场", "完工"):
            said = {"接单": "师傅已接单，正在赶来", "到场": "师傅已到场", "完工": "已完工，请回复“确认”"}[verb]
            self.tell(self.reporters.get(number, who), f"工单 {number}：{said}")
        elif verb == "确认":
            self.tell(who, f"工单 {number}：请为本次服务打分 1–5")
        elif verb == "5":
            self.tell(who, "谢谢您的评价！")
        elif verb == "今日":
            self.tell(who, "今日：接单 3，完成 3，超时 0")
        else:
            self.open_order(who, words)

    def open_order(self, who: str, words: str) -> None:
        number = str(len(self.reporters) + 1)
        self.reporters[number] = who
        self.tell(who, f"工单 {number} 已收到，正在安排师傅。")
        card = {
            "card_type": "button_interaction",
            "task_id": f"order_{number}",
            "source": {"desc": "报修"},
            "main_title": {"title": f"工单 {number}", "desc": "请在 3 分钟内接单"},
            "quote_area": {"quote_text": words},
            "horizontal_content_list": [{"keyname": "级别", "value": "紧急"}, {"keyname": "位置", "value": "3栋2单元"}],
            "button_list": [{"text": name, "key": f"{name}:{number}"} for name in ("接单", "转单", "拒单")],
        }
        self.send(self.engineer, "template_card", card)
        self.tell(self.engineer, f"工单 {number}\n{words}\n回复“接单 {number}”接下")

    def close(self, code: str) -> None:
        update: dict[str, Any] = {"agentid": self.platform.agent_id, "response_code": code, "atall": 1}
        self.platform.app.update({**update, "button": {"replace_name": "已处理"}})

    def tell(self, who: str, words: str) -> None:
        if who in self.platform.kf.customers:
            address = {"touser": who, "open_kfid": self.platform.open_kfid}
            self.platform.kf.send({**address, "msgtype": "text", "text": {"content": words}})
        else:
            self.send(who, "text", {"content": words})

    def send(self, who: str, kind: str, part: dict[str, Any]) -> None:
        self.platform.app.send({"touser": who, "agentid": self.platform.agent_id, "msgtype": kind, kind: part})
