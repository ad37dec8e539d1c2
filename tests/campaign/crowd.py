"""An estate with so many people that no member's own limit holds up the counting, and one or two processes on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import requests

from bot.imports.duty import parse_duty
from bot.imports.people import parse_people
from bot.imports.table import Table, read_table
from bot.settings import load_settings
from bot.store import Database
from bot.store.imports import save_duty, save_people
from bot.store.migrate import migrate_to_head
from tests.campaign.zygote import Child, Zygote
from tests.process.processes import TZ, Estate, duty_csv, free_port, people_csv, wait_for
from tests.store.databases import NotReachable, fresh

# Nothing rings by itself while a case counts: the clocks of an order are far away.
GENEROUS = "\n".join(
    f'[sla.{priority}]\naccept_within = "1d"\narrive_within = "2d"\nfinish_within = "3d"'
    for priority in ("urgent", "normal")
)
STARTS_WITHIN_S = 60
STANDS_STILL_S = 5.0
BOSS = "\nboss,老板,admin,,,13400000001\n"


class Serving:
    """One `baoxiu serve` at a port of its own, which it keeps over its deaths."""

    def __init__(self, config: Path, port: int, zygote: Zygote) -> None:
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self.child: Child | None = None
        self._config = config
        self._zygote = zygote
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def log(self) -> Path:
        return self._config.with_suffix(".log")

    def launch(self, *, wait: bool = True, cold: bool = False, **env: str) -> None:
        """Start it, and return when it listens. ``cold``: with an interpreter of its own."""
        start = Child.started if cold else self._zygote.launch
        self.child = start(["serve", "--config", str(self._config)], self.log, **env)
        if wait:
            self.await_listening()

    def await_listening(self) -> None:
        assert wait_for(self.listens, STARTS_WITHIN_S, 0.01), self.log.read_text(encoding="utf-8")[-1000:]

    def listens(self) -> bool:
        return self.get("/healthz") == 200

    def get(self, path: str, timeout: float = 2.0) -> int:
        """The status of a page; 0 for no answer."""
        try:
            return self._session.get(self.base + path, timeout=timeout).status_code
        except requests.RequestException:
            return 0

    def kill(self) -> None:
        """kill -9."""
        assert self.child is not None
        self.child.kill()

    def close(self) -> None:
        if self.child is not None:
            self.child.kill()


class Crowd:
    """The platform, the database at ``url``, and the processes."""

    def __init__(self, folder: Path, url: str, zygote: Zygote, *, processes: int = 1, engineers: int = 40,
                 reporters: int = 80, leads: int = 0, extra: str = "", robot: bool = False) -> None:  # fmt: skip
        self.url = url
        self.estate = Estate(folder, url=url, extra=extra or GENEROUS)
        self.platform = self.estate.platform
        if robot:
            self._with_robot()
        self.folder = folder
        self.engineers = [f"gong{n}" for n in range(engineers)]
        self.reporters = [f"zhu{n}" for n in range(reporters)]
        self._leads = [f"lead{n}" for n in range(leads)]
        for userid in [*self.engineers, *self.reporters, *self._leads, "boss"]:
            self.platform.add_member(userid, userid)
        self._fill()
        self._zygote = zygote
        self.processes = [self._process(n) for n in range(processes)]
        self.platform.callback_url = f"{self.processes[0].base}/wecom/callback"

    def _fill(self) -> None:
        """The schema, the people with an admin among them, and everybody's duty."""
        settings = load_settings(self.estate.config, {})
        migrate_to_head(settings.store.url)
        skills = "plumbing;electrical;elevator;general"
        leads = "".join(f"{userid},{userid},manager,,,\n" for userid in self._leads)
        staff = people_csv(self.engineers).replace(",plumbing,", f",{skills},")
        people = self._rows("people.csv", staff + BOSS + leads)
        rows, mistakes = parse_people(people)
        save_people(settings, rows)
        shifts, wrong = parse_duty(self._rows("duty.csv", duty_csv(self.engineers)), TZ, {row.userid for row in rows})
        save_duty(settings, shifts)
        assert not mistakes, mistakes
        assert not wrong, wrong

    def _rows(self, name: str, content: str) -> Table:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return read_table(path)

    def _with_robot(self) -> None:
        """A group robot for whoever leads."""
        url = f"{self.estate.running.base_url}/cgi-bin/webhook/send?key={self.platform.robot_key}"
        with self.estate.config.open("a", encoding="utf-8") as config:
            config.write(f'\n[duty]\nrobot_webhook = "{url}"\n')

    def _process(self, number: int) -> Serving:
        port = free_port()
        config = self.folder / f"process{number}.toml"
        text = self.estate.config.read_text(encoding="utf-8")
        config.write_text(text.replace(f"port = {self.estate.port}", f"port = {port}"), encoding="utf-8")
        config.chmod(0o600)
        return Serving(config, port, self._zygote)

    @property
    def only(self) -> Serving:
        """The first process."""
        return self.processes[0]

    def launch(self, *, cold: bool = False, **env: str) -> None:
        """Start all processes at once."""
        for one in self.processes:
            one.launch(wait=False, cold=cold, **env)
        for one in self.processes:
            one.await_listening()

    def waiting(self) -> int:
        """Letters that have not left yet."""
        return int(self.ask("select count(*) from outbox where done_at is null")[0][0])

    def ask(self, sql: str) -> list[tuple]:
        """Rows of the database, read on a connection of our own."""
        database = Database(self.url)
        try:
            with database.reading() as tx:
                return [tuple(row) for row in tx.exec_driver_sql(sql).all()]
        finally:
            database.close()

    def drain(self, seconds: float) -> bool:
        """True once every letter has left. What still leaves is waited for up to twice as long: a slow machine is no
        fault, and what is stuck stands still."""
        begun = moved = time.monotonic()
        fewest = self.waiting()
        while left := self.waiting():
            now = time.monotonic()
            if left < fewest:
                fewest, moved = left, now
            if now - begun > seconds and (now - moved > STANDS_STILL_S or now - begun > 2 * seconds):
                return False
            time.sleep(0.2)
        return True

    def left(self) -> str:
        """What has not left yet, for whoever wants to know why."""
        columns = "lane, receiver, kind, weight, error"
        counted = f"select {columns}, count(*), sum(attempts) from outbox where done_at is null"
        rows = self.ask(f"{counted} group by {columns} order by 6 desc")
        most = "; ".join(f"{n} × {' '.join(map(str, what))} after {tries} tries" for *what, n, tries in rows[:6])
        return f"{self.waiting()} letters still wait, for {len({row[1] for row in rows})} receivers: {most}"

    def halt(self) -> None:
        """kill −9 to all, so that nothing moves any more while it is counted."""
        for one in self.processes:
            one.kill()
        time.sleep(0.3)  # what was on its way to the platform has arrived by then

    def close(self) -> None:
        for one in self.processes:
            one.close()
        self.estate.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """An empty database of this kind; the case is skipped where there is none."""
    try:
        with fresh(kind, folder) as url:
            yield url
    except NotReachable as reason:
        pytest.skip(str(reason))


@contextmanager
def crowd(kind: str, folder: Path, zygote: Zygote, url: str = "", **different) -> Iterator[Crowd]:
    """A crowd on a fresh database, or on the empty one at ``url``; it leaves no process behind."""
    with nullcontext(url) if url else database(kind, folder) as url:
        one = Crowd(folder / "estate", url, zygote, **different)
        try:
            yield one
        finally:
            one.close()
