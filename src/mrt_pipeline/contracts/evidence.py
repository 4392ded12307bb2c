"""Where a published value comes from: evidence (which words or record) and provenance (which document)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    Field,
    FieldSerializationInfo,
    GetJsonSchemaHandler,
    WithJsonSchema,
    field_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mrt_pipeline.contracts.base import Moment, Record

WHOLE_RECORD = "record"
"""The evidence key that covers every field of a record without evidence of its own."""


class Method(StrEnum):
    """How a value was obtained from its document, most trusted first."""

    RECORD = "record"
    """read from a field of a publisher's record"""
    TOPOLOGY = "topology"
    """follows from the order of stations in the network table"""
    GEOMETRY = "geometry"
    """computed from published coordinates"""
    DEDUCTION = "deduction"
    """concluded from other values, all of which are cited"""
    RULE = "rule"
    """read from a wiki page by a deterministic rule"""
    MODEL = "model"
    """read from a wiki page by a language model, and found again in the text by this program"""


METHODS_IN_WORDS = {
    Method.RECORD: "as published",
    Method.TOPOLOGY: "derived from the order of stations in the network table",
    Method.GEOMETRY: "computed from published coordinates",
    Method.DEDUCTION: "a premise from which this value follows",
    Method.RULE: "read from the page by a rule",
    Method.MODEL: "read from the page by a language model",
}
"""how evidence supports a value, for people"""


class Alignment(StrEnum):
    """How the quoted words were found in the document."""

    EXACT = "exact"
    NORMALISED = "normalised"
    """equal after folding white space and letter case"""


class Confidence(StrEnum):
    """Computed from agreement and evidence, never taken from a model."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_TRUST = list(Confidence)


def weaker(one: Confidence, other: Confidence) -> Confidence:
    """Return the lower of two confidences, which is that of a value based on both."""
    return max(one, other, key=_TRUST.index)


class _Reason(Record):
    """What evidence says apart from its record; ``EvidenceGroup`` states it once for several records."""

    document_id: str
    """key into ``provenance`` of the same output"""
    method: Method
    licence: str
    """SPDX-like id of the document's licence, repeated here so that values can be separated by licence"""
    stated_in: str | None = None
    """the document that the record itself names as its source"""
    quote: str | None = None
    char_start: int | None = Field(default=None, ge=0)
    char_end: int | None = Field(default=None, ge=0)
    alignment: Alignment | None = None


class Evidence(_Reason):
    """One reason to publish a value: a record of a document, or words quoted from it.

    ``char_start`` (inclusive) and ``char_end`` (exclusive) are positions in the document's clean text.
    """

    record_id: str | None = None

    @model_validator(mode="after")
    def _points_somewhere(self) -> Self:
        if not self.record_id and not self.quote:
            raise ValueError("evidence needs a record_id or a quote")
        return self


class EvidenceGroup(_Reason):
    """Evidence of one station that differs only in its records, as it is stored in a file."""

    records: dict[int, str | None] = Field(min_length=1)
    """numbers of the pieces of evidence, as values cite them, with the record that each points to"""

    def separate(self) -> Iterator[tuple[int, Evidence]]:
        """Yield each number with its piece of evidence.

        Raises:
            ValidationError: if a number has neither a record nor a quote.
        """
        shared = dict(zip(_SHARED, _what_is_shared(self), strict=True))
        for number, record_id in self.records.items():
            yield number, Evidence(**shared, record_id=record_id)


_SHARED = tuple(_Reason.__annotations__)
_what_is_shared: Callable[[_Reason], tuple[Any, ...]] = attrgetter(*_SHARED)


def group_evidence(evidence: Sequence[Evidence]) -> list[EvidenceGroup]:
    """Return groups of evidence, whose numbers are its positions in the sequence."""
    groups: dict[tuple[Any, ...], dict[int, str | None]] = {}
    for number, reason in enumerate(evidence):
        groups.setdefault(_what_is_shared(reason), {})[number] = reason.record_id
    return [
        EvidenceGroup.model_construct(**dict(zip(_SHARED, shared, strict=True)), records=records)
        for shared, records in groups.items()
    ]


