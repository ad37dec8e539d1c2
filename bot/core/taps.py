"""What a tap means: one key for buttons (``rate:12:5``) and for menu items of 微信客服 (``rate_12_5``)."""


def menu_id(key: str) -> str:
    """The key as a menu id; only letters, digits and _ are advised there (wecom-protocol 6.4)."""
    return key.replace(":", "_")


def key_of(tapped: str) -> str:
    """The key that a button key or a menu id stands for; anything else comes back as it is."""
    if ":" in tapped:
        return tapped
    parts = tapped.split("_")
    at = next((i for i, part in enumerate(parts) if part.isdecimal()), None)
    return tapped if not at else ":".join(["_".join(parts[:at]), *parts[at:]])
