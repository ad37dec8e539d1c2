"""A PostgreSQL or MariaDB of the campaign's own, to be crashed and started again; the shared ones are left alone."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tests.process.processes import free_port

STARTS_WITHIN_S = 60.0


class OwnServer:
    """One server with an empty database ``campaign`` at ``url``; its files are in a folder that goes with it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix=f"baoxiu-{kind}-"))
        self._user = self._owner("postgres" if kind == "postgresql" else "mysql")
        self._process: subprocess.Popen[bytes] | None = None
        (self._make_postgresql if kind == "postgresql" else self._make_mysql)()
        self.start()
        engine = create_engine(self._admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("create database campaign" + " character set utf8mb4" * (kind != "postgresql")))
        engine.dispose()

    @property
    def url(self) -> str:
        return self._admin.rpartition("/")[0] + "/campaign"

    @property
    def _admin(self) -> str:
        if self.kind == "postgresql":
            return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/mysql"

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, user=self._user, stdout=log, stderr=log, cwd="/")
        end = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < end:
            if self._answers():
                return
            time.sleep(0.05)
        raise RuntimeError((self._folder / "log").read_text(errors="replace")[-500:])

    def crash(self) -> None:
        """An end without a checkpoint: PostgreSQL's immediate shutdown, for MariaDB kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT if self.kind == "postgresql" else signal.SIGKILL)
        self._process.wait(30)

    def close(self) -> None:
        """End it and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        engine = create_engine(self._admin, connect_args={"connect_timeout": 2})
        try:
            engine.connect().close()
            return True
        except SQLAlchemyError:
            return False
        finally:
            engine.dispose()

    def _owner(self, name: str) -> str | None:
        """No server runs as root: the folder belongs to its own user."""
        if os.geteuid() != 0:
            return None
        try:
            shutil.chown(self._folder, name)
        except LookupError:
            pytest.skip(f"there is no user {name} to run a server of our own")
        return name

    def _make_postgresql(self) -> None:
        data = self._folder / "data"
        self._run(binary("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._command = [
            binary("postgres"),
            "-D",
            str(data),
            "-p",
            str(self.port),
            "-k",
            str(self._folder),
            "-h",
            "127.0.0.1",
        ]

    def _make_mysql(self) -> None:
        data, daemon = f"--datadir={self._folder}/data", binary("mariadbd")
        flags = [
            "--no-defaults",
            data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ]
        self._run(binary("mariadb-install-db"), *flags)
        self._command = [daemon, "--no-defaults", data, f"--port={self.port}", "--bind-address=127.0.0.1",
                         f"--socket={self._folder}/socket", f"--pid-file={self._folder}/pid",
                         "--skip-name-resolve"]  # fmt: skip

    def _run(self, *command: str) -> None:
        subprocess.run(command, user=self._user, cwd="/", check=True, capture_output=True)


def binary(name: str) -> str:
    """The program; the case is skipped where there is none. Debian keeps PostgreSQL's own off the PATH."""
    places = [os.environ.get("PATH", ""), "/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"no {name} here: a server of our own cannot be started")
    return str(Path(found).resolve())


@contextmanager
def own_server(kind: str) -> Iterator[OwnServer]:
    """A server that is gone afterwards."""
    server = OwnServer(kind)
    try:
        yield server
    finally:
        server.close()
