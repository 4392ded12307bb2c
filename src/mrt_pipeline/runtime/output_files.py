"""How stage outputs are stored: JSON with one record per line, and each station's evidence once.

Many values of a station share their evidence, so ``evidence`` of a record gives positions in the list
``reasons`` of its station. Each station can be read by itself, and a change in one leaves the lines of
the others unchanged. The line that begins with ``"metadata":`` holds everything that may differ between two
outputs with equal content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Citing, Evidence, EvidenceMap, NumberedEvidence
from mrt_pipeline.contracts.outputs import StageOutput

RecordT = TypeVar("RecordT", bound=Record)

_EVIDENCE = TypeAdapter(list[Evidence])
_REASONS = "reasons"
_CITING_LISTS = ("stations", "future_stations", "enrichments")
_METADATA_BOUNDS = (
    (b'\n"metadata":', b"\n"),
    (b'\n "metadata": {', b"\n },"),  # as in files of schema 1
)
"""no text inside can contain these: JSON writes a line break as two characters"""


class _Numbering:
    """Numbers the evidence of one record, each piece once, in order of first use."""

    def __init__(self) -> None:
        self.reasons: list[Evidence] = []
        self._positions: dict[Evidence, int] = {}
        self._known: dict[int, int] = {}
        """positions by object identity: most evidence is one object in many records"""

    def __call__(self, evidence: EvidenceMap) -> NumberedEvidence:
        known = self._known
        numbered: NumberedEvidence = {}
        for field, reasons in evidence.items():
            numbered[field] = positions = []
            for reason in reasons:
                position = known.get(id(reason))
                if position is None:
                    position = known[id(reason)] = self._add(reason)
                positions.append(position)
        return numbered

    def _add(self, reason: Evidence) -> int:
        position = self._positions.setdefault(reason, len(self.reasons))
        if position == len(self.reasons):
            self.reasons.append(reason)
        return position


def render_output(output: StageOutput) -> bytes:
    """Return the bytes of an output's file; empty fields of records are omitted."""
    fields = (
        b"%b:%b" % (orjson.dumps(name), _render_value(getattr(output, name)))
        for name in type(output).model_fields
    )
    return b"{\n%b\n}\n" % b",\n".join(fields)


def render_record(record: Record) -> bytes:
    """Return one record as a line without its end, with numbered evidence if it is of a citing type."""
    if not isinstance(record, Citing):
        return to_json(record, exclude_none=True)
    numbering = _Numbering()
    line = to_json(record, exclude_none=True, context=numbering)
    return b'%b,"%b":%b}' % (line[:-1], _REASONS.encode(), to_json(numbering.reasons, exclude_none=True))


def read_output(kind: type[RecordT], content: bytes | Any) -> RecordT:
    """Return the output in a file.

    Args:
        kind: type of the output.
        content: the file's bytes, or the plain data in them.

    Raises:
        orjson.JSONDecodeError: if it is not JSON.
        ValidationError: if it is not such an output.
    """
    plain = orjson.loads(content) if isinstance(content, bytes) else content
    if isinstance(plain, dict):
        for name in _CITING_LISTS:
            for record in _list_of(plain.get(name)):
                _restore_evidence(record)
    return kind.model_validate(plain)


def read_record(kind: type[RecordT], line: bytes | str) -> RecordT:
    """Return the record from a line made by ``render_record``.

    Raises:
        orjson.JSONDecodeError, ValidationError: as ``read_output``.
    """
    plain = orjson.loads(line)
    if issubclass(kind, Citing):
        _restore_evidence(plain)
    return kind.model_validate(plain)


def sha256_without_metadata(content: bytes) -> str:
    """Hash a file without its metadata; if it was reformatted by hand, the whole file."""
    start, end = _find_metadata(content)
    digest = hashlib.sha256(memoryview(content)[:start])
    digest.update(memoryview(content)[end:])
    return digest.hexdigest()


def _find_metadata(content: bytes) -> tuple[int, int]:
    for opening, closing in _METADATA_BOUNDS:
        start = content.find(opening)
        end = content.find(closing, start + len(opening))
        if start >= 0 and end >= 0:
            return start, end + len(closing)
    return 0, 0


def _render_value(value: object) -> bytes:
    """Return a field of an output, with one record per line."""
    if isinstance(value, Record):
        return render_record(value)
    if isinstance(value, tuple) and value:
        return b"[\n%b\n]" % b",\n".join(map(render_record, value))
    if isinstance(value, Mapping) and value:
        lines = (b"%b:%b" % (orjson.dumps(name), render_record(record)) for name, record in value.items())
        return b"{\n%b\n}" % b",\n".join(lines)
    return orjson.dumps(value)


def _list_of(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _restore_evidence(record: object) -> None:
    """Replace positions by the evidence at them; anything else is left, and refused on validation."""
    if not isinstance(record, dict) or not isinstance(listed := record.pop(_REASONS, None), list):
        return
    reasons = dict(enumerate(_read_reasons(listed)))
    waiting: list[Any] = [record]
    while waiting:
        plain = waiting.pop()
        if not isinstance(plain, dict):
            continue
        for name, value in plain.items():
            if isinstance(value, dict):
                if name == "evidence":
                    plain[name] = {field: _look_up(positions, reasons) for field, positions in value.items()}
                else:
                    waiting.append(value)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                waiting.extend(value)


def _read_reasons(listed: list[Any]) -> list[Any]:
    """Return pieces of evidence; if one is invalid, all unchanged, to be refused where it is cited."""
    try:
        return _EVIDENCE.validate_python(listed)
    except ValidationError:
        return listed


def _look_up(positions: object, reasons: Mapping[Any, Any]) -> object:
    """Return the evidence at positions, or the given value if one of the positions is unknown."""
    try:
        return [reasons[place] for place in positions] if isinstance(positions, list) else positions
    except (KeyError, TypeError):
        return positions
