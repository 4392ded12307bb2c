"""LTA's train timetable as a zip file of GTFS tables, small and made up."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

STOP_COLUMNS = (
    *("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"),
    *("platform_code", "wheelchair_boarding"),
)
CALL_COLUMNS = ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence")


def platform(stop_id: str, letters: str, **changes: str) -> dict[str, str]:
    """Return a row of stops.txt."""
    row = {"stop_id": stop_id, "location_type": "0", "parent_station": stop_id.partition("_")[0]}
    return row | {"stop_name": "Platform", "platform_code": letters} | changes


def entrance(
    stop_id: str, place: tuple[float, float], wheelchair: str = "", **changes: str
) -> dict[str, str]:
    """Return a row of stops.txt; ``NE14_EA`` is the entrance A of NE14."""
    station, _, label = stop_id.partition("_E")
    row = {"stop_id": stop_id, "location_type": "2", "parent_station": station, "stop_name": label}
    lat, lng = place
    row |= {"stop_lat": str(lat), "stop_lon": str(lng), "wheelchair_boarding": wheelchair}
    return row | changes


def train_schedule(
    rows: Sequence[Mapping[str, str]] = (), trips: Sequence[Sequence[str]] = (), /, **changes: bytes | None
) -> bytes:
    """Return a zip file of stops and trips, by default between Yishun and Khatib.

    ``stops=b"..."`` replaces the content of stops.txt, ``stops=None`` omits the table.
    """
    default_rows = (platform("NS13_A", "A"), platform("NS14_B", "B"), entrance("NS13_EA", (1.429, 103.835)))
    calls = [
        {"trip_id": f"trip-{number}", "stop_id": stop_id, "stop_sequence": str(place)}
        for number, trip in enumerate(trips or [("NS13_A", "NS14_B"), ("NS14_B", "NS13_A")])
        for place, stop_id in enumerate(trip, start=1)
    ]
    tables: dict[str, Any] = {
        "stops": table(STOP_COLUMNS, rows or default_rows),
        "stop_times": table(CALL_COLUMNS, calls),
        "agency": b"agency_id,agency_name\r\nLTA,Land Transport Authority\r\n",
        **changes,
    }
    return zipped({f"{name}.txt": content for name, content in tables.items() if content is not None})


def table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file with the given members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
