"""Which of LTA's stops are bus interchanges and terminals, and what people call them."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.source import BusService, BusStop
from mrt_pipeline.sources.official_places.choosing import find_interchanges
from tests.unit.sources.bus_scene import NETWORK, stop_at, tables_of


def names_of(*stops: BusStop, ends: tuple[str, ...] | None = None) -> list[str]:
    codes = tuple(stop.bus_stop_code for stop in stops) if ends is None else ends
    services = (BusService("10", 1, codes),)
    return [site.name for site in find_interchanges(tables_of(*stops, services=services), NETWORK)]


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Yishun Int", "Yishun Bus Interchange"),
        ("Bt Panjang Int", "Bukit Panjang Bus Interchange"),
        ("HarbourFront Int", "HarbourFront Bus Interchange"),
        ("Hougang Ctrl Int", "Hougang Central Bus Interchange"),
        ("Woodlands Temp Int", "Woodlands Temporary Bus Interchange"),
        ("Buona Vista Ter", "Buona Vista Bus Terminal"),
        ("Queen St Ter", "Queen Street Bus Terminal"),
    ],
)
def test_an_interchange_is_written_out(description: str, name: str) -> None:
    assert names_of(stop_at("59009", description, 0)) == [name]


@pytest.mark.parametrize(
    "description",
    [
        "Opp HarbourFront Int",
        "Aft Ang Mo Kio Int",
        "Punggol Stn/Int",
        "Pasir Ris Int/Mall",
        "Tanah Merah Ferry Ter",
        "SATS Cargo Ter",
        "Changi Airport Ter 2",
        "Blk 707",
    ],
)
def test_another_stop_is_none(description: str) -> None:
    assert names_of(stop_at("59009", description, 0)) == []


def test_a_stop_that_no_service_ends_at_is_none() -> None:
    stops = stop_at("59009", "Yishun Int", 0), stop_at("59011", "Blk 1", 50), stop_at("59019", "Blk 2", 90)
    assert names_of(*stops, ends=("59011", "59009", "59019")) == []
    assert names_of(*stops, ends=("59011", "59009")) == ["Yishun Bus Interchange"]


def test_an_interchange_cites_its_stop() -> None:
    [site] = find_interchanges(tables_of(stop_at("59009", "Yishun Int", 0)), NETWORK)
    assert (site.document.document_id, site.record_id) == ("lta-bus-stops", "59009")
