"""Text for cells of a spreadsheet: what would be taken for a formula stays text, and can be had back."""

_GUARD = "'"
# Also the full-width forms, which some programs fold, and what stands invisibly in front.
_STARTS = tuple("=+-@\t\r\n\0＝＋－＠|%")
_NEVER = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def guarded(text: str) -> str:
    """The text as a cell may hold it: without control characters, and a quote before what could be a formula."""
    text = text.translate(_NEVER)
    return _GUARD + text if text.lstrip(" \u3000").startswith(_STARTS) or text.startswith(_GUARD) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given, control characters left out."""
    return cell.removeprefix(_GUARD)
