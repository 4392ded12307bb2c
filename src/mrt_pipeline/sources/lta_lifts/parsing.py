"""Parse DataMall's rows into lifts, and their descriptions into statements about exits.

Typical descriptions are ``Exit A Street level - Concourse`` and ``(TEL) EXIT A STREET LEVEL - …``. Dashes, or
the word ``to``, separate the levels that the lift serves. A description that names an exit is used only if
each of its words is known, since a lift ``opposite Exit A`` is not at exit A, and only if exits are named
with the street alone, since ``Exit A Linkway`` may be anywhere. Last looked at on 2026-11-30, in the few that
are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import STATION_CODE, LiftRecord
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import LABEL
from mrt_pipeline.runtime.datamall_requests import read_rows
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import RecordReader, is_object
from mrt_pipeline.sources.lta_lifts import LIFTS

LIFTS_ID = LIFTS.document_id
MAX_ROWS = 500
"""size of DataMall's page; the network has few more lifts, which are never all out of service"""
MAX_CHARS = 200
_LINE = re.compile(r"[A-Za-z]{2,6}")


def parse_lifts(content: bytes, seen_on: date) -> Parsed[LiftRecord]:
    """Return the lifts of an answer, each once, sorted; an unreadable row is skipped with a warning.

    Raises:
        SourceFormatError: if there are no rows (an empty list is valid), or far too many.
    """
    rows = read_rows(content, LIFTS_ID)
    if len(rows) >= MAX_ROWS:
        raise SourceFormatError(
            LIFTS_ID,
            f"the response lists {len(rows)} lifts out of service; expected fewer than {MAX_ROWS}. "
            "Run again later.",
        )
    read = [_read_row(number, row, seen_on.isoformat()) for number, row in enumerate(rows)]
    found = merge_lifts(record for reader, record in read if reader.is_sound)
    return Parsed(found, tuple(finding for reader, _ in read for finding in reader.findings))


def merge_lifts(*tables: Iterable[LiftRecord]) -> tuple[LiftRecord, ...]:
    """Return each lift of several tables once, with the first and last day on which it was seen, sorted."""
    united: dict[tuple[str, str, str], LiftRecord] = {}
    for record in (record for table in tables for record in table):
        known = united.get(record.key)
        united[record.key] = record if known is None else _join(known, record)
    return tuple(united[key] for key in sorted(united))


def _join(one: LiftRecord, other: LiftRecord) -> LiftRecord:
    """Return one lift from two sightings; the later one determines the names of line and station."""
    latest = max(one, other, key=lambda record: (record.last_seen, record.line, record.station_name))
    return replace(latest, first_seen=min(one.first_seen, other.first_seen))


def _read_row(number: int, row: object, day: str) -> tuple[RecordReader, LiftRecord]:
    fields = row if is_object(row) else {}
    reader = RecordReader(f"{LIFTS_ID}:value[{number}]", fields, "lift", Severity.WARNING)
    return reader, LiftRecord(
        line=reader.text("Line", max_chars=6, pattern=_LINE),
        station_code=reader.text("StationCode", max_chars=6, pattern=STATION_CODE),
        station_name=reader.text("StationName", max_chars=MAX_CHARS),
        lift_id=_read_lift_id(fields, reader),
        description=reader.text("LiftDesc", max_chars=MAX_CHARS),
        first_seen=day,
        last_seen=day,
    )


def _read_lift_id(fields: Mapping[str, object], reader: RecordReader) -> str:
    """Return the number of a lift, which LTA leaves empty for some."""
    given = fields.get("LiftID")
    is_empty = given is None or (isinstance(given, str) and not given.strip())
    return "" if is_empty else reader.text("LiftID", max_chars=40)


def describe_versions(records: Sequence[LiftRecord]) -> bytes:
    """Return what identifies a table of lifts, without the last day each was seen, which moves daily."""
    return repr([replace(record, last_seen="") for record in records]).encode()


