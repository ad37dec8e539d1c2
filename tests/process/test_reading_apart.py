"""Reading in a process of its own: the same readings, and nothing lost where that process is busy, late or dead."""

import os
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from processes import Estate, environment, wait_for

from bot.core.kinds import Category, Intent, Priority
from bot.core.reading import Evidence, Fault, Place, Reading
from bot.core.visits import Visit
from bot.reading_apart import can_be_apart, packed, unpacked

pytestmark = pytest.mark.skipif(
    not can_be_apart(), reason="one processor alone, or no fork: there everything is read in one process"
)

# A process without threads, as `baoxiu serve` is when it forks; what it prints is compared.
BEGIN = """
import os, signal, sys, time
from bot import logs
from bot.core.reading import Context, OpenOrder, Place
from bot.core.kinds import Category
from bot.core.register import Register
from bot.nlp import load_reader
from bot import reading_apart as apart
logs.set_up()
here = load_reader()
there = apart.ReaderApart(here)
children = open(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read().split()
"""
READS = """
texts = ["3栋2单元1502厨房水管爆了", "电梯里有人", "", "1502没电，楼道灯也不亮", "漏水" * 3000, "😀"]
texts += ["修好了，5分，谢谢", "5栋701漏水"]
rooms = Register([Place("3", "2", "1502"), Place("5", "1", "701")])
asked = Context("place", (OpenOrder(1, Category.LEAK, "open"),))
same = [there.read(t, c, r) == here.read(t, c, r) for t in texts for c in (None, asked) for r in (Register(), rooms)]
print(len(same), all(same), there.read("5栋701漏水", None, rooms).place.unit)
"""


def printed(script: str, folder: Path) -> tuple[str, str]:
    """What the script says and what it logs."""
    command = [sys.executable, "-c", BEGIN + script]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip(), done.stderr


def test_a_reading_goes_over_whole() -> None:
    visit = Visit("周三下午", 1, 2, 1, (None, 3), 780, 1080)
    reading = Reading(
        Intent.NOT_FIXED,
        (Fault(Category.LEAK, Priority.EMERGENCY, Place("3", "2", "1502", "厨房"), doubtful=True),),
        Place(building="3"),
        ("漏水",),
        "13800000001",
        2,
        sure=False,
        alarming=True,
        also=(Intent.THANKS,),
        visit=visit,
        candidates=(Place("3", "1", "1502"), Place("3", "2", "1502")),
        evidence=(Evidence("faults.leak", "漏水", 3, 5, "漏水/加急"),),
    )
    plain = Reading(Intent.GREETING)
    for kind, full, bare in ((Reading, reading, plain), (Visit, visit, Visit("明天"))):
        assert [f.name for f in fields(kind) if getattr(full, f.name) == getattr(bare, f.name)] == []

    assert unpacked(packed(reading)) == reading
    assert unpacked(packed(plain)) == plain
    assert unpacked(packed(None)) is None


def test_it_reads_the_same(tmp_path: Path) -> None:
    said, logged = printed("assert len(children) == 1\n" + READS, tmp_path)

    assert said == "32 True 1"
    assert not logged


def test_without_it_everything_is_read_here_and_that_is_said_once(tmp_path: Path) -> None:
    said, logged = printed("os.kill(int(children[0]), signal.SIGKILL)\n" + READS, tmp_path)

    assert said == "32 True 1"
    assert logged.count("reading goes on in the main process") == 1
    assert "水管" not in logged


def test_a_late_answer_is_never_taken_for_another_text(tmp_path: Path) -> None:
    late = """
apart.LATE_S = 0.2
there._line.settimeout(0.2)
os.kill(int(children[0]), signal.SIGSTOP)
first = there.read("电梯里有人被困")
os.kill(int(children[0]), signal.SIGCONT)
time.sleep(0.2)
print(first == here.read("电梯里有人被困"), there.read("厨房漏水") == here.read("厨房漏水"))
"""
    said, logged = printed(late, tmp_path)

    assert said == "True True"
    assert logged.count("reading goes on") == 1


def test_it_ends_with_its_parent_also_where_that_is_killed(estate: Estate) -> None:
    estate.launch()
    children = Path(f"/proc/{estate.process.pid}/task/{estate.process.pid}/children").read_text().split()
    assert len(children) == 1

    os.kill(estate.process.pid, signal.SIGKILL)
    estate.process.wait(10)

    assert wait_for(
        lambda: not Path(f"/proc/{children[0]}").exists() or "zombie" in Path(f"/proc/{children[0]}/status").read_text()
    )


def test_the_product_takes_messages_while_its_reading_process_is_dead(estate: Estate) -> None:
    estate.launch()
    [child] = Path(f"/proc/{estate.process.pid}/task/{estate.process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)

    assert estate.platform.member_says("wang", "3栋2单元电梯里有人被困")[-1][0] == 200
    assert wait_for(lambda: any("紧急" in text for text in estate.heard("wang")))
