"""How stage outputs are stored: JSON with one record per line, and each station's evidence once.

Many values of a station share their evidence, so ``evidence`` of a record gives numbers under which the list
``reasons`` of its station has it. Each station can be read by itself, and a change in one leaves the lines of
the others unchanged. The line that begins with ``"metadata":`` holds everything that may differ between two
outputs with equal content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import (
    Citing,
    Evidence,
    EvidenceGroup,
    EvidenceMap,
    NumberedEvidence,
    group_evidence,
)
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import StageOutput, StationEnrichment

RecordT = TypeVar("RecordT", bound=Record)

_GROUPS = TypeAdapter(list[EvidenceGroup])
_UNGROUPED = TypeAdapter(list[Evidence])
"""as in files of schema 2, numbered by position"""
_REASONS = "reasons"
_BETWEEN = b",\n"
"""two records; no text can hold it: JSON writes a line break as two characters"""
_CITING_LISTS: Mapping[str, type[Record]] = {
    "stations": Station,
    "future_stations": Station,
    "enrichments": StationEnrichment,
}
_METADATA_BOUNDS = (
    (b'\n"metadata":', b"\n"),
    (b'\n "metadata": {', b"\n },"),  # as in files of schema 1
)
"""no text within can hold these: JSON writes a line break as two characters"""
HEAD_BYTES = 2**16
"""metadata begin so near the start of a file"""


_in_use: WeakValueDictionary[bytes, Record] = WeakValueDictionary()
"""the records of stations that are in use, by the hash of their lines: two datasets have most in common"""


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
    """Return the bytes of an output's file; empty fields of records are left out."""
    return b"".join(render_parts(output))


def render_parts(output: StageOutput) -> Iterator[bytes]:
    """Yield the same record by record."""
    opening = b"{\n"
    for name in type(output).model_fields:
        yield b"%b%b:" % (opening, orjson.dumps(name))
        yield from _render_value(getattr(output, name))
        opening = b",\n"
    yield b"\n}\n"


def render_record(record: Record) -> bytes:
    """Return one record as a line without its end, with numbered evidence if it is of a citing type."""
    if not isinstance(record, Citing):
        return to_json(record, exclude_none=True)
    numbering = _Numbering()
    line = to_json(record, exclude_none=True, context=numbering)
    return b'%b,"%b":%b}' % (
        line[:-1],
        _REASONS.encode(),
        to_json(group_evidence(numbering.reasons), exclude_none=True),
    )


def read_output(kind: type[RecordT], content: bytes | Any) -> RecordT:
    """Return the output in a file.

    Args:
        kind: the output.
        content: the file's bytes, or what ``load`` returned for them.

    Raises:
        orjson.JSONDecodeError: if it is not JSON.
        ValidationError: if it is not such an output.
    """
    plain = load(content) if isinstance(content, bytes) else content
    if isinstance(plain, dict):
        for name, kind_of_record in _CITING_LISTS.items():
            if isinstance(listed := plain.get(name), list):
                for place, record in enumerate(listed):
                    listed[place] = _read_plain(kind_of_record, record)
    return kind.model_validate(plain)


def load(content: bytes) -> Any:
    """Return what a file holds as plain data, but for stations, which become records one by one.

    The plain data of all of them would take twice the memory of the records.

    Raises:
        orjson.JSONDecodeError: if it is no JSON.
    """
    lists = {name: found for name in _CITING_LISTS if (found := _find_lines(content, name)) is not None}
    try:
        plain = orjson.loads(_cut_out(content, sorted(lists.values())))
        for name, bounds in lists.items():
            plain[name] = [_read_line(_CITING_LISTS[name], line) for line in _split(content, *bounds)]
    except ValueError:  # no JSON, or laid out anew by a person
        return orjson.loads(content)
    return plain


def read_record(kind: type[RecordT], line: bytes | str) -> RecordT:
    """Return the record from a line made by ``render_record``.

    Raises:
        orjson.JSONDecodeError, ValidationError: as ``read_output``.
    """
    plain = orjson.loads(line)
    if issubclass(kind, Citing):
        _restore_evidence(plain)
    return kind.model_validate(plain)


def sha256_without_metadata(blocks: Iterable[bytes]) -> str:
    """Hash all of a file but its metadata; if a person laid it out anew, all of it.

    Args:
        blocks: its content; of a large file the first has ``HEAD_BYTES`` at least.
    """
    blocks = iter(blocks)
    head = next(blocks, b"")
    start, end = _find_metadata(head)
    digest = hashlib.sha256(memoryview(head)[:start])
    digest.update(memoryview(head)[end:])
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def _find_metadata(head: bytes) -> tuple[int, int]:
    for opening, closing in _METADATA_BOUNDS:
        start = head.find(opening, 0, HEAD_BYTES)
        end = head.find(closing, start + len(opening))
        if start >= 0 and end >= 0:
            return start, end + len(closing)
    return 0, 0


