"""A copy of the package whose tables hold the real network several times, side by side.

Its program is the one beside these tests, except for limits that apply to the real network only: the area
of Singapore, the five digits of a bus stop's code, and the size of a file. Copy 0 has the real tables' rows.
The others have station codes with their own prefixes, names and slugs with the copy's number, and positions
shifted by whole steps, so that density is the same and copies do not touch.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import math
import re
import shutil
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

import mrt_pipeline

PACKAGE = Path(mrt_pipeline.__file__).parent
STATIONS = 184
"""in operation on the dates measured"""
STEP_LAT, STEP_LNG = 0.35, 0.60
"""degrees from one copy to the next: the real tables measure 0.3 by 0.5"""
LIMITS = {
    "runtime/records.py": ("((1.15, 1.48), (103.59, 104.10))", "((-90.0, 90.0), (-180.0, 180.0))"),
    "contracts/source.py": ("[0-9]{5}", "[0-9]{5,8}"),
    "regular_files.py": ("256 * 2**20", "4096 * 2**20"),
    "contracts/network.py": (r"^\d{5}$", r"^\d{5,8}$"),
}
Row = dict[str, str]


def make_package(times: int, folder: Path) -> Path:
    """Write the package with the network repeated, and return a configuration that expects it."""
    package = folder / "mrt_pipeline"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (limit, wider) in LIMITS.items():
        _replace(package / name, limit, wider)
    copies = [_Copy(number, math.ceil(math.sqrt(times))) for number in range(times)]
    for table, change in _CHANGES.items():
        path = package / table
        rows = _read(path)
        _write(path, (change(copy, dict(row)) for copy in copies for row in rows))
    _write(
        package / "network/lines.csv",
        (_with_prefixes(row, copies) for row in _read(PACKAGE / "network/lines.csv")),
    )
    _describe_anew(package / "recorded")
    return _write_config(times, folder / "pipeline.yaml")


@dataclass(frozen=True)
class _Copy:
    number: int
    width: int

    def slug(self, slug: str) -> str:
        return f"{slug}-{self.number}" if self.number else slug

    def name(self, name: str) -> str:
        return f"{name} {self.number}" if self.number else name

    def station_na(self, name: str) -> str:
        """Return a station's name in LTA's exits file: name and mode, or its code."""
        if re.fullmatch(r"[A-Z]{2,3}\d+", name):
            return self.code(name)
        return re.sub(r"(?i)(?= (?:mrt|lrt) station)", f" {self.number}", name) if self.number else name

    def prefix(self, prefix: str) -> str:
        return _PREFIXES[_PLACES[prefix] + self.number * len(_PLACES)] if self.number else prefix

    def code(self, code: str) -> str:
        prefix = _letters(code)
        return self.prefix(prefix) + code.removeprefix(prefix)

    def codes(self, codes: str) -> str:
        return " ".join(map(self.code, codes.split()))

    def stop(self, code: str) -> str:
        return f"{self.number}{code}" if self.number else code

    def stops(self, codes: str) -> str:
        return " ".join(map(self.stop, codes.split()))

    def lat(self, lat: str) -> str:
        return str(round(float(lat) + self._place()[0] * STEP_LAT, 7))

    def lng(self, lng: str) -> str:
        return str(round(float(lng) + self._place()[1] * STEP_LNG, 7))

    def outline(self, outline: str) -> str:
        return re.sub(
            r"([\d.]+),([\d.]+)", lambda point: f"{self.lat(point[1])},{self.lng(point[2])}", outline
        )

    def _place(self) -> tuple[int, int]:
        """Return the row and column from the real place: a projection is accurate only near its origin."""
        middle = self.width // 2
        place = (self.number + middle * self.width + middle) % (self.width * self.width)
        return place // self.width - middle, place % self.width - middle


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _letters(code: str) -> str:
    return "".join(itertools.takewhile(str.isalpha, code))


_REAL_PREFIXES = sorted({_letters(row["station_code"]) for row in _read(PACKAGE / "network/codes.csv")})
_PLACES = {prefix: place for place, prefix in enumerate(_REAL_PREFIXES)}
_PREFIXES = ["".join(letters) for letters in itertools.product(string.ascii_uppercase, repeat=3)]


def _changing(**columns: str) -> Callable[[_Copy, Row], Row]:
    """Return a function that changes a row's columns, each with the named method of a copy."""

    def change(copy: _Copy, row: Row) -> Row:
        changed = {column: getattr(copy, how)(row[column]) for column, how in columns.items() if row[column]}
        return {**row, **changed}

    return change


_PLACE = {"lat": "lat", "lng": "lng"}
_CHANGES: Mapping[str, Callable[[_Copy, Row], Row]] = {
    "network/stations.csv": _changing(slug="slug", name="name"),
    "network/codes.csv": _changing(station_code="code", slug="slug", renumbered_to="code", **_PLACE),
    "network/services.csv": _changing(service_id="slug", station_codes="codes", returns_to="code"),
    "network/known_exits.csv": _changing(slug="slug", **_PLACE),
    "recorded/lta-station-exits.csv": _changing(record_id="slug", station_na="station_na", **_PLACE),
    "recorded/onemap-stations.csv": _changing(station_code="code", building="name", **_PLACE),
    "recorded/lta-bus-stops.csv": _changing(bus_stop_code="stop", **_PLACE),
    "recorded/lta-bus-services.csv": _changing(service_no="slug", stop_codes="stops"),
    "recorded/mrtdown-names.csv": _changing(station_id="slug", station_codes="codes"),
    "recorded/mrtdown-platforms.csv": _changing(platform_id="slug", station_code="code", next_code="code"),
    "recorded/mrtdown-trains.csv": _changing(
        station_id="slug", service_id="slug", station_code="code", next_code="code"
    ),
    "recorded/nea-hawker-centres.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/nlb-libraries.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/nhb-museums.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/pa-community-clubs.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/sportsg-sport-facilities.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/stb-hotels.csv": _changing(record_id="slug", name="name", **_PLACE),
    "recorded/nparks-parks.csv": _changing(record_id="slug", name="name", outline="outline"),
}


def _with_prefixes(line: Row, copies: Iterable[_Copy]) -> Row:
    prefixes = [copy.prefix(prefix) for copy in copies for prefix in line["code_prefixes"].split()]
    return {**line, "code_prefixes": " ".join(prefixes)}


def _describe_anew(recorded: Path) -> None:
    """Update the record count and checksum of each table."""
    path = recorded / "provenance.json"
    entries = json.loads(path.read_bytes())
    for document_id, entry in entries.items():
        table = recorded / f"{document_id}.csv"
        entry["table_sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
        entry["provenance"]["records"] = len(_read(table))
    path.write_text(json.dumps(entries))


def _write_config(times: int, path: Path) -> Path:
    real = yaml.safe_load((PACKAGE.parents[1] / "config/pipeline.yaml").read_text())
    stages = real["stages"]
    for expected in (
        stages["stage1_ingestion"]["expected_exits"],
        stages["stage2_enrichment"]["expected_bus_stops"],
        stages["stage2_enrichment"]["expected_bus_services"],
    ):
        expected.update({bound: number * times for bound, number in expected.items()})
    path.write_text(yaml.safe_dump({**real, "expected_stations": real["expected_stations"] * times}))
    return path


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"{path} has {old!r} {text.count(old)} times; expected once.")
    path.write_text(text.replace(old, new))


def _write(path: Path, rows: Iterable[Row]) -> None:
    rows = iter(rows)
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first, lineterminator="\n")
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
