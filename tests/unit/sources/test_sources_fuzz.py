"""Whatever a publisher sends: records and findings, or one ``SourceFormatError``; no feature goes missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.sources.datagov.reading import parse_exits
from mrt_pipeline.sources.datamall.parsing import parse_bus_stops
from mrt_pipeline.sources.onemap.parsing import parse_stations
from tests.unit.sources.payloads import parse_services, payload, plain

Parse = Callable[[bytes], Parsed[Any]]
SAMPLES: list[tuple[Parse, str]] = [
    (parse_exits, "lta-station-exits/current.geojson"),
    (parse_exits, "lta-station-exits/older.geojson"),
    (parse_stations, "onemap-stations/searches-2023.json"),
    (parse_stations, "onemap-stations/stations-2025-07.csv"),
    (parse_bus_stops, "lta-bus-stops/stops.json"),
    (parse_services, "lta-bus-services/routes.json"),
    (parse_services, "lta-bus-services/services.min.json"),
]
EVERY_SAMPLE = pytest.mark.parametrize(("parse", "name"), SAMPLES, ids=[name for _, name in SAMPLES])
JSON_SAMPLES = [(parse, name) for parse, name in SAMPLES if not name.endswith(".csv")]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["NIL", "1.35", "103.8", "nan", "\u202e", "A" * 500, "-0", "1e9", "NS13"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@EVERY_SAMPLE
@given(content=st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_read(parse: Parse, name: str, content: bytes) -> None:
    del name
    _read(parse, content)


@EVERY_SAMPLE
@given(data=st.data())
def test_a_payload_with_bytes_cut_out_or_put_in_is_refused_or_read(
    parse: Parse, name: str, data: st.DataObject
) -> None:
    content = payload(name)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 50, len(content))))
    _read(parse, content[:start] + data.draw(st.binary(max_size=20)) + content[end:])


@pytest.mark.parametrize(("parse", "name"), JSON_SAMPLES, ids=[name for _, name in JSON_SAMPLES])
@given(data=st.data())
def test_a_payload_with_any_value_replaced_is_refused_or_read(
    parse: Parse, name: str, data: st.DataObject
) -> None:
    document = plain(name)
    for _ in range(data.draw(st.integers(1, 3))):
        document = _replaced(document, data)
    _read(parse, json.dumps(document).encode())


@given(data=st.data())
def test_every_feature_is_an_exit_or_has_a_finding(data: st.DataObject) -> None:
    document = plain("lta-station-exits/current.geojson")
    number = data.draw(st.integers(0, 10))
    document["features"][number] = _replaced(document["features"][number], data)
    parsed = parse_exits(json.dumps(document).encode())
    lost = {finding.record_id for finding in parsed.findings if finding.severity is Severity.ERROR}
    assert len(parsed.records) + len(lost) == 11


def _read(parse: Parse, content: bytes) -> None:
    try:
        parsed = parse(content)
    except SourceFormatError as refusal:
        assert len(str(refusal)) < 400
        return
    assert parsed.records or parsed.findings
    for finding in parsed.findings:
        assert finding.message.isprintable()
        assert len(finding.message) < 500
        assert finding.record_id


def _replaced(value: Any, data: st.DataObject) -> Any:
    """Return plain data with one value somewhere in it replaced or taken out."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 9)) == 0:
        return data.draw(VALUES)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = data.draw(st.sampled_from(keys))
    copied = value.copy()
    if data.draw(st.integers(0, 9)) == 0:
        del copied[key]
    else:
        copied[key] = _replaced(value[key], data)
    return copied
