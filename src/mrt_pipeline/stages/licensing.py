"""Remove from a dataset what is based on documents under licences other than the chosen ones.

It works on merged values, so that nothing becomes more certain than with all sources: what they dispute stays
unpublished, whichever of them is left out. A conclusion is removed with any of its premises; any other value
stays as long as one reason for it does, with lower confidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mrt_pipeline.config.licences import licence_ids
from mrt_pipeline.contracts.checks import CHECKS, Group, finding_of
from mrt_pipeline.contracts.evidence import (
    WHOLE_RECORD,
    Confidence,
    Evidence,
    EvidenceMap,
    Method,
    Provenance,
    Published,
    walk_published,
    weaker,
)
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import ExitAccess, Station, StepFree
from mrt_pipeline.contracts.outputs import LicenceSet, Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.stages.checks.completeness import COVERAGE, report_coverage

PublishedT = TypeVar("PublishedT", bound=Published)
_OF_SOURCES = (Group.RECORDS, Group.ENRICHMENT)
"""groups of checks whose findings may repeat a source's words: kept only if they name a kept document"""
_UNSTATED = (Method.GEOMETRY, Method.DEDUCTION)
_AUTHORITY = "Land Transport Authority"


@dataclass(frozen=True, slots=True)
class _Allowed:
    """The documents that are kept."""

    licences: frozenset[str]
    official: frozenset[str]
    """the authority's own documents, under any licence"""


def restrict(dataset: Stage3Output, chosen: LicenceSet) -> Stage3Output:
    """Return a dataset with the values, documents and findings that the chosen licences allow.

    Raises:
        UsageError: if it was made for another set, which lacks some of these licences.
    """
    made_for = dataset.metadata.licences
    if chosen == made_for:
        return dataset
    if made_for != "all" and not licence_ids(chosen) <= licence_ids(made_for):
        raise UsageError(
            f"The dataset was made for licences {show_licences(made_for)} and cannot be exported for "
            f"{show_licences(chosen)}. Run again with output.licences: all, or choose that set."
        )
    official = {key for key, document in dataset.provenance.items() if document.publisher == _AUTHORITY}
    allowed = _Allowed(licence_ids(chosen), frozenset(official))
    stations = tuple(_keep_stations(dataset.stations, allowed))
    future = tuple(_keep_stations(dataset.future_stations, allowed))
    cited = set(_cited_documents((*stations, *future)))
    provenance = {key: document for key, document in dataset.provenance.items() if key in cited}
    findings = [finding for finding in dataset.findings if _is_kept(finding, provenance)]
    return dataset.model_copy(
        update={
            "metadata": dataset.metadata.model_copy(update={"licences": chosen}),
            "stations": stations,
            "future_stations": future,
            "provenance": provenance,
            "findings": (
                *findings,
                *_tell_left_out(dataset.provenance.values(), allowed.licences),
                *_recount(dataset, stations),
            ),
        }
    )


def show_licences(chosen: LicenceSet) -> str:
    """Return a set of licences as a person would name it."""
    return chosen if isinstance(chosen, str) else ", ".join(chosen)


def _recount(dataset: Stage3Output, stations: tuple[Station, ...]) -> Iterator[Finding]:
    """Yield the current coverage of fields, if the dataset reported any."""
    if any(finding.check == COVERAGE for finding in dataset.findings):
        yield from report_coverage(stations)


def _tell_left_out(documents: Iterable[Provenance], allowed: frozenset[str]) -> Iterator[Finding]:
    others = sorted(f"{it.document_id} ({it.licence})" for it in documents if it.licence not in allowed)
    if others:
        yield finding_of(
            "licences-left-out",
            f"Left out, with all that was concluded from it: {', '.join(others)}. What is empty here may be "
            "known under other licences.",
        )


def _is_kept(finding: Finding, provenance: Collection[str]) -> bool:
    """Return whether a finding concerns what is kept; errors are always kept."""
    if finding.severity is Severity.ERROR:
        return True
    check = CHECKS.get(finding.check)
    if finding.record_id is not None:
        return finding.record_id.partition(":")[0] in provenance
    return check is not None and check.group not in _OF_SOURCES and finding.check != COVERAGE


def _cited_documents(stations: Sequence[Station]) -> Iterator[str]:
    for station in stations:
        for record in walk_published(station):
            yield from (evidence.document_id for evidence in record.all_evidence())


def _keep_stations(stations: Sequence[Station], allowed: _Allowed) -> Iterator[Station]:
    for station in stations:
        kept = _keep(station, allowed)
        if kept is not None:
            yield _without_dead_links(kept)


