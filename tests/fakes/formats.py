"""The formats that the schemas of lineage events ask for, each as its RFC has it.

``jsonschema`` checks ``uri`` and ``date-time`` only where further packages are installed, and passes over
them in silence where they are not; the client's classes take a time without a zone. So it is done here.
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
    """Return whether a text is a URI, scheme included (RFC 3986, section 3)."""
    return _URI.fullmatch(text) is not None


def is_date_time(text: str) -> bool:
    """Return whether a text is a moment with its zone (RFC 3339, section 5.6), leap seconds left aside."""
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID as it is written out (RFC 9562, section 4)."""
    return _UUID.fullmatch(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {"date-time": is_date_time, "uri": is_uri, "uuid": is_uuid}
"""each format by the name that JSON Schema has for it"""
