"""Database servers for the tests: those that are named, else those at the usual ports, else private ones.

A private server is started from the binaries of this machine, in a folder of its own, and ended with the tests.
"""

import atexit
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.settings_values import DRIVERS

NAMED_BY = {"postgresql": "BAOXIU_TEST_POSTGRES_URL", "mysql": "BAOXIU_TEST_MYSQL_URL"}
# Reading the certificates of this machine, which no local server needs, costs PyMySQL 30 ms a connection.
USUAL = {
    "postgresql": [
        "postgresql+psycopg://postgres@127.0.0.1/postgres",
        "postgresql+psycopg://postgres:postgres@127.0.0.1/postgres",
        f"postgresql+psycopg://{getpass.getuser()}@127.0.0.1/postgres",
    ],
    "mysql": ["mysql+pymysql://root@127.0.0.1/?ssl_disabled=1", "mysql+pymysql://root:root@127.0.0.1/?ssl_disabled=1"],
}
STARTS_WITHIN_S = 40


class NotReachable(Exception):
    """There is no such server here, and none can be started."""


_found: dict[str, URL | NotReachable] = {}


def server(kind: str) -> URL:
    """A server of this kind in which databases may be made and dropped. Raises NotReachable."""
    if kind not in _found:
        try:
            _found[kind] = _find(kind)
        except NotReachable as reason:
            _found[kind] = reason
    found = _found[kind]
    if isinstance(found, NotReachable):
        raise found
    return found


def hand_on(kind: str) -> None:
    """Find the server now and name it to the processes that this one starts."""
    with suppress(NotReachable):  # each test that wants it says so
        os.environ[NAMED_BY[kind]] = server(kind).render_as_string(hide_password=False)


def _find(kind: str) -> URL:
    named = os.environ.get(NAMED_BY[kind])
    if named:
        url = make_url(named)
        url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
        error = _try(url)
        if error is None:
            return url
        raise NotReachable(f"the server named by {NAMED_BY[kind]} does not answer: {error}")
    for usual in USUAL[kind]:
        if _try(make_url(usual)) is None:
            return make_url(usual)
    return _START[kind]()


def _try(url: URL) -> str | None:
    """None if somebody may log in there."""
    engine = create_engine(url, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except SQLAlchemyError as error:
        return str(getattr(error, "orig", error)).strip().partition("\n")[0]
    finally:
        engine.dispose()
    return None


# --- private servers --------------------------------------------------------------------------------------------------


def _start_postgresql() -> URL:
    initdb, postgres = _binary("initdb"), _binary("postgres")
    if initdb is None or postgres is None:
        raise NotReachable(f"no PostgreSQL: install the package postgresql, or set {NAMED_BY['postgresql']}")
    folder, user = _folder("postgres")
    _run([initdb, "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
    port = _free_port()
    arguments = [postgres, "-D", f"{folder}/data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"]
    arguments += ["-c", "fsync=off", "-c", "max_connections=200"]
    return _launch(arguments, user, folder, make_url(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"))


def _start_mysql() -> URL:
    daemon = _binary("mariadbd") or _binary("mysqld")
    if daemon is None:
        raise NotReachable(f"no MySQL or MariaDB: install the package mariadb-server, or set {NAMED_BY['mysql']}")
    folder, user = _folder("mysql")
    install = _binary("mariadb-install-db")
    if install is not None:
        flags = ["--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal"]
        _run([install, *flags, "--skip-test-db", "--skip-name-resolve"], user)
    else:
        _run([daemon, "--no-defaults", "--initialize-insecure", f"--datadir={folder}/data"], user)
    port = _free_port()
    arguments = [daemon, "--no-defaults", f"--datadir={folder}/data", f"--port={port}", "--bind-address=127.0.0.1"]
    arguments += [f"--socket={folder}/socket", f"--pid-file={folder}/pid", "--skip-name-resolve"]
    arguments += ["--innodb-flush-log-at-trx-commit=0"]
    return _launch(arguments, user, folder, make_url(f"mysql+pymysql://root@127.0.0.1:{port}/?ssl_disabled=1"))


_START: dict[str, Callable[[], URL]] = {"postgresql": _start_postgresql, "mysql": _start_mysql}


def _binary(name: str) -> str | None:
    # Debian keeps PostgreSQL's own programs off the PATH.
    places = [os.environ.get("PATH", ""), "/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    found = shutil.which(name, path=os.pathsep.join(places))
    return str(Path(found).resolve()) if found else None


def _folder(name: str) -> tuple[Path, str | None]:
    """A folder of its own, and the user who is to own it: no server runs as root."""
    folder = Path(tempfile.mkdtemp(prefix=f"baoxiu-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() != 0:
        return folder, None
    for user in (name, "nobody"):
        try:
            shutil.chown(folder, user)
            return folder, user
        except LookupError:
            continue
    raise NotReachable(f"a private {name} server cannot run as root, and there is no other user")


def _run(arguments: list[str], user: str | None) -> None:
    done = subprocess.run(arguments, user=user, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise NotReachable(f"{arguments[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")


def _launch(arguments: list[str], user: str | None, folder: Path, url: URL) -> URL:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(arguments, user=user, stdout=log, stderr=log, cwd="/")
    atexit.register(_end, process)
    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        if _try(url) is None:
            return url
        time.sleep(0.1)
    raise NotReachable(f"{arguments[0]} did not start: {(folder / 'log').read_text(errors='replace')[-300:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
