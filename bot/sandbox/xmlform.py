"""The XML that the platform speaks on callbacks: written with CDATA, read without any document type."""

import re
from xml.etree import ElementTree

# Characters that XML 1.0 cannot carry at all; the platform loses them too.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, value: object) -> str:
    """One element: numbers plain, words as CDATA, a dict as children, a list as repeated elements."""
    if isinstance(value, dict):
        return f"<{name}>{children(value)}</{name}>"
    if isinstance(value, list | tuple):
        return "".join(element(name, item) for item in value)
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    words = _UNSPEAKABLE.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{words}]]></{name}>"


def children(fields: dict[str, object]) -> str:
    """All fields of one object, in the order given."""
    return "".join(element(name, value) for name, value in fields.items())


def document(fields: dict[str, object]) -> str:
    """A whole message with the root ``xml``."""
    return element("xml", fields)


def read_flat(body: bytes) -> dict[str, str]:
    """The direct children of the root as texts; ValueError for anything that is not such a document."""
    if len(body) > 65536 or b"<!" in body.replace(b"<![CDATA[", b""):
        raise ValueError("too long, or with a document type")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise ValueError("not XML") from error
    return {child.tag: child.text or "" for child in root}
