"""The demo page's own interface, the sample estate and the scripted day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import requests
from sandbox_standin import Standin

from bot.imports.duty import parse_duty
from bot.imports.equipment import parse_equipment
from bot.imports.people import parse_people
from bot.imports.table import read_table
from bot.sandbox.clock import SpeedClock
from bot.sandbox.platform import Platform
from bot.sandbox.sample import EQUIPMENT, PEOPLE, duty_csv, read_cast, seat
from bot.sandbox.server import start
from bot.sandbox.stage import Stage, read_day


@pytest.fixture
def stage() -> Stage:
    clock = SpeedClock(datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    platform = Platform(clock)
    seat(platform)
    Standin(platform)
    return Stage(platform, clock, pace=0)


@pytest.fixture
def site(stage: Stage) -> Iterator[str]:
    running = start(stage.platform, stage=stage)
    yield running.base_url
    running.stop()


def ask(site: str, name: str, body: dict | None = None, **more) -> requests.Response:
    return requests.post(f"{site}/sandbox/api/{name}", json=body or {}, timeout=5, **more)


def test_the_page_comes_whole_and_under_a_policy(site: str) -> None:
    index = requests.get(site, timeout=5)
    assert index.status_code == 200
    policy = index.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("page.js", "phone.js", "card.js", "style.css", "icon.svg"):
        part = requests.get(f"{site}/sandbox/{name}", timeout=5)
        assert part.status_code == 200
        assert "innerHTML" not in part.text
        assert part.headers["Content-Security-Policy"] == policy
    assert requests.get(f"{site}/sandbox/day.toml", timeout=5).status_code == 404


def test_without_a_stage_there_is_no_page(running) -> None:
    assert requests.get(running.base_url, timeout=5).status_code == 404


def test_a_report_and_an_answer_show_on_the_phones(site: str) -> None:
    assert ask(site, "say", {"person": "zhangwei", "text": "<b>电梯困人</b>"}).json() == {"ok": True}
    state = requests.get(f"{site}/sandbox/api/state", timeout=5).json()
    assert [item["text"] for item in state["phones"]["zhangwei"]] == [
        "<b>电梯困人</b>",
        "工单 1 已收到，正在安排师傅。",
    ]
    card = state["phones"]["zhaolei"][0]
    assert [button["text"] for button in card["buttons"]] == ["接单", "转单", "拒单"]
    assert ask(site, "tap", {"person": "zhaolei", "key": "接单", "task_id": card["task_id"]}).status_code == 200
    newer = requests.get(f"{site}/sandbox/api/state?version={state['version']}", timeout=5).json()
    assert newer["phones"]["zhaolei"][0]["replaced"] == "已处理"
    same = requests.get(f"{site}/sandbox/api/state?version={newer['version']}", timeout=5).json()
    assert "phones" not in same


def test_photos_menu_and_the_door_code(site: str, stage: Stage) -> None:
    assert ask(site, "photo", {"person": "zhangwei"}).status_code == 200
    assert ask(site, "photo", {"person": "wmSampleMia0001"}).status_code == 200
    item = stage.platform.phone("wmSampleMia0001").thread[-1]
    picture = requests.get(f"{site}/sandbox/api/media/{item.media_id}", timeout=5)
    assert picture.headers["Content-Type"] == "image/png"
    assert ask(site, "menu", {"person": "zhangwei", "key": "menu.mine"}).status_code == 200
    assert ask(site, "enter", {"person": "wmSampleMia0001", "scene_param": "5-1-1203"}).status_code == 200
    assert requests.get(f"{site}/sandbox/api/media/unknown", timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("say", {"person": "zhangwei", "text": "  "}, 409),
        ("say", {"person": "nobody", "text": "x"}, 409),
        ("tap", {"person": "zhangwei", "key": "接单"}, 409),
        ("photo", {"person": "zhangwei", "data": "bm8="}, 409),
        ("photo", {"person": "zhangwei", "data": "!"}, 409),
        ("speed", {"speed": 1000}, 409),
        ("speed", {"speed": []}, 409),
        ("nonsense", {}, 404),
    ],
)
def test_what_cannot_be_done_is_refused(site: str, name: str, body: dict, status: int) -> None:
    assert ask(site, name, body).status_code == status


def test_another_sites_form_is_refused(site: str, stage: Stage) -> None:
    answer = requests.post(f"{site}/sandbox/api/say", data='{"person":"zhangwei","text":"x"}', timeout=5)
    assert answer.status_code == 415
    assert stage.platform.phone("zhangwei").thread == []


def test_a_silent_bot_is_told_on_the_page(site: str, stage: Stage) -> None:
    stage.platform.deliver = lambda method, query, body: (503, b"")
    answer = ask(site, "say", {"person": "zhangwei", "text": "x"})
    assert (answer.status_code, answer.json()) == (502, {"error": "no_answer"})


def test_the_pace_of_time(site: str, stage: Stage) -> None:
    assert ask(site, "speed", {"speed": 60}).status_code == 200
    assert stage.clock.speed == 60
    before = stage.clock()
    ask(site, "speed", {"speed": 1})
    assert stage.clock() >= before


def test_the_day_runs_from_the_first_report_to_the_last_word(stage: Stage) -> None:
    stage.run()
    assert "谢谢您的评价！" in stage.platform.phone("zhangwei").texts
    assert any("师傅已接单" in words for words in stage.platform.phone("wmSampleMia0001").texts)
    assert any("已完工" in words for words in stage.platform.phone("linjing").texts)
    assert stage.platform.phone("zhenghao").texts == ["今日：接单 3，完成 3，超时 0"]
    assert stage.platform.violations == []
    assert (stage.clock.speed, stage.playing, stage.actor) == (1, False, "")


def test_the_day_is_played_once_at_a_time(stage: Stage) -> None:
    stage.pace = 1
    assert stage.play()
    assert not stage.play()
    stage.stop()


def test_everybody_in_the_script_exists(stage: Stage) -> None:
    known = {"group", "gateway", "@engineer", *stage.platform.kf.customers, *stage.platform.app.members}
    for pane in read_cast()["pane"]:
        assert set(pane["people"]) <= known
    for step in read_day():
        assert {step.who or "group"} <= known
        assert set(step.until.who.split("|") if step.until else []) <= known


def test_the_sample_lists_can_be_imported(tmp_path) -> None:
    people, mistakes = parse_people(read_table(PEOPLE))
    assert (len(people), mistakes) == (12, [])
    equipment, mistakes = parse_equipment(read_table(EQUIPMENT))
    assert (len(equipment), mistakes) == (9, [])
    path = tmp_path / "duty.csv"
    path.write_text(duty_csv(date(2026, 11, 22)), encoding="utf-8")
    zone = ZoneInfo("Asia/Shanghai")
    rows, mistakes = parse_duty(read_table(path), zone, {person.userid for person in people})
    assert mistakes == []
    for tier in (1, 2, 3):
        spans = sorted((row.start, row.end) for row in rows if row.tier == tier)
        covered = spans[0][1]
        for begin, end in spans:
            assert begin <= covered, f"tier {tier} has a gap"
            covered = max(covered, end)
        assert spans[0][0].astimezone(zone).date() == date(2026, 11, 21)
        assert covered.astimezone(zone).date() == date(2026, 11, 30)
