"""A process that is frozen in the middle of a transaction does not keep its rows from the others for ever."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import Database, Unavailable, db
from bot.store.migrate import migrate_to_head
from tests.store.databases import NotReachable, fresh


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_the_server_lets_go_of_what_a_frozen_process_holds(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "FROZEN_AT_MOST_S", 1)
    write = text("update meta set value = value where name = 'row'")
    try:
        with fresh(kind, tmp_path) as url:
            migrate_to_head(url)
            frozen, other = Database(url), Database(url)
            with other.writing() as tx:
                tx.execute(text("insert into meta (name, value) values ('row', 'x')"))
            if kind == "mysql" and not other.engine.dialect.is_mariadb:
                pytest.skip("MySQL itself knows no such limit")
            through = threading.Event()

            def take_over() -> None:
                with other.writing() as tx:
                    tx.execute(text("update meta set value = 'taken over' where name = 'row'"))
                through.set()

            def freeze() -> None:
                with frozen.writing() as tx:
                    tx.execute(text("update meta set value = 'too late' where name = 'row'"))
                    threading.Thread(target=take_over, daemon=True).start()
                    # Nothing more is heard of it, as after SIGSTOP; then it goes on.
                    assert through.wait(30)
                    tx.execute(write)

            with pytest.raises(Unavailable):
                freeze()
            with other.reading() as tx:
                assert tx.execute(text("select value from meta where name = 'row'")).scalar() == "taken over"
            frozen.close()
            other.close()
    except NotReachable as reason:
        pytest.skip(str(reason))
