"""《个人信息保护法》: what is kept of somebody can be shown, given out, and forgotten; and nothing is kept for ever."""

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot import store
from bot.core.cells import guarded
from bot.core.kinds import Priority
from bot.desk import Desk
from bot.errands import folder_of_media
from bot.settings import Settings
from bot.store import retention
from bot.store.privacy import Who
from bot.texts import render

_log = structlog.get_logger("privacy")
SWEEP_EVERY = timedelta(hours=1)
SWEEP_ON = timedelta(minutes=1)
_JOB = "retention"
_GONE = "gone:"


class CannotErase(Exception):
    """Why somebody cannot be forgotten yet, and what to do first."""


class NobodyKnown(Exception):
    """Nothing is kept of somebody of that name."""


def pseudonym(settings: Settings, who: str) -> str:
    """The same for the same person, and nobody without the configuration can find out whose it is."""
    if who.startswith(_GONE):
        return who
    own = settings.privacy.pseudonym_key
    secret = own or settings.wecom.encoding_aes_key
    key = hashlib.sha256(b"baoxiu pseudonym " + secret.get_secret_value().encode()).digest()
    return f"{_GONE}{hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:24]}"


def find(desk: Desk, name: str) -> Who:
    """Somebody by userid, external_userid or contact id. Raises NobodyKnown."""
    with desk.db.reading() as tx:
        who = store.privacy.find(tx, name.strip())
    if who is None:
        raise NobodyKnown(render("privacy.nobody", name=name))
    return who


def export(desk: Desk, who: Who, to: Path) -> dict[str, int]:
    """Write a ZIP of all that is kept of somebody: JSON, a table a sheet, and the files; returns rows by table."""
    with desk.db.reading() as tx:
        kept = store.privacy.kept_of(tx, who)
    home = folder_of_media(desk.db).parent
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(kept, ensure_ascii=False, indent=1, default=str))
        archive.writestr("README.txt", render("privacy.readme", name="、".join(who.names) or who.id))
        for table, rows in kept.items():
            archive.writestr(f"{render(f'privacy.table.{table}')}.csv", _sheet(rows))
        for row in kept.get("attachments", []):
            file = home / row["path"] if row["path"] else None
            if file is not None and file.is_file() and file.resolve().is_relative_to(home.resolve()):
                archive.write(file, row["path"])
    return {table: len(rows) for table, rows in kept.items()}


def erase(desk: Desk, who: Who) -> str:
    """Forget somebody: pseudonym, no words, no files; figures stay. Returns the pseudonym.

    Raises CannotErase while something of his is under way, emergencies above all.
    """
    name = pseudonym(desk.settings, who.id)
    with desk.db.writing() as tx:
        waiting = store.privacy.open_numbers(tx, who)
        if waiting:
            numbers = "、".join(render("watch.order", no=no) for no, _ in waiting)
            urgent = any(priority == Priority.EMERGENCY for _, priority in waiting)
            raise CannotErase(render("privacy.open_emergency" if urgent else "privacy.open", orders=numbers))
        _unlink(desk, store.privacy.files_of(tx, who))
        store.privacy.forget(tx, who, name)
        store.roster.touch(tx)
    desk.forget_lists()
    return name


def residue(desk: Desk, who: Who) -> list[str]:
    """Tables and columns in which somebody can still be found; empty after `erase`."""
    with desk.db.reading() as tx:
        return store.privacy.residue(tx, who)


def sweep_if_due(desk: Desk) -> bool:
    """Once an hour, by whichever process comes first, a piece of what has been kept long enough; False if not time."""
    now = desk.clock()
    with desk.db.reading() as tx:
        due = store.jobs.appointed(tx, _JOB)
    if due is not None and due > now:
        return False
    with desk.db.writing() as tx:
        if due is None:
            store.jobs.appoint(tx, _JOB, now + SWEEP_EVERY, now)
        elif not store.jobs.take_appointment(tx, _JOB, now, now + SWEEP_EVERY):
            return False
    if sweep(desk, now):
        with desk.db.writing() as tx:
            store.jobs.appoint(tx, _JOB, now + SWEEP_ON, now)
    return True


def sweep(desk: Desk, now: datetime) -> bool:
    """One piece of every kind; True if there may be more."""
    keep = desk.settings.privacy
    more = False
    with desk.db.writing() as tx:
        more |= retention.scrub_messages(tx, now - keep.messages_kept)
        more |= retention.delete_messages(tx, now - keep.orders_kept)
        _unlink(desk, retention.delete_strays(tx, now - keep.messages_kept))
    with desk.db.writing() as tx:
        numbers = retention.closed_before(tx, "words", now - keep.words_kept)
        _unlink(desk, retention.files_of(tx, numbers))
        store.privacy.scrub_orders(tx, numbers)
        retention.dealt_with(tx, "words", numbers)
        retention.forget_places(tx, now - keep.words_kept)
        more |= len(numbers) == retention.AT_ONCE
    with desk.db.writing() as tx:
        numbers = retention.closed_before(tx, "names", now - keep.orders_kept)
        store.privacy.hide_reporters(tx, numbers, lambda who: pseudonym(desk.settings, who))
        retention.dealt_with(tx, "names", numbers)
        more |= len(numbers) == retention.AT_ONCE
        more |= retention.delete_silent(tx, now - keep.orders_kept)
    return more


def _unlink(desk: Desk, paths: Iterable[str]) -> None:
    """Before the commit: a row that points to no file is dealt with again, a file without a row never."""
    home = folder_of_media(desk.db).parent.resolve()
    for path in paths:
        file = (home / path).resolve()
        if file.is_relative_to(home):
            file.unlink(missing_ok=True)


def _sheet(rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # so that spreadsheets take it for UTF-8
    writer = csv.writer(out)
    names = list(rows[0])
    writer.writerow(names)
    for row in rows:
        writer.writerow([guarded("" if row[name] is None else str(row[name])) for name in names])
    return out.getvalue()
