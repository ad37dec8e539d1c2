"""Case 31. The disk is full, and is freed again: files of the process may grow no further (RLIMIT_FSIZE), and, as root,
a file system of 96 MB that is filled to its last byte.

Demanded: callbacks refused meanwhile, nothing corrupt, taking again within 10 s, no acknowledged message lost, and an
alarm sent while it is full.
"""

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from tests.campaign.check_z import check_z
from tests.campaign.crowd import Crowd, crowd
from tests.campaign.moved_clock import until
from tests.campaign.speakers import Speakers, post

_ASKING = cycle([f"zhu{n}" for n in range(300)])


@pytest.mark.patient
@pytest.mark.weight(30)
@pytest.mark.parametrize("how", ["RLIMIT_FSIZE", pytest.param("tmpfs", marks=pytest.mark.campaign)])
def test_the_disk_is_full(case, how: str, zygote, tmp_path) -> None:
    with (
        case.row(f"sqlite, {how}") as row,
        small_disk(tmp_path, how) as folder,
        crowd("sqlite", folder, zygote, engineers=20, reporters=300, robot=True) as one,
    ):
        one.launch()
        before = Speakers(one, speakers=4, messages=case.times(10, 40)).start().join()
        assert one.drain(60), one.left()
        fill(one, folder, how)
        full = until(lambda: not takes(one), 30, 0.05)
        assert full is not None, "the disk never was full"
        while_full = Speakers(one, speakers=4, rate=case.times(20, 5), gap=0.2).start()
        time.sleep(case.seconds(0.5, 15))
        told = [i.text for u in ("boss", "group") for i in one.platform.phone(u).shown]
        alarmed = any(word in text for text in told for word in ("磁盘", "数据库", "无法写入", "存不了"))
        free(one, folder, how)
        back = until(lambda: takes(one), 20, 0.05)
        after = while_full.stop()
        assert one.drain(90), one.left()
        check_z(row, one.url, one.platform, [*before.taken, *after.taken])
        row.times = after.callbacks
        row.delay(back if back is not None else 20)
        counted = f"{after.callbacks} callbacks, {after.given_up} refused in all three tries"
        row.done = f"full for {case.seconds(0.5, 15):g} s; {counted}"
        row.demands("taking again after", back if back is not None else 999, at_most=10, unit=" s")
        if case.whole:
            row.demands("alarms sent while full", int(alarmed), at_least=1)


@contextmanager
def small_disk(tmp_path: Path, how: str) -> Iterator[Path]:
    """Where the database is to live."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if how != "tmpfs":
        yield folder
        return
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "none", str(folder)], check=False).returncode
    ):
        pytest.skip("a size-limited file system can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(one: Crowd, folder: Path, how: str) -> None:
    assert one.only.child is not None
    if how == "tmpfs":
        with (folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                return
    largest = max(f.stat().st_size for f in folder.iterdir() if f.name.startswith("baoxiu.db"))
    resource.prlimit(one.only.child.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def free(one: Crowd, folder: Path, how: str) -> None:
    assert one.only.child is not None
    if how == "tmpfs":
        (folder / "filler").unlink()
    else:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(one.only.child.pid, resource.RLIMIT_FSIZE, unlimited)


def takes(one: Crowd) -> bool:
    """Whether a question is taken now; each time somebody else asks, so that the answers are not held up."""
    return post(one, one.only.base, one.platform.text_xml(next(_ASKING), "帮助")) == 200
