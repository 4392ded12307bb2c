"""``mrt_transit_graph.json``: the list of stations for consumers of the earlier pipeline.

Names and spellings are theirs (``official_name``, ``Exit A``); this project's additions have their own names
(docs/formats.md). The list has no place for date and licences, which are in a file beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mrt_pipeline.contracts.evidence import weaker
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.fields import PLAIN_PARTS
from mrt_pipeline.contracts.network import (
    ExitBusStop,
    Platform,
    PlatformLink,
    Station,
    StationExit,
    StationType,
    StepFree,
    index_platforms,
    join_platforms,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import plain_names, plain_part
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.files import to_json, to_json_lines

FILE_NAME = "mrt_transit_graph.json"
META_NAME = "mrt_transit_graph.meta.json"
_OF_DOCUMENT = ("document_id", "title", "publisher", "licence", "licence_url", "attribution")


def render_transit_graph(dataset: Stage3Output) -> bytes:
    """Return the stations in operation as a JSON list, one per line, in the dataset's order."""
    return to_json_lines(map(_Graph.of(dataset).station, dataset.stations))


def render_meta(dataset: Stage3Output) -> bytes:
    """Return the date that the list describes, and every document it is based on with its licence."""
    return to_json(
        {
            "file": FILE_NAME,
            "as_of": dataset.metadata.as_of.isoformat(),
            "licences": dataset.metadata.licences,
            "stations": len(dataset.stations),
            "documents": [
                {name: getattr(document, name) for name in _OF_DOCUMENT}
                for document in dataset.provenance.values()
            ],
        }
    )


@dataclass(frozen=True, slots=True)
class _Graph:
    """The names for a dataset's codes."""

    station_names: Mapping[str, str]
    """by station code"""
    line_names: Mapping[str, str]
    platforms: Mapping[str, Platform]

    @classmethod
    def of(cls, dataset: Stage3Output) -> _Graph:
        """Return the names from a dataset and the network's table."""
        return cls(
            {code: station.name for station in dataset.stations for code in station.mrt_codes},
            {line.line_code: line.name for line in load_network().lines},
            index_platforms(dataset.stations),
        )

    def station(self, station: Station) -> dict[str, object]:
        """Return a station with its exits."""
        mode = "LRT" if station.station_type is StationType.LRT else "MRT"
        return {
            "official_name": f"{station.name.upper()} {mode} STATION",
            "mrt_codes": station.mrt_codes,
            "lines_served": [self._line(line) for line in station.lines],
            "station_id": station.station_id,
            "slug": station.slug,
            "name": station.name,
            "names": plain_names(station),
            "station_type": station.station_type.value,
            "lines": station.lines,
            "lat": station.lat,
            "lng": station.lng,
            "exits": [self._exit(found) for found in station.exits],
        }

    def _exit(self, found: StationExit) -> dict[str, object]:
        access = found.access
        features = access.features if access is not None else ()
        faulty_on = access.out_of_service if access is not None else None
        return {
            "exit_code": f"Exit {found.exit_code}",
            "exit_id": found.exit_id,
            "station_code": found.station_code,
            "line_code": found.line_code,
            "lat": found.lat,
            "lng": found.lng,
            "platforms": list(self._platforms(join_platforms(found, self.platforms))),
            "accessibility": [feature.value.replace("_", " ") for feature in features],
            "step_free": (access.step_free if access is not None else StepFree.UNKNOWN).value,
            "access_confidence": access.confidence.value if access is not None else None,
            "out_of_service": faulty_on and faulty_on.isoformat(),
            "bus_stops": list(map(_bus_stop, found.bus_stops)),
            **{
                part.earlier_name or part.name: plain_part(part, found, self.platforms)
                for part in PLAIN_PARTS
            },
        }

    def _platforms(self, led: Iterable[tuple[PlatformLink, Platform]]) -> Iterator[dict[str, object]]:
        """Yield one entry per sign of each direction, and one without a sign if none is known."""
        for link, platform in led:
            for sign in platform.platform_codes or (None,):
                yield {
                    "platform_code": sign,
                    "line": self._line(platform.line_code),
                    "direction": self.station_names.get(platform.towards_code, platform.towards_code),
                    "station_code": platform.station_code,
                    "line_code": platform.line_code,
                    "towards_code": platform.towards_code,
                    "next_code": platform.next_code,
                    "is_same_building": link.is_same_building,
                    "confidence": weaker(link.confidence, platform.confidence).value,
                }

    def _line(self, line_code: str) -> str:
        return self.line_names.get(line_code, line_code)


def _bus_stop(stop: ExitBusStop) -> dict[str, object]:
    return {
        "code": stop.bus_stop_code,
        "description": stop.description,
        "services": stop.services,
        "relation": stop.relation.value,
        "distance_m": stop.distance_m,
        "confidence": stop.confidence.value,
    }


EXPORT = ExportSpec(
    name="json",
    file_name=FILE_NAME,
    render=render_transit_graph,
    title="Stations with their exits, in the format of the earlier pipeline, for its existing users",
    beside={META_NAME: render_meta},
    is_default=True,
)
