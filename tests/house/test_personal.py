"""What is personal has to be said of every column there is, or export, erasure and retention would pass it over."""

from bot.store.personal import REGISTER
from bot.store.schema import metadata
from bot.texts import has


def test_every_column_of_every_table_is_entered_in_the_register() -> None:
    """A new table or column is either nothing personal, or covered by export and erasure: it has to be said which."""
    assert {t.name: set(t.columns.keys()) for t in metadata.sorted_tables} == {
        name: kept.columns() for name, kept in REGISTER.items()
    }


def test_every_table_that_may_speak_of_a_person_has_a_name_for_the_export() -> None:
    personal = [n for n, k in REGISTER.items() if k.owners or k.mentions or k.userids or k.about]
    assert [name for name in personal if not has(f"privacy.table.{name}")] == []
