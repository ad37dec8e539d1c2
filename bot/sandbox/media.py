"""Temporary media: what may be uploaded, and what comes back."""

import re
from typing import NoReturn

from flask import Request, Response

from bot.sandbox.core import Core
from bot.sandbox.errors import Refused
from bot.sandbox.findings import JsonObject

_MB = 1024 * 1024
_LARGEST = {"image": 10 * _MB, "voice": 2 * _MB, "video": 10 * _MB, "file": 20 * _MB}
_MAGIC = {"image": ((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), 40123), "voice": ((b"#!AMR\n",), 301017)}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)\Z")


def upload(core: Core, query: dict[str, str], request: Request) -> JsonObject:
    """``media/upload``: one part named ``media``; the platform reads no ``filename*``."""
    kind = query.get("type", "")
    if kind not in _LARGEST:
        _refuse(core, 40005, f"type {kind!r}"[:100])
    if b"filename*=" in request.get_data()[:4096]:
        _refuse(core, 44001, "filename*= is not understood, send raw UTF-8")
    part = request.files.get("media")
    if part is None or not part.filename:
        _refuse(core, 41005, "no part named media with a filename")
    data = part.read()
    if len(data) <= 5:
        _refuse(core, 44001, "five bytes or fewer")
    if len(data) > _LARGEST[kind]:
        _refuse(core, 45001, f"{len(data)} bytes of {kind}")
    starts, errcode = _MAGIC.get(kind, ((b"",), 0))
    if not data.startswith(starts):
        _refuse(core, errcode, f"not a file of kind {kind}")
    media = core.store_media(kind, data, part.mimetype, part.filename)
    return {"type": kind, "media_id": media.media_id, "created_at": str(int(media.at.timestamp()))}


def fetch(core: Core, query: dict[str, str], request: Request) -> Response:
    """``media/get``: the bytes, whole or a range of them."""
    media = core.fetch_media(query.get("media_id", ""))
    response = Response(media.data, content_type=media.content_type)
    # Raw UTF-8 in the header, as the platform writes and reads file names; headers here are strings of bytes.
    name = media.filename.replace('"', "").encode().decode("latin-1")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    wanted = _RANGE.match(request.headers.get("Range", ""))
    if wanted:
        first, last = int(wanted[1]), int(wanted[2] or len(media.data) - 1)
        response.set_data(media.data[first : last + 1])
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{len(media.data)}"
    return response


def _refuse(core: Core, errcode: int, what: str) -> NoReturn:
    core.violate(f"/cgi-bin/media/upload: {what} [{errcode}]")
    raise Refused(errcode)
