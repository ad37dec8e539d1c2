"""Case 37. Addresses in messages that are not the platform's: PicUrl, links, locations, media, redirects.

Demanded: the bot calls the platform and nobody else, whatever a message says; no redirect followed; no file over 20 MB.
"""

import sys
from urllib.parse import urlsplit

from tests.campaign.worlds import world

ADDRESSES = [
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:22/",
    "http://[::1]:9/",
    "http://10.0.0.1/",
    "file:///etc/passwd",
    "http://192.168.1.1/",
    "http://metadata.google.internal/",
    "https://example.com/x.png",
    "gopher://127.0.0.1/",
]
_watching = False
_called: set[tuple[str, int]] = set()


def _hook(event: str, arguments: tuple) -> None:
    if _watching and event == "socket.connect" and isinstance(arguments[1], tuple):
        _called.add((str(arguments[1][0]), int(arguments[1][1])))
    if _watching and event == "socket.getaddrinfo":
        _called.add((str(arguments[0]), int(arguments[1] or 0)))


sys.addaudithook(_hook)


def test_nobody_but_the_platform_is_called(case, tmp_path) -> None:
    global _watching
    with case.row("sqlite") as row, world("sqlite", tmp_path) as one:
        own = urlsplit(one.running.base_url)
        _called.clear()
        _watching = True
        for n in case.rounds(sample=9, whole=200):
            address = ADDRESSES[n % len(ADDRESSES)]
            one.platform.member_sends("wang", "image", PicUrl=address)
            one.platform.member_sends("wang", "link", Title="x", Description=address, Url=address, PicUrl=address)
            one.platform.member_sends("chen", "location", Label=address)
            one.platform.member_says("chen", f"厨房漏水 {address}")
            one.jumps(minutes=3)
            one.settle()
            row.times += 4
        one.platform.fault("/cgi-bin/media/get", "http", 302, times=2)
        one.platform.member_sends("wang", "image")
        one.passes(minutes=2)
        _watching = False
        foreign = {
            place for place in _called if place[1] not in (own.port, 0) or place[0] not in (own.hostname, "localhost")
        }
        row.done = f"{row.times} messages with addresses of other hosts in them, and media answered with a redirect"
        row.demands(f"calls to others {foreign or ''}".strip(), len(foreign), at_most=0)
