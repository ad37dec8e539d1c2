"""How dealings with the platform fail: three outcomes of a call, and one refusal of a callback."""


class PlatformError(Exception):
    """A call to the platform did not end well. Texts of these errors never hold a token, a key or a message."""


class Refused(PlatformError):
    """Known not done, and final: the same call would be refused again."""

    def __init__(
        self,
        errcode: int,
        errmsg: str = "",
        invaliduser: frozenset[str] = frozenset(),
        unlicenseduser: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(f"the platform refused: {errcode} {errmsg}".rstrip())
        self.errcode = errcode
        self.errmsg = errmsg
        self.invaliduser = invaliduser
        """Userids (casefolded) that the refusal itself named as invalid, as 81013 does."""
        self.unlicenseduser = unlicenseduser
        """The same for those without a licence."""


class TryLater(PlatformError):
    """Known not done; the same call may succeed later."""

    def __init__(self, reason: str, errcode: int | None = None) -> None:
        super().__init__(reason if errcode is None else f"{reason} ({errcode})")
        self.reason = reason
        self.errcode = errcode


class Limited(TryLater):
    """Known not done: over a frequency (45009) or concurrency (45033) limit, so other calls had better wait too."""

    def __init__(self, errcode: int) -> None:
        super().__init__("over the platform's limit", errcode)


class OutcomeUnknown(PlatformError):
    """The call may or may not have taken effect: repeat it only under the same key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadCallback(Exception):
    """A callback that is not answered with 200: forged, damaged or not meant for us.

    ``status`` is 400 (damaged), 403 (forged or not ours) or 413 (too big); ``reason`` is one short phrase for counters
    and holds nothing of the request.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
