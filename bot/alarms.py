"""Something is wrong with the bot itself: the admins hear it by a road that does not lead through what is broken."""

import hashlib
import threading
import time
from datetime import datetime, timedelta

import structlog

from bot import store
from bot.core.kinds import Role
from bot.core.letters import cut
from bot.desk import Desk
from bot.texts import render
from bot.voice import TEXT_BYTES
from bot.wecom.client import WeComClient
from bot.wecom.errors import PlatformError

_log = structlog.get_logger("alarms")
AGAIN_AFTER = timedelta(hours=1)
REFUSED_FOR_S = 4.0  # the platform's second try comes about five seconds after the first


class Alarms:
    """Tells the supervisors' group through its robot, straight and past the outbox; where that cannot be, admins."""

    def __init__(self, desk: Desk, client: WeComClient) -> None:
        self._desk = desk
        self._client = client
        self._told: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def fresh(self, subjects: list[str]) -> list[str]:
        """Those of the subjects that nobody was told of within the hour; from now on they count as told.

        Other processes are asked through the database, and not at all where it cannot be used.
        """
        now = self._desk.clock()
        with self._lock:
            ours = [s for s in dict.fromkeys(subjects) if now - self._told.get(s, now - AGAIN_AFTER) >= AGAIN_AFTER]
            self._told |= dict.fromkeys(ours, now)
        if not ours:
            return []
        try:
            with self._desk.db.writing() as tx:
                return [s for s in ours if store.jobs.first_within(tx, "alarm", _short(s), AGAIN_AFTER, now)]
        except (store.Unavailable, store.Collided):
            return ours

    def tell(self, text: str) -> None:
        """Tell it now. Never raises what network or database did."""
        _log.warning("an alarm is raised")
        if self._by_robot(text):
            return
        try:
            with self._desk.turn() as turn:
                for person in turn.roster.of_role(Role.ADMIN) or turn.roster.of_role(Role.MANAGER, Role.SUPERVISOR):
                    turn.tell(person.id, text)
        except store.Unavailable:
            _log.error("an alarm could not be told to anybody")

    def _by_robot(self, text: str) -> bool:
        url = self._desk.settings.duty.robot_webhook
        if not url:
            return False
        try:
            self._client.robot_send(url, {"msgtype": "text", "text": {"content": cut(text, TEXT_BYTES)}})
        except PlatformError as error:
            _log.warning("the robot did not take an alarm", reason=str(error))
            return False
        return True


class Refusals:
    """Callbacks that could not be stored (disk full, database gone): told while it lasts, once an hour."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._since: float | None = None

    def taken(self) -> None:
        """A callback was stored."""
        self._since = None

    def refused(self) -> None:
        """One was not. The second that is refused some seconds after the first, with none taken between, is told."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        elif now - self._since >= REFUSED_FOR_S:
            # The platform waits for its answer; the robot's call may take its time.
            threading.Thread(target=self._tell, name="alarm", daemon=True).start()

    def _tell(self) -> None:
        if self._alarms.fresh(["refused"]):
            self._alarms.tell(render("watch.refused"))


def _short(subject: str) -> str:
    """As long as the name of a period may be."""
    return hashlib.blake2b(subject.encode(), digest_size=16).hexdigest()
