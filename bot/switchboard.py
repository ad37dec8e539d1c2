"""The index of all that people can say: commands, taps, and what each intent leads to."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from bot.core.kinds import Role
from bot.core.people import Speaker
from bot.desk import Turn
from bot.handlers import (
    broadcast,
    callback_policy,
    callbacks,
    chat,
    crew,
    doubts,
    dutylist,
    engineer,
    events,
    followups,
    handbook,
    handover,
    lead,
    mydata,
    owners,
    reasons,
    reopening,
    reporter,
    restored,
    rota,
    service,
    targets,
)

Handler = Callable[[Turn, Speaker, int | None, str], None]
ANYONE: tuple[Role | None, ...] = ()
STAFF = (Role.ENGINEER, Role.SERVICE, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
LEADS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


class Command(NamedTuple):
    """One thing people can type. ``takes``: what may follow the word: a number, further words, both, or nothing.

    ``roles``: whose speech it is looked for in; with its number it is understood from everybody, and refused.
    """

    words: tuple[str, ...]
    handler: Handler
    takes: str  # "", "no", "no words", "words"
    roles: tuple[Role | None, ...]
    example: str
    # Words that residents say in quite another sense: from them it is never a command.
    staff_only: bool = False


COMMANDS = [
    Command(("帮助", "help", "?", "？", "菜单"), chat.help_, "", ANYONE, "帮助"),
    Command(("进度",), reporter.status, "no", ANYONE, "进度 N"),
    Command(("催单",), reporter.urge, "no", ANYONE, "催单 N"),
    Command(("取消",), reporter.cancel, "no", ANYONE, "取消 N"),
    Command(("确认",), reporter.confirm, "no", ANYONE, "确认 N"),
    Command(("没修好",), reopening.not_fixed, "no words", ANYONE, "没修好 N"),
    Command(("我的信息",), mydata.shown, "", ANYONE, "我的信息"),
    Command(("我的工单",), engineer.mine, "", ANYONE, "我的工单"),
    Command(("为什么派给我?", "为什么派给我"), reasons.why_mine, "no words", STAFF, "为什么派给我 N"),
    Command(("接单",), engineer.accept, "no", STAFF, "接单 N"),
    Command(("拒单",), engineer.refuse, "no words", STAFF, "拒单 N 原因"),
    Command(("到场",), engineer.arrive, "no", STAFF, "到场 N"),
    Command(("挂起",), engineer.park, "no words", STAFF, "挂起 N 原因"),
    Command(("恢复",), engineer.resume, "no", STAFF, "恢复 N"),
    Command(("转单",), engineer.hand_over, "no words", STAFF, "转单 N 姓名"),
    Command(("备注",), crew.remark, "no words", STAFF, "备注 N 说明"),
    Command(("协助",), crew.bring_in, "no words", STAFF, "协助 N 姓名"),
    Command(("撤回协助",), crew.take_out, "no words", STAFF, "撤回协助 N 姓名"),
    Command(("完工",), engineer.finish, "no words", STAFF, "完工 N 说明"),
    Command(("问",), engineer.ask_reporter, "no words", STAFF, "问 N 话"),
    Command(("代报",), service.on_behalf, "words", (Role.SERVICE, *LEADS), "代报 位置 姓名 电话 内容"),
    Command(("改类",), service.recategorise, "no words", (Role.SERVICE, *LEADS), "改类 N 类别"),
    Command(("确认紧急",), doubts.confirm, "no", (Role.SERVICE, *LEADS), "确认紧急 N"),
    Command(("不是紧急",), doubts.deny, "no", (Role.SERVICE, *LEADS), "不是紧急 N"),
    Command(("派单",), service.dispatch, "no words", (Role.SERVICE, *LEADS), "派单 N 姓名"),
    Command(("回访",), followups.done, "no words", (Role.SERVICE, *LEADS), "回访 N 结果"),
    Command(("下雨了",), callback_policy.rain, "", STAFF, "下雨了", staff_only=True),
    Command(("事件",), events.show, "no", STAFF, "事件 N"),
    Command(("并单",), events.merge, "no words", (Role.SERVICE, *LEADS), "并单 N M"),
    Command(("拆单",), events.split, "no", (Role.SERVICE, *LEADS), "拆单 N"),
    Command(("扫尾",), events.sweep, "no", (Role.SERVICE, *LEADS), "扫尾 N"),
    Command(("预计恢复", "预计"), events.foretell, "no words", STAFF, "预计恢复 N 15:30"),
    Command(("通知",), broadcast.send, "words", LEADS, "通知 3栋 内容"),
    Command(("预案",), handbook.start, "no", STAFF, "预案 N"),
    Command(("步骤",), handbook.tick, "no words", STAFF, "步骤 N 2 说明"),
    Command(("预案结束",), handbook.end, "no words", (Role.SERVICE, *LEADS), "预案结束 N 说明"),
    Command(("演练",), handbook.drill, "words", LEADS, "演练 电梯困人 3栋"),
    Command(("今日",), lead.today, "", STAFF, "今日"),
    Command(("超时",), lead.overdue, "", STAFF, "超时"),
    Command(("首问",), owners.figures, "words", STAFF, "首问 上周", staff_only=True),
    Command(("值班",), dutylist.show, "words", STAFF, "值班"),
    Command(("我上班了", "我上班", "上班了"), dutylist.clock_on, "", STAFF, "我上班了", staff_only=True),
    Command(("我下班了", "我下班", "下班了"), dutylist.clock_off, "", STAFF, "我下班了", staff_only=True),
    Command(("接班",), handover.take_over, "words", STAFF, "接班", staff_only=True),
    Command(("换班",), rota.swap, "words", STAFF, "换班 11-25 夜 姓名", staff_only=True),
    Command(("请假",), rota.leave, "words", STAFF, "请假 11-25 夜", staff_only=True),
    Command(("同意",), rota.agree, "no", STAFF, "同意 N", staff_only=True),
    Command(("不同意",), rota.disagree, "no", STAFF, "不同意 N", staff_only=True),
    Command(("时限",), targets.show, "no", STAFF, "时限 N", staff_only=True),
    Command(("关闭",), lead.close, "no words", STAFF, "关闭 N 原因"),
    Command(("放行",), restored.release, "", LEADS, "放行"),
    Command(("作废",), restored.drop, "", LEADS, "作废"),
]

# The keys of buttons and menu items: "verb:number[:more]".
TAPS: dict[str, Handler] = {
    "accept": engineer.accept,
    "refuse": engineer.refuse,
    "hand_over": engineer.hand_over,
    "confirm": reporter.confirm,
    "danger": doubts.confirm,
    "no_danger": doubts.deny,
    "not_fixed": reopening.not_fixed,
    "agree": rota.agree,
    "disagree": rota.disagree,
    "take_over": handover.take_over,
    "visit": callbacks.tapped,
    "tick": handbook.tick,
    "event_join": events.join_tapped,
    "event_apart": events.apart_tapped,
    "event_undo": events.undo_tapped,
    "rate": lambda turn, speaker, no, more: reporter.rate(turn, speaker, no, int(more)),
}

# What stands after the number of these is part of what they mean.
WITH_MORE = frozenset({"rate", "visit", "tick"})

_NUMBER = r"(?:工单|单号|#|No\.?|第)?\s*(\d{1,9})(?:号|单)?(?![\d\-—#栋幢座楼单元号层点:分个次天米根盏]|小时)"
_PATTERNS = [
    (
        command,
        re.compile(
            rf"^(?P<word>{'|'.join(map(re.escape, command.words))})[\s:：,，]*"
            rf"{'' if command.takes == 'words' else f'(?:{_NUMBER})?'}(?P<rest>.*)$",
            re.S | re.I,
        ),
    )
    for command in COMMANDS
]
# Most messages are no command, and their first character says so.
_BEGINNINGS = frozenset(word[0].casefold() for command in COMMANDS for word in command.words)
_BLANKS = " \t\n,，:：。.;；!！"
# After these words whatever follows is meant for the command, also without a blank; 关闭不了水阀 is a fault.
_GLUED = ("拒单", "挂起", "转单", "完工", "代报", "改类", "派单", "回访")
# After these a day has to come: 值班室漏水 is a fault.
_BEFORE_A_DAY = ("换班", "请假", "值班", "接班", "首问")
_A_DAY = re.compile(r"^(?:订阅|[上本]个?[周月]|[今明后昨前]|大后|工单|下?(?:周|星期|礼拜)|\d)")
_GOES_ON = re.compile(r"^[后前时的日来]")
_WITH_TAIL = ("进度", "催单", "取消", "确认", "接单", "到场", "恢复")
_HEAD_AT_MOST = 40  # characters that a command and its number may take
_TAIL = re.compile(r"^(?:了|吧|啦|一下|[\s。.!！,，])*$")


class Parsed(NamedTuple):
    """A command found in somebody's words."""

    command: Command
    no: int | None
    rest: str