LINES: Mapping[str, str] = {
    **{code: code for code in ("NSL", "EWL", "NEL", "CCL", "DTL", "TEL", "BPL", "SKL", "PGL")},
    **{"BPLRT": "BPL", "SKLRT": "SKL", "PGLRT": "PGL", "CEL": "CCL", "CGL": "EWL"},
}
"""LTA's own name of a line, and our code for it"""
_EXIT = frozenset({"EXIT", "EXITS"})
_PLATFORM = frozenset({"PLATFORM", "PLATFORMS"})
_JOINING = frozenset({",", "/", "&", "+", "AND"})
_INSIDE = frozenset({"CONCOURSE", "HALL", "TICKET", "TICKETING", "LINKWAY", *_PLATFORM})
"""places that are not the street; a level that names an exit and one of them is not understood"""
_NUMBERED = frozenset({"LEVEL", "LEVELS", "LIFT", "LIFTS"})
"""words that a number may follow; elsewhere it may be part of a label, as in ``Exit A 2``"""
_PLACES = _INSIDE | _NUMBERED | {"STREET"}
"""words that a floor (``B1``) may follow, for the same reason"""
_HARMLESS = _PLACES | {"FROM", "AT", "THE", "CONNECTING", "(", ")", "."}
"""words that affect neither which exit is meant nor what the lift connects"""
_TOKEN = re.compile(r"[A-Z]+[0-9]*|[0-9]+[A-Z]?|[^\sA-Z0-9]")
_BETWEEN_LEVELS = re.compile(r"\s*[-–—]\s*|\bTO\b", re.IGNORECASE)
_LABEL = re.compile(LABEL)
_FLOOR = re.compile(r"[BL][0-9]")
_NUMBER = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class LiftWords:
    """What a description says about exits."""

    labels: tuple[str, ...] = ()
    """exits that the lift serves"""
    street_labels: tuple[str, ...] = ()
    """those of them from whose street level the lift leads to the concourse or the platforms"""
    line_code: str | None = None
    """line of the building, if named"""
    is_understood: bool = True
    """False if it mentions an exit in unknown words; nothing is claimed then"""


@dataclass(slots=True)
class _Level:
    """One level: the text between two dashes."""

    labels: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


def read_description(description: str) -> LiftWords:
    """Return what a description says about exits; nothing if it names none."""
    text = description.upper() if description.islower() else description
    if re.search(r"\bexits?\b", text, re.IGNORECASE) is None:
        return LiftWords()
    line_code, text = _take_line(text)
    levels = [_read_level(part) for part in _BETWEEN_LEVELS.split(text)]
    read = [level for level in levels if level is not None]
    labels = tuple(dict.fromkeys(label for level in read for label in level.labels))
    if len(read) < len(levels) or not labels:
        return LiftWords(is_understood=False)
    is_inside = any(not level.words.isdisjoint({"CONCOURSE", *_PLATFORM}) for level in read)
    return LiftWords(labels, labels if is_inside else (), line_code)


def _take_line(text: str) -> tuple[str | None, str]:
    """Return the line in brackets at the start of a description, if any, and the rest."""
    match = re.match(r"\s*\(\s*([A-Za-z]{3,5})\s*\)\s*", text)
    line_code = LINES.get(match[1].upper()) if match else None
    return (line_code, text[match.end() :]) if match and line_code else (None, text)


def _read_level(part: str) -> _Level | None:
    """Return what a level names; None if it holds an unknown word, or an exit that is not at the street."""
    tokens = [match.group() for match in _TOKEN.finditer(_keep_labels(part))]
    level = _Level()
    place = 0
    while place < len(tokens):
        word, before = tokens[place], tokens[place - 1] if place else ""
        place += 1
        if word in _EXIT or word in _PLATFORM:
            labels, place = _take_labels(tokens, place)
            if word in _EXIT and (level.labels or not labels):
                return None
            level.labels.extend(labels if word in _EXIT else ())
        elif not _is_known(word, before):
            return None
        level.words.add(word)
    return level if _is_street(level) or not level.labels else None


def _is_street(level: _Level) -> bool:
    return "STREET" in level.words and level.words.isdisjoint(_INSIDE)


def _is_known(word: str, before: str) -> bool:
    """Return whether a word is known after another; a number or floor that may belong to a label is not."""
    if _NUMBER.fullmatch(word):
        return before in _NUMBERED
    return word in _HARMLESS or bool(_FLOOR.fullmatch(word) and (not before or before in _PLACES))


def _keep_labels(part: str) -> str:
    """Return a part in capitals; a single lower-case letter is a word and not a label."""
    return re.sub(r"\b[a-z]\b", "?", part).upper()


def _take_labels(tokens: Sequence[str], place: int) -> tuple[list[str], int]:
    """Return the labels at a position, and the position after them."""
    labels: list[str] = []
    while place < len(tokens) and _LABEL.fullmatch(tokens[place]):
        labels.append(tokens[place])
        after = place + 1
        if after < len(tokens) and tokens[after] in _JOINING:
            after += 1
            if after < len(tokens) and tokens[after] in _EXIT:
                after += 1
            if after < len(tokens) and _LABEL.fullmatch(tokens[after]):
                place = after
                continue
        return labels, place + 1
    return labels, place
