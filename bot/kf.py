"""微信客服: fetch what customers wrote, page by page; the cursor is stored with the rows it brought."""

from collections.abc import Callable
from datetime import timedelta
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
LEASE = timedelta(seconds=20)  # a call lasts at most 7 s, what it brings is handled within it or the lease renewed
EMPTY_AT_MOST = 10  # in a row, before it is left to the next minute


class Syncs(Protocol):
    """The one call this needs."""

    def kf_sync(self, open_kfid: str, cursor: str = "", token: str = "", limit: int = 1000) -> dict[str, Any]: ...


def pull(
    desk: Desk, client: Syncs, open_kfid: str, token: str = "", beat: Callable[[], None] = lambda: None
) -> int | None:
    """Fetch everything new of one account and handle it; returns how many messages were new, None where another
    process is at it.

    ``has_more`` alone says whether to go on: a page may be empty. A failing call ends the round, and so does the
    number of calls that are allowed without a token; the next doorbell or the next minute goes on from the cursor.
    ``beat`` is called at every step of a long catch-up.
    """
    new = 0
    empty = 0
    without_token = 0
    try:
        for _ in range(PAGES_AT_MOST):
            without_token += not token
            if without_token > WITHOUT_TOKEN_AT_MOST:
                break
            if not _mine(desk, open_kfid):
                return None
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
                # After a restore the platform brings again what was handled before it.
                old = store.held.restored(tx)
                before = old.restored_at if old else None
                new += store.inbox.add_page(tx, items, open_kfid, following, desk.clock(), held_before=before)
            handle_all(desk, open_kfid, beat)
            empty = 0 if items or following != cursor else empty + 1
            if not page.get("has_more") or empty == EMPTY_AT_MOST:
                break
        return new
    finally:
        with desk.db.writing() as tx:
            store.inbox.fetched(tx, open_kfid, desk.me.id)


def handle_all(desk: Desk, open_kfid: str, beat: Callable[[], None] = lambda: None) -> None:
    """Handle everything that is stored and waits, as long as this process may."""
    since = desk.clock()
    while inbox.handle_stored(desk):
        beat()
        if abs(desk.clock() - since) >= LEASE / 3:
            since = desk.clock()
            if not _mine(desk, open_kfid):
                return


def _mine(desk: Desk, open_kfid: str) -> bool:
    now = desk.clock()
    try:
        with desk.db.writing() as tx:
            return store.inbox.may_fetch(tx, open_kfid, desk.me.id, now, now + LEASE)
    except store.Collided:
        return False


def is_doorbell(incoming: Incoming) -> bool:
    """True for the event that only says: somebody wrote, come and fetch."""
    return incoming.is_event and incoming.event == "kf_msg_or_event"
