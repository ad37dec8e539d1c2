"""config.toml as frozen values: every key of it, its default, and every mistake in it at once."""

import difflib
import logging
import os
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError

from bot.core.kinds import Priority
from bot.holidays import official
from bot.settings_aftercare import CallbackSettings, ContactSettings, IncidentSettings, RepeatSettings
from bot.settings_values import (
    FACTORY,
    AesKey,
    AroundTheClock,
    BaseAddress,
    Daily,
    DatabaseUrl,
    Duration,
    ExistingFile,
    Monthly,
    MonthlyTime,
    Name,
    OptionalAesKey,
    OptionalDaily,
    OptionalQuietHours,
    OptionalSecret,
    OptionalToken,
    Refused,
    Secret,
    Shifts,
    SlaClock,
    Source,
    Timezone,
    Token,
    WebAddress,
    Weekdays,
    Weekly,
    WeeklyTime,
    Windows,
)
from bot.settings_values import Section as _Section

log = logging.getLogger(__name__)

# What may not stand in a file that many can read may come from the environment, as BAOXIU_<SECTION>_<KEY>.
FROM_ENVIRONMENT = (
    ("store", "url"),
    ("wecom", "secret"),
    ("wecom", "token"),
    ("wecom", "encoding_aes_key"),
    ("kf", "secret"),
    ("kf", "token"),
    ("kf", "encoding_aes_key"),
    ("duty", "escalation_webhook"),
    ("duty", "robot_webhook"),
    ("watch", "heartbeat_url"),
    ("privacy", "pseudonym_key"),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: in which file, at which key, what it is and what to do about it."""

    file: str
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.problem}。{self.remedy}。"


class SettingsError(Exception):
    """The configuration cannot be used; ``mistakes`` holds everything that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class ServerSettings(_Section):
    """Where the web server listens, how the world reaches it (empty: unknown), its worker threads; and which hosts of
    the configured addresses lie in the own net."""

    host: Name = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: BaseAddress = ""
    threads: int = Field(default=8, ge=1, le=64)
    private_hosts: tuple[Name, ...] = ()


class StoreSettings(_Section):
    """The database as a SQLAlchemy URL; may hold a password and so is not shown."""

    url: DatabaseUrl = Field(default="sqlite:///data/baoxiu.db", validate_default=True, repr=False)


class WecomSettings(_Section):
    """The app (自建应用) in 企业微信."""

    corp_id: Name
    agent_id: int = Field(ge=1)
    secret: Secret
    token: Token
    encoding_aes_key: AesKey
    api_base_url: Annotated[BaseAddress, Field(min_length=1)] = "https://qyapi.weixin.qq.com"


class KfSettings(_Section):
    """微信客服, for residents who are no members; what is None is taken from the app."""

    open_kfid: Name
    secret: OptionalSecret = None
    token: OptionalToken = None
    encoding_aes_key: OptionalAesKey = None


class CommunitySettings(_Section):
    """The estate: its name (may be empty), the timezone of its times of day, whether China's holidays count there."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    timezone: Timezone = ZoneInfo("Asia/Shanghai")
    holidays: bool = True


class SlaTargets(_Section):
    """How long after the dispatch an order has to be accepted; after that, reached and finished.

    ``forgotten_after``: so many times ``arrive_within`` without 到场 and without a word, and it is taken back; 0:
    never.
    """

    accept_within: Duration
    arrive_within: Duration
    finish_within: Duration
    forgotten_after: int
    clock: SlaClock = "around"
    accept_source: Source = FACTORY
    arrive_source: Source = FACTORY
    finish_source: Source = FACTORY


class EmergencyTargets(SlaTargets):
    """The targets of an emergency (紧急), which are always around the clock."""

    clock: AroundTheClock = "around"
    accept_within: Duration = timedelta(minutes=3)
    arrive_within: Duration = timedelta(minutes=15)
    finish_within: Duration = timedelta(hours=2)
    forgotten_after: int = Field(default=3, ge=0)


class UrgentTargets(SlaTargets):
    """The targets of an urgent order (加急)."""

    accept_within: Duration = timedelta(minutes=10)
    arrive_within: Duration = timedelta(minutes=30)
    finish_within: Duration = timedelta(hours=4)
    forgotten_after: int = Field(default=4, ge=0)


class NormalTargets(SlaTargets):
    """The targets of a normal order (普通)."""

    accept_within: Duration = timedelta(minutes=30)
    arrive_within: Duration = timedelta(hours=4)
    finish_within: Duration = timedelta(hours=24)
    forgotten_after: int = Field(default=6, ge=0)


class SlaSettings(_Section):
    """The targets of each priority."""

    emergency: EmergencyTargets = EmergencyTargets()
    urgent: UrgentTargets = UrgentTargets()
    normal: NormalTargets = NormalTargets()

    def of(self, priority: Priority) -> SlaTargets:
        """The targets of one priority."""
        return {Priority.EMERGENCY: self.emergency, Priority.URGENT: self.urgent, Priority.NORMAL: self.normal}[
            priority
        ]


class SatisfactionSettings(_Section):
    """When the reporter is asked for a score after closing, and when once more."""

    ask_after: Duration = timedelta(minutes=30)
    remind_after: Duration = timedelta(hours=24)


class DigestSettings(_Section):
    """When the managers get their daily, weekly and monthly report."""

    daily: Daily = time(8, 37)
    weekly: WeeklyTime = Weekly(0, time(8, 41))
    monthly: MonthlyTime = Monthly(1, time(8, 47))


class DutySettings(_Section):
    """Who and what is called when the duty list does not answer; empty means not configured."""

    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    emergency_list: tuple[Name, ...] = ()
    quiet_hours: OptionalQuietHours = None
    gaps_at: OptionalDaily = time(9, 13)
    on_shift_for: Duration = timedelta(hours=12)
    reach_check: OptionalDaily = time(16, 53)
    escalation_webhook: WebAddress = Field(default="", repr=False)
    robot_webhook: WebAddress = Field(default="", repr=False)
    open_orders_at_most: int | None = Field(default=None, ge=1)


class WorkingHoursSettings(_Section):
    """In which hours of which weekdays the clocks that are set to it run."""

    hours: Windows = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
    days: Weekdays = frozenset(range(5))


class OrderSettings(_Section):
    """How long an order waits for its reporter, takes in what belongs to it, and can be reopened."""

    close_unconfirmed_after: Duration = timedelta(hours=48)
    join_within: Duration = timedelta(minutes=10)
    reopen_within: Duration = timedelta(days=7)


class WatchSettings(_Section):
    """Who is told from outside that all is well; empty means nobody."""

    heartbeat_url: WebAddress = Field(default="", repr=False)


class PrivacySettings(_Section):
    """How long what is personal is kept: messages as they came and went; words and files of an order after its closing;
    who reported it. ``pseudonym_key`` makes the names that stand for those who are forgotten (None: from the app's)."""

    messages_kept: Duration = timedelta(days=30)
    words_kept: Duration = timedelta(days=180)
    orders_kept: Duration = timedelta(days=1095)
    pseudonym_key: OptionalSecret = None


class RuleSettings(_Section):
    """A property's own rule file beside the shipped ones, or None."""

    extra: ExistingFile = None


class Settings(_Section):
    """The whole configuration of one installation."""

    server: ServerSettings = ServerSettings()
    store: StoreSettings
    wecom: WecomSettings
    kf: KfSettings | None = None
    community: CommunitySettings = CommunitySettings()
    sla: SlaSettings = SlaSettings()
    satisfaction: SatisfactionSettings = SatisfactionSettings()
    digest: DigestSettings = DigestSettings()
    duty: DutySettings = DutySettings()
    working_hours: WorkingHoursSettings = WorkingHoursSettings()
    orders: OrderSettings = OrderSettings()
    incidents: IncidentSettings = IncidentSettings()
    repeats: RepeatSettings = RepeatSettings()
    callbacks: CallbackSettings = CallbackSettings()
    contacts: ContactSettings = ContactSettings()
    rules: RuleSettings = RuleSettings()
    watch: WatchSettings = WatchSettings()
    privacy: PrivacySettings = PrivacySettings()
    shifts: Shifts = Field(default_factory=dict, validate_default=True)

    @property
    def official_days(self) -> Callable[[date], bool | None]:
        """The state's calendar of working days, where it counts here."""
        return official if self.community.holidays else lambda day: None


def load_settings(path: Path, env: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration at ``path``; raises SettingsError with every mistake in it.

    A value that ``env`` holds as BAOXIU_<SECTION>_<KEY> (see FROM_ENVIRONMENT) wins over the file's; an empty one is
    taken for absent. Relative paths start at the file's folder. A file that everybody on the machine may read is
    warned of in the log, not refused.
    """
    data = _read_toml(path)
    overridden = _take_from_environment(data, env)
    try:
        settings = Settings.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        mistakes = [_mistake(path, overridden, dict(detail)) for detail in error.errors(include_url=False)]
        raise SettingsError(mistakes) from None
    if os.name == "posix" and path.stat().st_mode & stat.S_IROTH:
        log.warning("%s 里有密钥，本机所有用户都能读到。请执行 chmod 640 %s", path, path)
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        problem, remedy = (
            f"读不了（{error.strerror}）",
            "检查 --config 给的路径和文件权限；没有就从 config.example.toml 复制",
        )
    except UnicodeDecodeError as error:
        problem, remedy = f"不是 UTF-8（第 {error.start + 1} 个字节）", "用编辑器另存为 UTF-8"
    except tomllib.TOMLDecodeError as error:
        problem, remedy = f"不是 TOML（{error}）", "改这一处；文字要放在英文双引号里"
    raise SettingsError([Mistake(str(path), "文件", problem, remedy)])


def _take_from_environment(data: dict[str, Any], env: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put what ``env`` holds into ``data``; returns which variable gave which key."""
    taken: dict[tuple[str, ...], str] = {}
    if data.get("kf") == {}:
        del data["kf"]
    for section, key in FROM_ENVIRONMENT:
        variable = f"BAOXIU_{section}_{key}".upper()
        # A section left out has its defaults; 微信客服 alone is off without its section.
        table = data.get(section) if section == "kf" else data.setdefault(section, {})
        if env.get(variable) and isinstance(table, dict):
            table[key] = env[variable]
            taken[section, key] = variable
    return taken


def _mistake(path: Path, overridden: Mapping[tuple[str, ...], str], detail: Mapping[str, Any]) -> Mistake:
    place: tuple[int | str, ...] = detail["loc"]
    names = tuple(part for part in place if isinstance(part, str))
    key = f"[{'.'.join(names[:-1])}] {names[-1]}" if len(names) > 1 else f"[{names[0]}]"
    if len(names) < len(place):
        key += f" 第 {next(part for part in place if isinstance(part, int)) + 1} 项"
    problem, remedy = _explain(names, detail)
    if names in overridden:
        return Mistake("环境变量", overridden[names], problem, remedy)
    return Mistake(str(path), key, problem, remedy)


def _explain(names: tuple[str, ...], detail: Mapping[str, Any]) -> tuple[str, str]:
    kind: str = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if isinstance(refused := context.get("error"), Refused):
        return refused.problem, refused.remedy
    if kind == "extra_forbidden":
        return "没有这个配置项", _closest(names)
    if kind == "missing":
        by_variable = f"，或设环境变量 BAOXIU_{'_'.join(names).upper()}" if names in FROM_ENVIRONMENT else ""
        return "缺少这一项", f"按 config.example.toml 填上{by_variable}"
    if kind.startswith("model"):
        return "应当是一节", f"写成 [{'.'.join(names)}]，下面逐行写配置项"
    if kind.startswith(("string_too", "too_short")):
        return "太长或是空的", "按 config.example.toml 的说明填写"
    if kind.startswith(("string", "path")):
        return "应当是文字", "用英文双引号括起来"
    if kind.startswith("tuple"):
        return "应当是列表", '写成 ["账号一", "账号二"]'
    if kind.startswith("bool"):
        return "应当是 true 或 false", "不带引号，写 true 或 false"
    limits = {"ge": "不小于", "le": "不大于"}
    wanted = "、".join(f"{words} {context[name]}" for name, words in limits.items() if name in context)
    return f"应当是整数{wanted and '，'}{wanted}", "写不带引号的数字"


def _closest(names: tuple[str, ...]) -> str:
    known = Settings.model_fields
    for name in names[:-1]:
        annotation = known[name].annotation
        known = (KfSettings if name == "kf" else annotation).model_fields  # type: ignore[union-attr]
    near = difflib.get_close_matches(names[-1], known, n=1)
    return f"是不是想写 {near[0]}？否则删掉" if near else f"删掉；这里可以写 {'、'.join(known)}"
