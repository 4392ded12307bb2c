"""The figures of a run: counts of each stage's output, computed once and kept in the manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mrt_pipeline.contracts.fields import COVERED, FIELDS, ExitField, measure_coverage
from mrt_pipeline.contracts.findings import Finding, count_by_severity
from mrt_pipeline.contracts.network import LinkedExit, Platform, count_stations, index_platforms
from mrt_pipeline.contracts.outputs import (
    EnrichmentStatus,
    FeatureOutcome,
    Stage1Output,
    Stage2Output,
    Stage3Output,
    StageOutput,
)
from mrt_pipeline.contracts.run import ColumnCount


def count_dataset(output: Stage3Output) -> dict[str, float]:
    """Return the figures of stage 3's output by name."""
    coverage = measure_coverage(output.stations)
    return {
        **count_stations(output.stations),
        "future_stations": len(output.future_stations),
        **{f"coverage_{field}": measured.share for field, measured in coverage.items()},
        **{f"known_{field}": measured.filled for field, measured in coverage.items()},
        **_count_findings(output.findings),
    }


def shape_of(output: StageOutput) -> dict[str, Any]:
    """Return an output's columns, how full they are, and the sources it is based on."""
    return {
        "columns": measure_columns(output),
        "sources": tuple(sorted({document.source_id for document in output.provenance.values()})),
    }


def measure_columns(output: StageOutput) -> dict[str, ColumnCount]:
    """Return how full each list of an output is, and each field of its exits."""
    is_claimed = isinstance(output, Stage2Output)
    places = output.enrichments if isinstance(output, Stage2Output) else output.stations
    root = "enrichments" if is_claimed else "stations"
    exits = [found for place in places for found in place.exits]
    platforms = index_platforms(places)
    fields = {
        _name_column(root, field): _column(field, exits, platforms)
        for field in COVERED
        if not isinstance(output, Stage1Output) and not (is_claimed and field.attribute)
    }
    return {
        root: ColumnCount(filled=len(places), empty=0),
        f"{root}.exits": ColumnCount(filled=len(exits), empty=sum(not place.exits for place in places)),
        **fields,
    }


def count_pending(output: Stage2Output) -> int:
    """Return how many stations stage 2 left pending because its budget was used up."""
    return sum(item.status is EnrichmentStatus.PENDING for item in output.enrichments)


def count_rejected(output: Stage2Output) -> dict[str, int]:
    """Return how many claims were not published, by reason."""
    counted = Counter(claim.reason for item in output.enrichments for claim in item.rejected)
    return dict(sorted(counted.items()))


def _name_column(root: str, field: ExitField) -> str:
    rows = root if field.count_shared else f"{root}.exits"
    return ".".join(filter(None, (rows, field.part, field.attribute)))


def _column(field: ExitField, exits: Sequence[LinkedExit], platforms: Mapping[str, Platform]) -> ColumnCount:
    """Return how full a field is: over the exits, or over the records that they share."""
    if (count := field.count_shared) is not None:
        filled, total = sum(count(platform) > 0 for platform in platforms.values()), len(platforms)
    else:
        filled, total = sum(field.is_filled_in(found, platforms) for found in exits), len(exits)
    return ColumnCount(filled=filled, empty=total - filled)


def count_ingested(output: Stage1Output) -> dict[str, float]:
    """Return the figures of stage 1's output by name."""
    outcomes = [account.outcome for account in output.features]
    return {
        **count_stations(output.stations),
        "future_stations": len(output.future_stations),
        "features": len(outcomes),
        **{f"features_{outcome.value}": outcomes.count(outcome) for outcome in FeatureOutcome},
        **_count_findings(output.findings),
    }


def count_enriched(output: Stage2Output) -> dict[str, float]:
    """Return the figures of stage 2's output by name."""
    statuses = [item.status.value for item in output.enrichments]
    exits = [found for item in output.enrichments for found in item.exits]
    return {
        **{f"stations_{status}": statuses.count(status) for status in sorted(set(statuses))},
        **{
            field.name: sum(field.count_in(found, {}) for found in exits)
            for field in FIELDS.values()
            if not field.attribute
        },
        "rejected_claims": sum(len(item.rejected) for item in output.enrichments),
        **_count_findings((*output.findings, *(f for item in output.enrichments for f in item.findings))),
    }


def _count_findings(findings: tuple[Finding, ...]) -> dict[str, float]:
    return {f"findings_{severity}": number for severity, number in count_by_severity(findings).items()}
