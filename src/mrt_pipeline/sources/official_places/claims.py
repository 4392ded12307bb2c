"""``official_places``: known places near an exit, each on the exit that is nearest to it.

Where a place is, its publisher says; that this exit leads there, only distance does. So confidence is medium,
and low where another exit is hardly farther: a wall or a road may lie between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Method, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.official_places import SPEC
from mrt_pipeline.sources.official_places.choosing import Site, choose_sites, find_interchanges
from mrt_pipeline.sources.official_places.placing import Hung, hang_places
from mrt_pipeline.sources.official_places.reading import read_places


@dataclass
class PlacesSource:
    """Claims the places of all documents; they are read when stations are to be asked about."""

    name: ClassVar[str] = SPEC.name
    context: RunContext
    bus_tables: BusTables
    _documents: dict[str, Provenance] = field(default_factory=dict)
    _versions: dict[str, bytes] = field(default_factory=dict)
    """all that is known of each document, by its id"""
    _sites: list[Site] = field(default_factory=list)
    _landmarks: dict[str, tuple[Landmark, ...]] = field(default_factory=dict)
    """by exit"""
    _findings: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was odd about the documents, and how many of their records are no landmarks."""
        return self._findings

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read every document.

        Raises:
            SourceError: if one cannot be had or is not what its publisher documents.
        """
        ttl_days = self.context.settings.stages.stage1_ingestion.cache_ttl_days
        tables = read_places(self.context.access, ttl_days)
        chosen, left_out = choose_sites(tables)
        self._sites = [*chosen, *find_interchanges(self.bus_tables, load_network())]
        self._documents = {site.document.document_id: site.document for site in self._sites}
        self._versions = {
            name: document.model_dump_json().encode() for name, document in self._documents.items()
        }
        self._findings = (*(found for table in tables for found in table.findings), *left_out)

    def survey(self, stations: Sequence[Station]) -> None:
        """Hang every place on the nearest exit of any station."""
        exits = (found for station in stations for found in station.exits)
        radius_m = self.context.settings.stages.stage2_enrichment.landmark_radius_m
        hung = hang_places(self._sites, exits, radius_m)
        self._landmarks = {exit_id: tuple(map(_publish, held)) for exit_id, held in hung.items()}

    def version_for(self, station: Station) -> str:
        """Return the fingerprint of what belongs to a station's exits, and of the documents that say so."""
        digest = hashlib.sha256()
        for found in station.exits:
            for landmark in self._landmarks.get(found.exit_id, ()):
                digest.update(f"{found.exit_id} {landmark.model_dump_json()}".encode())
        for name in self._documents_of(station):
            digest.update(self._versions[name])
        return digest.hexdigest()

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the landmarks of every exit, nearest first."""
        return StationClaims(
            source=self.name,
            exits=tuple(
                ExitEnrichment(exit_id=found.exit_id, landmarks=self._landmarks.get(found.exit_id, ()))
                for found in station.exits
            ),
            provenance=self._documents_of(station),
        )

    def _documents_of(self, station: Station) -> dict[str, Provenance]:
        """Return the documents that a station's landmarks cite."""
        landmarks = (item for found in station.exits for item in self._landmarks.get(found.exit_id, ()))
        cited = {reason.document_id for landmark in landmarks for reason in landmark.all_evidence()}
        return {name: self._documents[name] for name in sorted(cited)}


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; nothing is read yet."""
    return PlacesSource(context, tables)


def _publish(hung: Hung) -> Landmark:
    first = hung.sites[0]
    cited = dict.fromkeys(site.document.cite(site.record_id, Method.GEOMETRY) for site in hung.sites)
    return Landmark(
        name=first.name,
        kind=first.kind,
        distance_m=round(hung.distance_m, 1),
        confidence=Confidence.MEDIUM if hung.is_clear else Confidence.LOW,
        evidence={WHOLE_RECORD: tuple(cited), "kind": (first.document.cite(first.record_id),)},
    )
