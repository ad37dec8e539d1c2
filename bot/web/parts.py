"""What the HTTP face is handed by the rest of the product."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.core.messages import Incoming
from bot.wecom.crypto import CallbackCrypto


@dataclass(frozen=True)
class WebParts:
    """What the web needs from the rest.

    ``receive`` stores one message durably and raises ``callback.Unavailable`` where it cannot now. ``kf_crypto`` opens
    /wecom/kf where 微信客服 has keys of its own. ``clock_offset`` is what to add to ``now`` where the platform has
    shown the own clock to be wrong. ``ready`` says in lines what is not ready. ``notice_html`` is the whole page about
    privacy. ``duty_feed`` is the calendar behind a token, ``run_page`` and ``run_table`` the report of an emergency;
    None where there is none.
    """

    app_crypto: CallbackCrypto
    kf_crypto: CallbackCrypto | None
    corp_id: str
    agent_id: int
    receive: Callable[[Incoming], None]
    now: Clock
    clock_offset: Callable[[], timedelta | None]
    ready: Callable[[], list[str]]
    metrics: Callable[[], bytes]
    notice_html: str
    run_page: Callable[[str], str | None] = lambda token: None
    run_table: Callable[[str], bytes | None] = lambda token: None
    duty_feed: Callable[[str], bytes | None] = lambda token: None
