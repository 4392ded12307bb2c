"""A GTFS feed of the whole network with LTA's ids, as in its train timetable, and one train per direction.

A station is the alphabetically first of its codes (``EW16``), an entrance ``EW16_E6`` with its label as
``stop_name``, a platform ``EW16_A`` whose suffix is not its letter. Of exits that share a label, one is
included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import load_network
from tests.fakes.train_schedules import CALL_COLUMNS, STOP_COLUMNS, entrance, platform, table, zipped

Row = dict[str, str]

_AGENCY = {
    **{"agency_id": "LTA", "agency_name": "Land Transport Authority", "agency_lang": "en"},
    **{"agency_url": "https://www.lta.gov.sg", "agency_timezone": "Asia/Singapore"},
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAILY = {"service_id": "daily", **dict.fromkeys(_DAYS, "1")}
_MINUTES_A_STOP = 2


def lta_feed(dataset: Stage3Output, lacks: Iterable[str] = (), **changes: bytes | None) -> bytes:
    """Return the feed as a zip file.

    Args:
        dataset: stations, platforms and exits of the network.
        lacks: ids of exits for which the feed has no entrance.
        changes: ``stops=b"..."`` replaces the content of a table, ``None`` omits it.
    """
    stops = list(_stops(dataset.stations, frozenset(lacks)))
    trips, calls = _trains(dataset)
    day = dataset.metadata.as_of
    period = {"start_date": f"{day:%Y%m%d}", "end_date": f"{day.replace(year=day.year + 1):%Y%m%d}"}
    tables: dict[str, bytes | None] = {
        "agency": _table([_AGENCY]),
        "stops": table([name for name in STOP_COLUMNS if name != "wheelchair_boarding"], stops),
        "routes": _table(_routes()),
        "trips": _table(trips),
        "stop_times": table(CALL_COLUMNS, calls),
        "calendar": _table([_DAILY | period]),
        **changes,
    }
    return zipped({f"{name}.txt": content for name, content in tables.items() if content is not None})


def _table(rows: list[Row]) -> bytes:
    return table(list(rows[0]), rows)


def _stops(stations: Iterable[Station], lacks: frozenset[str]) -> Iterator[Row]:
    seen: set[str] = set()
    for station in stations:
        own = min(station.mrt_codes)
        place = {"stop_lat": str(station.lat), "stop_lon": str(station.lng)}
        yield {"stop_id": own, "stop_name": station.name.upper(), "location_type": "1", **place}
        for stop_id, way in zip(_platform_ids(station), station.platforms, strict=True):
            yield platform(stop_id, " / ".join(way.platform_codes), stop_name=station.name.upper(), **place)
        for found in station.exits:
            row = entrance(f"{own}_E{found.exit_code}", (found.lat, found.lng))
            if found.exit_id not in lacks and row["stop_id"] not in seen:
                seen.add(row["stop_id"])
                del row["wheelchair_boarding"]
                yield row


def _platform_ids(station: Station) -> list[str]:
    """Return LTA's ids of a station's platforms, with suffixes in reverse order, as they are not letters."""
    suffixes = [chr(ord("A") + place) for place in range(len(station.platforms))]
    return [f"{min(station.mrt_codes)}_{suffix}" for suffix in reversed(suffixes)]


def _routes() -> list[Row]:
    kinds = {"mrt": "1", "lrt": "0"}
    return [
        {
            **{"route_id": line.line_code, "agency_id": "LTA", "route_short_name": line.line_code},
            **{"route_long_name": line.name, "route_type": kinds[line.mode]},
        }
        for line in load_network().lines
    ]


def _trains(dataset: Stage3Output) -> tuple[list[Row], list[Row]]:
    """Return one train per direction of each service, and where and when it stops."""
    places = _places(dataset.stations)
    trips: list[Row] = []
    calls: list[Row] = []
    for service in load_network().services:
        ring = (
            (*service.station_codes, service.station_codes[0]) if service.is_loop else service.station_codes
        )
        for way, travel in enumerate((ring, ring[::-1])):
            stops = [places[pair] for pair in pairwise(travel) if pair in places]
            if len(stops) > 1 and service.runs_on(dataset.metadata.as_of):
                trip_id = f"{service.service_id}-{way}"
                trips.append({"route_id": service.line_code, "service_id": "daily", "trip_id": trip_id})
                calls += (_call(trip_id, stop_id, number) for number, stop_id in enumerate(stops))
    return trips, calls


def _places(stations: Iterable[Station]) -> Mapping[tuple[str, str], str]:
    """Return LTA's platform from which trains go from a code to the next one."""
    return {
        (found.station_code, found.next_code): stop_id
        for station in stations
        for stop_id, found in zip(_platform_ids(station), station.platforms, strict=True)
    }


def _call(trip_id: str, stop_id: str, number: int) -> Row:
    hours, minutes = divmod(6 * 60 + number * _MINUTES_A_STOP, 60)
    time = f"{hours:02}:{minutes:02}:00"
    return {
        **{"trip_id": trip_id, "stop_id": stop_id, "stop_sequence": str(number + 1)},
        **{"arrival_time": time, "departure_time": time},
    }