def _without_dead_links(station: Station) -> Station:
    known = {platform.platform_id for platform in station.platforms}
    exits = tuple(
        found.model_copy(
            update={"platforms": tuple(link for link in found.platforms if link.platform_id in known)}
        )
        for found in station.exits
    )
    trains = tuple(times for times in station.trains if times.platform_id in known)
    return station.model_copy(update={"exits": exits, "trains": trains})


def _keep(record: PublishedT, allowed: _Allowed) -> PublishedT | None:
    """Return what may be kept of a record; None if a required field has lost all its evidence."""
    parts = dict(_keep_parts(record, allowed))
    evidence = {key: kept for key, reasons in record.evidence.items() if (kept := _allow(reasons, allowed))}
    if evidence == record.evidence:
        return record.model_copy(update=parts) if parts else record
    updates = (
        _keep_access(record, evidence, allowed)
        if isinstance(record, ExitAccess)
        else _clear(record, evidence)
    )
    if updates is None or not evidence:
        return None
    cut = record.model_copy(update={**parts, "evidence": evidence, **_lessen(record, evidence), **updates})
    if isinstance(record, ExitAccess) and isinstance(cut, ExitAccess):
        return cut.model_copy(update=_lessen_access(record, cut, allowed))
    return cut


def _keep_parts(record: Published, allowed: _Allowed) -> Iterator[tuple[str, Any]]:
    """Yield the fields that hold records, with what may be kept of them."""
    for name, value in record.__dict__.items():
        if isinstance(value, Published):
            yield name, _keep(value, allowed)
        elif isinstance(value, tuple) and value and isinstance(value[0], Published):
            yield name, tuple(kept for item in value if (kept := _keep(item, allowed)) is not None)


def _allow(reasons: tuple[Evidence, ...], allowed: _Allowed) -> tuple[Evidence, ...]:
    """Return the reasons that may be kept; those of a conclusion are kept or removed together."""
    kept = tuple(reason for reason in reasons if reason.licence in allowed.licences)
    if any(reason.method is Method.DEDUCTION and reason not in kept for reason in reasons):
        return tuple(reason for reason in kept if reason.method is not Method.DEDUCTION)
    return kept


def _clear(record: Published, evidence: EvidenceMap) -> dict[str, Any] | None:
    """Return empty values for the fields that have lost all evidence; None if one of them is required."""
    updates: dict[str, Any] = {}
    for name in record.evidence.keys() | set(record.claimed_fields()):
        if name == WHOLE_RECORD or _key_of(record, name) in evidence:
            continue
        field = type(record).model_fields.get(name)
        if field is None or field.is_required() or name in record.IDENTITY:
            return None
        updates[name] = field.default
    return updates


def _keep_access(access: ExitAccess, evidence: EvidenceMap, allowed: _Allowed) -> dict[str, Any]:
    """Return the changed fields of an exit's access; ``evidence`` is adapted to them."""
    features = tuple(
        feature
        for feature in access.features
        if _allow(access.evidence_for_item("features", feature), allowed)
    )
    if not features:
        evidence.pop("features", None)
    updates: dict[str, Any] = {"features": features}
    if _key_of(access, "out_of_service") not in evidence:
        updates["out_of_service"] = None
    if _key_of(access, "step_free") not in evidence:
        updates["step_free"] = StepFree.UNKNOWN
        if evidence and WHOLE_RECORD not in evidence:  # a source mentions the exit, but not this
            evidence["step_free"] = next(iter(evidence.values()))
    return updates


def _key_of(record: Published, name: str) -> str:
    """Return the evidence key for a field."""
    return name if name in record.evidence else WHOLE_RECORD


def _lessen(record: Published, evidence: EvidenceMap) -> dict[str, Any]:
    """Return the confidence of a value that lost a reason: at most medium, low if nothing states it."""
    before = getattr(record, "confidence", None)
    if not isinstance(before, Confidence):
        return {}
    kept = (reason for reasons in evidence.values() for reason in reasons)
    is_stated = any(reason.method not in _UNSTATED for reason in kept)
    return {"confidence": weaker(before, Confidence.MEDIUM if is_stated else Confidence.LOW)}


def _lessen_access(before: ExitAccess, kept: ExitAccess, allowed: _Allowed) -> dict[str, Any]:
    """Return the confidence of access that lost a reason: low unless the authority's own record states it.

    A remaining reason may be a tag or a sentence that counted for little by itself.
    """
    is_known = kept.step_free is not StepFree.UNKNOWN
    reasons = kept.evidence_for("step_free") if is_known else kept.all_evidence()
    is_official = any(it.method is Method.RECORD and it.document_id in allowed.official for it in reasons)
    if is_official or (is_known and reasons == before.evidence_for("step_free")):
        return {}
    return {"confidence": Confidence.LOW}
