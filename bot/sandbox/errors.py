"""The platform's numbered refusals and the words that go with them."""

# Only texts seen in published traces are given in the platform's words; the rest get a plain one.
_WORDS = {
    -1: "system busy",
    40001: "invalid credential",
    40007: "invalid media_id",
    40008: "invalid message type",
    40014: "invalid access_token",
    40091: "secret is invalid",
    40096: "invalid external userid",
    41001: "access_token missing",
    41016: "missing title",
    42001: "access_token expired",
    42014: "taskid has existed or empty or exceed max len",
    42017: "button key is not exist",
    44001: "empty media data",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    95018: "send msg session status invalid",
}

# The documents give no number for these two; they are ours, taken from gaps in the list.
REPEATED_MSGID = 95033
BAD_EVENT_CODE = 95022


class Refused(Exception):
    """The platform says no; ``extra`` are further fields of the answer."""

    def __init__(self, errcode: int, **extra: object) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.extra = extra


def errmsg(errcode: int, serial: int) -> str:
    """The text beside ``errcode``, with a hint that differs on every call: nobody may match on it."""
    if errcode == 0:
        return "ok"
    words = _WORDS.get(errcode, "request refused")
    link = f"https://open.work.weixin.qq.com/devtool/query?e={errcode}"
    return f"{words}, hint: [{serial:025d}], from ip: 127.0.0.1, more info at {link}"
