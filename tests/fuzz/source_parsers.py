"""The parsers of all sources, found through the registry, and their inputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from inspect import Parameter, getmembers, isfunction, signature
from pathlib import Path
from typing import Any

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.extraction.station_pages import PageKey
from mrt_pipeline.runtime.recordings import RECORDED, load_recording
from mrt_pipeline.sources.official_places import HOTELS
from mrt_pipeline.sources.official_places.parsing import LAYOUTS
from tests.fakes.mrtdown import MrtdownRepository
from tests.fakes.place_files import place_file
from tests.fakes.publishers import lift_row, osm_node, rail_map_index, rail_map_page, station_page
from tests.fakes.train_schedules import entrance, platform, train_schedule

FIXTURES = Path(__file__).parents[1] / "fixtures"
Payloads = Callable[[], tuple[bytes, ...]]

_GIVEN: dict[str, Any] = {
    "date": date(2026, 11, 23),
    "str": "DTL",
    "PageKey": PageKey("DTL", "BGS", "Bugis"),
}
"""a parser's arguments besides the content, by declared type"""
_ANYTHING = (b'{"value": [{}], "elements": [{}], "rows": [{}]}', b"<html><body><p>A</p></body></html>")
"""inputs for a parser without better ones"""


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
    is_several = first.name == "contents" and first.kind is not Parameter.VAR_POSITIONAL
    return lambda content: function([content] if is_several else content, *given)


def _recorded(*names: str) -> Payloads:
    return lambda: tuple((FIXTURES / name).read_bytes() for name in names)


def _places(document_id: str) -> Payloads:
    return lambda: (place_file(document_id),)


def _listed(key: str, rows: Callable[[], Sequence[object]]) -> Payloads:
    """Return an answer that lists rows under a key."""
    return lambda: (json.dumps({key: rows()}).encode(),)


def _lifts() -> list[dict[str, str]]:
    return [
        lift_row(row["station_code"], row["station_name"], row["description"], row["lift_id"], row["line"])
        for row in load_recording("lta-lifts").rows
    ]


def _station_page_rows() -> list[dict[str, str]]:
    named = {
        "line": "line_code",
        "operator_code": "operator_code",
        "station": "station_name",
        "exit": "exit_code",
    }
    return [
        {cell: row[column] for cell, column in named.items()}
        for row in load_recording("sbs-station-pages").rows
    ]


def _entrances() -> list[dict[str, Any]]:
    where = (1.3, 103.8)
    return [
        osm_node(1, where, ref="A;B", wheelchair="yes"),
        osm_node(2, where, ref="Exit C", wheelchair="no", **{"opening_hours": "Mo-Su 05:30-24:00"}),
        osm_node(3, where, ref="1", highway="elevator", level="-1;0", check_date="2026-01-31"),
        osm_node(
            4, where, name="Bugis Exit D", wheelchair__description="lift", ramp="yes", start_date="2030"
        ),
    ]


def _mrtdown(*kinds: str) -> Payloads:
    """Return the first files of each kind as one."""

    def make() -> tuple[bytes, ...]:
        files = [file for kind in kinds for file in json.loads(MrtdownRepository().content(kind))[:2]]
        for file in files:
            if "revisions" in file:
                file["revisions"] = file["revisions"][:2]
        return (json.dumps(files).encode(),)

    return make


_SBS_PAGES = (
    b"<html><h4>Exits</h4><b>A</b> Mall<br>Park<br><b>B</b> NIL"
    b"<h4>Common Facilities</h4><b>Lifts</b> A</html>",
    station_page({"A": ["Bugis Junction", "Bugis+"], "B": ["No place of interest"]}, ["A", "Exit C"], "A, B"),
    b"<html><div><div><h4>Exits</h4></div><p><strong>A</strong> Mall<br/>Park</p></div>"
    b"<div><h4>Facilities Found At Bugis</h4><p><strong>Toilets</strong></p>"
    b"<p>Exit A<br><s>B</s> <sup>1</sup><img alt='closed'></p></div></html>",
)
_MAP_PAGES = (
    b"<h4>Bugis</h4><div><h5>Exit Information:</h5></div>"
    b"<table><tr><td>A</td><td>Mall<br>Park</td></tr></table>",
    rail_map_page("Bugis", {"A": ["Bugis Junction", "-"], "Exit B": ["Nil"], "C, D": ["Natl Design Ctr"]}),
    b"<h4>Bugis</h4><h5>Exit Information</h5><div><table>"
    b"<tr><td>A<sup>1</sup></td><td><ul><li>Mall<li>Park</ul></td></tr>"
    b"<tr><td>1<br>2</td><td><p>Closed from 1 Jan 2027</p></td></tr></table></div>",
)
_PLATFORMS = [
    *(platform("NS13_A", "A"), platform("NS14_B", "B", wheelchair_boarding="1"), platform("NS15_1", "1/2")),
    *(entrance("NS13_EA", (1.429, 103.835)), entrance("NS14_EB", (1.417, 103.833), "2", stop_name="Exit B")),
]
_PAYLOADS: dict[str, Payloads] = {
    "datagov parse_exits": _recorded("lta-station-exits/current.geojson", "lta-station-exits/older.geojson"),
    "onemap parse_stations": _recorded(
        "onemap-stations/searches-2023.json", "onemap-stations/stations-2025-07.csv"
    ),
    "lta_datamall parse_bus_stops": _recorded("lta-bus-stops/stops.json"),
    "lta_datamall parse_routes_file": _recorded(
        "lta-bus-services/routes.json", "lta-bus-services/services.min.json"
    ),
    **{document_id: _places(document_id) for document_id in LAYOUTS},
    HOTELS.document_id: lambda: ((RECORDED / "stb-hotels.csv").read_bytes(),),
    "lta_lifts parse_lifts": _listed("value", _lifts),
    "lta_rail_map parse_index": lambda: (
        b'<root><station id="EW12" name="Bugis"><line/><file>mrt/EWL/EW12.html</file></station></root>',
        rail_map_index({"EWL/EW12-DT14": " Bugis ", "NEL/NE14": "Hougang", "BPLRT/BP6": "Bukit Panjang"}),
    ),
    "lta_rail_map parse_page": lambda: _MAP_PAGES,
    "lta_train_gtfs parse_schedule": lambda: (
        train_schedule(),
        train_schedule(_PLATFORMS, [("NS13_A", "NS14_B", "NS15_1"), ("NS15_1", "NS14_B"), ("NS13_A",)]),
    ),
    "mrtdown parse_letters": _mrtdown("station", "service"),
    "mrtdown parse_names": _mrtdown("station"),
    "openstreetmap parse_entrances": _listed("elements", _entrances),
    "sbs_transit parse_stations": lambda: (
        b'<option value="BGS">Bugis</option><option value="">All</option>',
        b'<select><option value="">All</option><option value="CNT" selected>Chinatown '
        b'<option value="DTN"> Downtown</select>',
    ),
    "sbs_transit parse_page": lambda: _SBS_PAGES,
    "sbs_transit parse_facts": _listed("rows", _station_page_rows),
}
