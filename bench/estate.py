"""An estate to measure on: a fresh database with thirty people, a duty list, and a configuration file."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot import store
from bot.clock import utc_now
from bot.imports.duty import parse_duty
from bot.imports.people import parse_people
from bot.imports.table import read_table
from bot.sandbox.platform import Platform
from bot.settings import Settings, load_settings
from bot.store import schema
from bot.store.imports import save_duty, save_people
from bot.store.migrate import migrate_to_head

# Nothing listens on the discard port of this machine: an estate without a platform sends into the void.
NO_PLATFORM = "http://127.0.0.1:9"
SKILLS = "plumbing;electrical;elevator;hvac;low_voltage;civil;fire;general"
ENGINEERS = 18
STAFF = {"service": 4, "supervisor": 4, "manager": 2, "admin": 1, "resident": 1}


@dataclass(frozen=True)
class Estate:
    """One property with its database; ``config`` is what ``baoxiu serve --config`` takes."""

    config: Path
    settings: Settings

    def count(self, table: str, *where: object) -> int:
        """How many rows of a table there are, read by a connection of our own."""
        database = store.Database(self.settings.store.url)
        try:
            with database.reading() as tx:
                rows = select(func.count()).select_from(schema.metadata.tables[table]).where(*where)  # type: ignore[arg-type]
                return int(tx.execute(rows).scalar_one())
        finally:
            database.close()


def people(engineers: int = ENGINEERS) -> list[tuple[str, str]]:
    """Userid and role of everybody on the people list: thirty, unless there are more engineers."""
    return [(f"{role}{n}", role) for role, count in {"engineer": engineers, **STAFF}.items() for n in range(count)]


def found(folder: Path, platform: Platform, api_base_url: str = NO_PLATFORM, port: int = 8080,
          engineers: int = ENGINEERS, extra: str = "", url: str = "") -> Estate:  # fmt: skip
    """Build an estate in a new folder, at the present schema, with the staff on duty for the days around now.

    ``extra``: further lines of the configuration; ``url``: its database, SQLite in the folder unless given.
    """
    folder.mkdir(parents=True)
    config = folder / "config.toml"
    config.write_text(
        _config(url or f"sqlite:///{folder}/baoxiu.db", platform, api_base_url, port) + extra, encoding="utf-8"
    )
    config.chmod(0o600)
    settings = load_settings(config, {})
    migrate_to_head(settings.store.url)
    _fill(folder, settings, people(engineers))
    return Estate(config, settings)


def _fill(folder: Path, settings: Settings, everybody: list[tuple[str, str]]) -> None:
    listed = folder / "people.csv"
    lines = [f"{name},{role}{n},{role},{SKILLS if role == 'engineer' else ''},,1380000{n:04d}"
             for n, (name, role) in enumerate(everybody)]  # fmt: skip
    listed.write_text("userid,name,role,skills,buildings,phone\n" + "\n".join(lines) + "\n", encoding="utf-8")
    rows, mistakes = parse_people(read_table(listed))
    zone = settings.community.timezone
    start, end = (f"{utc_now().astimezone(zone) + timedelta(days=d):%Y-%m-%d %H:%M}" for d in (-1, 7))
    tiers = {"engineer": 1, "service": 1, "supervisor": 3}
    shifts = folder / "duty.csv"
    lines = [f"{name},{start},{end},{tiers[role]}" for name, role in everybody if role in tiers]
    shifts.write_text("userid,start,end,tier\n" + "\n".join(lines) + "\n", encoding="utf-8")
    duty, wrong = parse_duty(read_table(shifts), zone, {row.userid.casefold() for row in rows})
    if mistakes or wrong:
        raise ValueError(f"the lists of the estate do not load: {[*mistakes, *wrong][:3]}")
    save_people(settings, rows)
    save_duty(settings, duty)


def _config(url: str, platform: Platform, api_base_url: str, port: int) -> str:
    return f"""
[server]
host = "127.0.0.1"
port = {port}
public_url = "https://bot.example.com"
[store]
url = "{url}"
[wecom]
corp_id = "{platform.corp_id}"
agent_id = {platform.agent_id}
secret = "{platform.secret}"
token = "{platform.token}"
encoding_aes_key = "{platform.aes_key}"
api_base_url = "{api_base_url}"
[community]
name = "示范小区"
[duty]
phone = "400-800-1234"
"""
