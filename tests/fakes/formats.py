"""The formats required by the schemas of lineage events, each according to its RFC.

``jsonschema`` checks ``uri`` and ``date-time`` only if further packages are installed, and otherwise skips
them silently; the client's classes accept a time without a zone. So the formats are checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

_CHAR = r"(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._~!$&'()*+,;=:@-])"
_AUTHORITY = rf"(?:{_CHAR}*|(?:{_CHAR}*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?)"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}(?:/{_CHAR}*)*|/?(?:{_CHAR}+(?:/{_CHAR}*)*)?)"
    rf"(?:\?(?:{_CHAR}|[/?])*)?(?:#(?:{_CHAR}|[/?])*)?"
)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def is_uri(text: str) -> bool:
    """Return whether a text is a URI including a scheme (RFC 3986, section 3)."""
    return _URI.fullmatch(text) is not None


def is_date_time(text: str) -> bool:
    """Return whether a text is a time with a zone (RFC 3339, section 5.6), ignoring leap seconds."""
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID in its written form (RFC 9562, section 4)."""
    return _UUID.fullmatch(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {"date-time": is_date_time, "uri": is_uri, "uuid": is_uuid}
"""check of each format, by its name in JSON Schema"""
