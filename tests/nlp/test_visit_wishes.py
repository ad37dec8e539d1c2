"""The wished time of a visit is read; times that are no wish are left alone."""

import pytest

from bot.core.visits import Visit
from bot.nlp import load_reader


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("代报:5-1-902 王女士 主卧空调滴水 下午3点后有人", Visit("下午3点后", since=900)),
        ("水龙头坏了，明天上午9点到11点来吧", Visit("明天上午9点到11点", days=1, since=540, until=660)),
        ("周六再来可以吗", Visit("周六", weekday=5)),
        ("下周三下午有人在家", Visit("下周三下午", weekday=2, weeks=1, since=780, until=1080)),
        ("晚上8点之前来都行", Visit("晚上8点之前", until=1200)),
        ("11月30日上午方便", Visit("11月30日上午", date=(11, 30), since=480, until=720)),
        ("今晚来修", Visit("今晚", days=0, since=1080, until=1320)),
        ("麻烦改到后天，3点半左右", Visit("后天", days=2)),
        ("明天３点来", Visit("明天３点", days=1, since=900, until=960)),
    ],
)
def test_a_wish_is_read_as_told(text: str, visit: Visit) -> None:
    assert load_reader().read(text).visit == visit


@pytest.mark.parametrize(
    "text",
    [
        "昨天下午三点就漏了",
        "说好下午3点来的怎么还没来",
        "停水到明天下午几点",
        "3号楼2单元漏水",
        "晚上睡不着",
        "每天晚上有人来",
    ],
)
def test_a_time_that_is_no_wish_is_left_alone(text: str) -> None:
    assert load_reader().read(text).visit is None
