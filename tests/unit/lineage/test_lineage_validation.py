"""The tool that validates lineage by published schemas, here by small ones of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.http_server import LoopbackServer, Reply
from tests.real.lineage.validate import Report, Spec, check_lines, main

BASE = "https://example.org/schemas"
EVENT = f"{BASE}/core.json#/$defs/Happening"
COLOUR = f"{BASE}/1/Colour.json#/$defs/Colour"
TIME = "2026-11-23T08:12:03+00:00"

CORE: dict[str, Any] = {
    "$id": f"{BASE}/core.json",
    "$defs": {
        "Facet": {
            "required": ["_schemaURL"],
            "properties": {"_schemaURL": {"type": "string", "format": "uri"}, "by": {"type": "string"}},
        },
        "Happening": {
            "type": "object",
            "required": ["at", "schemaURL"],
            "properties": {
                "at": {"type": "string", "format": "date-time"},
                "of": {"type": "string", "format": "uuid"},
                "things": {
                    "type": "array",
                    "items": {"properties": {"facets": {"anyOf": [{"$ref": "#/$defs/Facets"}]}}},
                },
            },
        },
        "Facets": {"additionalProperties": {"$ref": "#/$defs/Facet"}},
    },
}
FACET: dict[str, Any] = {
    "$id": f"{BASE}/1/Colour.json",
    "$defs": {
        "Colour": {
            "allOf": [
                {"$ref": f"{BASE}/core.json#/$defs/Facet"},
                {"required": ["rgb"], "properties": {"rgb": {"type": "string"}}},
            ]
        }
    },
    "properties": {"colour": {"$ref": "#/$defs/Colour"}},
}


def _facet(**changes: Any) -> dict[str, Any]:
    return {"_schemaURL": COLOUR, "rgb": "#d42e12"} | changes


def _event(*facets: dict[str, Any], name: str = "colour", **changes: Any) -> dict[str, Any]:
    things = [{"facets": {name: facet}} for facet in facets]
    return {"schemaURL": EVENT, "at": TIME, "things": things} | changes


def _write_spec(folder: Path, *schemas: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, schema in enumerate(schemas):
        (folder / f"{number}.json").write_text(json.dumps(schema))
    return folder


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """Return a folder with both schemas, one of them further down, and a file that is no schema."""
    folder = _write_spec(tmp_path / "spec", CORE, {"registry": True})
    _write_spec(folder / "facets", FACET)
    return folder


def _check(spec: Path, *events: object) -> Report:
    report = Report()
    check_lines([json.dumps(event).encode() for event in events], Spec(spec), report, "lineage.jsonl")
    return report


def test_events_and_facets_that_are_as_their_schemas_want_them_are_counted(spec: Path) -> None:
    report = _check(spec, _event(_facet(), _facet()), _event(), _event(_facet()))
    assert report.faults == []
    assert report.events == {EVENT: 3}
    assert report.facets == {COLOUR: 3}


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (_event(at="2026-11-23T08:12:03"), "$.at: '2026-11-23T08:12:03' is not a 'date-time'"),
        (_event(of="abc"), "$.of: 'abc' is not a 'uuid'"),
        (_event(things={}), "$.things: {} is not of type 'array'"),
        (_event({}), "$.things[0].facets.colour: '_schemaURL' is a required property"),
        (_event(_facet(_schemaURL=3)), "$.things[0].facets.colour._schemaURL: 3 is not of type 'string'"),
        (_event(_facet(by=3)), "$.things[0].facets.colour.by: 3 is not of type 'string'"),
        (_event(_facet(rgb=3)), "$.things[0].facets.colour.rgb: 3 is not of type 'string'"),
        (
            _event(_facet(), {"_schemaURL": COLOUR}),
            "$.things[1].facets.colour: 'rgb' is a required property",
        ),
        (_event(_facet(), name="color"), "$.things[0].facets.color: by its schema it is called colour"),
        ({"at": TIME}, ": is no event, it has no schemaURL"),
        ([], ": is no event, it has no schemaURL"),
    ],
)
def test_what_a_schema_does_not_allow_is_reported_with_line_and_place(
    spec: Path, event: object, fault: str
) -> None:
    report = _check(spec, _event(), event)
    assert [told.removeprefix("lineage.jsonl:2").lstrip() for told in report.faults] == [fault]


def test_a_line_that_is_no_json_is_reported_and_the_next_one_checked(spec: Path) -> None:
    report = Report()
    check_lines([b'{"a": ', json.dumps(_event()).encode()], Spec(spec), report, "lineage.jsonl")
    assert report.faults == ["lineage.jsonl:1: is no JSON"]
    assert report.events.total() == 1


@pytest.mark.parametrize(
    ("event", "address"),
    [
        (
            _event(_facet(_schemaURL=f"{BASE}/2/Colour.json#/$defs/Colour")),
            f"{BASE}/2/Colour.json#/$defs/Colour",
        ),
        (_event(_facet(_schemaURL=f"{COLOUR}s")), f"{COLOUR}s"),
        (_event(schemaURL=f"{BASE}/2/core.json"), f"{BASE}/2/core.json"),
    ],
)
def test_a_schema_that_is_not_in_the_folder_is_reported_by_its_address(
    spec: Path, event: dict[str, Any], address: str
) -> None:
    assert _check(spec, event, event).faults == [f"{address} is not in the folder, and wanted 2 times."]


def test_a_schema_that_another_one_refers_to_must_be_there_too(tmp_path: Path) -> None:
    report = _check(_write_spec(tmp_path / "spec", FACET), {"schemaURL": COLOUR, "rgb": "#d42e12"})
    assert report.missing == {f"{BASE}/core.json#/$defs/Facet": 1}


def test_nothing_is_fetched(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: Reply(body=json.dumps(CORE).encode())) as server:
        address = f"{server.url}/core.json"
        faults = _check(_write_spec(tmp_path / "spec", CORE), _event(schemaURL=address)).faults
    assert faults == [f"{address} is not in the folder, and wanted 1 times."]
    assert server.requests == []


@pytest.mark.parametrize(
    ("schemas", "fault"),
    [
        ([], "holds no JSON schema"),
        ([CORE, {**CORE, "title": "Another"}], f"says something else of {BASE}/core.json"),
        ([CORE, {"$id": f"{BASE}/x.json", "type": "URN"}], f"{BASE}/x.json is no schema"),
        ([{"$id": f"{BASE}/x.json", "items": {"format": "email"}}], "not checked here: ['email']"),
    ],
)
def test_a_folder_that_would_not_check_what_it_seems_to_is_refused(
    tmp_path: Path, schemas: list[dict[str, Any]], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "lineage.jsonl"
    events.write_text(json.dumps(_event()))
    assert main([str(_write_spec(tmp_path / "spec", *schemas)), str(events)]) == 2
    assert fault in capsys.readouterr().err


def test_the_command_counts_what_it_has_checked(
    tmp_path: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / name for name in ("a.jsonl", "b.jsonl")]
    for file in files:
        file.write_text(f"{json.dumps(_event(_facet()))}\n")
    assert main([str(spec), *map(str, files)]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "2 events, 2 facets, 0 faults",
        f"      2  {COLOUR}",
        f"      2  {EVENT}",
    ]
    assert shown.err == ""


def test_the_command_tells_each_fault_and_fails(
    tmp_path: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "lineage.jsonl"
    events.write_text(f"{json.dumps(_event(of='abc'))}\n")
    assert main([str(spec), str(events)]) == 1
    shown = capsys.readouterr()
    assert shown.err == "lineage.jsonl:1 $.of: 'abc' is not a 'uuid'\n"
    assert shown.out.startswith("1 events, 0 facets, 1 faults")


def test_a_file_without_events_is_no_proof(
    tmp_path: Path, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lineage.jsonl").touch()
    assert main([str(spec), str(tmp_path / "lineage.jsonl")]) == 1
    assert "nothing was checked" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["spec"], ["spec", "no/such.jsonl"]])
def test_what_cannot_be_read_is_reported(
    spec: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(spec.parent)
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(("Usage: ", "no/such.jsonl cannot be read"))
