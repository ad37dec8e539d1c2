"""Structured logs to stderr, in UTC, without phones, secrets or the words people wrote."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.clock import utc_now

# Their lower levels tell addresses with tokens in them, or a line for each tick.
_LOUD_LIBRARIES = ("wechatpy", "urllib3", "requests", "apscheduler", "waitress", "werkzeug", "sqlalchemy", "alembic")

_SECRET_NAMES = re.compile(r"secret|token|password|aes_key|welcome_code|response_code", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)((?:\+?86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
# "key" and "code" mean secrets in an address only; elsewhere they are names like any other.
_IN_ADDRESS = re.compile(
    r"((?:(?:access_token|secret|token)|(?<=[?&])(?:key|code|msg_signature))=)[^&\s\"'\\]+", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"(://[^:/@\s]*:)[^@/\s]+(@)")
_FRAMES = 8


def set_up(
    *, json: bool = True, level: int = logging.INFO, secrets: Iterable[str] = (), to: TextIO | None = None
) -> None:
    """Sends the logs of the bot and of its libraries to stderr, one masked line each.

    ``json`` chooses JSON lines or key=value lines; ``secrets`` are values that must never be seen, wherever they turn
    up; ``to`` replaces stderr.
    """
    pre_chain = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _time, _hide_by_name, _where]
    renderer: Any = structlog.processors.LogfmtRenderer(key_order=["time", "level", "event"], bool_as_flag=False)
    if json:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=pre_chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer, _Mask(secrets)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of each request that waits for a thread, once a request, just when there is no time for it.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *pre_chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def mask(line: str) -> str:
    """``line`` with mobile numbers shortened and with what follows ``access_token=`` and its like replaced."""
    line = _MOBILE.sub(r"\1****\2", line)
    return _CREDENTIALS.sub(r"\1***\2", _IN_ADDRESS.sub(r"\1***", line))


class _Mask:
    """The last step, on the finished line: nothing can be nested too deep for it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        long_enough = sorted((re.escape(each) for each in set(secrets) if len(each) >= 6), key=len, reverse=True)
        self._secrets = re.compile("|".join(long_enough)) if long_enough else None

    def __call__(self, _: WrappedLogger, __: str, rendered: Any) -> str:
        line = mask(rendered)
        return self._secrets.sub("***", line) if self._secrets else line


def _time(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["time"] = utc_now().isoformat(timespec="milliseconds")
    return event


def _hide_by_name(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name in event:
        if not name.startswith("_") and _SECRET_NAMES.search(name):
            event[name] = "***"
    return event


def _where(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its class and places: its text may quote what somebody wrote (database errors do)."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["error"] = type(error).__name__
        event["where"] = " > ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
        )
    return event