class RecordedTable(Record):
    """A table in the package with what was read from a document; anyone can verify its checksum."""

    path: str
    """path within the package, e.g. ``recorded/lta-bus-stops.csv``"""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Provenance(Record):
    """One document as it was read: publisher, address, time, licence, and checksum of its bytes."""

    document_id: str
    source_id: str
    title: str
    publisher: str
    url: str
    revision: str | None = None
    content_date: date | None = None
    """the date of its content if that is not when it was read: of a statement, when it was made; of a copy
    whose download date is unknown, its newest record, or else the date by which it had been stored"""
    retrieved_at: Moment
    licence: str
    licence_url: str
    attribution: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """of the publisher's bytes; for the network table, of its concatenated files"""
    records: int = Field(ge=0)
    recorded_tables: tuple[RecordedTable, ...] = ()
    """the package's tables it was read from; empty for a document read live"""

    @property
    def day(self) -> date:
        """Return the date of its content, otherwise when it was read."""
        return self.content_date or self.retrieved_at.date()

    def age_days(self, as_of: date) -> int:
        """Return how many days before another date its content is from; negative if later."""
        return (as_of - self.day).days

    def cite(self, record_id: str, method: Method = Method.RECORD) -> Evidence:
        """Return evidence that points to a record of this document."""
        return Evidence(
            document_id=self.document_id, method=method, licence=self.licence, record_id=record_id
        )


_NUMBERED: JsonSchemaValue = {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "items": {"type": "integer", "minimum": 0},
        "minItems": 1,
    },
}
EvidenceMap = Annotated[dict[str, tuple[Evidence, ...]], WithJsonSchema(_NUMBERED)]
"""field to its reasons; in files, to their numbers in the station's ``reasons``"""
NumberedEvidence = dict[str, list[int]]


class Citing(Record):
    """A record stored with ``reasons``: groups of all evidence in it without repetition.

    ``runtime/output_files.py`` writes and reads it.
    """

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema of the file form."""
        schema = handler(core_schema)
        own = handler.resolve_ref_schema(schema)
        own["properties"]["reasons"] = {
            "type": "array",
            "items": handler(EvidenceGroup.__pydantic_core_schema__),
        }
        return schema


class Published(Record):
    """A record of published values, each with evidence.

    ``evidence`` maps a field name to the reasons for its value; the key ``record`` covers all fields
    that have no key of their own, and ``features.lift`` covers one item of a list whose items have different
    reasons. A record with a value that lacks evidence cannot be constructed.
    """

    evidence: EvidenceMap

    IDENTITY: ClassVar[frozenset[str]] = frozenset()
    """fields that identify the record or are computed from others, and need no evidence"""

    @field_serializer("evidence")
    def _write_evidence(self, evidence: EvidenceMap, info: FieldSerializationInfo) -> Any:
        """Write numbers if the context numbers evidence, otherwise the evidence itself."""
        number: Callable[[EvidenceMap], NumberedEvidence] | None = info.context
        return evidence if number is None or not evidence else number(evidence)

    @model_validator(mode="after")
    def _every_value_has_evidence(self) -> Self:
        known = type(self).__pydantic_fields__
        stray = [key for key in self.evidence if key != WHOLE_RECORD and key.partition(".")[0] not in known]
        if stray:
            raise ValueError(f"evidence for unknown field {stray[0]!r}")
        if not self.evidence.get(WHOLE_RECORD):
            missing = [name for name in self.claimed_fields() if not self.evidence.get(name)]
            if missing:
                raise ValueError(f"no evidence for {', '.join(missing)}")
        return self

    def claimed_fields(self) -> Iterable[str]:
        """Yield the names of filled fields that need evidence, from their own key or the whole record's."""
        for name in type(self).__pydantic_fields__:
            if name == "evidence" or name in self.IDENTITY:
                continue
            value = getattr(self, name)
            if value is None or value == () or _is_published(value):
                continue
            yield name

    def evidence_for(self, field: str) -> tuple[Evidence, ...]:
        """Return the reasons for a field's value: its own, otherwise those of the whole record."""
        return self.evidence.get(field) or self.evidence.get(WHOLE_RECORD, ())

    def evidence_for_item(self, field: str, item: str) -> tuple[Evidence, ...]:
        """Return the reasons for one item of a field that is a list."""
        return self.evidence.get(f"{field}.{item}") or self.evidence_for(field)

    def all_evidence(self) -> tuple[Evidence, ...]:
        """Return the reasons for all its values, without repetition, in field order."""
        return tuple(dict.fromkeys(evidence for reasons in self.evidence.values() for evidence in reasons))


def walk_published(record: Published) -> Iterator[Published]:
    """Yield a record and every published record inside it."""
    yield record
    for value in record.__dict__.values():
        if isinstance(value, Published):
            yield from walk_published(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Published):
                    yield from walk_published(item)


def _is_published(value: object) -> bool:
    """Return whether a value carries its own evidence (a published record or a tuple of them)."""
    if isinstance(value, tuple):
        return isinstance(value[0], Published)
    return isinstance(value, Published)
