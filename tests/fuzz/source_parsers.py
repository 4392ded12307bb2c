"""The parsers of all sources, found by the registry, and what each is fed with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from inspect import getmembers, isfunction, signature
from pathlib import Path
from typing import Any

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.extraction.station_pages import PageKey
from mrt_pipeline.runtime.recordings import RECORDED
from mrt_pipeline.sources.official_places import DATASETS
from tests.fakes.mrtdown import MrtdownRepository
from tests.fakes.place_files import place_file
from tests.fakes.train_schedules import train_schedule

FIXTURES = Path(__file__).parents[1] / "fixtures"
Payloads = Callable[[], tuple[bytes, ...]]

_GIVEN: dict[str, Any] = {
    "date": date(2026, 11, 23),
    "str": "DTL",
    "PageKey": PageKey("DTL", "BGS", "Bugis"),
}
"""what a parser is given besides the content, by the type that it declares"""
_ANYTHING = (b'{"value": [{}], "elements": [{}], "rows": [{}]}', b"<html><body><p>A</p></body></html>")
"""for a parser of which nothing better is known"""


def find_parsers() -> Iterator[tuple[str, Callable[[bytes], object], Payloads]]:
    """Yield each parser of a publisher's bytes: its name (``datagov parse_exits``), itself, its payloads."""
    for spec in all_sources():
        name = f"{spec.package}.parsing"
        if find_spec(name) is None:
            continue
        for function_name, function in getmembers(import_module(name), isfunction):
            if not function_name.startswith("parse_") or function.__module__ != name:
                continue
            if "document" in signature(function).parameters:
                for document in spec.documents:
                    parse = partial(function, document)
                    yield document.document_id, parse, _PAYLOADS.get(document.document_id, lambda: _ANYTHING)
            else:
                called = f"{spec.name} {function_name}"
                yield called, _fed(function), _PAYLOADS.get(called, lambda: _ANYTHING)


def _fed(function: Callable[..., object]) -> Callable[[bytes], object]:
    """Return a function of the content alone."""
    first, *others = signature(function).parameters.values()
    given = [_GIVEN[str(parameter.annotation)] for parameter in others]
    is_several = first.name == "contents"
    return lambda content: function([content] if is_several else content, *given)


def _recorded(*names: str) -> Payloads:
    return lambda: tuple((FIXTURES / name).read_bytes() for name in names)


def _places(document_id: str) -> Payloads:
    """Return a file of the first places of a document."""

    def make() -> tuple[bytes, ...]:
        file = json.loads(place_file(document_id))
        return (json.dumps(file | {"features": file["features"][:3]}).encode(),)

    return make


def _rows(**cells: object) -> Payloads:
    return lambda: (
        json.dumps({"value": [cells] * 2, "rows": [cells] * 2, "elements": [cells] * 2}).encode(),
    )


def _mrtdown(*kinds: str) -> Payloads:
    """Return the first files of each kind as one."""

    def make() -> tuple[bytes, ...]:
        files = [file for kind in kinds for file in json.loads(MrtdownRepository().content(kind))[:2]]
        for file in files:
            if "revisions" in file:
                file["revisions"] = file["revisions"][:2]
        return (json.dumps(files).encode(),)

    return make


_SBS_PAGE = (
    b"<html><h4>Exits</h4><b>A</b> Mall<br>Park<br><b>B</b> NIL"
    b"<h4>Common Facilities</h4><b>Lifts</b> A</html>"
)
_MAP_PAGE = (
    b"<h4>Bugis</h4><div><h5>Exit Information:</h5></div>"
    b"<table><tr><td>A</td><td>Mall<br>Park</td></tr></table>"
)
_PAYLOADS: dict[str, Payloads] = {
    "datagov parse_exits": _recorded("lta-station-exits/current.geojson", "lta-station-exits/older.geojson"),
    "onemap parse_stations": _recorded(
        "onemap-stations/searches-2023.json", "onemap-stations/stations-2025-07.csv"
    ),
    "lta_datamall parse_bus_stops": _recorded("lta-bus-stops/stops.json"),
    "lta_datamall parse_routes_file": _recorded(
        "lta-bus-services/routes.json", "lta-bus-services/services.min.json"
    ),
    **{document_id: _places(document_id) for document_id in DATASETS},
    "stb-hotels": lambda: ((RECORDED / "stb-hotels.csv").read_bytes()[:500],),
    "lta_lifts parse_lifts": _rows(
        Line="DTL", StationCode="DT14", StationName="Bugis", LiftID="B1 L01", LiftDesc="Exit A Street level"
    ),
    "lta_rail_map parse_index": lambda: (
        b'<root><station id="EW12" name="Bugis"><line/><file>mrt/EWL/EW12.html</file></station></root>',
    ),
    "lta_rail_map parse_page": lambda: (_MAP_PAGE,),
    "lta_train_gtfs parse_schedule": lambda: (train_schedule(),),
    "mrtdown parse_letters": _mrtdown("station", "service"),
    "mrtdown parse_names": _mrtdown("station"),
    "openstreetmap parse_entrances": _rows(
        type="node",
        id=1,
        lat=1.3,
        lon=103.8,
        tags={"railway": "subway_entrance", "ref": "A;B", "wheelchair": "yes"},
    ),
    "sbs_transit parse_stations": lambda: (
        b'<option value="BGS">Bugis</option><option value="">All</option>',
    ),
    "sbs_transit parse_page": lambda: (_SBS_PAGE,),
    "sbs_transit parse_facts": _rows(line="DTL", operator_code="BGS", station="Bugis", exit="A"),
}
