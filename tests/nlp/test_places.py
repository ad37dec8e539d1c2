"""Every way an address is written, and the numbers that are none."""

import pytest

from bot.core.reading import Place
from bot.nlp import describe, load_reader
from bot.nlp.numerals import to_digits


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("3栋2单元1502", ("3", "2", "1502", None)),
        ("3幢2单元1502室", ("3", "2", "1502", None)),
        ("3号楼2单元1502房", ("3", "2", "1502", None)),
        ("3#楼2单元1502", ("3", "2", "1502", None)),
        ("3#2-1801", ("3", "2", "1801", None)),
        ("3-2-1502", ("3", "2", "1502", None)),
        ("３－２－１５０２", ("3", "2", "1502", None)),
        ("3/2/1502", ("3", "2", "1502", None)),
        ("3-1502", ("3", None, "1502", None)),
        ("A-1502", ("A", None, "1502", None)),
        ("三栋1801", ("3", None, "1801", None)),
        ("三号楼二单元一八零一", ("3", "2", "1801", None)),
        ("十二栋", ("12", None, None, None)),
        ("12#", ("12", None, None, None)),
        ("A座1203", ("A", None, "1203", None)),
        ("b座", ("B", None, None, None)),
        ("3栋15楼02室", ("3", None, "1502", None)),
        ("十五楼02室", (None, None, "1502", None)),
        ("3栋15楼1502", ("3", None, "1502", None)),
        ("3栋十五楼", ("3", None, None, "15楼")),
        ("十五层", (None, None, None, "15楼")),
        ("2单元1502", (None, "2", "1502", None)),
        ("二单元", (None, "2", None, None)),
        ("1502室", (None, None, "1502", None)),
        ("我家1502", (None, None, "1502", None)),
        ("3栋 2单元 502", ("3", "2", "502", None)),
        ("地下车库B2", (None, None, None, "地下车库B2")),
        ("小区南门", (None, None, None, "小区南门")),
        ("3栋大堂", ("3", None, None, "大堂")),
        ("负二楼车库", (None, None, None, "负二楼车库")),
        ("8楼2单元", ("8", "2", None, None)),
        ("5 hao lou 1 danyuan 301 ", ("5", "1", "301", None)),
        ("12 dong 1802 mei dian ", ("12", None, "1802", None)),
    ],
)
def test_an_address_is_read(text, place):
    assert load_reader().read(text + "漏水").place == Place(*place)


@pytest.mark.parametrize(
    "text",
    [
        "11月22日漏水",
        "2026-11-22漏水",
        "下午3:30漏水",
        "漏水，打13812345678",
        "漏水，打0571-88123456",
        "修水管花了1502块",
        "2号下午来修漏水",
        "坐3号线回来发现漏水",
        "浙A12345旁边漏水",
        "漏水两天了，打了119",
        "漏了500毫升水",
        "工单1502还在漏水",
        "漏水20分钟了",
        "1061栋漏水",
        "电梯漏水",
    ],
)
def test_a_number_that_is_no_place_is_left_alone(text):
    assert load_reader().read(text).place == Place()


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("二十一", "21"),
        ("一五零二", "1502"),
        ("一百零三", "103"),
        ("A", "A"),
    ],
)
def test_chinese_numerals_become_digits(numeral, digits):
    assert to_digits(numeral) == digits


def test_a_place_is_said_in_words():
    assert describe(Place("3", "2", "1502")) == "3栋2单元1502"
    assert describe(Place(area="小区南门")) == "小区南门"
    assert describe(Place()) == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("5栋1单元1203家里突然没电了", ("5", "1", "1203")),
        ("stuck in the elevator, Building 3 unit 2", ("3", "2", None)),
        ("water leak in block 12 room 803", ("12", None, "803")),
    ],
)
def test_a_flat_is_no_count_of_households_and_english_addresses_are_read(
    text: str, place: tuple[str | None, str | None, str | None]
) -> None:
    read = load_reader().read(text).place
    assert (read.building, read.unit, read.room) == place
