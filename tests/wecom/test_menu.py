"""The menu fits the platform's limits and says every key the bot knows."""

from bot.settings import load_settings
from bot.wecom.menu import MenuKey, install_menu, load_menu

CONFIG = """
[wecom]
corp_id = "ww0001"
agent_id = 1000002
secret = "the-secret"
token = "abc"
encoding_aes_key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
api_base_url = "{url}"
"""


def test_the_menu_is_one_the_platform_takes():
    buttons = load_menu()["button"]
    assert 1 <= len(buttons) <= 3
    leaves = []
    for button in buttons:
        assert 0 < len(button["name"].encode()) <= 16
        inner = button.get("sub_button", [])
        assert len(inner) <= 5
        assert all(0 < len(each["name"].encode()) <= 40 for each in inner)
        leaves += inner or [button]
    assert {leaf["key"] for leaf in leaves} == set(MenuKey)
    assert {leaf["type"] for leaf in leaves} == {"click", "scancode_waitmsg"}


def test_installing_sends_it_for_the_configured_app(platform, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(url=platform.base_url))
    install_menu(load_settings(path, {}))
    sent = platform.asked("menu/create")[0]
    assert sent.query["agentid"] == ["1000002"]
    assert sent.json() == load_menu()
