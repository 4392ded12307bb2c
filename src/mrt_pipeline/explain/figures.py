"""Count how much each source contributes to each field of an exit, and where sources agree or contradict.

Counted from a published dataset: a value's evidence tells who gave it, a finding with two sides who denied
it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from mrt_pipeline.config.registry import source_of
from mrt_pipeline.contracts.evidence import Evidence, Method, Provenance
from mrt_pipeline.contracts.fields import COVERED, ExitField
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import (
    ExitAccess,
    Platform,
    StationExit,
    StepFree,
    index_platforms,
    join_platforms,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.extraction.exit_platforms import cite_link

Reasons = tuple[Evidence, ...]
Pair = tuple[str, str]
"""two sources, in alphabetical order"""
_UNSTATED = (Method.GEOMETRY, Method.DEDUCTION, Method.TOPOLOGY)


@dataclass(frozen=True, slots=True)
class Given:
    """The number of exits for which a source gives a field."""

    stated: int = 0
    """exits for which it states a value, or has the positions or the order that the value follows from"""
    concluded: int = 0
    """exits for which it gives a premise of a conclusion"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two sources give the same value of an exit."""

    agreed: int = 0
    """exits with a value that both state"""
    contradicted: int = 0
    """exits, or directions of a station's platforms, where one denies what the other states"""


@dataclass(frozen=True, slots=True)
class SourceAge:
    """The dates of a source's documents: when they were read, or of their content if that is known."""

    source: str
    oldest: date
    newest: date
    age_days: int
    """from the oldest to the date described; negative if it was read later"""


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals of a dataset's evidence and findings."""

    given: Mapping[tuple[str, str], Given]
    """by field and source, in the order of the fields"""
    agreements: Mapping[tuple[str, Pair], Agreement]
    """by field and pair of sources"""
    contradictions: tuple[Finding, ...]


def count_figures(dataset: Stage3Output) -> Figures:
    """Return how much each source contributes, and where sources agree or contradict each other."""
    names = {key: source_of(document) for key, document in dataset.provenance.items()}
    stated, concluded, agreed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[object]()
    platforms = index_platforms(dataset.stations)
    for found in (it for station in dataset.stations for it in station.exits):
        for field in COVERED:
            values = list(values_of(field, found, platforms))
            stated.update((field.name, it) for it in _sources(values, names, is_concluded=False))
            concluded.update((field.name, it) for it in _sources(values, names, is_concluded=True))
            agreed.update((field.name, pair) for pair in _agreeing(values, names))
    contradictions = tuple(finding for finding in dataset.findings if finding.sides)
    denied = Counter[object](
        (name_of_field(it), pair) for it in contradictions for pair in _contradicting(it)
    )
    order = [field.name for field in COVERED]
    given = sorted(stated.keys() | concluded.keys(), key=lambda key: (order.index(key[0]), key[1]))
    pairs: list[tuple[str, Pair]] = sorted((agreed.keys() | denied.keys()), key=str)  # type: ignore[arg-type]
    return Figures(
        {key: Given(stated[key], concluded[key]) for key in given},
        {key: Agreement(agreed[key], denied[key]) for key in pairs},
        contradictions,
    )


def measure_ages(documents: Iterable[Provenance], as_of: date) -> list[SourceAge]:
    """Return the age of each document's source on a date, oldest first."""
    by_source: dict[str, list[date]] = {}
    for document in documents:
        by_source.setdefault(source_of(document), []).append(document.day)
    ages = (
        SourceAge(source, min(days), max(days), (as_of - min(days)).days)
        for source, days in by_source.items()
    )
    return sorted(ages, key=lambda it: (-it.age_days, it.source))


def values_of(field: ExitField, found: StationExit, platforms: Mapping[str, Platform]) -> Iterator[Reasons]:
    """Yield the reasons for each value of an exit in a field."""
    if field.part == "platforms":
        for link, platform in join_platforms(found, platforms):
            if not field.attribute:
                yield cite_link(link, platform, found, "platform_id")
            elif platform.platform_codes:
                yield platform.evidence_for(field.attribute)
    elif field.part == "access":
        yield from _reasons_of_access(found.access, field.attribute)
    else:
        yield from (record.all_evidence() for record in getattr(found, field.part))


def name_of_field(finding: Finding) -> str:
    """Return the name of the counted field that a contradiction is about."""
    words = (finding.field or "").split(".")
    if words[0] == "platforms":
        return "platform_codes"
    return "step_free" if words[-1] == "step_free" else words[0]


def _reasons_of_access(access: ExitAccess | None, attribute: str) -> Iterator[Reasons]:
    if access is None:
        return
    is_known = access.step_free is not StepFree.UNKNOWN
    if is_known:
        yield access.evidence_for("step_free")
    if not attribute:
        yield from (access.evidence_for_item("features", feature) for feature in access.features)
        if not is_known and not access.features:
            yield access.all_evidence()


def _sources(values: list[Reasons], names: Mapping[str, str], *, is_concluded: bool) -> set[str]:
    """Return the sources of values: of premises, or of direct statements."""
    return {
        names[reason.document_id]
        for reasons in values
        for reason in reasons
        if (reason.method is Method.DEDUCTION) is is_concluded
    }


def _agreeing(values: list[Reasons], names: Mapping[str, str]) -> set[Pair]:
    return {
        pair
        for reasons in values
        for pair in combinations(
            sorted({names[it.document_id] for it in reasons if it.method not in _UNSTATED}), 2
        )
    }


def _contradicting(finding: Finding) -> set[Pair]:
    """Return the pairs of sources that contradict each other; one may also contradict itself."""
    sides = finding.sides or ()
    return {
        (min(one.speaker, other.speaker), max(one.speaker, other.speaker))
        for one, other in combinations(sides, 2)
        if one.says != other.says and one.speaker != other.speaker
    }