def _render_value(value: object) -> Iterator[bytes]:
    """Yield a field of an output, with one record in a line."""
    if isinstance(value, Record):
        yield render_record(value)
    elif isinstance(value, tuple) and value:
        yield from _render_lines(b"[]", map(_render_line, value))
    elif isinstance(value, Mapping) and value:
        named = ((orjson.dumps(name), render_record(record)) for name, record in value.items())
        yield from _render_lines(b"{}", (b"%b:%b" % pair for pair in named))
    else:
        yield orjson.dumps(value)


def _render_line(record: Record) -> bytes:
    """Return a record's line; whoever reads an equal one while the record is in use gets that record."""
    line = render_record(record)
    if isinstance(record, Citing):
        _in_use.setdefault(_digest(line), record)
    return line


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=20).digest()


def _render_lines(brackets: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    before = brackets[:1] + b"\n"
    for line in lines:
        yield before + line
        before = _BETWEEN
    yield b"\n" + brackets[1:]


def _find_lines(content: bytes, name: str) -> tuple[int, int] | None:
    """Return where in a file the records of a list begin and end, if there is one in each line."""
    opening = b'\n"%b":[\n' % name.encode()
    found = content.find(opening)
    start = found + len(opening)
    end = content.find(b"\n]", start)
    return (start, end) if found >= 0 and end >= 0 else None


def _cut_out(content: bytes, bounds: Iterable[tuple[int, int]]) -> bytes:
    kept, position = [], 0
    for start, end in bounds:
        kept.append(content[position:start])
        position = end
    return b"".join((*kept, content[position:]))


def _split(content: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield the line of each record of a list."""
    while start <= end:
        stop = content.find(_BETWEEN, start, end)
        stop = end if stop < 0 else stop
        yield content[start:stop]
        start = stop + len(_BETWEEN)


def _read_line(kind: type[Record], line: bytes) -> object:
    """Return a line as the record it is, if it is one; equal texts, and equal lines, become one object."""
    digest = _digest(line)
    found = _in_use.get(digest)
    if isinstance(found, kind):
        return found
    read = _read_plain(kind, from_json(line, allow_inf_nan=False))
    if isinstance(read, Record):
        _in_use[digest] = read
    return read


def _read_plain(kind: type[Record], plain: object) -> object:
    """Return plain data as the record they are; if they are none, as they are.

    They are refused when the whole is validated, which says where they stand.
    """
    if isinstance(plain, Record):
        return plain
    _restore_evidence(plain)
    try:
        return kind.model_validate(plain)
    except ValidationError:
        return plain


def _restore_evidence(record: object) -> None:
    """Replace numbers by the evidence that has them; anything else is left, and refused on validation."""
    if not isinstance(record, dict) or not isinstance(listed := record.pop(_REASONS, None), list):
        return
    reasons = _read_reasons(listed)
    waiting: list[Any] = [record]
    while waiting:
        plain = waiting.pop()
        if not isinstance(plain, dict):
            continue
        for name, value in plain.items():
            if isinstance(value, dict):
                if name == "evidence":
                    plain[name] = {field: _look_up(numbers, reasons) for field, numbers in value.items()}
                else:
                    waiting.append(value)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                waiting.extend(value)


def _read_reasons(listed: list[Any]) -> Mapping[Any, Evidence]:
    """Return evidence by its number; none if any is invalid, or a number stands twice.

    The values that cite it are then refused.
    """
    try:
        if any(isinstance(reason, dict) and "records" not in reason for reason in listed):
            return dict(enumerate(_UNGROUPED.validate_python(listed)))
        groups = _GROUPS.validate_python(listed)
        reasons = {number: reason for group in groups for number, reason in group.separate()}
    except ValidationError:
        return {}
    return reasons if len(reasons) == sum(len(group["records"]) for group in listed) else {}


def _look_up(numbers: object, reasons: Mapping[Any, Evidence]) -> object:
    """Return the evidence with these numbers, each once, or what is wrong if one of them is unknown."""
    if not isinstance(numbers, list):
        return numbers
    wrong = [number for number in numbers if type(number) is not int or number not in reasons]
    if not wrong:
        return [reasons[number] for number in dict.fromkeys(numbers)]
    return numbers if isinstance(wrong[0], dict | list) else wrong[:1]