def parse(text: str, role: Role | None) -> Parsed | None:
    """The command a text is, with and without blanks; None for free words.

    A word that merely begins like a command is none: 关闭不了水阀 is a fault, 取消报修 is read by its sense.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if folded[:1].casefold() not in _BEGINNINGS:
        return None
    for command, pattern in _PATTERNS:
        match = pattern.match(folded)
        if match is None:
            continue
        number = match.group(2) if command.takes != "words" else None
        rest = match.group("rest").lstrip(" \t\n,，:：。").rstrip()
        listed = not command.roles or role in command.roles
        if command.staff_only and not listed:
            continue
        if _fits(command, folded, number, match, listed):
            words = "" if _TAIL.match(rest) else _as_typed(text, rest)
            return Parsed(command, int(number) if number else None, words)
    return None


def _as_typed(text: str, rest: str) -> str:
    """The end of ``text`` that ``rest`` was folded from: people are quoted with their own characters."""
    for start in range(min(len(text), _HEAD_AT_MOST)):
        tail = text[start:].strip(_BLANKS)
        if unicodedata.normalize("NFKC", tail).strip(_BLANKS) == rest.strip(_BLANKS):
            return text[start:].strip(" \t\n,，:：。").rstrip()
    return rest


def _fits(command: Command, text: str, number: str | None, match: re.Match[str], listed: bool) -> bool:
    word, rest = match["word"], match["rest"]
    bare = bool(_TAIL.match(rest))
    if number:
        if "no" not in command.takes:
            return False
        return bare or "words" in command.takes or (word in _WITH_TAIL and rest[0] in _BLANKS)
    if bare:
        return listed or len(text) <= 4
    if not listed or "words" not in command.takes:
        return False
    if word in _BEFORE_A_DAY and _A_DAY.match(rest):
        return True
    return text[len(word)] in _BLANKS or (word in _GLUED and not _GOES_ON.match(rest))
