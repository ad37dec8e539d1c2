"""The product as people run it: `baoxiu` in processes of its own, on a sandbox of the platform in this one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

from bot.clock import utc_now
from bot.imports.duty import parse_duty
from bot.imports.people import parse_people
from bot.imports.table import read_table
from bot.sandbox.platform import Platform
from bot.sandbox.server import start
from bot.settings import load_settings
from bot.store.imports import save_duty, save_people
from bot.store.migrate import migrate_to_head

TZ = ZoneInfo("Asia/Shanghai")
REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]

PEOPLE = """userid,name,role,skills,buildings,phone
wang,王女士,resident,,,13800000001
kefu,小刘,service,,,13900000001
li,李师傅,engineer,plumbing;electrical;elevator;general,,13700000001
zhao,赵师傅,engineer,plumbing;electrical;elevator;general,,13700000002
zhou,周主管,supervisor,,,13600000001
zheng,郑经理,manager,,,13500000001
"""


def people_csv(engineers: Sequence[str] = ()) -> str:
    """The usual people, or others for the two engineers."""
    if not engineers:
        return PEOPLE
    others = [line for line in PEOPLE.strip().splitlines() if ",engineer," not in line]
    return "\n".join([*others, *(f"{userid},{userid},engineer,plumbing,," for userid in engineers)])


def duty_csv(engineers: Sequence[str] = ()) -> str:
    """Everybody is on duty from yesterday to the day after tomorrow."""
    today = utc_now().astimezone(TZ).date()
    span = f"{today - timedelta(days=1)} 00:00,{today + timedelta(days=3)} 00:00"
    tiers = {"kefu": 1, "zhou": 3} | dict.fromkeys(engineers or ("li", "zhao"), 1)
    return "\n".join(["userid,start,end,tier", *(f"{userid},{span},{tier}" for userid, tier in tiers.items())])


def environment(**different: str) -> dict[str, str]:
    """An environment in which the package is found from any directory."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **different}


def free_port() -> int:
    """A port of the loopback interface that nobody has at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], seconds: float = 10.0, every: float = 0.02) -> bool:
    """True once it is so; False if it is not within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(every)
    return bool(what())


def run(*arguments: str, cwd: Path, **more) -> subprocess.CompletedProcess:
    """One `baoxiu` command, run to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=60, **more
    )


class Estate:
    """A platform, a configuration and the `baoxiu serve` on it."""

    def __init__(self, folder: Path, url: str = "", extra: str = "", kf: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.platform = Platform(utc_now)
        self.running = start(self.platform)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.platform.callback_url = f"{self.base}/wecom/callback"
        for line in PEOPLE.strip().splitlines()[1:]:
            userid, name, *_ = line.split(",")
            self.platform.add_member(userid, name)
        self.config = folder / "config.toml"
        if kf:
            extra += f'\n[kf]\nopen_kfid = "{self.platform.open_kfid}"\n'
        self.config.write_text(self._toml(url or "sqlite:///data/baoxiu.db", extra), encoding="utf-8")
        self.config.chmod(0o600)
        self.process: subprocess.Popen | None = None
        self.log = folder / "serve.log"

    def fill(self, engineers: Sequence[str] = ()) -> None:
        """The schema, the people and their duty; ``engineers`` in place of the usual two."""
        settings = load_settings(self.config, {})
        migrate_to_head(settings.store.url)
        people, mistakes = parse_people(read_table(self._file("people.csv", people_csv(engineers))))
        save_people(settings, people)
        shifts, wrong = parse_duty(
            read_table(self._file("duty.csv", duty_csv(engineers))), TZ, {p.userid for p in people}
        )
        save_duty(settings, shifts)
        assert not mistakes
        assert not wrong

    def twin(self, name: str = "twin") -> "Estate":
        """A second process on the same database and platform, listening on a port of its own."""
        other = copy(self)
        other.process = None
        other.port = free_port()
        other.base = f"http://127.0.0.1:{other.port}"
        config = self.config.read_text(encoding="utf-8")
        other.config = self._file(f"{name}.toml", config.replace(f"port = {self.port}", f"port = {other.port}"))
        other.config.chmod(0o600)
        other.log = self.folder / f"{name}.log"
        return other

    def launch(self, wait: bool = True, role: str = "all", **env: str) -> None:
        """Start `baoxiu serve`, from a directory that is not the configuration's."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--role", role, "--config", str(self.config)],
                cwd="/",
                env=environment(**env),
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        if wait:
            assert wait_for(self.answers, 60), self.log.read_text(encoding="utf-8")

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.base}/healthz", timeout=1).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> tuple[int, float]:
        """SIGTERM; returns the exit status and how long it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        return status, time.monotonic() - started

    def gone(self) -> None:
        """See to it that no process of this estate runs any more; the platform stays."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def close(self) -> None:
        self.gone()
        self.running.stop()

    def heard(self, person: str) -> list[str]:
        """The words of everything but cards on somebody's phone."""
        return [s.text for s in self.platform.phone(person).shown if s.kind != "card"]

    def _file(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return path

    def _toml(self, url: str, extra: str) -> str:
        p = self.platform
        values: Mapping[str, str] = {"corp_id": p.corp_id, "secret": p.secret, "token": p.token, "key": p.aes_key}
        return f"""
[server]
port = {self.port}
public_url = "{self.base}"
[store]
url = "{url}"
[wecom]
corp_id = "{values["corp_id"]}"
agent_id = {p.agent_id}
secret = "{values["secret"]}"
token = "{values["token"]}"
encoding_aes_key = "{values["key"]}"
api_base_url = "{self.running.base_url}"
[community]
name = "示范小区"
{extra}
"""
