"""The register in the database: replaced building by building, seen by every process."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.core.reading import Place
from bot.core.register import NO_REGISTER, Register
from bot.imports.rooms import RoomRow
from bot.settings import Settings, load_settings
from bot.store import Database, rooms, roster
from bot.store.rooms import save


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "config.toml"
    config.write_text(
        '[wecom]\ncorp_id = "ww0123456789abcdef"\nagent_id = 1\nsecret = "s"\ntoken = "t"\n'
        f'encoding_aes_key = "{"A" * 43}"\n[store]\nurl = "sqlite:///{tmp_path}/b.db"\n'
    )
    config.chmod(0o600)
    return load_settings(config, {})


def loaded(settings: Settings) -> tuple[Register, str]:
    database = Database(settings.store.url)
    try:
        with database.reading() as tx:
            return rooms.load(tx), roster.version(tx)
    finally:
        database.close()


def rows_of(building: str, *numbers: str, aliases: Sequence[str] = ()) -> list[RoomRow]:
    return [RoomRow(building, "1", number, tuple(aliases), "") for number in numbers]


def test_a_building_is_replaced_whole_and_others_stay(settings: Settings) -> None:
    assert save(settings, [*rows_of("3", "101", "102", aliases=["望江阁"]), *rows_of("5", "101")]) == {
        "rooms": 3, "names": 1, "replaced": 0,
    }  # fmt: skip
    before = loaded(settings)[1]
    assert save(settings, rows_of("3", "201"))["replaced"] == 2
    register, version = loaded(settings)
    assert register.rooms == (Place("5", "1", "101"), Place("3", "1", "201"))
    assert register.aliases == {}
    assert version != before


def test_public_places_are_replaced_by_their_names(settings: Settings) -> None:
    save(settings, [RoomRow("", "", "", ("地库",), "地下车库"), RoomRow("", "", "", (), "会所")])
    save(settings, [RoomRow("", "", "", ("地库",), "西车库")])
    garage, club, west = Place(area="地下车库"), Place(area="会所"), Place(area="西车库")
    assert loaded(settings)[0].aliases == {"地库": west, "西车库": west, "地下车库": garage, "会所": club}


def test_without_an_import_there_is_no_register(settings: Settings) -> None:
    save(settings, rows_of("3", "101"))
    database = Database(settings.store.url)
    with database.writing() as tx:
        for table in ("rooms", "place_names"):
            tx.exec_driver_sql(f"delete from {table}")
        assert rooms.load(tx) is NO_REGISTER
    database.close()
