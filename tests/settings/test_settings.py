"""What config.toml may say, what it may leave out, and what is said about what is wrong in it."""

import logging
import re
import tomllib
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.core.kinds import Priority
from bot.settings import FROM_ENVIRONMENT, Settings, SettingsError, load_settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NEEDED = f"""
[wecom]
corp_id = "ww1"
agent_id = 1000002
secret = "s3cret"
token = "t0ken"
encoding_aes_key = "{AES_KEY}"
"""
CONTRACT = f"""
[server]
host = "127.0.0.1"
port = 8080
public_url = "https://bot.example.com/"
[store]
url = "sqlite:///data/baoxiu.db"
{NEEDED}
api_base_url = "http://127.0.0.1:9000/"
[kf]
open_kfid = "wk1"
secret = "k"
token = "kt"
encoding_aes_key = "{AES_KEY}"
[community]
name = "阳光花园"
timezone = "Asia/Shanghai"
[sla.emergency]
accept_within = "3m"
arrive_within = "15m"
finish_within = "2h"
[satisfaction]
ask_after = "30m"
remind_after = "24h"
[digest]
daily = "08:37"
weekly = "Mon 08:41"
monthly = "1 08:47"
[duty]
phone = "010-12345678"
emergency_list = ["Zhang", "li"]
quiet_hours = "22:30-07:30"
escalation_webhook = "https://alarm.example.com/x"
robot_webhook = "https://robot.example.com/send?key=1"
"""

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str, env: dict[str, str] | None = None) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return load_settings(path, env or {})

    return load


@pytest.fixture
def mistakes(load: Load) -> Callable[..., list[tuple[str, str]]]:
    def mistakes(text: str, env: dict[str, str] | None = None) -> list[tuple[str, str]]:
        with pytest.raises(SettingsError) as caught:
            load(text, env)
        assert all(mistake.remedy and mistake.file for mistake in caught.value.mistakes)
        return [(mistake.key, mistake.problem) for mistake in caught.value.mistakes]

    return mistakes


def test_the_five_needed_keys_are_enough(load: Load, tmp_path: Path) -> None:
    settings = load(NEEDED)
    assert settings.store.url == f"sqlite:///{tmp_path}/data/baoxiu.db"
    assert settings.kf is None
    assert settings.wecom.api_base_url == "https://qyapi.weixin.qq.com"
    assert settings.sla.of(Priority.EMERGENCY).accept_within == timedelta(minutes=3)
    assert settings.sla.of(Priority.URGENT).arrive_within == timedelta(minutes=30)
    assert settings.sla.of(Priority.NORMAL).finish_within == timedelta(hours=24)
    assert settings.duty.quiet_hours is None
    assert not (tmp_path / "data").exists()


def test_everything_the_contract_shows_is_read(load: Load) -> None:
    settings = load(CONTRACT)
    assert settings.server.public_url == "https://bot.example.com"
    assert settings.wecom.api_base_url == "http://127.0.0.1:9000"
    assert settings.kf is not None
    assert settings.kf.open_kfid == "wk1"
    assert settings.digest.weekly == (0, time(8, 41))
    assert settings.digest.monthly == (1, time(8, 47))
    assert settings.duty.emergency_list == ("Zhang", "li")
    assert settings.duty.quiet_hours == (time(22, 30), time(7, 30))


@pytest.mark.parametrize("section", ["[kf]", "[duty]", "[digest]", "[sla.urgent]", "[community]", "[server]"])
def test_an_empty_section_means_its_defaults(load: Load, section: str) -> None:
    assert load(NEEDED + section) == load(NEEDED)


