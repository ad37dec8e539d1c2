"""The chat language of the tests: people say and hear, time passes, and only the network and the clock are faked.

The bot is the real one on a real database; the platform is the sandbox, a whole server with the real encryption.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from bot import errands, kf, outbox, store, timers
from bot.build import House, build
from bot.clock import SteadyClock
from bot.core.kinds import Category
from bot.core.letters import Lane
from bot.core.reading import Context, Place, Reading
from bot.core.register import NO_REGISTER, Register
from bot.core.replay import replay, times_of
from bot.desk import Reader
from bot.imports.duty import parse_duty
from bot.imports.equipment import parse_equipment
from bot.imports.people import parse_people
from bot.imports.rooms import parse_rooms
from bot.imports.table import read_table
from bot.sandbox.phones import Shown
from bot.sandbox.platform import Platform
from bot.sandbox.server import start
from bot.serve import Service
from bot.settings import Settings, load_settings
from bot.store.imports import save_duty, save_equipment, save_people
from bot.store.rooms import save as save_rooms
from bot.watch import audit

TZ = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=TZ)

PEOPLE = """userid,name,role,skills,buildings,phone
wang,王女士,resident,,,13800000001
chen,陈先生,resident,,,13800000002
kefu,小刘,service,,,13900000001
li,李师傅,engineer,plumbing;electrical;elevator,,13700000001
zhao,赵师傅,engineer,plumbing;elevator,,13700000002
sun,孙师傅,engineer,plumbing;electrical;elevator;general,,13700000003
zhou,周主管,supervisor,,,13600000001
zheng,郑经理,manager,,,13500000001
admin,管理员,admin,,,13400000001
"""
DUTY = """userid,start,end,tier
kefu,2026-11-23 00:00,2027-02-01 00:00,1
li,2026-11-23 00:00,2027-02-01 00:00,1
zhao,2026-11-23 00:00,2027-02-01 00:00,1
sun,2026-11-23 00:00,2027-02-01 00:00,2
zhou,2026-11-23 00:00,2027-02-01 00:00,3
"""
STEPS_AT_MOST = 20_000
NO_PID = 4_194_305  # beyond what Linux ever gives


class HandClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, at: datetime) -> None:
        self.now = at.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now


class Machine:
    """What the bot's machine takes for the time: its clock can be set, and it can stand still as a whole."""

    true_time: HandClock

    def __init__(self) -> None:
        self.wall_is_ahead = timedelta()
        self.stood = timedelta()

    def wall(self) -> datetime:
        """What its clock shows."""
        return self.true_time() + self.wall_is_ahead

    def steady(self) -> float:
        """The seconds that it has run."""
        return (self.true_time() - MONDAY - self.stood).total_seconds()


@dataclass
class Someone:
    """A person with a phone: what is said is sent by the platform, what is heard stands on the screen."""

    world: "World"
    id: str
    outside: bool = False
    heard: set[int] = field(default_factory=set)

    def says(self, text: str) -> "Someone":
        if self.outside:
            self.world.platform.customer_says(self.id, text)
        else:
            self.world.platform.member_says(self.id, text)
        self.world.settle()
        return self

    def sends(self, kind: str, **fields: object) -> "Someone":
        act = self.world.platform.customer_sends if self.outside else self.world.platform.member_sends
        act(self.id, kind, **fields)
        self.world.settle()
        return self

    def taps(self, button: str) -> "Someone":
        """Tap the latest live button or menu item with these words or this key."""
        if self.outside:
            self.world.platform.customer_taps(self.id, button)
        else:
            self.world.platform.member_taps(self.id, button)
        self.world.settle()
        return self

    def hears(self, *fragments: str) -> "Someone":
        """One message not yet accounted for has all the fragments."""
        for item in self.unheard():
            if all(fragment in item.text for fragment in fragments):
                self.heard.add(item.number)
                return self
        screen = "\n---\n".join(f"[{i.kind}] {i.text}" for i in self.unheard()) or "(nothing)"
        raise AssertionError(f"{self.id} did not hear {fragments}; unaccounted on the screen:\n{screen}")

    def hears_nothing(self) -> "Someone":
        """No message is left unaccounted."""
        rest = [f"[{i.kind}] {i.text}" for i in self.unheard()]
        assert not rest, f"{self.id} heard what nobody expected:\n" + "\n---\n".join(rest)
        return self

    def skips(self) -> "Someone":
        """Whatever was heard so far is not what this test is about."""
        self.heard |= {i.number for i in self.unheard()}
        return self

    def unheard(self) -> list[Shown]:
        """Messages not yet accounted for; a card counts by the words beside it."""
        shown = self.world.platform.phone(self.id).shown
        return [i for i in shown if not i.mine and i.kind != "card" and i.number not in self.heard]

    def times(self, fragment: str) -> list[float]:
        """The minutes after the start of the world at which messages with the fragment came, the cards left out."""
        shown = [i for i in self.world.platform.phone(self.id).shown if i.kind != "card" and fragment in i.text]
        return [round((i.at - self.world.began).total_seconds() / 60, 2) for i in shown]

    def card(self, fragment: str) -> Shown:
        """The latest card on the screen with the fragment."""
        cards = [i for i in self.world.platform.phone(self.id).shown if i.kind == "card" and fragment in i.text]
        assert cards, f"{self.id} has no card with {fragment}"
        return cards[-1]


