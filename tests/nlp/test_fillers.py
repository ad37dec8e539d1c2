"""A greeting, a thank-you or a wish around a plain danger never silences it."""

import tomllib
from pathlib import Path

import pytest

from bot.core.kinds import Priority
from bot.core.reading import Reading
from bot.nlp import load_reader

FILLERS = tomllib.loads((Path(__file__).parent / "fillers.toml").read_text(encoding="utf-8"))
CRIES = (
    *("我被困在电梯里了", "3栋电梯困人了", "电梯里有人出不来", "有老人关在电梯里"),
    *("电梯卡在五楼里面有孩子", "1号梯困了两个人", "家里着火了", "5栋楼道里全是烟"),
    *("车库有电动车烧起来了", "厨房里煤气味很重", "燃气管在漏气", "插座冒火花了"),
    *("摸水龙头被电了一下", "厨房水管爆了", "楼上爆管水像瀑布一样下来", "外墙瓷砖掉下来差点砸到人"),
    "人行道上井盖没了",
)
# Words that were not learned with: what people put around a danger is endless.
UNLEARNED_BEFORE = (
    *("大家晚上好呀，", "实在抱歉又来麻烦您，", "昨天交的物业费收据还没给我，另外"),
    *("那什么，", "闺女让我跟您说，", "老张啊，"),
)
UNLEARNED_AFTER = (
    *("，灯也不亮", "，什么态度", "，我先挂了", "，您受累"),
    *("，单元门我给开着", "，你们自己看着办吧", "，我上班去了"),
)


def dispatched(reading: Reading) -> bool:
    return any(fault.priority is Priority.EMERGENCY for fault in reading.faults)


@pytest.mark.parametrize("cry", CRIES)
def test_words_that_change_nothing_leave_a_danger_one(cry: str) -> None:
    reader = load_reader()
    told = [f"{before}{cry}" for before in FILLERS["greetings"] + FILLERS["pressing"]]
    told += [f"{cry}{after}" for after in FILLERS["closing"]]

    assert [text for text in told if not dispatched(reader.read(text))] == []


@pytest.mark.parametrize("cry", CRIES)
def test_a_danger_within_other_words_is_dispatched_or_looked_at(cry: str) -> None:
    reader = load_reader()
    told = [f"{before}{cry}" for before in UNLEARNED_BEFORE] + [f"{cry}{after}" for after in UNLEARNED_AFTER]
    read = {text: reader.read(text) for text in told}

    assert [text for text, one in read.items() if not dispatched(one) and one.sure] == []
