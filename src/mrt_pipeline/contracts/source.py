"""Publishers' records as the stages see them, whether recorded or live."""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding

RecordT = TypeVar("RecordT")

BUS_STOP_CODE = re.compile(r"[0-9]{5}")
"""a whole code, as LTA writes it"""
STATION_CODE = re.compile(r"[A-Z]{2,3}[0-9]{0,2}[A-Z]?")
"""``NS13``, ``NS3A``, ``STC``, ``CG``"""
PLATFORM_LETTER = re.compile(r"[A-Z]|[0-9]{1,2}")
"""letter or number as signed"""


@dataclass(frozen=True, slots=True)
class SourceTable(Generic[RecordT]):
    """All records of one document, with its provenance and findings."""

    records: tuple[RecordT, ...]
    provenance: Provenance
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ExitFeature:
    """One feature of LTA's MRT Station Exit dataset, texts as published."""

    record_id: str
    """LTA's OBJECTID"""
    station_na: str
    exit_code: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class StationLocation:
    """OneMap's position of the building of one station code."""

    station_code: str
    building: str
    """name as published"""
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class BusStop:
    """One row of LTA DataMall's BusStops."""

    bus_stop_code: str
    road_name: str
    description: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class BusService:
    """One direction of one bus service, its stops in travel order."""

    service_no: str
    direction: int
    stop_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiftRecord:
    """A lift that LTA DataMall's v2/FacilitiesMaintenance has listed, and when it was seen there."""

    line: str
    """LTA's name for it: ``BPLRT``"""
    station_code: str
    station_name: str
    lift_id: str
    """empty if LTA gives none"""
    description: str
    first_seen: str
    """ISO date in Singapore"""
    last_seen: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what identifies the lift; rows with equal keys are the same lift."""
        return self.station_code, self.lift_id, self.description


@dataclass(frozen=True, slots=True)
class StationPageFact:
    """One item that a publisher's station page lists under an exit."""

    line_code: str
    """line of the page, since an interchange may have a page for each; empty if the page covers all lines"""
    operator_code: str
    """the publisher's own code for the station: ``BGS``"""
    station_name: str
    exit_code: str
    kind: str
    """``lift``, ``toilet`` or ``landmark``"""
    name: str
    """name of a landmark; otherwise empty"""
