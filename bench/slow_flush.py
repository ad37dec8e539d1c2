"""A preloaded library that makes every flush to disk 1 ms slower, as on common cloud volumes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void wait_1ms(void) { struct timespec t = {0, 1000000}; nanosleep(&t, 0); }
int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_1ms();
    return real(fd);
}
int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_1ms();
    return real(fd);
}
"""
# One hundred durable commits of SQLite; with the library they take at least a tenth of a second.
PROBE = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma journal_mode=wal"); db.execute("pragma synchronous=full"); db.execute("create table t (x)")
begin = time.perf_counter()
for n in range(100): db.execute("insert into t values (?)", (n,))
print(time.perf_counter() - begin)
"""


class NotHere(Exception):
    """This machine cannot do it; the text says why."""


def slowed(folder: Path) -> dict[str, str]:
    """The environment in which flushes are slower. Raises ``NotHere`` without a C compiler or where SQLite's flushes
    do not pass through the library."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotHere("there is no C compiler")
    source, library = folder / "slow_flush.c", folder / "slow_flush.so"
    source.write_text(SOURCE)
    built = subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], capture_output=True)
    if built.returncode:
        raise NotHere("the C compiler cannot build a shared library")
    slow = {**os.environ, "LD_PRELOAD": str(library)}
    if commit_seconds(folder / "slow.db", slow) < 0.001:
        raise NotHere("a preloaded library has no effect on this SQLite")
    return slow


def commit_seconds(database: Path, environment: dict[str, str] | None = None) -> float:
    """What one bare durable SQLite commit costs here, the mean of a hundred."""
    command = [sys.executable, "-c", PROBE, str(database)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout) / 100