def test_one_target_of_a_priority_leaves_the_others_at_their_default(load: Load) -> None:
    targets = load(NEEDED + '[sla.urgent]\naccept_within = "6m"').sla.of(Priority.URGENT)
    assert (targets.accept_within, targets.finish_within) == (timedelta(minutes=6), timedelta(hours=4))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.5s", timedelta(milliseconds=500)),
        ("90m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("0.00000001s", timedelta(microseconds=1)),
        ("99999999999999999999d", timedelta(days=36500)),
    ],
)
def test_every_positive_duration_is_taken(load: Load, written: str, meant: timedelta) -> None:
    assert load(NEEDED + f'[satisfaction]\nask_after = "{written}"').satisfaction.ask_after == meant


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("satisfaction", 'ask_after = "0s"'),
        ("satisfaction", 'ask_after = "-3m"'),
        ("satisfaction", 'ask_after = "3"'),
        ("satisfaction", 'ask_after = "٣m"'),
        ("satisfaction", "ask_after = 30"),
        ("digest", 'daily = "24:00"'),
        ("digest", 'weekly = "Funday 08:00"'),
        ("digest", 'monthly = "29 08:47"'),
        ("digest", 'monthly = "0 08:47"'),
        ("duty", 'quiet_hours = "22:30"'),
        ("duty", 'quiet_hours = "22:30-22:30"'),
        ("duty", 'emergency_list = "zhang"'),
        ("duty", 'robot_webhook = "http://robot.example.com/"'),
        ("community", 'timezone = "Mars/Phobos"'),
        ("community", 'timezone = "../etc/passwd"'),
        ("server", "port = 65536"),
        ("server", 'port = "http"'),
        ("server", 'public_url = "bot.example.com"'),
        ("server", 'public_url = "http://bot.example.com"'),
        ("server", 'public_url = "https://bot.example.com/?a=1"'),
        ("server", 'public_url = "https://[::1"'),
        ("store", 'url = "oracle://db/x"'),
        ("store", 'url = "sqlite://"'),
        ("store", 'url = "sqlite:///:memory:"'),
        ("store", 'url = "postgresql://host"'),
        ("store", 'url = "data.db"'),
        ("rules", 'extra = "missing.toml"'),
        ("rules", "extra = 3"),
        ("kf", 'secret = "x"'),
        ("kf", 'open_kfid = ""'),
    ],
)
def test_a_wrong_value_is_refused_at_its_key(mistakes, section: str, line: str) -> None:
    key = "open_kfid" if section == "kf" else line.split(" ")[0]
    assert [place for place, _ in mistakes(NEEDED + f"[{section}]\n{line}")] == [f"[{section}] {key}"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("token", "no-dashes"),
        ("token", "x" * 33),
        ("token", ""),
        ("secret", "密钥"),
        ("encoding_aes_key", AES_KEY[:-1]),
        ("encoding_aes_key", AES_KEY[:-1] + "-"),
    ],
)
def test_a_wrong_secret_is_refused_without_being_shown(mistakes, key: str, value: str) -> None:
    (found,) = mistakes(re.sub(f'{key} = ".*"', f'{key} = "{value}"', NEEDED))
    assert found[0] == f"[wecom] {key}"
    assert not value or value not in found[1]


def test_an_aes_key_with_spare_bits_set_is_taken(load: Load) -> None:
    key = AES_KEY[:-1] + "9"
    assert load(NEEDED.replace(AES_KEY, key)).wecom.encoding_aes_key.get_secret_value() == key


def test_all_mistakes_are_told_at_once_and_unknown_keys_by_name(mistakes) -> None:
    found = mistakes(
        'colour = 1\n[server]\nprot = 1\nport = "x"\n[sla.emergency]\nquickly = "1m"\n[wecom]\nagent_id = 1'
    )
    assert {key for key, _ in found} == {
        "[colour]",
        "[server] prot",
        "[server] port",
        "[sla.emergency] quickly",
        "[wecom] corp_id",
        "[wecom] secret",
        "[wecom] token",
        "[wecom] encoding_aes_key",
    }


@pytest.mark.parametrize("text", ["[wecom", "wecom = 3", "[[wecom]]\na = 1"])
def test_what_is_no_toml_or_no_section_is_one_mistake(mistakes, text: str) -> None:
    assert len(mistakes(text)) == 1


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("name = '小区'".encode("gb18030"))
    for name in ("missing.toml", "gbk.toml", "."):
        with pytest.raises(SettingsError) as caught:
            load_settings(tmp_path / name, {})
        assert len(caught.value.mistakes) == 1


def test_a_byte_order_mark_does_no_harm(load: Load) -> None:
    assert load("\ufeff" + NEEDED).wecom.corp_id == "ww1"


def test_the_environment_wins_and_an_empty_variable_does_not(load: Load) -> None:
    env = {"BAOXIU_WECOM_SECRET": "from-env", "BAOXIU_WECOM_TOKEN": "", "BAOXIU_KF_SECRET": "unused"}
    settings = load(NEEDED, env)
    assert settings.wecom.secret.get_secret_value() == "from-env"
    assert settings.wecom.token.get_secret_value() == "t0ken"
    assert settings.kf is None


