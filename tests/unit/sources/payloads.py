"""The recorded payloads beside the tests, and ways to damage them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import BusService
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.sources.datamall.parsing import parse_routes_file

FIXTURES = Path(__file__).parents[2] / "fixtures"
Feature = dict[str, Any]


def payload(name: str) -> bytes:
    """Return a recorded payload, e.g. ``lta-bus-stops/stops.json``."""
    return (FIXTURES / name).read_bytes()


def plain(name: str) -> Any:
    """Return a recorded payload as plain data that may be changed."""
    return json.loads(payload(name))


def exits_with(change: Callable[[Feature], object], number: int = 0) -> bytes:
    """Return the file of exits with one feature changed."""
    document = plain("lta-station-exits/current.geojson")
    change(document["features"][number])
    return json.dumps(document).encode()


def as_json(value: Any) -> bytes:
    """Return a value as the bytes of an answer."""
    return json.dumps(value).encode()


def changed(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a row with some fields changed, those set to ``...`` taken out."""
    merged = copy.deepcopy(row) | changes
    return {name: value for name, value in merged.items() if value is not ...}


def checks(findings: Iterable[Finding]) -> list[tuple[str, Severity]]:
    """Return name and severity of each finding."""
    return [(finding.check, finding.severity) for finding in findings]


def parse_services(content: bytes) -> Parsed[BusService]:
    """Return the services of a file, whichever layout it has."""
    return parse_routes_file(content)[0]