@dataclass
class Mishearing:
    """The product's reader, but for texts that hold some words: those say what the test wants them to."""

    reader: Reader
    instead: dict[str, Reading]

    def read(self, text: str, context: Context | None = None, register: Register = NO_REGISTER) -> Reading:
        misheard = next((reading for words, reading in self.instead.items() if words in text), None)
        return misheard or self.reader.read(text, context, register)

    def read_place(self, text: str) -> Place:
        return self.reader.read_place(text)

    def read_category(self, text: str) -> Category | None:
        return self.reader.read_category(text)


class World:
    """One estate: its people, its bot, its platform, its clock."""

    def __init__(
        self,
        folder: Path,
        url: str,
        extra: str = "",
        people: str = PEOPLE,
        duty: str = DUTY,
        at: datetime = MONDAY,
        rooms: str = "",
        machine: "Machine | None" = None,
    ) -> None:
        self.folder = folder
        self.clock = HandClock(at)
        self.machine = machine
        if machine is not None:
            machine.true_time = self.clock
        self.began = self.clock.now
        self.platform = Platform(self.clock)
        self.running = start(self.platform)
        self._people, self._extra = people, extra
        self._url = url
        self.settings = self._settings(extra)
        rows, mistakes = parse_people(read_table(self._file("people.csv", people)))
        assert not mistakes, mistakes
        shifts, wrong = parse_duty(read_table(self._file("duty.csv", duty)), TZ, {r.userid.casefold() for r in rows})
        assert not wrong, wrong
        # The database is lent at the present schema; every import would look at it again.
        with patch("bot.store.imports.migrate_to_head"):
            save_people(self.settings, rows)
            save_duty(self.settings, shifts)
        if rooms:
            self.has_rooms(rooms)
        for row in rows:
            self.platform.add_member(row.userid, row.name)
        self._everybody: dict[str, Someone] = {}
        # Set to False by a test that ends in the midst of trouble, or whose database is gone by then.
        self.all_is_seen_to = True
        self.boot()

    def boot(self) -> None:
        """Start the bot, as after a crash: only what is in the database is left of the one before."""
        clock = self.clock if self.machine is None else SteadyClock(self.machine.wall, self.machine.steady)
        self.house: House = build(self.settings, clock)
        # Each boot is a process of its own, which the next one can see to have died.
        self.house.desk.me = replace(self.house.desk.me, pid=NO_PID)
        self.service = Service(self.house)
        self.house.desk.nudge = lambda lanes: None
        self.service._puller.ring = lambda token: setattr(self, "_rung", token)  # type: ignore[method-assign]
        self._rung: str | None = None
        client = self.service.app().test_client()  # type: ignore[attr-defined]

        def deliver(method: str, query: str, body: bytes) -> tuple[int, bytes]:
            answer = client.open(f"/wecom/callback?{query}", method=method, data=body)
            return answer.status_code, answer.data

        self.platform.deliver = deliver
        self.service._presence.look()
        self.service._arm()

    def moves_to(self, url: str) -> None:
        """Start the bot on another database."""
        self._url = url
        self.settings = self._settings(self._extra)
        self.boot()

    def has_rooms(self, rooms: str) -> None:
        """The register of rooms is imported, as by `baoxiu import rooms`."""
        found, mistakes = parse_rooms(read_table(self._file("rooms.csv", rooms)))
        assert not mistakes, mistakes
        save_rooms(self.settings, found)

    def has_equipment(self, equipment: str) -> None:
        """The list of equipment is imported, as by `baoxiu import equipment`."""
        found, mistakes = parse_equipment(read_table(self._file("equipment.csv", equipment)))
        assert not mistakes, mistakes
        save_equipment(self.settings, found)

    def crash(self) -> None:
        """kill -9: nothing is said, nothing is put in order."""
        self.house.close()

    def close(self) -> None:
        self.house.close()
        self.running.stop()

    def __getattr__(self, name: str) -> Someone:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._everybody:
            self._everybody[name] = Someone(self, name)
        return self._everybody[name]

    def customer(self, external_userid: str, nickname: str = "") -> Someone:
        """An outside resident with WeChat."""
        if external_userid not in self._everybody:
            self.platform.add_customer(external_userid, nickname)
            self._everybody[external_userid] = Someone(self, external_userid, outside=True)
        return self._everybody[external_userid]

    # --- time -----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that can happen at this instant."""
        desk, house = self.house.desk, self.house
        for _ in range(STEPS_AT_MOST):
            if self._rung is not None:
                token, self._rung = self._rung, None
                kf.pull(desk, house.kf, self.platform.open_kfid, token)
                continue
            if timers.run_one(desk) or any(outbox.send_next(desk, house.carrier, lane) for lane in Lane):
                continue
            if errands.fetch_one(desk, house.app, house.kf):
                continue
            return
        raise AssertionError("the bot never comes to rest")

    def passes(self, **span: float) -> None:
        """Time goes by, from due to due."""
        end = self.clock.now + timedelta(**span)
        for _ in range(STEPS_AT_MOST):
            self.settle()
            with self.house.desk.db.reading() as tx:
                moments = [store.timers.earliest(tx), store.outbox.earliest(tx, self.clock.now)]
            # What is due but cannot go yet (a shut gate, a lease) is looked at again a little later, as the pumps do.
            ahead = [
                max(m, self.clock.now + timedelta(milliseconds=500)) for m in moments if m is not None and m <= end
            ]
            if not ahead or min(ahead) > end:
                break
            self.clock.now = min(ahead)
        self.clock.now = end
        self.settle()

    def jumps(self, **span: float) -> None:
        """Time goes by while the bot is down."""
        self.clock.now += timedelta(**span)

    def at(self, day: str, clock: str) -> None:
        """Let time pass until a local moment, like ("2026-11-24", "08:37")."""
        moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=TZ)
        self.passes(seconds=(moment - self.clock.now).total_seconds())

    def nobody_heard_more(self) -> None:
        """Nobody has a message that the test has not accounted for."""
        for name in [line.split(",")[0] for line in self._people.strip().splitlines()[1:]]:
            getattr(self, name).hears_nothing()
        for someone in self._everybody.values():
            someone.hears_nothing()

    def nobody_heard_more_but_digests(self) -> None:
        """The same, where a morning has passed."""
        for name in [line.split(",")[0] for line in self._people.strip().splitlines()[1:]]:
            someone = getattr(self, name)
            someone.heard |= {i.number for i in someone.unheard() if "日报" in i.text}
        self.nobody_heard_more()

    def check_clocks(self) -> None:
        """The history of each order alone gives what its clocks are reckoned from."""
        database = store.Database(self.settings.store.url)
        with database.reading() as tx:
            for no in range(1, 300):
                order = store.orders.get(tx, no)
                if order is None:
                    break
                assert replay(order.opened_at, store.orders.history(tx, no)) == times_of(order), no
        database.close()

    def check_promises(self) -> None:
        """What must hold at the end of every test."""
        assert not self.platform.violations, self.platform.violations
        assert not self.platform.dropped, self.platform.dropped

    def secrets(self) -> list[str]:
        """What no line of the log and no metric may show: keys, tokens, and the words people said."""
        p = self.platform
        words = [i.text for s in self._everybody.values() for i in p.phone(s.id).shown if i.mine and len(i.text) >= 6]
        return [p.secret, p.kf_secret, p.token, p.aes_key, p.robot_key, *p.core._tokens, *words]

    def stands_up_to_the_audit(self) -> None:
        """Everything that waits will be seen to, as the auditor sees it."""
        timers.run_due(self.house.desk)
        findings = audit(self.house.desk) or []
        assert not findings, findings

    def group_hears(self, *fragments: str) -> None:
        texts = [i.text for i in self.platform.group.shown]
        assert any(all(f in t for f in fragments) for t in texts), texts

    # --- files ----------------------------------------------------------------------------------------------------

    def _file(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def _settings(self, extra: str) -> Settings:
        p = self.platform
        config = self._file(
            "config.toml",
            f"""
[server]
public_url = "https://bot.example.com"
[store]
url = "{self._url}"
[wecom]
corp_id = "{p.corp_id}"
agent_id = {p.agent_id}
secret = "{p.secret}"
token = "{p.token}"
encoding_aes_key = "{p.aes_key}"
api_base_url = "{self.running.base_url}"
[kf]
open_kfid = "{p.open_kfid}"
[community]
name = "示范小区"
[duty]
phone = "400-800-1234"
robot_webhook = "{self.running.base_url}/cgi-bin/webhook/send?key={p.robot_key}"
escalation_webhook = "{self.running.base_url}/escalation"
{extra}
""",
        )
        config.chmod(0o600)
        return load_settings(config, {})
