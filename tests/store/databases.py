"""The three databases the product runs on; the two servers only where one answers on this machine."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

# Where `make test` looks for servers it may make databases in and drop them from again.
SERVERS = {
    "postgresql": os.environ.get("BAOXIU_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1/postgres"),
    "mariadb": os.environ.get("BAOXIU_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1/"),
}


class NotReachable(Exception):
    """There is no such server here."""


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of this kind, dropped afterwards. Raises NotReachable."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/baoxiu.db"
        return
    server = make_url(SERVERS[kind])
    name = f"baoxiu_test_{secrets.token_hex(4)}"
    timeout = {"connect_timeout": 2}
    admin = create_engine(server, isolation_level="AUTOCOMMIT", connect_args=timeout)
    character_set = " character set utf8mb4" if kind == "mariadb" else ""
    try:
        with admin.connect() as connection:
            connection.execute(text(f"create database {name}{character_set}"))
    except OperationalError as error:
        raise NotReachable(f"no {kind} server answers: set BAOXIU_TEST_{kind.upper()}") from error
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        force = " with (force)" if kind == "postgresql" else ""
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name}{force}"))
        admin.dispose()
