"""Check that no source is too old on the day that the dataset is for."""

from __future__ import annotations

from collections.abc import Iterator

from mrt_pipeline.config.registry import source_of
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import in_days, joined
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.source_spec import USUAL_MAX_AGE_DAYS
from mrt_pipeline.network.statements import is_statement


def check_freshness(dataset: Stage3Output, settings: Settings) -> Iterator[Finding]:
    """Yield each source with an old document; if it has several, the oldest counts.

    A dated statement of an authority does not become outdated, and there is no newer edition to fetch.
    """
    by_source: dict[str, list[Provenance]] = {}
    for document in dataset.provenance.values():
        if not is_statement(document.document_id):
            by_source.setdefault(source_of(document), []).append(document)
    for source, documents in by_source.items():
        most = getattr(settings.sources.max_age_days, source, USUAL_MAX_AGE_DAYS)
        old = sorted(
            (found for found in documents if found.age_days(dataset.metadata.as_of) > most),
            key=lambda found: (found.day, found.document_id),
        )
        if old:
            yield _too_old(source, old, dataset, most)


def _too_old(source: str, old: list[Provenance], dataset: Stage3Output, most: int) -> Finding:
    dated = joined((f"{found.document_id} dates from {found.day}" for found in old), "and")
    return finding_of(
        "source-old",
        f"{source} is out of date on {dataset.metadata.as_of} (limit: {in_days(most)}): {dated}. "
        "Fetch it again, or record a newer file with mrt-pipeline snapshot refresh.",
        record_id=old[0].document_id,
        source=source,
    )
