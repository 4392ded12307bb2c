"""The provenance of the network's own table, for values based on it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from mrt_pipeline.contracts.documents import SODL
from mrt_pipeline.contracts.evidence import Evidence, Method, Provenance
from mrt_pipeline.network.entities import Network

NETWORK_DOCUMENT = "network-table"
LAST_LOOKED_AT = datetime(2026, 11, 23, tzinfo=UTC)


def network_provenance(network: Network) -> Provenance:
    """Return the provenance of the network's table."""
    return Provenance(
        document_id=NETWORK_DOCUMENT,
        source_id=NETWORK_DOCUMENT,
        title="Lines, station codes and opening dates",
        publisher="MRT Data Pipeline, from OneMap and announcements of the Land Transport Authority",
        url="https://www.lta.gov.sg/content/ltagov/en/getting_around/public_transport/rail_network.html",
        retrieved_at=LAST_LOOKED_AT,
        licence=SODL.licence_id,
        licence_url=SODL.url,
        attribution=SODL.attribution.format(
            dataset="OneMap", when="in 2025-07", source="the Singapore Land Authority", url=SODL.url
        ),
        sha256=network.sha256,
        records=len(network.codes),
        recorded_tables=network.tables,
    )


@cache
def network_evidence(
    record_id: str, method: Method = Method.RECORD, *, stated_in: str | None = None
) -> Evidence:
    """Return evidence for a code or a service of the network's table, and for the row's own source."""
    return Evidence(
        document_id=NETWORK_DOCUMENT,
        method=method,
        licence=SODL.licence_id,
        record_id=record_id,
        stated_in=stated_in,
    )
