"""Which stations and findings the page shows, if there are more than a browser opens in a few seconds.

Singapore's network is shown whole. Of a larger one the page shows what a person has to review, and says what
it leaves out: ``mrt-pipeline explain`` tells of each station, ``validation.json`` has each finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.evidence import Provenance, walk_published
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.report.changes import changed_slugs

MAX_STATIONS = 2_000
"""11 MB, which Chromium opens in 4 to 9 s on two busy cores"""
MAX_FINDINGS = 5_000

_RANK = {severity: rank for rank, severity in enumerate(reversed(Severity))}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown."""

    stations: tuple[Station, ...]
    """in the dataset's order"""
    findings: Sequence[Finding]
    """the gravest first"""
    documents: Mapping[str, Provenance]


def select(dataset: Stage3Output, comparison: Comparison | None) -> Selection:
    """Return everything, or first what has errors, then what has changed, then what has warnings."""
    findings = sorted(dataset.findings, key=lambda finding: _RANK[finding.severity])
    shown = findings[:MAX_FINDINGS]
    if len(dataset.stations) <= MAX_STATIONS:
        return Selection(dataset.stations, shown, dataset.provenance)
    stations = _select_stations(dataset.stations, findings, comparison)
    cited = set(_cited_by(stations))
    documents = {key: document for key, document in dataset.provenance.items() if key in cited}
    return Selection(stations, shown, documents)


def _select_stations(
    stations: Sequence[Station], findings: Iterable[Finding], comparison: Comparison | None
) -> tuple[Station, ...]:
    severe: dict[str | None, Severity] = {}
    for finding in findings:
        severe.setdefault(finding.slug, finding.severity)
    changed = changed_slugs(comparison) if comparison is not None else frozenset()

    def urgency(number: int) -> tuple[bool, bool, bool]:
        slug = stations[number].slug
        found = severe.get(slug)
        return found is not Severity.ERROR, slug not in changed, found is not Severity.WARNING

    chosen = sorted(range(len(stations)), key=urgency)[:MAX_STATIONS]
    return tuple(stations[number] for number in sorted(chosen))


def _cited_by(stations: Iterable[Station]) -> Iterable[str]:
    reasons = (
        reason
        for station in stations
        for record in walk_published(station)
        for reason in record.all_evidence()
    )
    return map(attrgetter("document_id"), reasons)
