"""What ``menu/create`` may be given."""

from bot.sandbox.findings import Findings, JsonObject

_WITH_KEY = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}


def check_menu(body: JsonObject) -> Findings:
    """Everything wrong with one app menu: two levels, 1 to 3 by 1 to 5 buttons."""
    found = Findings()
    found.only("menu", body, {"button"})
    for button in found.as_objects("menu.button", body.get("button"), 1, 3, 40016):
        found.text("button.name", button.get("name"), required=40018, octets=16, errcode=40018)
        if "sub_button" not in button:
            _action(found, button)
            continue
        found.only("menu.button", button, {"name", "sub_button"})
        for sub in found.as_objects("sub_button", button["sub_button"], 1, 5, 40023):
            found.text("sub_button.name", sub.get("name"), required=40025, octets=40, errcode=40025)
            if "sub_button" in sub:
                found.add(40022, "sub_button: only two levels")
            _action(found, sub)
    return found


def _action(found: Findings, button: JsonObject) -> None:
    kind = str(button.get("type"))
    if kind in _WITH_KEY:
        found.only("menu button", button, {"name", "type", "key"})
        found.text("button.key", button.get("key"), required=40019, octets=128, errcode=40019)
    elif kind == "view":
        found.only("menu button", button, {"name", "type", "url"})
        url = found.text("button.url", button.get("url"), required=40020, octets=1024, errcode=40020)
        if url and not url.startswith(("http://", "https://")):
            found.add(40055, "button.url: no http or https scheme")
    elif kind == "view_miniprogram":
        found.only("menu button", button, {"name", "type", "pagepath", "appid"})
        found.text("button.pagepath", button.get("pagepath"), required=40058)
        found.text("button.appid", button.get("appid"), required=42030)
    else:
        found.add(40017, f"menu button type {kind!r}"[:200])
