"""What every part of the sandbox shares: the time, one lock, the log of requests, tokens, media and faults."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.sandbox.errors import Refused
from bot.sandbox.faults import Faults
from bot.sandbox.findings import Findings, JsonObject

TOKEN_LIFE = timedelta(seconds=7200)
MEDIA_LIFE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Request:
    """One API request as it arrived. ``answer`` is empty where a fault kept one from being made."""

    path: str
    json: JsonObject
    answer: JsonObject
    at: datetime
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A message that was answered with 0 and never shown."""

    userid: str
    at: datetime
    body: JsonObject


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded or received file, fetchable for three days."""

    media_id: str
    kind: str
    data: bytes
    content_type: str
    filename: str
    at: datetime


@dataclass(slots=True)
class _Token:
    scope: str
    expires_at: datetime
    revoked: bool = False


@dataclass(slots=True)
class Core:
    """The shared state. Everything that changes it holds ``lock``, and nobody talks to the bot while holding it."""

    clock: Clock
    corp_id: str
    agent_id: int
    secrets: dict[str, str]
    lock: threading.RLock = field(default_factory=threading.RLock)
    violations: list[str] = field(default_factory=list)
    sends: list[Request] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    media: dict[str, Media] = field(default_factory=dict)
    token_fetches: int = 0
    same_token: bool = True
    version: int = 0
    faults: Faults = field(init=False)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _serial: int = 0

    def __post_init__(self) -> None:
        self.faults = Faults(self.clock)

    def serial(self) -> int:
        """The next number of a sequence used for every id; it also tells the page that something changed."""
        with self.lock:
            self._serial += 1
            self.version += 1
            return self._serial

    def violate(self, what: str) -> None:
        """Write down that the bot broke a rule."""
        with self.lock:
            self.violations.append(what)

    def judge(self, path: str, found: Findings) -> None:
        """Write the findings down; Refused with the first errcode among them."""
        for finding in found:
            self.violate(f"{path}: {finding.what}" + (f" [{finding.errcode}]" if finding.errcode else " [advised]"))
        if found.errcode:
            raise Refused(found.errcode)

    def fetch_token(self, corp_id: str, secret: str) -> tuple[str, int]:
        """A token for the app whose secret this is, and the seconds it lives."""
        with self.lock:
            self.token_fetches += 1
            if not corp_id:
                raise Refused(41002)
            if not secret:
                raise Refused(41004)
            if corp_id != self.corp_id:
                raise Refused(40013)
            scope = self.secrets.get(secret)
            if scope is None:
                raise Refused(40001)
            now = self.clock()
            for value, token in self._tokens.items():
                if self.same_token and token.scope == scope and not token.revoked and token.expires_at > now:
                    return value, int((token.expires_at - now).total_seconds())
            value = secrets.token_urlsafe(96)
            self._tokens[value] = _Token(scope, now + TOKEN_LIFE)
            return value, int(TOKEN_LIFE.total_seconds())

    def check_token(self, value: str, scopes: set[str]) -> None:
        """Refused unless ``value`` is a live token of one of ``scopes``."""
        with self.lock:
            token = self._tokens.get(value)
            if not value:
                raise Refused(41001)
            if token is None or token.revoked:
                raise Refused(40014)
            if token.expires_at <= self.clock():
                raise Refused(42001)
            if token.scope not in scopes:
                raise Refused(301002)

    def revoke_tokens(self) -> None:
        """The platform may take tokens back early: from now on they are answered with 40014."""
        with self.lock:
            for token in self._tokens.values():
                token.revoked = True

    def expire_tokens(self) -> None:
        """Let every token run out now: 42001."""
        with self.lock:
            for token in self._tokens.values():
                token.expires_at = self.clock()

    def store_media(self, kind: str, data: bytes, content_type: str, filename: str) -> Media:
        """Keep a file; its media_id is good for three days."""
        with self.lock:
            media_id = f"3{self.serial():08d}{secrets.token_urlsafe(24)}"
            self.media[media_id] = Media(media_id, kind, data, content_type, filename, self.clock())
            return self.media[media_id]

    def fetch_media(self, media_id: Any) -> Media:
        """The file; Refused 40007 where it is unknown or older than three days."""
        with self.lock:
            media = self.media.get(str(media_id))
            if media is None or self.clock() - media.at >= MEDIA_LIFE:
                raise Refused(40007)
            return media
