"""Does the dataset contradict itself, the network, or the map?"""

from __future__ import annotations

from collections.abc import Iterator

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Evidence, Published, walk_published
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import Network
from mrt_pipeline.stages.checks.identities import check_identities
from mrt_pipeline.stages.checks.positions import check_positions


def check_sanity(dataset: Stage3Output, network: Network) -> Iterator[Finding]:
    """Yield what cannot be true of the stations: their positions, identities and evidence."""
    yield from check_positions(dataset.stations, network)
    yield from check_identities((*dataset.stations, *dataset.future_stations), network)
    yield from check_citations(dataset)


__all__ = ["check_citations", "walk_published"]


def check_citations(dataset: Stage3Output) -> Iterator[Finding]:
    """Yield each cited document that ``provenance`` lacks, or has under another licence."""
    cited: dict[tuple[str, str], list[str]] = {}
    for station in (*dataset.stations, *dataset.future_stations):
        for record in walk_published(station):
            for evidence in _evidence_of(record):
                cited.setdefault((evidence.document_id, evidence.licence), []).append(station.slug)
    for (document_id, licence), slugs in cited.items():
        document = dataset.provenance.get(document_id)
        if document is None:
            fault = "is not in provenance; expected where, when and under what licence it was read"
            yield _finding("evidence-without-document", document_id, slugs, fault)
        elif document.licence != licence:
            fault = f"is cited as {licence}; its licence is {document.licence}"
            yield _finding("evidence-under-other-licence", document_id, slugs, fault)


def _evidence_of(record: Published) -> Iterator[Evidence]:
    for reasons in record.evidence.values():
        yield from reasons


def _finding(check: str, document_id: str, slugs: list[str], fault: str) -> Finding:
    return finding_of(
        check,
        f"Document {document_id}, cited {counted(len(slugs), 'time')} and first by {slugs[0]}, "
        f"{fault}. Correct the source that made the claim.",
        slug=slugs[0],
        record_id=document_id,
    )
