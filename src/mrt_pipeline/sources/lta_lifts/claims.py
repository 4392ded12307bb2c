"""``lta_lifts``: exits that have a lift according to LTA, and those whose lift is out of service now.

A lift out of service is published with the date, and changes neither features nor step-free access.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.extraction.exit_matching import Naming, match_exit
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import CodeEntry, Network, load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.records import show
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.lta_lifts import SPEC
from mrt_pipeline.sources.lta_lifts.parsing import LIFTS_ID, LiftWords, read_description
from mrt_pipeline.sources.lta_lifts.reading import KnownLifts, read_lifts


@dataclass(slots=True)
class _AtExit:
    """The lifts of one exit."""

    lifts: list[LiftRecord] = field(default_factory=list)
    from_street: list[LiftRecord] = field(default_factory=list)


def open_source(context: RunContext, tables: BusTables) -> LateTableSource:
    """Return the source; each live run asks LTA again when the source is prepared."""
    return late_source(lambda: read_lifts(context.access), load_network())


def late_source(read: Callable[[], KnownLifts], network: Network) -> LateTableSource:
    """Return the source over a function that reads the known lifts."""
    return LateTableSource(SPEC.name, lambda: _source_of(read(), network))


def _source_of(known: KnownLifts, network: Network) -> TableSource:
    by_slug: dict[str, list[tuple[LiftRecord, CodeEntry]]] = defaultdict(list)
    unplaced: list[Finding] = []
    for record in known.table.records:
        if (entry := network.find_current(record.station_code)) is None:
            unplaced.append(_unplaced(record))
        else:
            by_slug[entry.slug].append((record, entry))
    return TableSource(
        SPEC.name,
        known.version,
        lambda station: _claim(station, by_slug.get(station.slug, ()), known),
        (*known.table.findings, *unplaced),
    )


def _claim(
    station: Station, lifts: Iterable[tuple[LiftRecord, CodeEntry]], known: KnownLifts
) -> StationClaims:
    findings, at = [], {found.exit_id: _AtExit() for found in station.exits}
    for record, entry in lifts:
        if entry.station_code not in station.mrt_codes:
            continue
        words = read_description(record.description)
        if not words.is_understood:
            findings.append(_unread(station, record))
        for label in words.labels:
            found = match_exit(station, _naming(record, entry, words, label))
            if isinstance(found, Finding):
                findings.append(found)
                continue
            at[found.exit_id].lifts.append(record)
            if label in words.street_labels:
                at[found.exit_id].from_street.append(record)
    provenance = known.table.provenance
    return StationClaims(
        source=SPEC.name,
        exits=tuple(_enrich(exit_id, here, known) for exit_id, here in at.items() if here.lifts),
        findings=tuple(findings),
        provenance={provenance.document_id: provenance},
    )


def _unplaced(record: LiftRecord) -> Finding:
    return finding_of(
        "access-station-unknown",
        f"LTA lists a lift at {show(record.station_name)} under the code {record.station_code}, "
        "which the network table lacks; the record is not used. Check whether the station is new.",
        record_id=f"{LIFTS_ID}:{_record_id(record)}",
    )


def _naming(record: LiftRecord, entry: CodeEntry, words: LiftWords, label: str) -> Naming:
    return Naming(
        label=label,
        line_code=words.line_code or entry.line_code,
        record_id=f"{LIFTS_ID}:{_record_id(record)}",
        words=f"LTA's lift {show(record.description)} ({record.station_code})",
        is_line_stated=words.line_code is not None,
    )


def _unread(station: Station, record: LiftRecord) -> Finding:
    return finding_of(
        "access-words-unread",
        f"LTA's lift {show(record.description)} at {station.name} ({record.station_code}) mentions an exit "
        "in words that no rule covers; the record is not used. Read it, and find out which exit is meant.",
        slug=station.slug,
        record_id=f"{LIFTS_ID}:{_record_id(record)}",
    )


def _record_id(record: LiftRecord) -> str:
    """Return the words by which a lift is cited: its number alone is not unique, and may be empty."""
    return ":".join(part for part in record.key if part)


def _enrich(exit_id: str, here: _AtExit, known: KnownLifts) -> ExitEnrichment:
    def cite(records: Sequence[LiftRecord]) -> tuple[Evidence, ...]:
        return tuple(dict.fromkeys(known.table.provenance.cite(_record_id(record)) for record in records))

    reasons = cite(here.lifts)
    faulty = cite([record for record in here.lifts if record.key in known.out_of_service])
    return ExitEnrichment(
        exit_id=exit_id,
        access=ExitAccess(
            step_free=StepFree.UNKNOWN,
            features=(AccessFeature.LIFT,),
            out_of_service=known.asked_on if faulty else None,
            confidence=Confidence.HIGH,
            evidence={
                "step_free": reasons,
                "features": reasons,
                **({"out_of_service": faulty} if faulty else {}),
            },
        ),
        street_lifts=cite(here.from_street),
    )
