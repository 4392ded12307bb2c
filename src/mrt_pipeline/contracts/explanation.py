"""The origin of a published value: source, place, time, licence, and how it was read."""

from datetime import date
from typing import Any

from mrt_pipeline.contracts.base import Moment, Record
from mrt_pipeline.contracts.evidence import Confidence, Evidence, RecordedTable
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import RejectedClaim


class Reason(Evidence):
    """One reason for a value, with the document that it points to."""

    how: str
    """the method in words; for a model with the model's name, if known"""
    title: str
    publisher: str
    url: str
    revision: str | None
    retrieved_at: Moment
    licence_url: str
    attribution: str
    sha256: str
    recorded_tables: tuple[RecordedTable, ...]


class ExplainedValue(Record):
    """One published value and why it is published."""

    exit_id: str | None
    """None for a value of the station itself"""
    field: str
    """field of the station or exit, e.g. ``bus_stops``"""
    item: str | None
    """which of several: bus stop code, landmark, station code, or platform (``NS13 to NS12``)"""
    attribute: str | None
    """field of the item, e.g. ``services``"""
    value: Any
    confidence: Confidence | None
    rule: str | None
    """how it is computed, if not read directly from a document"""
    reasons: tuple[Reason, ...]
    """for a computed value: the reasons for the values it is computed from"""


class SilentField(Record):
    """A field without a value, and why."""

    exit_id: str | None
    field: str
    why: str


class Explanation(Record):
    """Everything known about why a station, one of its exits, or one field is published as it is."""

    station_id: str
    slug: str
    name: str
    as_of: date
    exit_id: str | None
    """None: the whole station"""
    field: str | None
    """None: every field"""
    values: tuple[ExplainedValue, ...]
    silent: tuple[SilentField, ...]
    """requested fields that are not published"""
    findings: tuple[Finding, ...]
    """findings about it"""
    rejected: tuple[RejectedClaim, ...]
    """claims about it that were not published, and why"""
