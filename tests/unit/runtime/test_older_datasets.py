from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.runtime.checkpoints import parse_checkpoint, parse_dataset
from mrt_pipeline.runtime.older_datasets import read_dataset
from mrt_pipeline.runtime.output_files import render_output
from mrt_pipeline.stages.checks import check_schema

FIXTURE = Path(__file__).parents[2] / "fixtures/schema-1/stage3_final.json"
CONTENT = FIXTURE.read_bytes()
SCHEMA_2 = FIXTURE.parents[1] / "schema-2/stage3_final.json"
"""the same dataset, as the program of that day wrote it"""


def _read(edit: Any = None) -> Stage3Output:
    plain = json.loads(CONTENT)
    if edit is not None:
        edit(plain["stations"][0]["exits"])
    return read_dataset(json.dumps(plain).encode())


def test_a_platform_that_every_exit_repeated_stands_once_with_its_station() -> None:
    [station] = _read().stations
    assert [platform.platform_id for platform in station.platforms] == [
        "dhoby-ghaut-nsl-NS25",
        "dhoby-ghaut-ccl-CC2",
    ]
    assert [[link.platform_id for link in found.platforms] for found in station.exits] == [
        ["dhoby-ghaut-nsl-NS25", "dhoby-ghaut-ccl-CC2"],
        ["dhoby-ghaut-nsl-NS25"],
    ]


def test_directions_and_buildings_are_what_they_were() -> None:
    [station] = _read().stations
    first, second = station.platforms
    assert (first.station_code, first.line_code, first.towards_code) == ("NS24", "NSL", "NS28")
    assert (first.towards_kind, second.towards_kind) == ("terminus", None)
    own, other = station.exits[0].platforms
    assert (own.is_same_building, own.confidence) == (True, Confidence.HIGH)
    assert (other.is_same_building, other.confidence) == (False, Confidence.MEDIUM)


def test_a_letter_that_one_exit_had_is_the_platforms_with_all_of_its_reasons() -> None:
    [station] = _read().stations
    assert (station.platforms[0].platform_codes, station.platforms[0].confidence) == (("A",), "medium")
    assert [reason.quote for reason in station.platforms[0].evidence["platform_codes"]] == ["Platform A"]
    assert [reason.record_id for reason in station.platforms[0].evidence["record"]] == ["nsl-main"]
    assert station.platforms[1].platform_codes == ()

    def say_it_again(exits: Any) -> None:
        exits[1]["platforms"][0] |= {"platform_code": "A"}
        exits[1]["platforms"][0]["evidence"]["platform_code"] = [
            {"document_id": "wiki:1@7", "method": "rule", "licence": "CC-BY-SA-3.0", "quote": "A: Marina"}
        ]

    [station] = _read(say_it_again).stations
    assert [reason.quote for reason in station.platforms[0].evidence["platform_codes"]] == [
        "Platform A",
        "A: Marina",
    ]


def test_letters_in_which_exits_differ_are_not_published() -> None:
    [station] = _read(lambda exits: exits[1]["platforms"][0].update(platform_code="B")).stations
    assert station.platforms[0].platform_codes == ()
    assert "platform_codes" not in station.platforms[0].evidence


def test_everything_else_is_as_it_was() -> None:
    dataset, plain = _read(), json.loads(CONTENT)
    again = json.loads(dataset.model_dump_json(exclude_none=True))
    assert again["metadata"].pop("licences") == "all"
    for station in (*again["stations"], *again["future_stations"]):
        del station["platforms"]
        assert station.pop("trains") == []
    for found in (*plain["stations"][0]["exits"], *again["stations"][0]["exits"]):
        del found["platforms"]
    assert again == {**plain, "schema_version": "3"}


def test_what_was_read_is_a_sound_dataset_of_this_version() -> None:
    dataset = _read()
    assert dataset.schema_version == "3"
    assert list(check_schema(dataset)) == []
    assert read_dataset(render_output(dataset)) == dataset


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (
            lambda exits: exits[0]["platforms"][0].pop("next_code"),
            r"stations\.0\.exits\.0\.platforms\.0\.next",
        ),
        (lambda exits: exits[0].update(platforms=1), r"stations\.0\.exits\.0\.platforms"),
        (lambda exits: exits.append(7), r"stations\.0\.exits\.2"),
        (lambda exits: exits[0]["platforms"][0].update(evidence={}), "no evidence for towards_code"),
        (lambda exits: exits[0].update(evidence={}), "no evidence for exit_code"),
        (lambda exits: exits[0].update(shape="round"), r"stations\.0\.exits\.0\.shape"),
    ],
)
def test_a_fault_is_reported_by_its_place(edit: Any, place: str) -> None:
    with pytest.raises(ValidationError, match=place):
        _read(edit)


def test_a_dataset_of_another_schema_is_reported() -> None:
    with pytest.raises(CorruptCheckpointError, match="schema_version"):
        parse_dataset(FIXTURE, CONTENT.replace(b'"schema_version": "1"', b'"schema_version": "4"'), "run")


def test_a_dataset_of_schema_2_equals_the_same_one_of_schema_1() -> None:
    assert read_dataset(SCHEMA_2.read_bytes()) == _read()


@pytest.mark.parametrize("number", [-1, 99])
def test_in_schema_2_a_position_without_a_reason_is_reported_by_its_place(number: int) -> None:
    plain = json.loads(SCHEMA_2.read_bytes())
    plain["stations"][0]["platforms"][1]["evidence"]["record"] = [number]
    with pytest.raises(ValidationError, match=r"stations\.0\.platforms\.1\.evidence\.record\.0"):
        read_dataset(json.dumps(plain).encode())


def test_a_stage_goes_on_only_with_checkpoints_of_this_version() -> None:
    """Only those who look at datasets read older ones: a stage would be built on what no stage has made."""
    assert parse_dataset(FIXTURE, CONTENT, "run") == read_dataset(CONTENT)
    with pytest.raises(CorruptCheckpointError, match="schema_version"):
        parse_checkpoint(Stage3Output, FIXTURE, CONTENT, "run")


@pytest.mark.parametrize("path", [FIXTURE, SCHEMA_2])
def test_a_statement_keeps_its_date_which_was_its_revision(path: Path) -> None:
    plain = json.loads(path.read_bytes())
    document = {**plain["provenance"]["network-table"], "revision": "2022-01-11"}
    plain["provenance"] |= {name: {**document, "document_id": name} for name in ("mot-2022-01-11", "other")}
    read = read_dataset(json.dumps(plain).encode()).provenance
    assert (read["mot-2022-01-11"].content_date, read["mot-2022-01-11"].revision) == (date(2022, 1, 11), None)
    assert (read["other"].content_date, read["other"].revision) == (None, "2022-01-11")
