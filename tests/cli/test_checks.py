"""What ``baoxiu check`` finds before a resident does."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from bot.checks import Report, run_checks
from bot.cli import main

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)  # noon in Shanghai
WECOM = """
[wecom]
corp_id = "ww1"
agent_id = 1000002
secret = "s3cret"
token = "t0ken"
encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
"""
PEOPLE = """userid,name,role,skills,buildings,phone
li,李工,engineer,plumbing,,13800138000
wang,王主管,supervisor,,,13900139000
"""
DUTY = "userid,start,end,tier\n"
ALL_DAY = DUTY + "li,2026-11-22 08:00,2026-11-23 20:00,1\n"

Check = Callable[..., Report]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    monkeypatch.chdir(tmp_path)

    def check(config: str = WECOM, people: str = "", duty: str = "", *, online: bool = False) -> Report:
        Path("config.toml").write_text(config)
        for kind, rows in (("people", people), ("duty", duty)):
            if rows:
                Path("rows.csv").write_text(rows)
                result = CliRunner().invoke(main, ["import", kind, "rows.csv"])
                assert result.exit_code == 0, result.output
        return run_checks(Path("config.toml"), online, NOW)

    return check


def keys(findings) -> list[str]:
    assert all(each.file and each.problem and each.remedy for each in findings)
    return [each.key for each in findings]


def test_a_fresh_installation_has_hints_but_no_mistakes_and_gets_no_database(check: Check) -> None:
    report = check()
    assert (keys(report.mistakes), keys(report.hints)) == ([], ["[store] url", "[duty] phone"])
    assert not Path("data").exists()


def test_a_complete_installation_is_without_findings(check: Check) -> None:
    report = check(WECOM + '[duty]\nphone = "010-1"\nemergency_list = ["LI", "wang"]', PEOPLE, ALL_DAY)
    assert (report.mistakes, report.hints) == ([], [])
    assert len(report.notes) == 9


def test_every_target_is_printed_and_one_that_was_changed_should_name_its_source(check: Check) -> None:
    report = check(WECOM + '[sla.urgent]\narrive_within = "20m"\nfinish_within = "2h"\nfinish_source = "合同:附件二"\n')
    assert "加急 到场 20分钟，全天计时（惯例：出厂设置）" in report.notes
    assert "加急 完工 2小时，全天计时（合同：附件二）" in report.notes
    assert [key for key in keys(report.hints) if "source" in key] == ["[sla.urgent] arrive_source"]


def test_a_year_without_holidays_is_pointed_out_a_month_ahead_until_the_property_names_them(check: Check) -> None:
    check(WECOM, PEOPLE, ALL_DAY)
    december = datetime(2026, 12, 10, tzinfo=UTC)
    assert "2027" in keys(run_checks(Path("config.toml"), False, december).hints)
    Path("rows.csv").write_text("日期,休或班,名称\n2027-01-01,休,元旦\n")
    assert CliRunner().invoke(main, ["import", "holidays", "rows.csv"]).exit_code == 0
    assert "2027" not in keys(run_checks(Path("config.toml"), False, december).hints)


def test_an_empty_people_list_is_a_hint(check: Check) -> None:
    Path("config.toml").write_text(WECOM)
    CliRunner().invoke(main, ["migrate"])
    assert keys(check().hints) == ["userid", "[duty] phone"]


def test_hours_of_the_next_day_without_anybody_are_told_in_local_time(check: Check) -> None:
    duty = DUTY + (
        "li,2026-11-22 08:00,2026-11-22 20:00,1\n"
        "wang,2026-11-22 08:00,2026-11-24 20:00,3\n"
        "li,2026-11-23 00:00,2026-11-23 10:00,2\n"
    )
    report = check(people=PEOPLE, duty=duty)
    assert [mistake.problem for mistake in report.mistakes] == [
        "11-22 20:00 到 11-23 00:00 没有人值班",
        "11-23 10:00 到 11-23 12:00 没有人值班",
    ]


def test_nobody_on_duty_at_all_is_one_gap(check: Check) -> None:
    assert keys(check(people=PEOPLE).mistakes) == ["start"]


def test_an_unknown_account_on_the_emergency_list_and_a_list_without_leads_are_mistakes(check: Check) -> None:
    people = "\n".join(PEOPLE.splitlines()[:2]) + "\n"
    report = check(WECOM + '[duty]\nemergency_list = ["zhao"]', people, ALL_DAY)
    assert keys(report.mistakes) == ["[duty] emergency_list", "role"]
    assert "zhao" in report.mistakes[0].problem


def test_people_without_phone_or_skills_are_hints(check: Check) -> None:
    report = check(people=PEOPLE + "zhao,赵工,engineer,,,\nqian,钱女士,resident,,,\n", duty=ALL_DAY)
    assert (keys(report.mistakes), keys(report.hints)) == ([], ["phone", "skills", "[duty] phone"])


def test_a_wrong_rule_file_is_named(check: Check) -> None:
    Path("own.toml").write_text("nonsense = 1")
    (mistake,) = check(WECOM + '[rules]\nextra = "own.toml"').mistakes
    assert mistake.file.endswith("own.toml")
    assert "nonsense" in mistake.problem


def test_a_folder_that_cannot_take_a_database_is_a_mistake(check: Check) -> None:
    Path("data").write_text("a file, no folder")
    assert keys(check().mistakes) == ["[store] url"]


class Platform:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, object]] = {
            "/cgi-bin/gettoken": (200, {"errcode": 0, "access_token": "TOKEN"}),
            "/cgi-bin/getcallbackip": (200, {"errcode": 0, "ip_list": []}),
            "/cgi-bin/agent/get": (200, {"errcode": 0, "close": 0}),
            "/healthz": (200, "ok"),
        }
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.url = ""


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            platform.asked.append((parts.path, parse_qs(parts.query)))
            status, said = platform.answers.get(parts.path, (404, "nothing here"))
            body = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield platform
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def online(check: Check, platform: Platform) -> Callable[..., Report]:
    def online(more: str = "", public_url: str | None = None) -> Report:
        address = platform.url if public_url is None else public_url
        config = f'[server]\npublic_url = "{address}"\n{WECOM}\napi_base_url = "{platform.url}"\n{more}'
        report = check(config, online=True)
        told = "".join(map(str, report.mistakes))
        assert "s3cret" not in told
        assert "TOKEN" not in told
        return report

    return online


def test_when_all_answer_there_is_nothing_to_tell(online, platform: Platform) -> None:
    assert online().mistakes == []
    assert [path for path, _ in platform.asked] == list(platform.answers)
    assert platform.asked[0][1] == {"corpid": ["ww1"], "corpsecret": ["s3cret"]}


@pytest.mark.parametrize(
    ("path", "answer", "key", "words"),
    [
        ("gettoken", {"errcode": 40001, "errmsg": "invalid credential"}, "[wecom] secret", "40001"),
        ("gettoken", {"errcode": 40013, "errmsg": "invalid corpid"}, "[wecom] corp_id", "40013"),
        ("gettoken", {"errcode": 99999, "errmsg": "s3cret"}, "[wecom] secret", "99999"),
        ("gettoken", {"errcode": ["x"]}, "[wecom] secret", "拒绝"),
        ("gettoken", "<html>", "[wecom] api_base_url", "HTTP 200"),
        (
            "getcallbackip",
            {"errcode": 60020, "errmsg": "not allow to access from your ip, hint: [1], from ip: 203.0.113.9, more"},
            "[wecom] secret",
            "203.0.113.9",
        ),
        ("agent/get", {"errcode": 301002, "errmsg": "not allow"}, "[wecom] agent_id", "301002"),
        ("agent/get", {"errcode": 0, "close": 1}, "[wecom] agent_id", "停用"),
    ],
)
def test_what_the_platform_refuses_is_explained(online, platform, path: str, answer, key: str, words: str) -> None:
    platform.answers[f"/cgi-bin/{path}"] = (200, answer)
    (mistake,) = online().mistakes
    assert mistake.key == key
    assert words in str(mistake)


def test_a_platform_without_the_call_for_the_app_is_no_mistake(online, platform: Platform) -> None:
    del platform.answers["/cgi-bin/agent/get"]
    assert online().mistakes == []


def test_the_secret_of_customer_service_is_tried_too(online, platform: Platform) -> None:
    online('[kf]\nopen_kfid = "wk1"\nsecret = "s3cretOfKf"')
    assert [query["corpsecret"] for path, query in platform.asked if path.endswith("gettoken")] == [
        ["s3cret"],
        ["s3cretOfKf"],
    ]


@pytest.mark.parametrize("public_url", ["", "http://127.0.0.1:1"])
def test_a_public_address_that_leads_nowhere_is_a_mistake(online, public_url: str) -> None:
    assert keys(online(public_url=public_url).mistakes) == ["[server] public_url"]


def test_a_public_address_that_leads_elsewhere_is_a_mistake(online, platform: Platform) -> None:
    platform.answers["/healthz"] = (502, "bad gateway")
    (mistake,) = online().mistakes
    assert "502" in mistake.problem


def test_a_platform_that_cannot_be_reached_is_a_mistake(check: Check) -> None:
    report = check(f'{WECOM}\napi_base_url = "http://127.0.0.1:1"\n', online=True)
    assert keys(report.mistakes) == ["[wecom] api_base_url", "[server] public_url"]
