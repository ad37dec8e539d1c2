"""`baoxiu demo`: the real server against the sandbox, on a fresh embedded database, with sample people."""

import os
import signal
import socket
import tempfile
import threading
from pathlib import Path

from bot import logs
from bot.imports.duty import parse_duty
from bot.imports.equipment import parse_equipment
from bot.imports.people import parse_people
from bot.imports.table import read_table
from bot.sandbox import sample
from bot.sandbox.clock import SpeedClock
from bot.sandbox.platform import Platform
from bot.sandbox.server import Running, start
from bot.sandbox.stage import Stage
from bot.serve import run
from bot.settings import Settings, load_settings
from bot.store.imports import save_duty, save_equipment, save_people
from bot.store.migrate import migrate_to_head

BOT_PORT, PAGE_PORT = 8080, 8090


def demo(port: int | None = None, page_port: int | None = None) -> None:
    """Run the demo until SIGTERM; prints the address of the chat page as soon as it can be opened."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logs.set_up(json=False)
    clock = SpeedClock()
    platform = Platform(clock)
    sample.seat(platform)
    stage = Stage(platform, clock)
    running = _start_page(platform, stage, page_port)
    print(f"报修演示：请用浏览器打开 {running.base_url}/ （Ctrl+C 结束）", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="baoxiu-demo-") as folder:
            bot_port = port or _free_port(BOT_PORT)
            platform.callback_url = f"http://127.0.0.1:{bot_port}/wecom/callback"
            settings = _settings(Path(folder), platform, running.base_url, bot_port)
            migrate_to_head(settings.store.url)
            _fill(settings, Path(folder), clock)
            run(settings, clock, stop)
    finally:
        stage.stop()
        running.stop()


def _start_page(platform: Platform, stage: Stage, wanted: int | None) -> Running:
    """On the wanted port, else on the usual one, else on any that is free."""
    for port in [wanted] if wanted else [PAGE_PORT, 0]:
        try:
            return start(platform, port=port, stage=stage)
        except OSError:
            if wanted:
                raise
    raise AssertionError("port 0 is always free")


def _free_port(wanted: int) -> int:
    """The wanted port, or another where something listens on it already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("port 0 is always free")


def _settings(folder: Path, platform: Platform, base_url: str, port: int) -> Settings:
    config = folder / "config.toml"
    config.write_text(
        f"""
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"

[store]
url = "sqlite:///baoxiu.db"

[wecom]
corp_id = "{platform.corp_id}"
agent_id = {platform.agent_id}
secret = "{platform.secret}"
token = "{platform.token}"
encoding_aes_key = "{platform.aes_key}"
api_base_url = "{base_url}"

[kf]
open_kfid = "{platform.open_kfid}"

[community]
name = "示范小区"

[satisfaction]
ask_after = "5m"

[duty]
phone = "400-800-1234"
emergency_list = ["zhenghao"]
robot_webhook = "{base_url}/cgi-bin/webhook/send?key={platform.robot_key}"
escalation_webhook = "{base_url}/escalation"

[contacts]
lift_maintainer = "0571-88001234"
lift_rescue = "96333"
""",
        encoding="utf-8",
    )
    os.chmod(config, 0o600)
    return load_settings(config, {})


def _fill(settings: Settings, folder: Path, clock: SpeedClock) -> None:
    """The sample people, equipment, and a duty list around the clock for the days to come."""
    tz = settings.community.timezone
    duty_file = folder / "duty.csv"
    duty_file.write_text(sample.duty_csv(clock().astimezone(tz).date()), encoding="utf-8")
    people, wrong = parse_people(read_table(sample.PEOPLE))
    save_people(settings, people)
    duty, wrong_duty = parse_duty(read_table(duty_file), tz, {p.userid.casefold() for p in people})
    save_duty(settings, duty)
    equipment, wrong_equipment = parse_equipment(read_table(sample.EQUIPMENT))
    save_equipment(settings, equipment)
    if wrong or wrong_duty or wrong_equipment:
        raise ValueError(f"the sample lists do not load: {[*wrong, *wrong_duty, *wrong_equipment]}")
