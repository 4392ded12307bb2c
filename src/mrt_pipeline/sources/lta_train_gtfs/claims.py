"""``lta_train_gtfs``: letters of platforms, and step-free access of entrances where the timetable states it.

Its entrances are held against LTA's own exit layer as well: each that has no exit, and each exit that has no
entrance, is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitAccess, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.entrance_matching import Entrance, match_entrance
from mrt_pipeline.extraction.signed_letters import (
    DirectionKey,
    SignedLetters,
    claim_platforms,
    find_strays,
    key_of,
)
from mrt_pipeline.network import (
    NETWORK_DOCUMENT,
    Direction,
    Network,
    load_network,
    network_provenance,
)
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.lta_train_gtfs import SCHEDULE, SPEC
from mrt_pipeline.sources.lta_train_gtfs.fetching import SCHEDULE_ID, fetch_schedule
from mrt_pipeline.sources.lta_train_gtfs.letters import find_doubts, letters_of, platforms_served
from mrt_pipeline.sources.lta_train_gtfs.parsing import TrainEntrance, TrainSchedule, parse_schedule

if TYPE_CHECKING:
    from datetime import date

    from mrt_pipeline.extraction.bus_tables import BusTables
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext

WORDS = "LTA's train timetable"
OUTRANKED = ("mrtdown",)
"""volunteers' letters give way to LTA's own where both differ"""


@dataclass(frozen=True, slots=True)
class ReadSchedule:
    """The timetable, and where it was read."""

    schedule: TrainSchedule
    provenance: Provenance


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source, whose timetable is read when the stage begins."""

    def read(answers: Answers) -> ReadSchedule:
        return read_schedule(fetch_schedule(context.access, answers))

    def load() -> TableSource:
        ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
        found = context.access.read_checked(SCHEDULE_ID, ttl_days, read)
        return source_of(found, load_network(), context.as_of)

    return LateTableSource(SPEC.name, load)


def read_schedule(payload: Payload) -> ReadSchedule:
    """Return the timetable of a zip file.

    Raises:
        SourceFormatError: if it is none.
    """
    schedule = parse_schedule(payload.content)
    return ReadSchedule(schedule, provenance_of(SCHEDULE, payload, schedule.number))


def source_of(found: ReadSchedule, network: Network, as_of: date) -> TableSource:
    """Return the source over a timetable, for one day's network."""
    claims = _Claims(found.schedule, found.provenance, network, network.directions(as_of))
    version = f"{found.provenance.sha256}+{network.sha256}"
    return TableSource(SPEC.name, version, claims.of, claims.remarks())


@dataclass(frozen=True)
class _Claims:
    """What the timetable says of each station."""

    schedule: TrainSchedule
    provenance: Provenance
    network: Network
    ways: Mapping[str, tuple[Direction, ...]]
    """where trains go on the run's day, by station code"""
    _letters: Mapping[DirectionKey, SignedLetters] = field(init=False, repr=False)
    _doubts: tuple[Finding, ...] = field(init=False, repr=False)
    _entrances: Mapping[str, list[TrainEntrance]] = field(init=False, repr=False)
    """by slug, empty for those of a station that nobody knows"""

    def __post_init__(self) -> None:
        ways = (way for found in self.ways.values() for way in found)
        served = platforms_served(self.schedule, ways, self.network)
        entrances: dict[str, list[TrainEntrance]] = {}
        for entrance in self.schedule.entrances:
            entry = self.network.find_current(entrance.station_code)
            entrances.setdefault(entry.slug if entry else "", []).append(entrance)
        object.__setattr__(self, "_letters", letters_of(served, self.provenance))
        object.__setattr__(self, "_doubts", tuple(find_doubts(served, self.network, SCHEDULE_ID)))
        object.__setattr__(self, "_entrances", entrances)

    def remarks(self) -> tuple[Finding, ...]:
        """Return what is odd about the timetable and concerns no single station."""
        known = {key_of(way) for ways in self.ways.values() for way in ways}
        return (
            *self.schedule.findings,
            *self._doubts,
            *find_strays(self._letters, known, SCHEDULE_ID),
            *(_unplaced(entrance) for entrance in self._entrances.get("", ())),
            *([_all_alike()] if self._says(StepFree.YES) and not self._says(StepFree.NO) else []),
        )

    def of(self, station: Station) -> StationClaims:
        """Return what is said of a station's exits."""
        said, findings = self._match(station)
        ways = [way for code in station.mrt_codes for way in self.ways.get(code, ())]
        return StationClaims(
            source=SPEC.name,
            outranks=OUTRANKED,
            exits=tuple(
                ExitEnrichment(
                    exit_id=found.exit_id,
                    platforms=tuple(claim_platforms(found, station, ways, self._letters, self.network)),
                )
                for found in station.exits
            )
            + tuple(said),
            findings=tuple(findings),
            provenance={
                NETWORK_DOCUMENT: network_provenance(self.network),
                self.provenance.document_id: self.provenance,
            },
        )

    def _says(self, step_free: StepFree) -> bool:
        """Return whether any entrance is called so; if none is ``no``, a ``yes`` tells nothing apart."""
        return any(entrance.step_free is step_free for entrance in self.schedule.entrances)

    def _match(self, station: Station) -> tuple[list[ExitEnrichment], list[Finding]]:
        """Return what is said of access through each exit, and how exits and entrances differ."""
        said: list[ExitEnrichment] = []
        findings: list[Finding] = []
        entrances = self._entrances.get(station.slug, [])
        beside = [_entrance_of(entrance) for entrance in entrances]
        for entrance in entrances:
            found = match_entrance(station, _entrance_of(entrance), station.exits, beside)
            if isinstance(found, Finding):
                findings.append(found)
            elif entrance.step_free is not StepFree.UNKNOWN and self._says(StepFree.NO):
                said.append(ExitEnrichment(exit_id=found.exit_id, access=self._claim(entrance)))
        return said, [*findings, *_find_lacking(station, {entrance.label for entrance in entrances})]

    def _claim(self, entrance: TrainEntrance) -> ExitAccess:
        return ExitAccess(
            step_free=entrance.step_free,
            confidence=Confidence.HIGH,
            evidence={WHOLE_RECORD: (self.provenance.cite(entrance.stop_id),)},
        )


def _entrance_of(entrance: TrainEntrance) -> Entrance:
    record_id = f"{SCHEDULE_ID}:{entrance.stop_id}"
    return Entrance(entrance.label, entrance.lat, entrance.lng, record_id, WORDS)


def _find_lacking(station: Station, labels: set[str]) -> Iterator[Finding]:
    for found in station.exits:
        if found.exit_code not in labels:
            yield finding_of(
                "exit-without-entrance",
                f"{WORDS} has no entrance {found.exit_code} at {station.name}, which LTA's exit layer has. "
                "Check whether the exit is open.",
                slug=station.slug,
                exit_id=found.exit_id,
            )


def _unplaced(entrance: TrainEntrance) -> Finding:
    return finding_of(
        "entrance-without-exit",
        f"{WORDS} has an entrance {entrance.label} of {entrance.station_code}, a station that the network "
        "table lacks; nothing is claimed of it. Check whether the station is new.",
        record_id=f"{SCHEDULE_ID}:{entrance.stop_id}",
    )


def _all_alike() -> Finding:
    return finding_of(
        "access-words-unread",
        f"{WORDS} calls entrances accessible (wheelchair_boarding 1) and none inaccessible (2); by LTA's own "
        "word not every entrance is, so nothing is claimed of any. Ask LTA what the field means.",
        record_id=SCHEDULE_ID,
    )
