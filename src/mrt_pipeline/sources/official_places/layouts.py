"""How each document names its fields, and what kind of landmark its places are."""

from __future__ import annotations

from dataclasses import dataclass

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.sources.official_places import (
    COMMUNITY_CLUBS,
    HAWKER_CENTRES,
    LIBRARIES,
    MUSEUMS,
    PARKS,
    SPORT_FACILITIES,
)

_IDS = ("OBJECTID", "OBJECTID_1", "INC_CRC")
_NAMES = ("NAME", "name")


@dataclass(frozen=True, slots=True)
class Layout:
    """A GeoJSON document's fields; of several names for one, the first that is filled counts."""

    document: Document
    kind: LandmarkKind
    id_fields: tuple[str, ...] = _IDS
    name_fields: tuple[str, ...] = _NAMES
    status_field: str = ""

    @property
    def document_id(self) -> str:
        """Return the document's identifier."""
        return self.document.document_id


HAWKER_CENTRE_LAYOUT = Layout(HAWKER_CENTRES, LandmarkKind.HAWKER_CENTRE, status_field="STATUS")
SPORT_FACILITY_LAYOUT = Layout(SPORT_FACILITIES, LandmarkKind.SPORT_FACILITY, name_fields=("VENUE", "NAME"))
PARK_LAYOUT = Layout(PARKS, LandmarkKind.PARK)
COMMUNITY_CLUB_LAYOUT = Layout(COMMUNITY_CLUBS, LandmarkKind.COMMUNITY_CLUB)
LIBRARY_LAYOUT = Layout(
    LIBRARIES,
    LandmarkKind.LIBRARY,
    # The recorded file had lost all its attributes but the name.
    id_fields=(*_IDS, "Name"),
    name_fields=(*_NAMES, "Name"),
)
MUSEUM_LAYOUT = Layout(MUSEUMS, LandmarkKind.MUSEUM)

LAYOUTS = (
    HAWKER_CENTRE_LAYOUT,
    SPORT_FACILITY_LAYOUT,
    PARK_LAYOUT,
    COMMUNITY_CLUB_LAYOUT,
    LIBRARY_LAYOUT,
    MUSEUM_LAYOUT,
)
