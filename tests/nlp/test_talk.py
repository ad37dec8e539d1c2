"""What was asked and what is open decides what a short answer means; several things in one message are all read."""

import os
import subprocess
import sys

import pytest

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import Context, OpenOrder, Place
from bot.core.register import Register
from bot.nlp import load_reader

READER = load_reader()
DONE = (OpenOrder(7, Category.LEAK, "finished"),)


@pytest.mark.parametrize(
    ("asked", "text", "intent"),
    [
        ("confirm", "好了", Intent.CONFIRM),
        ("confirm", "嗯", Intent.CONFIRM),
        ("confirm", "yes", Intent.CONFIRM),
        ("confirm", "没好", Intent.NOT_FIXED),
        ("confirm", "还是不行", Intent.NOT_FIXED),
        ("confirm", "电梯里困人了！", Intent.REPORT),
        ("score", "5", Intent.RATE),
        ("score", "给5", Intent.RATE),
        ("score", "5 谢谢", Intent.RATE),
        ("score", "👍👍", Intent.RATE),
        ("score", "谢谢啊", Intent.THANKS),
        ("place", "3-2-1502", Intent.SUPPLEMENT),
        ("place", "12楼走廊", Intent.SUPPLEMENT),
        ("place", "没事了刚才自己通了", Intent.CANCEL),
        ("reply", "关了", Intent.SUPPLEMENT),
        ("reply", "师傅你现在到哪了？", Intent.STATUS),
        (None, "灯坏了", Intent.REPORT),
    ],
)
def test_an_answer_is_read_by_what_was_asked(asked: str | None, text: str, intent: Intent) -> None:
    assert READER.read(text, Context(asked, DONE)).intent is intent


def test_several_things_in_one_message_are_all_read() -> None:
    reading = READER.read("修好了，5分，谢谢", Context("confirm", DONE))

    assert (reading.intent, reading.also, reading.score) == (Intent.CONFIRM, (Intent.RATE, Intent.THANKS), 5)


def test_each_fault_has_its_own_place() -> None:
    reading = READER.read("5栋大堂灯不亮，3栋2单元1502水管漏水")

    assert {fault.category: fault.place for fault in reading.faults} == {
        Category.LIGHTING: Place("5", area="大堂"),
        Category.LEAK: Place("3", "2", "1502"),
    }


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("开观坏了按不动", Category.ELECTRICAL),
        ("窗护关不上", Category.DOORS_WINDOWS),
        ("家里没税了", Category.WATER_SUPPLY),
        ("電梯壞咗唔郁", Category.ELEVATOR_FAULT),
    ],
)
def test_words_behind_wrong_or_other_characters_are_found(text: str, category: Category) -> None:
    assert [fault.category for fault in READER.read(text).faults] == [category]


def test_what_is_written_right_is_not_heard_as_something_else() -> None:
    for text in ("我昨晚没睡好", "等我一下", "有位先生找你", "谢谢老师"):
        assert READER.read(text).faults == ()


def test_a_danger_that_is_only_hinted_at_is_one_and_marked() -> None:
    reading = READER.read("门开了一条缝，外面是墙，我不敢动")

    assert (reading.faults[0].category, reading.faults[0].priority) == (
        Category.ELEVATOR_ENTRAPMENT,
        Priority.EMERGENCY,
    )
    assert reading.doubtful
    assert reading.sure
    assert not READER.read("电梯困人了").doubtful


def test_a_register_settles_a_place_or_offers_candidates() -> None:
    rooms = Register([Place("3", "1", "1502"), Place("3", "2", "1502"), Place("5", "1", "901")])

    one = READER.read("5栋901漏水", None, rooms)
    several = READER.read("3栋1502漏水", None, rooms)

    assert (one.place, one.candidates) == (Place("5", "1", "901"), ())
    assert one.faults[0].place == Place("5", "1", "901")
    assert (several.place, len(several.candidates)) == (Place("3", None, "1502"), 2)


def test_evidence_names_words_span_and_rule() -> None:
    reading = READER.read("３栋水管爆了，没有停电")

    assert all(one.words == "３栋水管爆了，没有停电"[one.start : one.end] for one in reading.evidence)
    assert any(one.rule.startswith("faults.leak.") and "紧急" in one.says for one in reading.evidence)
    assert any("不算（否定）" in one.says for one in reading.evidence)


def test_another_process_reads_the_same_byte_for_byte() -> None:
    texts = ["3栋2单元1502水管漏水，灯也不亮", "电梯里有人敲门", "昨天报的怎么还没来", "开观坏了"]
    code = f"from bot.nlp import load_reader\nr = load_reader()\nprint([repr(r.read(t)) for t in {texts!r}])"
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert outs == {f"{[repr(READER.read(text)) for text in texts]}\n"}
