"""The scripted day of the demo page: it sits down at the phones and does, step by step, what day.toml says."""

import re
import threading
import time
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from bot.sandbox.clock import SpeedClock
from bot.sandbox.phones import Phone, Shown
from bot.sandbox.platform import Platform

_NUMBER = re.compile(r"工单\s*(\d+)")
_ENGINEER = "@engineer"


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until one of ``who`` is shown one of the words in ``text`` (both separated by ``|``)."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One scene; see day.toml for what each key means. ``pause`` and ``at_most`` are real seconds."""

    caption: str
    who: str = ""
    say: str = ""
    tap: str = ""
    or_say: str = ""
    enter: str = ""
    photo: bool = False
    speed: float | None = None
    pause: float = 1.5
    at_most: float = 20.0
    until: Until | None = None


def read_day() -> list[Step]:
    """The steps of day.toml; an unknown key is a TypeError."""
    words = resources.files(__package__).joinpath("day.toml").read_text(encoding="utf-8")
    steps: list[dict[str, Any]] = tomllib.loads(words)["step"]
    return [Step(**{**step, **({"until": Until(**step["until"])} if "until" in step else {})}) for step in steps]


@dataclass(slots=True)
class Stage:
    """What the demo page plays on: the platform, the clock it may speed up, and the day being played.

    ``pace`` scales every real-time wait; the tests play the day with 0. ``actor``: whose phone is being used now.
    """

    platform: Platform
    clock: SpeedClock
    day: list[Step] = field(default_factory=read_day)
    pace: float = 1.0
    caption: str = ""
    actor: str = ""
    playing: bool = False
    _engineer: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def play(self) -> bool:
        """Start the day in a thread; False where it is being played already."""
        with self._lock:
            if self.playing:
                return False
            self.playing = True
        self._stop.clear()
        threading.Thread(target=self.run, name="scripted day", daemon=True).start()
        return True

    def stop(self) -> None:
        """Leave the rest of the day out."""
        self._stop.set()

    def run(self) -> None:
        """Play the whole day in this thread."""
        try:
            for step in self.day:
                if self._stop.is_set():
                    return
                self._scene(step)
        finally:
            self.clock.speed = 1.0
            self.playing = False
            self.actor = ""
            self.platform.core.serial()

    def _scene(self, step: Step) -> None:
        before = self.platform.core.serial()
        self.caption = step.caption
        if step.speed is not None:
            self.clock.speed = step.speed
        if step.who:
            self.actor = self._person(step)
            self.platform.core.serial()
            # A moment to read the caption and to look at the right phone before something happens there.
            self._stop.wait(1.2 * self.pace)
            self._act(step, self.actor)
        if step.until is not None:
            self._wait_for(step.until, before, step.at_most)
        self._stop.wait(step.pause * self.pace)

    def _person(self, step: Step) -> str:
        if step.who != _ENGINEER:
            return step.who
        if step.tap:
            self._engineer = self._holder(step.tap) or self._engineer
        return self._engineer

    def _holder(self, button: str) -> str:
        """The member whose phone was the last to get this button, once somebody has it."""
        deadline = time.monotonic() + 10 * self.pace
        while not self._stop.is_set():
            found: list[tuple[int, str]] = []
            for member in list(self.platform.app.members.values()):
                live = [item.number for item in member.phone.shown if item.button(button)]
                found += [(number, member.userid) for number in live[-1:]]
            if found or time.monotonic() >= deadline:
                # Among those asked about the newest order, the first was the one it was dispatched to.
                return self._first_asked(found, button)
            self._stop.wait(0.1)
        return ""

    def _first_asked(self, found: list[tuple[int, str]], button: str) -> str:
        if not found:
            return ""
        newest = self.platform.phone(max(found)[1])
        number = _latest_number(newest)
        asked = [(at, who) for at, who in found if _latest_number(self.platform.phone(who)) == number]
        return min(asked)[1]

    def _act(self, step: Step, who: str) -> None:
        if not who:
            return
        customer = who in self.platform.kf.customers
        phone = self.platform.phone(who)
        if step.enter:
            self.platform.customer_enters(who, scene="door", scene_param=step.enter)
        elif step.photo and customer:
            self.platform.customer_sends(who, "image")
        elif step.photo:
            self.platform.member_sends(who, "image")
        elif step.tap and any(item.button(step.tap) for item in phone.shown):
            tap = self.platform.customer_taps if customer else self.platform.member_taps
            tap(who, step.tap)
        elif step.say or step.or_say:
            say = self.platform.customer_says if customer else self.platform.member_says
            say(who, (step.say or step.or_say).replace("{n}", _latest_number(phone)))

    def _wait_for(self, until: Until, after: int, at_most: float) -> None:
        wanted = until.text.split("|")
        deadline = time.monotonic() + at_most * self.pace
        while time.monotonic() < deadline and not self._stop.is_set():
            for who in until.who.split("|"):
                new = [_all_words(item) for item in self.platform.phone(who).shown if item.number > after]
                if any(word in words for words in new for word in wanted):
                    return
            self._stop.wait(0.1)


def _all_words(item: Shown) -> str:
    return "\n".join([item.text, *(button.text for button in item.buttons)])


def _latest_number(phone: Phone) -> str:
    """The order that this person was told of last."""
    for item in reversed(phone.shown):
        found = _NUMBER.findall(item.text)
        if found:
            return str(found[-1])
    return ""
