"""Parse an answer of the Overpass API into entrances, purely; an unreadable entrance is a warning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import read_exit_list
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import RecordReader, is_list, is_object, parse_json, show
from mrt_pipeline.sources.openstreetmap import ENTRANCES

ENTRANCES_ID = ENTRANCES.document_id
WHEELCHAIR = {"yes": StepFree.YES, "no": StepFree.NO}
"""any other value (``limited``) means neither"""
QUALIFIED = "wheelchair:"
"""prefix of tags that qualify access in ways this program does not understand: ``wheelchair:description``"""
MAX_TIME_CHARS = 40
_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class OsmEntrance:
    """An entrance node."""

    record_id: str
    """``node/2750398062``"""
    labels: tuple[str, ...]
    """labels of its exits; empty if the node has no ``ref``"""
    lat: float
    lng: float
    step_free: StepFree


def parse_entrances(content: bytes, as_of: date) -> tuple[Parsed[OsmEntrance], str | None]:
    """Return the entrances sorted by id, and the date of the data if the server gives it.

    Args:
        content: the answer.
        as_of: the date on which a tag must be valid.

    Raises:
        SourceFormatError: if it is not an answer, is truncated, or has no entrance.
    """
    answer = parse_json(content, ENTRANCES_ID, "elements")
    elements = answer.get("elements") if is_object(answer) else None
    remark = answer.get("remark") if is_object(answer) else None
    if remark is not None:
        raise SourceFormatError(
            ENTRANCES_ID, f"the server truncated its response ({show(remark)}). Run again later."
        )
    if not is_list(elements) or not elements:
        raise SourceFormatError(
            ENTRANCES_ID,
            f"the response has {show(elements)} as elements; expected some 500. Run again later.",
        )
    read = [_read(element if is_object(element) else {}, as_of) for element in elements]
    found = {entrance.record_id: entrance for reader, entrance in read if reader.is_sound}
    findings = tuple(finding for reader, _ in read for finding in reader.findings)
    return Parsed(tuple(found[name] for name in sorted(found)), findings), _read_time(answer)


def _read(element: Mapping[str, object], as_of: date) -> tuple[RecordReader, OsmEntrance]:
    given = element.get("tags")
    tags = given if is_object(given) else {}
    node = element.get("id")
    name = f"node/{node}" if isinstance(node, int) else show(node)
    reader = RecordReader(f"{ENTRANCES_ID}:{name}", element, "entrance", Severity.WARNING)
    node_id = reader.text("id", max_chars=19, pattern=_ID)
    lat, lng = reader.position(element.get("lat"), element.get("lon"))
    labels = _read_labels(tags.get("ref"), reader)
    said = WHEELCHAIR.get(str(tags.get("wheelchair")), StepFree.UNKNOWN)
    if (more := _find_qualifier(said, tags, as_of)) is not None:
        reader.note(
            "access-words-unread",
            f"qualifies wheelchair={said.value} by {show(more)}; the tag is not used. Read it.",
        )
        said = StepFree.UNKNOWN
    return reader, OsmEntrance(f"node/{node_id}", labels, lat, lng, said)


def _find_qualifier(said: StepFree, tags: Mapping[str, object], as_of: date) -> str | None:
    """Return a tag that may retract a statement; fewer retract a ``no``, since believing it does no harm."""
    if said is StepFree.YES:
        return find_restriction(tags, as_of)
    is_said = said is not StepFree.UNKNOWN
    return next((key for key in tags if is_said and key.startswith(QUALIFIED)), None)


def _read_labels(ref: object, reader: RecordReader) -> tuple[str, ...]:
    if ref is None:
        return ()
    labels = read_exit_list(ref) if isinstance(ref, str) else None
    if labels is None:
        reader.lose("field-invalid", f"has {show(ref)} as ref; expected labels such as A, or A;B.")
    return labels or ()


def _read_time(answer: object) -> str | None:
    head = answer.get("osm3s") if is_object(answer) else None
    time = head.get("timestamp_osm_base") if is_object(head) else None
    is_time = isinstance(time, str) and time.isprintable() and 0 < len(time) <= MAX_TIME_CHARS
    return str(time) if is_time else None


_NAMES = "name|ref|operator|network|wikidata|wikipedia|addr|destination|source|check_date|survey"
_HARMLESS = re.compile(
    rf"(?:{_NAMES})(?::[\w:-]+)?|(?:alt|int|loc|local|official|old|short)_(?:name|ref)|wheelchair|level|layer"
    r"|colou?r|direction|exit_to|website|url|image|mapillary|created_by|public_transport|station|subway|train"
    r"|light_rail|monorail|bus|bicycle|lit|indoor|covered|shelter|tactile_paving|automatic_door|escalator"
)
_YES = frozenset({"yes"})
_HARMLESS_VALUES: Mapping[str, frozenset[str]] = {
    "railway": frozenset({"subway_entrance", "train_station_entrance"}),
    "entrance": frozenset({"yes", "main"}),
    "access": frozenset({"yes", "permissive", "public"}),
    "foot": frozenset({"yes", "designated", "permissive"}),
    "highway": frozenset({"elevator"}),
    **dict.fromkeys(("elevator", "lift", "ramp", "ramp:wheelchair", "step_free"), _YES),
    **dict.fromkeys(("disused", "abandoned", "construction", "proposed", "stairs"), frozenset({"no"})),
}
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_LAST_DAY = "0000-12-31"


def find_restriction(tags: Mapping[str, object], as_of: date) -> str | None:
    """Return the first tag that may restrict ``wheelchair=yes`` on a day, or None.

    Tags are free-form, so those that restrict nothing are listed, and any other may restrict.
    """
    return next((key for key, value in tags.items() if _may_restrict(key, value, tags, as_of)), None)


def _may_restrict(key: str, value: object, tags: Mapping[str, object], as_of: date) -> bool:
    if not isinstance(value, str):
        return True
    if key == "start_date":
        latest = value + _LAST_DAY[len(value) :]
        return not _DAY.fullmatch(value) or latest > as_of.isoformat()
    if key == "stairs" and tags.get("elevator") == "yes":
        return False
    return not _HARMLESS.fullmatch(key) and value not in _HARMLESS_VALUES.get(key, ())
