"""The demo page in a real Chromium, against a bot in a thimble."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_standin import Standin

from bot.sandbox.clock import SpeedClock
from bot.sandbox.platform import Platform
from bot.sandbox.sample import seat
from bot.sandbox.server import start
from bot.sandbox.stage import Stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCRIPT = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>电梯困人"

pytestmark = pytest.mark.browser


@pytest.fixture
def page() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: run `make browser` first")
        pytest.skip("NO CHROMIUM: the demo page is not tested (make browser)")
    from playwright.sync_api import sync_playwright

    clock = SpeedClock()
    platform = Platform(clock)
    seat(platform)
    Standin(platform)
    running = start(platform, stage=Stage(platform, clock))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
        page.goto(running.base_url)
        page.wait_for_selector(".pane >> nth=5")
        yield page
        browser.close()
    running.stop()


def test_report_accept_and_speed_on_one_page(page: Any) -> None:
    resident, customer, engineer = (page.locator(".pane").nth(number) for number in (0, 1, 2))
    resident.locator(".words").fill(SCRIPT)
    resident.locator(".send").click()
    engineer.locator(".card").get_by_text("电梯困人").wait_for()
    engineer.get_by_role("button", name="接单", exact=True).first.click()
    resident.get_by_text("师傅已接单").wait_for()
    engineer.locator(".replaced", has_text="已处理").wait_for()
    resident.locator(".photo").click()
    resident.locator("img").wait_for()
    customer.locator(".phrases button").first.click()
    customer.get_by_text("工单 2 已收到").wait_for()
    page.get_by_text("10×").click()
    page.locator("[data-speed='10'][aria-pressed='true']").wait_for()
    page.locator("#play").click()
    page.locator("#caption", has_text="漏水").wait_for()
    page.locator("#play", has_text="停止演示").click()
    width, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner
    assert page.title() == "报修 · 试一试"
    assert page.errors == []
