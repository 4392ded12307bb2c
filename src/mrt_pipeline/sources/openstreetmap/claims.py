"""``openstreetmap``: step-free access as volunteers have tagged the entrances of stations.

One volunteer's tag is worth little alone: its confidence is low. Two entrances of one exit that contradict
each other are in dispute like two sources.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitAccess, Station, StationExit, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import InternalError
from mrt_pipeline.extraction.exit_matching import Entrance, match_entrance
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.runtime.geometry import SpatialIndex, to_svy21_all
from mrt_pipeline.sources.openstreetmap import ENTRANCES, SPEC
from mrt_pipeline.sources.openstreetmap.fetching import ENTRANCES_ID, fetch_entrances
from mrt_pipeline.sources.openstreetmap.parsing import OsmEntrance, parse_entrances

if TYPE_CHECKING:
    from mrt_pipeline.extraction.facts import BusTables
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext


MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of the entrances."""

    by_exit: dict[str, list[OsmEntrance]] = field(default_factory=lambda: defaultdict(list))
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """by slug of the nearest station"""
    left_out: list[OsmEntrance] = field(default_factory=list)
    """those near no exit, or without a label and not certain"""


@dataclass
class OsmSource:
    """Claims what entrances are tagged with; they are read and joined before the first station."""

    name: ClassVar[str] = SPEC.name
    read: Callable[[], SourceTable[OsmEntrance]]
    _table: SourceTable[OsmEntrance] | None = None
    _joined: Joined = field(default_factory=Joined)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was odd about entrances, and how many are of no exit."""
        told = self._table.findings if self._table else ()
        return (*told, *([_left_out(self._joined.left_out)] if self._joined.left_out else []))

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read the entrances.

        Raises:
            SourceError: if they cannot be had.
        """
        self._table = self.read()

    def survey(self, stations: Sequence[Station]) -> None:
        """Find the exit of every entrance among those of all stations."""
        self._joined = join_entrances(self._read_table().records, stations)

    def version_for(self, station: Station) -> str:
        """Return the fingerprint of all that is claimed of a station."""
        return hashlib.sha256(self.claims_for(station, ()).model_dump_json().encode()).hexdigest()

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the entrances of a station's exits are tagged with."""
        provenance = self._read_table().provenance
        return StationClaims(
            source=self.name,
            exits=tuple(
                ExitEnrichment(exit_id=found.exit_id, access=self._claim(entrance))
                for found in station.exits
                for entrance in self._joined.by_exit.get(found.exit_id, ())
                if entrance.step_free is not StepFree.UNKNOWN
            ),
            findings=tuple(self._joined.findings.get(station.slug, ())),
            provenance={provenance.document_id: provenance},
        )

    def _claim(self, entrance: OsmEntrance) -> ExitAccess:
        return ExitAccess(
            step_free=entrance.step_free,
            confidence=Confidence.LOW,
            evidence={WHOLE_RECORD: (self._read_table().provenance.cite(entrance.record_id),)},
        )

    def _read_table(self) -> SourceTable[OsmEntrance]:
        if self._table is None:
            raise InternalError(f"{self.name} is asked before it was prepared")
        return self._table


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the entrances when it is prepared."""
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days

    def read(answers: Answers) -> SourceTable[OsmEntrance]:
        answer = fetch_entrances(context.access, answers)
        parsed, revision = parse_entrances(answer.content, context.as_of)
        return table_of(ENTRANCES, Payload(answer.content, answer.retrieved_at, revision), parsed)

    return OsmSource(lambda: context.access.read_checked(ENTRANCES_ID, ttl_days, read))


def _left_out(entrances: Sequence[OsmEntrance]) -> Finding:
    named = listed((entrance.record_id for entrance in entrances), MOST_NAMED)
    return finding_of(
        "entrance-left-out",
        f"OpenStreetMap has {counted(len(entrances), 'entrance')} near no exit of the run, or without a "
        f"label and not at one exit alone: {named}. Nothing is claimed of them.",
        record_id=ENTRANCES_ID,
    )


NEAR_M = 150.0
"""an entrance farther from every exit is of no station of the run"""
UNNAMED_M = 10.0
"""an entrance without a label is the only exit so near"""

Held = tuple[float, Station, StationExit]
"""metres to an exit"""


def join_entrances(entrances: Sequence[OsmEntrance], stations: Iterable[Station]) -> Joined:
    """Return each entrance at the exit that it is, by label and distance or a very short distance alone.

    All exits of the network are held against each entrance, since a node does not say whose it is.
    """
    exits = [(station, found) for station in stations for found in station.exits]
    index = SpatialIndex(to_svy21_all([(found.lat, found.lng) for _, found in exits]))
    centres = to_svy21_all([(entrance.lat, entrance.lng) for entrance in entrances])
    joined = Joined()
    for entrance, around in zip(entrances, index.within(centres, NEAR_M), strict=True):
        held = sorted(
            ((metres, *exits[place]) for place, metres in around), key=lambda one: (one[0], one[2].exit_id)
        )
        _join(entrance, held, joined)
    return joined


def _join(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    near = [found for metres, _, found in held if metres <= UNNAMED_M]
    if not entrance.labels and len(near) == 1:
        joined.by_exit[near[0].exit_id].append(entrance)
    elif not held or not entrance.labels:
        joined.left_out.append(entrance)
    else:
        _join_by_label(entrance, held, joined)


def _join_by_label(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    _, station, _ = held[0]
    others = [found for _, of, found in held if of is not station]
    for label in entrance.labels:
        record = Entrance(
            label, entrance.lat, entrance.lng, f"{ENTRANCES_ID}:{entrance.record_id}", "OpenStreetMap"
        )
        found = match_entrance(station, record, (*station.exits, *others))
        if isinstance(found, Finding):
            joined.findings[station.slug].append(found)
        else:
            joined.by_exit[found.exit_id].append(entrance)
