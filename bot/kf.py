"""微信客服: fetch what customers wrote, page by page; the cursor is stored with the rows it brought."""

from collections.abc import Callable
from typing import Any, Protocol

import structlog

from bot import inbox, store
from bot.core.messages import Incoming
from bot.desk import Desk
from bot.wecom.errors import PlatformError
from bot.wecom.incoming import from_kf

_log = structlog.get_logger("kf")
PAGE = 1_000
PAGES_AT_MOST = 1_000
# Without a doorbell's token the platform allows some twenty calls a minute; the puller comes round once a minute.
WITHOUT_TOKEN_AT_MOST = 10
EMPTY_AT_MOST = 10  # in a row, before it is left to the next minute


class Syncs(Protocol):
    """The one call this needs."""

    def kf_sync(self, open_kfid: str, cursor: str = "", token: str = "", limit: int = 1000) -> dict[str, Any]: ...


def pull(desk: Desk, client: Syncs, open_kfid: str, token: str = "", beat: Callable[[], None] = lambda: None) -> int:
    """Fetch everything new of one account and handle it; returns how many messages were new.

    ``has_more`` alone says whether to go on: a page may be empty. A failing call ends the round, and so does the
    number of calls that are allowed without a token; the next doorbell or the next minute goes on from the cursor.
    ``beat`` is called at every step of a long catch-up.
    """
    new = 0
    empty = 0
    without_token = 0
    for _ in range(PAGES_AT_MOST):
        without_token += not token
        if without_token > WITHOUT_TOKEN_AT_MOST:
            break
        with desk.db.reading() as tx:
            cursor = store.inbox.cursor_of(tx, open_kfid)
        try:
            page = client.kf_sync(open_kfid, cursor, token, PAGE)
        except PlatformError as error:
            _log.warning("messages of 微信客服 could not be fetched", error=str(error))
            if not token:
                break
            token = ""  # it may have expired; without it the call is only rarer allowed
            continue
        following = str(page.get("next_cursor") or cursor)
        items = [m for item in page.get("msg_list", []) if (m := from_kf(item)) is not None]
        with desk.db.writing() as tx:
            new += store.inbox.add_page(tx, items, open_kfid, following, desk.clock())
        handle_all(desk, beat)
        empty = 0 if items or following != cursor else empty + 1
        if not page.get("has_more") or empty == EMPTY_AT_MOST:
            break
    return new


def handle_all(desk: Desk, beat: Callable[[], None] = lambda: None) -> None:
    """Handle everything that is stored and waits."""
    while inbox.handle_stored(desk):
        beat()


def is_doorbell(incoming: Incoming) -> bool:
    """True for the event that only says: somebody wrote, come and fetch."""
    return incoming.is_event and incoming.event == "kf_msg_or_event"
