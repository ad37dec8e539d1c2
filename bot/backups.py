"""`baoxiu backup` and `baoxiu restore`: one file with all rows and all kept files, for any of the three databases."""

import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from bot.build import build
from bot.clock import Clock
from bot.errands import folder_of_media
from bot.handlers import restored
from bot.settings import Settings
from bot.store.db import Database
from bot.store.dump import Rows, as_line, load, refuse_unless_empty, snapshot
from bot.store.held import Held

FORMAT = 1
_COPIED_AT_ONCE = 1 << 20


class BackupError(Exception):
    """The file cannot be written, or is not a whole backup."""


def backup(url: str, file: Path, now: datetime, *, media: bool) -> dict[str, int]:
    """Write everything into ``file``, while the bot runs or not; returns how many rows and files.

    The rows are of one moment. Raises BackupError, SchemaError, Unavailable; nothing is left of a file that failed.
    """
    if file.exists():
        raise BackupError(f"{file} 已经存在：换一个文件名")
    partial = file.with_name(f"{file.name}.partial")
    database = Database(url)
    counted = {"rows": 0, "files": 0}
    try:
        # Only for whoever makes it: it holds all that people wrote.
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            tables: dict[str, int] = {}
            with snapshot(database) as view:
                for name in view.tables():
                    tables[name] = _write_table(archive, name, view.rows(name))
                revision = view.revision
            if media:
                counted["files"] = _write_media(archive, folder_of_media(database))
            manifest = {
                "format": FORMAT,
                "program": version("baoxiu"),
                "revision": revision,
                "taken_at": now.isoformat(),
                "tables": tables,
                "files": counted["files"],
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
            counted["rows"] = sum(tables.values())
        _flush(partial)
        partial.rename(file)
        return counted
    finally:
        partial.unlink(missing_ok=True)
        database.close()


def restore(url: str, file: Path, now: datetime) -> dict[str, int]:
    """Read a backup into an empty database; returns how many rows and files.

    What waited to be said or done then is held until somebody says so. Raises BackupError, SchemaError, Unavailable.
    """
    try:
        archive = zipfile.ZipFile(file)
        broken = archive.testzip()
        manifest = json.loads(archive.read("manifest.json"))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        raise BackupError(f"{file} 不是完整的备份（{type(error).__name__}）：换一份") from None
    with archive:
        if broken is not None:
            raise BackupError(f"{file} 里的 {broken} 坏了：换一份备份")
        if manifest.get("format") != FORMAT:
            raise BackupError(f"{file} 的格式是 {manifest.get('format')}，这个版本只认 {FORMAT}：用新版本恢复")
        database = Database(url)
        try:
            _make_room(database)
            refuse_unless_empty(database, manifest["revision"])
            folder = folder_of_media(database)
        finally:
            database.close()
        tables: dict[str, int] = manifest["tables"]
        taken_at = datetime.fromisoformat(manifest["taken_at"])
        # Files first: one that the database does not know does no harm.
        files = _read_media(archive, folder)
        load(url, manifest["revision"], _reader(archive, tables), taken_at, now)
        return {"rows": sum(tables.values()), "files": files}


def release(settings: Settings, clock: Clock, *, drop: bool) -> Held | None:
    """The human's word from the command line; returns what waited for it, None if nothing did."""
    house = build(settings, clock)
    try:
        with house.desk.turn() as turn:
            return restored.settle(turn, drop=drop)
    finally:
        house.close()


def _make_room(database: Database) -> None:
    if database.is_sqlite:
        Path(str(database.url.database)).parent.mkdir(parents=True, exist_ok=True)


def _write_table(archive: zipfile.ZipFile, name: str, found: Rows) -> int:
    columns, rows = found
    count = 0
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
        out.write(as_line(columns).encode() + b"\n")
        for row in rows:
            out.write(as_line(row).encode() + b"\n")
            count += 1
    return count


def _reader(archive: zipfile.ZipFile, tables: dict[str, int]) -> Callable[[str], Rows | None]:
    def rows_of(name: str) -> Rows | None:
        if name not in tables:
            return None
        lines = _lines(archive, f"tables/{name}.jsonl")
        return next(lines), lines

    return rows_of


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[list[Any]]:
    with archive.open(name) as found:
        for line in found:
            yield json.loads(line)


def _write_media(archive: zipfile.ZipFile, folder: Path) -> int:
    count = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            # Pictures and voice are packed already.
            archive.write(path, f"media/{path.relative_to(folder).as_posix()}", zipfile.ZIP_STORED)
            count += 1
    return count


def _read_media(archive: zipfile.ZipFile, folder: Path) -> int:
    count = 0
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        if path.parts[:1] != ("media",) or entry.is_dir():
            continue
        if path.is_absolute() or ".." in path.parts:
            raise BackupError(f"备份里有不安全的文件名 {entry.filename!r}")
        target = folder.joinpath(*path.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _COPIED_AT_ONCE)
        count += 1
    return count


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
