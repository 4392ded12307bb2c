"""What the example says of exits."""

from __future__ import annotations

from datetime import UTC, datetime

from example_source import PLACES, SPEC, ExamplePlace
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.table_source import TableSource

CONTENT = b"bugis-ewl-B,Example Hall"
READ_AT = datetime(2026, 11, 1, tzinfo=UTC)


def open_source(context: RunContext, tables: BusTables) -> TableSource:
    """Return the source over its one place."""
    places = [ExamplePlace(*line.split(",")) for line in CONTENT.decode().splitlines()]
    provenance = provenance_of(PLACES, Payload(CONTENT, READ_AT), len(places))

    def claim(station: Station) -> StationClaims:
        ids = {found.exit_id for found in station.exits}
        exits = tuple(
            ExitEnrichment(
                exit_id=place.exit_id,
                landmarks=(Landmark(name=place.name, evidence={"name": (provenance.cite(place.exit_id),)}),),
            )
            for place in places
            if place.exit_id in ids
        )
        return StationClaims(
            source=SPEC.name, exits=exits, provenance={PLACES.document_id: provenance} if exits else {}
        )

    return TableSource(SPEC.name, provenance.sha256, claim)
