"""How the checks write down what is wrong with a request."""

from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. ``errcode`` 0: the platform lets it pass, but advises against it."""

    errcode: int
    what: str


class Findings(list[Finding]):
    """The findings on one request, in the order met; ``errcode`` is what the platform answers."""

    @property
    def errcode(self) -> int:
        """The first refusal, or 0 when nothing forbids the request."""
        return next((finding.errcode for finding in self if finding.errcode), 0)

    def add(self, errcode: int, what: str) -> None:
        self.append(Finding(errcode, what))

    def only(self, place: str, given: JsonObject, allowed: set[str], errcode: int = 40058) -> None:
        """Every field of ``given`` is one of ``allowed``."""
        for name in sorted(given.keys() - allowed):
            self.add(errcode, f"{place}: unknown field {name!r}"[:200])

    def as_object(self, place: str, value: object, errcode: int = 40058) -> JsonObject:
        """``value`` as an object; an empty one, with a finding, where it is something else."""
        if isinstance(value, dict):
            return value
        self.add(errcode, f"{place}: an object is needed")
        return {}

    def as_objects(self, place: str, value: object, least: int, most: int, errcode: int) -> list[JsonObject]:
        """``value`` as a list of ``least`` … ``most`` objects."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.add(errcode, f"{place}: a list of objects is needed")
            return []
        if not least <= len(value) <= most:
            self.add(errcode, f"{place}: {len(value)} items, {least} to {most} are allowed")
        return value

    def text(
        self,
        place: str,
        value: object,
        *,
        required: int = 0,
        chars: int = 0,
        octets: int = 0,
        errcode: int = 40058,
        advised: bool = False,
    ) -> str:
        """``value`` as words. ``required``: the errcode where it is missing or empty; ``chars``/``octets``: the longest
        allowed; ``errcode``: the answer beyond it, or only a note where the limit is ``advised``."""
        if value is None or value == "":
            if required:
                self.add(required, f"{place}: missing or empty")
            return ""
        if not isinstance(value, str):
            self.add(40058, f"{place}: words are needed")
            return ""
        code = 0 if advised else errcode
        if chars and len(value) > chars:
            self.add(code, f"{place}: {len(value)} characters, at most {chars}")
        if octets and len(value.encode()) > octets:
            self.add(code, f"{place}: {len(value.encode())} bytes, at most {octets}")
        return value

    def number(self, place: str, value: object, allowed: range | set[int], errcode: int = 40058) -> None:
        """``value``, where given, is an integer out of ``allowed``."""
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value not in allowed):
            self.add(errcode, f"{place}: {value!r} is not allowed"[:200])

    def url(self, place: str, value: object, *, required: int = 0, octets: int = 2048) -> None:
        """``value`` is an address with a scheme."""
        words = self.text(place, value, required=required, octets=octets, errcode=40039)
        if words and not words.startswith(("http://", "https://")):
            self.add(45034, f"{place}: no http or https scheme")
