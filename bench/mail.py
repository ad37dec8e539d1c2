"""What residents write, encrypted as the platform does it, as whole HTTP requests made before the clock runs."""

from itertools import count

from bot.sandbox.platform import Platform

# Six everyday faults of five skills; an emergency is measured on its own (page.py).
FAULTS = (
    "厨房水管漏水，地上都是水",
    "客厅灯不亮",
    "空调不制冷，麻烦来看看",
    "下水道堵了",
    "门锁坏了打不开",
    "跳闸停电了，邻居家有电",
)
TRAPPED = "电梯里有人被困，快来救人"


class Mail:
    """Writes messages that no one wrote before: each from a resident and a room of its own, with a MsgId of its own."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._numbers = count()

    def reports(self, how_many: int) -> list[bytes]:
        """So many everyday reports."""
        return [self._report(n) for n in (next(self._numbers) for _ in range(how_many))]

    def emergency(self) -> bytes:
        """Somebody is shut in a lift, each time in another building."""
        n = next(self._numbers)
        return self.text(f"resident-{n:07d}", f"{n % 9000 + 1}号楼{TRAPPED}")

    def text(self, userid: str, words: str) -> bytes:
        """One text of one person, fresh for the next five minutes."""
        query, body = self.envelope(userid, words)
        head = (
            f"POST /wecom/callback?{query} HTTP/1.1\r\nHost: bot.example.com\r\nUser-Agent: Mozilla/4.0\r\n"
            f"Accept: */*\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def envelope(self, userid: str, words: str) -> tuple[str, bytes]:
        """The same as query string and body."""
        self._platform.add_member(userid)
        sealed = self._platform.envelope(self._platform.text_xml(userid, words))
        # A million residents would be a load on the sender, too.
        del self._platform.app.members[userid.casefold()]
        return sealed

    def _report(self, n: int) -> bytes:
        rest, door = divmod(n, 4)
        rest, floor = divmod(rest, 33)
        rest, unit = divmod(rest, 4)
        place = f"{rest % 400 + 1}号楼{unit + 1}单元{floor + 1}{door + 1:02d}"
        return self.text(f"resident-{n:07d}", place + FAULTS[n % len(FAULTS)])
