"""Small errands at the platform that nobody waits for: files and names."""

import re
from datetime import timedelta
from pathlib import Path

import structlog

from bot import store
from bot.core.messages import Channel
from bot.desk import Desk
from bot.store.attachments import Attachment
from bot.wecom.client import WeComClient
from bot.wecom.errors import PlatformError, Refused

_log = structlog.get_logger("errands")
_LEASE = timedelta(seconds=60)
_TRIES = 8
_ENDINGS = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG": "png",
    b"#!AMR": "amr",
    b"\x02#!SILK": "silk",
    b"#!SILK": "silk",
    b"%PDF": "pdf",
}


def fetch_one(desk: Desk, app: WeComClient, kf: WeComClient) -> bool:
    """Fetch one file that came in and keep it beside the database; False if none is waiting."""
    with desk.db.writing() as tx:
        file = store.attachments.next_to_fetch(tx, desk.clock(), desk.clock() + _LEASE)
    if file is None:
        return False
    client = kf if file.source == Channel.KF else app
    try:
        content, _ = client.media_get(file.media_id)
    except Refused as refused:
        _log.warning("a file is gone", errcode=refused.errcode, order=file.order_no)
        with desk.db.writing() as tx:
            store.attachments.failed(tx, file.id, None)
        return True
    except PlatformError as error:
        _log.warning("a file could not be fetched yet", reason=str(error), order=file.order_no)
        again = desk.clock() + timedelta(seconds=2 ** min(file.failures + 1, 9)) if file.failures < _TRIES else None
        with desk.db.writing() as tx:
            store.attachments.failed(tx, file.id, again)
        return True
    path = _keep(desk, file, content)
    with desk.db.writing() as tx:
        store.attachments.fetched(tx, file.id, path)
    return True


def name_one(desk: Desk, app: WeComClient, kf: WeComClient) -> bool:
    """Ask the platform for the name of one person who wrote for the first time; False if all are known."""
    with desk.db.reading() as tx:
        contact = store.contacts.unnamed(tx)
    if contact is None:
        return False
    try:
        if contact.channel is Channel.KF:
            name = kf.kf_customer(contact.userid)
        else:
            name = str(app.user_get(contact.userid).get("name", ""))
    except Refused:
        name = ""
    except PlatformError:
        return False  # asked again on the next round
    with desk.db.writing() as tx:
        store.contacts.set_name(tx, contact.id, name, desk.clock())
    return True


def folder_of_media(database: store.Database) -> Path:
    """Where files are kept: beside an embedded database, else in data/media below the working folder."""
    url = database.url
    base = Path(url.database).parent if database.is_sqlite and url.database else Path("data")
    return base / "media"


def _keep(desk: Desk, file: Attachment, content: bytes) -> str:
    folder = folder_of_media(desk.db) / str(file.order_no or "unsorted")
    folder.mkdir(parents=True, exist_ok=True)
    ending = next((e for magic, e in _ENDINGS.items() if content.startswith(magic)), "bin")
    if content[4:8] == b"ftyp":
        ending = "mp4"
    # The name is our own: nothing of what came from outside gets into a path.
    name = re.sub(r"[^a-z]", "", file.kind) or "file"
    path = folder / f"{file.id}-{name}.{ending}"
    path.write_bytes(content)
    return str(path.relative_to(folder_of_media(desk.db).parent))
