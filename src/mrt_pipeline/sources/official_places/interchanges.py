"""Bus interchanges and terminals, by the stops that LTA names so and that services end at.

``Bt Panjang Int`` is Bukit Panjang Bus Interchange, ``Buona Vista Ter`` is Buona Vista Bus Terminal. ``Ter``
means terrace elsewhere, and ferries and planes have terminals too: no bus service ends at those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.contracts.source import BusStop
from mrt_pipeline.extraction.abbreviations import StationNames
from mrt_pipeline.extraction.bus_tables import BusTables
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.geometry import to_dots
from mrt_pipeline.sources.official_places.choosing import Site
from mrt_pipeline.sources.official_places.naming import corrections, write_name

_INTERCHANGE = re.compile(r"(?!(?:Opp|Bef|Aft)\b)(?P<place>[\w' ]+) (?P<kind>Int|Ter)")
_KINDS = {"Int": "Bus Interchange", "Ter": "Bus Terminal"}
_NO_BUSES = re.compile(r"\b(?:Ferry|Cargo|Marine)\b")


def find_interchanges(tables: BusTables, network: Network) -> Iterator[Site]:
    """Yield each stop that is an interchange or terminal of bus services."""
    names = StationNames(network.names)
    ends = {
        code
        for service in tables.services.records
        for code in (service.stop_codes[0], service.stop_codes[-1])
    }
    for stop in tables.stops.records:
        if stop.bus_stop_code in ends and (name := _name_of(stop, names, network)):
            yield Site(
                name=name,
                kind=LandmarkKind.BUS_INTERCHANGE,
                document=tables.stops.provenance,
                record_id=stop.bus_stop_code,
                shape=to_dots([(stop.lat, stop.lng)])[0],
            )


def _name_of(stop: BusStop, names: StationNames, network: Network) -> str | None:
    """Return the name of the interchange that a stop is; nothing if it is none."""
    match = _INTERCHANGE.fullmatch(stop.description)
    if match is None or _NO_BUSES.search(stop.description):
        return None
    if known := corrections().get(stop.description):
        return known.written
    slug = names.find_slug(match["place"])
    place = network.names[slug] if slug else write_name(match["place"], LandmarkKind.BUS_INTERCHANGE)
    return f"{place} {_KINDS[match['kind']]}"
