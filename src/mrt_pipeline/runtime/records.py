"""Read fields of publishers' records, any of which may be damaged.

A wrong structure (not JSON, HTML, truncated) is a ``SourceFormatError``; a wrong record is one finding for
each fault in it, naming the record. A record with a fault is left out, and its finding is an error: a
dataset that shrinks unnoticed is the worst outcome for those who rely on it.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeGuard

import orjson

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.secrecy import SECRETS

Area = tuple[tuple[float, float], tuple[float, float]]
"""latitudes from and to, longitudes from and to"""
SINGAPORE: Area = ((1.15, 1.48), (103.59, 104.10))
"""around the main island: Tuas to Changi, Sentosa to Woodlands"""
SINGAPORE_AND_JOHOR: Area = ((1.1, 1.6), (103.4, 104.3))
"""including the bus termini in Johor Bahru that Singapore's services go to"""
DECIMALS = 7
"""1 cm: RFC 7946 section 11.2 advises against more"""

MAX_SHOWN = 60
_DIGITS = "0123456789"
_NUMBER = re.compile(r"[+-]?\d{1,10}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def as_utf8(content: bytes) -> bytes:
    """Return a file's text in UTF-8 without a byte order mark; its first bytes may show that it is UTF-16.

    Spreadsheets and Windows save UTF-16, with or without a mark; content that is not valid UTF-16 stays as it
    is.
    """
    if content.startswith(codecs.BOM_UTF8):
        return content.removeprefix(codecs.BOM_UTF8)
    encodings = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    encoding = encodings.get(content[:2]) or _UTF16_WITHOUT_MARK.get(content[:2].find(0))
    try:
        return content.decode(encoding).encode() if encoding else content
    except UnicodeError:
        return content


_UTF16_WITHOUT_MARK = {0: "utf-16-be", 1: "utf-16-le"}
"""by the position of the zero byte in the first, ASCII, character"""


def parse_json(content: bytes, document_id: str, expected: str, *, may_hold_secrets: bool = False) -> object:
    """Return the value that bytes encode as JSON.

    Args:
        content: the answer; a byte order mark at its start is skipped.
        document_id: the requested document.
        expected: what it should hold, for the message.
        may_hold_secrets: whether it may hold a known secret, such as a new token equal to the old one.

    Raises:
        SourceFormatError: if it is empty, HTML, truncated or otherwise not JSON, or repeats a secret.
    """
    text = as_utf8(content).strip()
    if not may_hold_secrets and (secret := SECRETS.find(text)) is not None:
        raise SourceFormatError(
            document_id,
            f"the response repeats the value of {secret} and is not used; expected {expected}. Check that "
            "the address is the publisher's, and replace that secret with a new one.",
        )
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SourceFormatError(
            document_id,
            f"{_describe(text, error)}; expected {expected} as JSON. Download the document again.",
        ) from error


def show(value: object) -> str:
    """Return a value for a message: quoted, on one line, without control characters, shortened."""
    # Redact before cutting: part of a secret would not be recognised.
    text = SECRETS.redact(value)[: MAX_SHOWN + 1] if isinstance(value, str) else value
    shown = repr(text) if text is None or isinstance(text, str | int | float) else f"a {type(value).__name__}"
    if len(shown) <= MAX_SHOWN:
        return shown
    return f"{shown[:MAX_SHOWN]}…{shown[0] if isinstance(text, str) else ''}"


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a JSON value is an object."""
    return isinstance(value, dict)


def name_or_place(given: object, pattern: re.Pattern[str], place: str) -> str:
    """Return a record's own name if valid, otherwise the given place, by which it can be found."""
    name = str(given).strip() if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return name if pattern.fullmatch(name) else place


def read_number(value: object) -> float | None:
    """Return a finite number given as a number or as text; None if it is neither."""
    if isinstance(value, str) and _NUMBER.fullmatch(spelled := value.strip()):
        value = float(spelled)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def natural_key(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a sort key that treats numbers within a text as numbers: 2 before 10, 10 before 10e."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((part[0] not in _DIGITS, int(part) if part[0] in _DIGITS else 0, part) for part in parts)


class RecordReader:
    """Reads the fields of one record, and collects a finding for each fault.

    An unreadable field yields a placeholder, so that all faults of a record are reported together; a record
    that is not ``is_sound`` must be left out.
    """

    def __init__(
        self,
        record_id: str,
        fields: Mapping[str, object],
        kind: str,
        severity: Severity | None = None,
    ) -> None:
        """Take a record's fields.

        Args:
            record_id: its document and its name in the document, or its position if it has no name.
            fields: field name to value.
            kind: what the record is, e.g. ``exit``.
            severity: severity of losing such a record, if not that of the check.
        """
        self.record_id = record_id
        self.is_sound = True
        """whether every field read so far was readable"""
        self.findings: list[Finding] = []
        self._fields = fields
        self._kind = kind
        self._severity = severity

    def text(self, field: str, *, max_chars: int, pattern: re.Pattern[str] | None = None) -> str:
        """Return a text without control characters and with white space folded; a number becomes its digits.

        Args:
            field: the field's name.
            max_chars: a longer text is a fault.
            pattern: pattern that the whole text must match.
        """
        value = self._fields.get(field)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and pattern is not None and _is_plain(value, max_chars, pattern):
            return value
        if not isinstance(value, str) or not value.strip():
            self.lose("field-missing", f"has {_none_or(value)} as {field}; expected a text.")
            return ""
        folded = " ".join(value.split())
        text = folded if folded.isprintable() else self._without_controls(field, folded)
        if not text or len(text) > max_chars or (pattern and not pattern.fullmatch(text)):
            wanted = f"a text of 1 to {max_chars} characters" + (
                f" like {pattern.pattern}" if pattern else ""
            )
            self.lose("field-invalid", f"has {show(value)} as {field}; expected {wanted}.")
            return ""
        return text

    def position(self, lat: object, lng: object, area: Area = SINGAPORE) -> tuple[float, float]:
        """Return latitude and longitude in degrees, to seven decimals, if they are in an area."""
        north, east = read_number(lat), read_number(lng)
        if north is None or east is None:
            self.lose(
                "position-not-a-number", f"has the position {show(lat)}, {show(lng)}; expected two numbers."
            )
        elif _is_in(area, north, east):
            return round(north, DECIMALS), round(east, DECIMALS)
        elif _is_in(area, east, north):
            self.lose(
                "position-swapped",
                f"has latitude {north} and longitude {east}: they are swapped; expected latitude 1 and "
                "longitude 103 and decimals.",
            )
        else:
            self.lose(
                "position-outside-singapore",
                f"has latitude {north} and longitude {east}; expected {area[0][0]} to {area[0][1]} and "
                f"{area[1][0]} to {area[1][1]}.",
            )
        return 0.0, 0.0

    def lose(self, check: str, fault: str) -> None:
        """Add a fault that excludes the record; ``fault`` follows the record's name in the sentence."""
        self.is_sound = False
        self.note(check, f"{fault} The {self._kind} was skipped.", self._severity)

    def note(self, check: str, remark: str, severity: Severity | None = None) -> None:
        """Add a remark about a record; ``remark`` follows the record's name in the sentence."""
        message = f"{self.record_id} {remark}"
        self.findings.append(finding_of(check, message, severity=severity, record_id=self.record_id))

    def _without_controls(self, field: str, text: str) -> str:
        kept = " ".join("".join(char for char in text if char.isprintable()).split())
        removed = sorted({f"U+{ord(char):04X}" for char in text if not char.isprintable()})
        self.note(
            "text-cleaned",
            f"has control characters ({', '.join(removed[:5])}) in {field}; they were removed.",
        )
        return kept


@lru_cache(maxsize=16_384)
def _is_plain(text: str, max_chars: int, pattern: re.Pattern[str]) -> bool:
    """Return whether a text is as it is to be: a code, such as that of a bus stop, stands in many records."""
    is_clean = text.isprintable() and text == " ".join(text.split())
    return is_clean and 0 < len(text) <= max_chars and pattern.fullmatch(text) is not None


def _is_in(area: Area, lat: float, lng: float) -> bool:
    (south, north), (west, east) = area
    return south <= lat <= north and west <= lng <= east


def _none_or(value: object) -> str:
    return "nothing" if value is None or value == "" else show(value)


def _describe(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Return a description of what was received instead of JSON."""
    if not text:
        return "the content is empty"
    if text.startswith(b"<"):
        begins = show(text[: 64 * MAX_SHOWN].decode(errors="replace"))
        return f"the content is HTML or XML (it begins with {begins})"
    if 0 < len(error.doc) == error.pos:
        return f"the content is cut off after {len(text):,} bytes"
    return f"the content is not JSON (line {error.lineno}, column {error.colno})"
