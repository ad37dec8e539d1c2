"""《个人信息保护法》: what is kept is shown, given out and forgotten on demand; nothing is kept for ever."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from world import World

from bot import privacy
from bot.cli import main
from bot.errands import folder_of_media
from bot.store.schema import attachments, inbox, log, metadata, orders, outbox, ratings

PHONE = "13800138000"


def lived(world: World) -> None:
    """A resident with a whole order behind him: words, phone, picture, score; and one of a neighbour."""
    world.wang.says(f"3栋2单元1502厨房漏水，我是王女士，电话{PHONE}").sends("image")
    holder = world.li if world.li.unheard() else world.zhao
    holder.says("接单").says("到场").says("完工 1 换了角阀，王女士在家")
    world.wang.says("确认").says("你们几点下班")
    world.passes(minutes=31)
    world.wang.says("5分，师傅很好")
    world.chen.says("5栋大堂灯不亮")
    world.passes(minutes=1)


def everything(world: World) -> str:
    """All that the database says, as one text."""
    with world.house.desk.db.reading() as tx:
        return json.dumps(
            {t.name: [list(r) for r in tx.execute(select(t))] for t in metadata.sorted_tables},
            default=str,
            ensure_ascii=False,
        )


def row(world: World, table, *where):
    with world.house.desk.db.reading() as tx:
        return tx.execute(select(table).where(*where).order_by(*table.primary_key)).mappings().first()


def run(world: World, *arguments: str):
    return CliRunner().invoke(main, ["privacy", *arguments, "--config", str(world.folder / "config.toml")])


def test_what_is_kept_is_shown_to_whoever_asks(world: World) -> None:
    world.chen.says("我的信息").hears("姓名：陈先生", "电话：138****0002", "常用位置：未留", "工单 0 个")
    lived(world)
    world.wang.skips().says("我的信息").hears(
        "常用位置：3栋2单元1502",
        "工单 1 个，图片和语音 1 个",
        "消息原文保存 30天",
        "关闭后保存 180天",
        "1095天后去掉姓名",
    )
    world.customer("wx1", "甲").says("我的信息").hears("未留", "请联系物业客服")


def test_an_export_holds_everything_in_json_in_tables_and_as_files(world: World, tmp_path: Path) -> None:
    lived(world)
    file = tmp_path / "wang.zip"
    result = run(world, "export", "WANG", "--to", str(file))
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(file) as archive:
        data = json.loads(archive.read("data.json"))
        rows = list(csv.DictReader(io.StringIO(archive.read("工单.csv").decode("utf-8-sig"))))
        pictures = [name for name in archive.namelist() if name.startswith("media/")]
        assert archive.read(pictures[0]).startswith(b"\x89PNG")
    assert [r["no"] for r in rows] == ["1"]
    assert PHONE in rows[0]["words"]
    assert {"orders", "log", "inbox", "outbox", "attachments", "ratings", "contacts", "people"} <= data.keys()
    assert any("你们几点下班" in r["body"] for r in data["inbox"])
    assert "大堂灯" not in json.dumps(data, ensure_ascii=False), "nothing of the neighbour's"
    assert not any("response_code" in r for r in data["outbox"])


def test_an_erasure_leaves_nothing_that_leads_to_the_person_and_every_figure(world: World) -> None:
    lived(world)
    world.zhou.says("今日")
    before = [i.text for i in world.zhou.unheard()][-1]
    path = row(world, attachments)["path"]
    file = folder_of_media(world.house.desk.db).parent / path
    assert file.is_file()
    result = run(world, "erase", "wang", "--yes")
    assert result.exit_code == 0, result.output
    assert "逐表核对" in result.output
    said = everything(world)
    for trace in (PHONE, "王女士", '"wang"', "1502", "漏水，我是", "你们几点下班", "师傅很好", "换了角阀"):
        assert trace not in said, said[said.index(trace) - 300 : said.index(trace) + 100]
    assert not file.exists()
    order = row(world, orders, orders.c.no == 1)
    assert order["reporter"].startswith("gone:")
    assert (order["category"], order["building"], order["score"]) == ("leak", "3", 5)
    assert row(world, ratings)["score"] == 5
    world.zhou.skips().says("今日")
    assert [i.text for i in world.zhou.unheard()][-1].split("最需要关注")[0] == before.split("最需要关注")[0]
    assert "大堂灯" in said, "the neighbour's stays"
    assert run(world, "export", "wang").exit_code == 1, "there is nobody of that name any more"
    world.wang.skips().says("3栋2单元1502厨房又漏水了").hears("工单 3")


def test_the_pseudonym_is_the_same_each_time_and_cannot_be_guessed(world: World, build_world) -> None:
    other = build_world(extra='[privacy]\npseudonym_key = "another-secret"')
    one, again = (privacy.pseudonym(world.settings, "wang") for _ in range(2))
    assert one == again != privacy.pseudonym(other.settings, "wang")
    assert "wang" not in one


@pytest.mark.parametrize(("words", "reason"), [("3栋电梯里有人被困", "人身安全在先"), ("3栋2单元1502漏水", "没办完")])
def test_what_is_under_way_is_finished_first(world: World, words: str, reason: str) -> None:
    world.wang.says(words)
    result = run(world, "erase", "wang", "--yes")
    assert result.exit_code == 1
    assert reason in result.output
    assert "工单 1" in result.output
    holder = row(world, orders)["holder"]
    assert "工单 1" in run(world, "erase", holder, "--yes").output
    assert row(world, orders)["reporter"] == "wang"


def test_one_of_the_staff_who_has_left_is_forgotten_in_other_peoples_orders_too(world: World) -> None:
    lived(world)
    holder = row(world, orders, orders.c.no == 1)["holder"]
    for no in (1, 2):
        if row(world, orders, orders.c.no == no)["closed_at"] is None:
            world.zhou.says(f"关闭 {no} 已处理")
    result = run(world, "erase", holder, "--yes")
    assert result.exit_code == 0, result.output
    assert f'"{holder}"' not in everything(world)
    assert row(world, orders, orders.c.no == 1)["holder"].startswith("gone:")
    assert PHONE in everything(world), "the resident's own order stays as it is"
    world.passes(seconds=2)
    world.zhou.skips().says("值班")
    assert not any({"li": "李师傅", "zhao": "赵师傅"}[holder] in i.text for i in world.zhou.unheard())


def test_what_customer_service_reported_for_others_is_not_its_own(world: World) -> None:
    world.kefu.says(f"代报 3-2-1502 何阿姨 {PHONE} 厨房漏水")
    world.zhou.says("关闭 1 已处理")
    assert run(world, "erase", "kefu", "--yes").exit_code == 0
    order = row(world, orders)
    assert (order["reporter_name"], order["phone"]) == ("何阿姨", PHONE)
    assert order["reporter"].startswith("gone:")


def test_a_customer_of_the_other_door_is_found_by_his_external_userid(world: World, tmp_path: Path) -> None:
    world.customer("wmABC_case", "何先生").says(f"2栋1单元301灯不亮，电话{PHONE}").says("取消")
    file = tmp_path / "he.zip"
    assert run(world, "export", "wmABC_case", "--to", str(file)).exit_code == 0
    assert PHONE in json.dumps(json.loads(zipfile.ZipFile(file).read("data.json")), ensure_ascii=False)
    assert run(world, "erase", "wmABC_case", "--yes").exit_code == 0
    assert "wmABC_case" not in everything(world)
    assert run(world, "erase", "wmABC_case", "--yes").exit_code == 1


def sweep(world: World) -> None:
    while privacy.sweep(world.house.desk, world.clock.now):
        pass


def test_words_and_files_go_when_their_time_has_come_and_not_before(world: World) -> None:
    lived(world)
    file = folder_of_media(world.house.desk.db).parent / row(world, attachments)["path"]
    world.all_is_seen_to = False  # nobody looks after the neighbour's order for years
    world.jumps(days=29)
    sweep(world)
    assert "你们几点下班" in everything(world)
    world.jumps(days=2)
    sweep(world)
    assert row(world, inbox)["body"] == "{}"
    assert row(world, outbox, outbox.c.kind == "text")["body"] == "{}"
    assert "你们几点下班" not in everything(world)
    assert PHONE in row(world, orders)["words"]
    assert file.is_file()
    world.jumps(days=150)
    sweep(world)
    said = everything(world)
    for trace in (PHONE, "1502", "师傅很好", "换了角阀"):
        # Moments and random keys may hold any four digits.
        assert not re.search(rf"(?<![0-9a-f]){trace}(?![0-9a-f])", said.replace("13800000", "")), trace
    assert not file.exists()
    order = row(world, orders)
    assert (order["reporter"], order["category"], order["score"]) == ("wang", "leak", 5)
    assert row(world, orders, orders.c.no == 2)["words"] == "5栋大堂灯不亮", "what is open is kept"
    world.jumps(days=1095)
    sweep(world)
    assert row(world, orders)["reporter"].startswith("gone:")
    assert row(world, log, log.c.order_no == 1, log.c.what == "confirm")["by"].startswith("gone:")
    assert row(world, inbox) is None
    assert row(world, outbox) is None


def test_the_sweep_comes_once_an_hour_and_goes_on_where_there_is_more(world: World, monkeypatch) -> None:
    desk = world.house.desk
    assert privacy.sweep_if_due(desk)
    assert not privacy.sweep_if_due(desk)
    world.clock.now += timedelta(minutes=61)
    monkeypatch.setattr(privacy, "sweep", lambda *_: True)
    assert privacy.sweep_if_due(desk)
    world.clock.now += timedelta(minutes=2)
    assert privacy.sweep_if_due(desk)


def test_a_long_history_is_swept_piece_by_piece_to_its_end(world: World) -> None:
    for n in range(150):
        world.platform.member_says("chen", f"帮助{n}")
        world.platform.member_says("wang", "谢谢")
    world.passes(hours=2)
    world.jumps(days=31)
    rounds = 0
    while privacy.sweep(world.house.desk, world.clock.now):
        rounds += 1
        assert rounds < 20
    with world.house.desk.db.reading() as tx:
        assert set(tx.execute(select(inbox.c.body)).scalars()) == {"{}"}
    world.all_is_seen_to = False


@pytest.mark.parametrize("key", ["messages_kept", "words_kept", "orders_kept"])
def test_each_period_can_be_set(build_world, key: str) -> None:
    world = build_world(extra=f'[privacy]\n{key} = "2d"')
    assert getattr(world.settings.privacy, key) == timedelta(days=2)
