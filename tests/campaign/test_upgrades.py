"""An upgrade killed after each of its statements, on each database: it always starts again, and no row is lost."""

import pytest

from bot.store.migrate import migrate_empty
from tests.campaign.page import Results
from tests.store.databases import KINDS, NotReachable, fresh
from tests.store.upgrades import FIRST, Dying, assert_at_head, counted, fill, kill_and_finish

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("kind", KINDS)
def test_upgrades_killed_at_each_step_lose_no_row(kind: str, tmp_path, results: Results) -> None:
    dying = Dying()
    kills = lost = 0
    try:
        for folder in ("installed", "upgraded"):
            (tmp_path / folder).mkdir()
            with fresh(kind, tmp_path / folder) as url:
                before = {}
                if folder == "upgraded":
                    migrate_empty(url, FIRST)
                    before = fill(url)
                kills += kill_and_finish(dying, url, 1)
                assert_at_head(url)
                after = counted(url)
                lost += sum(max(0, count - after[name]) for name, count in before.items())
    except NotReachable as reason:
        pytest.skip(str(reason))
    finally:
        dying.close()
    results.found(
        f"Upgrades killed, {kind}",
        f"{kills} kills −9, after each statement of a first installation and of an upgrade from the first release",
        f"each started again and came to its end; {lost} rows lost",
    )
    assert lost == 0
    assert kills >= 40
