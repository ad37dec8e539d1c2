"""The menu at the foot of the app; its words lie in menu.toml beside this file."""

import tomllib
from enum import StrEnum
from importlib.resources import files
from typing import Any

from bot.clock import utc_now
from bot.settings import Settings
from bot.wecom.client import Account, WeComClient
from bot.wecom.outgoing import outgoing_of
from bot.wecom.tokens import ProcessTokens


class MenuKey(StrEnum):
    """What a press arrives with, as the event's EventKey."""

    REPORT = "menu.report"
    MINE = "menu.mine"
    SCAN = "menu.scan"
    TODAY = "menu.today"


def load_menu() -> dict[str, Any]:
    """The menu in the shape that ``menu/create`` takes."""
    return tomllib.loads((files("bot.wecom") / "menu.toml").read_text("utf-8"))


def install_menu(settings: Settings) -> None:
    """Replaces the app's menu; raises ``bot.wecom.errors.PlatformError`` where the platform does not take it."""
    wecom = settings.wecom
    account = Account(wecom.corp_id, wecom.secret.get_secret_value(), wecom.api_base_url, outgoing_of(settings))
    WeComClient(account, utc_now, ProcessTokens()).menu_create(wecom.agent_id, load_menu())