def test_a_wrong_variable_is_named(mistakes) -> None:
    assert mistakes(NEEDED, {"BAOXIU_WECOM_TOKEN": "a b"})[0][0] == "BAOXIU_WECOM_TOKEN"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgres://u:p%40@db/x", "postgresql+psycopg://u:p%40@db/x"),
        ("postgresql://u@db:5433/x", "postgresql+psycopg://u@db:5433/x"),
        ("mysql://u@db/x?charset=utf8mb4", "mysql+pymysql://u@db/x?charset=utf8mb4"),
        ("sqlite:////var/lib/baoxiu/b.db", "sqlite:////var/lib/baoxiu/b.db"),
    ],
)
def test_the_database_address_gets_our_driver(load: Load, written: str, used: str) -> None:
    assert load(NEEDED + f'[store]\nurl = "{written}"').store.url == used


def test_the_rule_file_lies_beside_the_configuration(load: Load, tmp_path: Path) -> None:
    (tmp_path / "own.toml").touch()
    assert load(NEEDED + '[rules]\nextra = "own.toml"').rules.extra == tmp_path / "own.toml"


def test_no_secret_shows_when_settings_are_printed(load: Load) -> None:
    shown = repr(load(CONTRACT.replace("sqlite:///data/baoxiu.db", "mysql://u:pw0rd@db/x")))
    assert not [secret for secret in ("s3cret", "t0ken", AES_KEY, "key=1", "pw0rd") if secret in shown]


def test_a_file_that_everybody_can_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "config.toml"
    path.write_text(NEEDED)
    for mode, warnings in ((0o640, 0), (0o644, 1)):
        path.chmod(mode)
        with caplog.at_level(logging.WARNING):
            load_settings(path, {})
        assert len(caplog.records) == warnings


def _keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        sections = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        found |= _keys(sections[0], f"{prefix}{name}.") if sections else {prefix + name}
    return found


def _flat(table: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return found


def test_the_example_loads_as_it_stands() -> None:
    assert load_settings(EXAMPLE, {}).kf is None


def test_the_example_names_every_key_and_every_variable_and_no_other() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    uncommented = re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)
    # What stands below [shifts] is the property's own.
    named = {"shifts" if key.startswith("shifts.") else key for key in _flat(tomllib.loads(uncommented))}
    assert named == _keys(Settings)
    named = set(re.findall(r"BAOXIU_[A-Z_]+", text))
    assert named == {f"BAOXIU_{section}_{key}".upper() for section, key in FROM_ENVIRONMENT}


def test_what_the_example_calls_default_is_the_default(load: Load) -> None:
    needed, example = load(NEEDED), load(EXAMPLE.read_text(encoding="utf-8"))
    for section in (
        "sla",
        "satisfaction",
        "digest",
        "duty",
        "orders",
        "incidents",
        "repeats",
        "callbacks",
        "contacts",
        "rules",
        "store",
    ):
        assert getattr(example, section) == getattr(needed, section)


def test_own_shifts_stand_beside_the_usual_ones_and_a_wrong_one_says_how(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(NEEDED + '\n[shifts]\n"甲" = "20:00-08:00"\n"早" = "07:00-15:00"\n"备" = "休"\n')
    path.chmod(0o600)
    shifts = load_settings(path, {}).shifts
    assert {code: str(shifts[code]) for code in ("甲", "早", "中", "夜")} == {
        "甲": "20:00-08:00",
        "早": "07:00-15:00",
        "中": "16:00-24:00",
        "夜": "24:00-08:00",
    }
    assert shifts["备"] is None
    for wrong in ('"甲" = "八点"', '"甲" = 8', '"甲 乙" = "08:00-16:00"'):
        path.write_text(NEEDED + f"\n[shifts]\n{wrong}\n")
        with pytest.raises(SettingsError, match="甲"):
            load_settings(path, {})


def test_working_hours_clocks_and_sources_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        NEEDED + '\n[working_hours]\nhours = "09:00-18:00"\ndays = "Mon-Sat"\n[sla.normal]\nclock = "working"\n'
        'accept_source = "规定: 公司制度 3.2"\n'
    )
    path.chmod(0o600)
    found = load_settings(path, {})
    assert found.working_hours.hours == ((540, 1080),)
    assert found.working_hours.days == frozenset(range(6))
    assert found.sla.normal.accept_source == "规定：公司制度 3.2"
    for wrong, word in (
        ('[working_hours]\nhours = "18:00-09:00"', "hours"),
        ('[working_hours]\nhours = "09:00-12:00,11:00-13:00"', "hours"),
        ('[working_hours]\ndays = "weekdays"', "days"),
        ('[sla.emergency]\nclock = "working"', "紧急工单只能全天"),
        ('[sla.normal]\nclock = "office"', "clock"),
        ('[sla.normal]\narrive_source = "听说"', "arrive_source"),
    ):
        path.write_text(NEEDED + f"\n{wrong}\n")
        with pytest.raises(SettingsError, match=word):
            load_settings(path, {})
