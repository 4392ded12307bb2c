"""Does the dataset contradict itself, the network, or the map?"""

from __future__ import annotations

from collections.abc import Iterator

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import Network
from mrt_pipeline.stages.checks.citations import check_citations
from mrt_pipeline.stages.checks.identities import check_identities
from mrt_pipeline.stages.checks.positions import check_positions


def check_sanity(dataset: Stage3Output, network: Network) -> Iterator[Finding]:
    """Yield what cannot be true of the stations: their positions, identities and evidence."""
    yield from check_positions(dataset.stations, network)
    yield from check_identities((*dataset.stations, *dataset.future_stations), network)
    yield from check_citations(dataset)
