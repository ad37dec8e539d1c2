"""jieba, imported without the detour that doubles its price."""

import sys

# jieba asks setuptools where its own dictionary lies, and reading setuptools costs a fifth of a second at each start.
# Told that there is none, it looks beside its own files.
_KNOWN = "pkg_resources" in sys.modules
if not _KNOWN:
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
try:
    import jieba
finally:
    if not _KNOWN:
        del sys.modules["pkg_resources"]

__all__ = ["jieba"]
