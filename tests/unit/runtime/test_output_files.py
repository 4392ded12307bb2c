from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output, StageOutput
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.output_files import (
    read_output,
    read_record,
    render_output,
    render_record,
    sha256_without_metadata,
)
from tests.fakes.network_builder import (
    NOW,
    SMALL_NETWORK,
    enrich_nothing,
    make_dataset,
    make_platform,
    make_stage1,
    make_stage2,
    make_station,
    make_trains,
    open_stations,
    with_platforms,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
YISHUN = with_platforms(make_station(SMALL_NETWORK, "yishun"), make_platform(NS13, NS17, platform_code="A"))
OUTPUTS = (
    make_stage1(),
    make_stage2(*enrich_nothing(open_stations())),
    make_dataset(YISHUN),
    make_dataset(future_stations=(make_station(SMALL_NETWORK, "keppel"),)),
)
EVIDENCE = st.builds(
    lambda document, method, record: Evidence(
        document_id=document, method=method, licence="L", record_id=record
    ),
    st.sampled_from(["a", "b"]),
    st.sampled_from(Method),
    st.text(min_size=1, max_size=3),
)


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_output_reads_back_as_what_was_written(output: StageOutput) -> None:
    assert read_output(type(output), render_output(output)) == output


@given(
    st.dictionaries(
        st.sampled_from(["record", "name", "lat"]), st.lists(EVIDENCE, min_size=1, unique=True).map(tuple)
    )
)
def test_evidence_reads_back_in_its_order_and_stands_once(evidence: dict[str, tuple[Evidence, ...]]) -> None:
    station = YISHUN.model_copy(update={"evidence": {"record": YISHUN.evidence["record"], **evidence}})
    line = render_record(station)
    assert read_record(Station, line) == station
    groups = json.loads(line)["reasons"]
    reasons = [(json.dumps(group), record) for group in groups for record in group.pop("records").values()]
    assert len(reasons) == len(set(reasons))
    assert len(groups) == len(set(map(json.dumps, groups)))


def test_what_is_equal_is_written_alike_whichever_objects_hold_it() -> None:
    """Numbers are given by the identity of evidence first, which a reader of the file does not share."""
    output = make_dataset(YISHUN)
    assert render_output(read_output(Stage3Output, render_output(output))) == render_output(output)


def test_every_record_of_a_list_stands_in_a_line_and_cites_by_numbers() -> None:
    lines = render_output(make_stage1()).decode().splitlines()
    first = lines[lines.index('"stations":[') + 1]
    station = json.loads(first.rstrip(","))
    assert station["slug"] == "yishun"
    assert station["evidence"] == {"record": [0]}
    assert station["codes"][0]["evidence"] == {"record": [1]}
    assert [reason["records"] for reason in station["reasons"]] == [{"0": "1", "1": "NS13"}]
    assert orjson.loads("\n".join(lines))["metadata"]["stage_name"] == "stage1_ingestion"


def _plain(output: StageOutput) -> Any:
    return json.loads(render_output(output))


@pytest.mark.parametrize("wrong", [99, -1, "0", 0.0, False, None, {}, [0]])
def test_a_number_without_a_reason_is_refused_where_it_stands(wrong: object) -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["platforms"][0]["evidence"]["record"] = [wrong]
    with pytest.raises(ValidationError, match=r"stations\.0\.platforms\.0\.evidence\.record\.0"):
        read_output(Stage3Output, plain)


@pytest.mark.parametrize(
    "reasons", [None, {}, [1], [{"document_id": "a"}], [{"document_id": "a", "records": {}}]]
)
def test_reasons_that_are_none_are_refused_where_they_are_cited(reasons: object) -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["reasons"] = reasons
    with pytest.raises(ValidationError, match=r"stations\.0\.evidence\.record\.0"):
        read_output(Stage3Output, plain)


@pytest.mark.parametrize("number", ["0", "00", " 0"])
@pytest.mark.parametrize("is_in_one_group", [True, False])
def test_two_pieces_of_evidence_of_one_number_are_refused_where_they_are_cited(
    number: str, is_in_one_group: bool
) -> None:
    plain = _plain(make_dataset(YISHUN))
    reasons = plain["stations"][0]["reasons"]
    if is_in_one_group:
        reasons[0]["records"] |= {number + " " if number == "0" else number: "x"}
    else:
        reasons.append({**reasons[0], "records": {number: "x"}})
    with pytest.raises(ValidationError, match=r"stations\.0\.evidence\.record\.0"):
        read_output(Stage3Output, plain)


def test_a_number_cited_again_and_again_is_one_piece_of_evidence() -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["evidence"]["record"] *= 1000
    assert read_output(Stage3Output, plain) == make_dataset(YISHUN)


def test_of_many_wrong_numbers_one_is_reported() -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["evidence"]["record"] = [0.5] * 1000
    with pytest.raises(ValidationError) as caught:
        read_output(Stage3Output, plain)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-01-01T00:00:00Z"]
)
def test_a_time_at_an_end_of_the_calendar_is_refused_where_it_stands(moment: str) -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["metadata"]["generated_at"] = moment
    for document in plain["provenance"].values():
        document["retrieved_at"] = moment
    with pytest.raises(ValidationError) as caught:
        read_output(Stage3Output, plain)
    assert describe_fault(caught.value).startswith(f"metadata.generated_at: {moment[:19]}")
    assert [fault["loc"][-1] for fault in caught.value.errors()] == [
        "generated_at",
        *["retrieved_at"] * len(plain["provenance"]),
    ]


@pytest.mark.parametrize("moment", ["9998-12-31T23:59:59-23:59", "0002-01-01T00:00:00+23:59"])
def test_any_other_time_can_be_given_for_each_time_zone(moment: str) -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["metadata"]["generated_at"] = moment
    read = read_output(Stage3Output, plain).metadata.generated_at
    for hours in (-23, 0, 23):
        assert read.astimezone(timezone(timedelta(hours=hours))) == read


def test_a_value_without_evidence_is_refused() -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["platforms"][0]["evidence"] = {}
    with pytest.raises(ValidationError, match="no evidence for platform_codes, towards_code, next_code"):
        read_output(Stage3Output, plain)


def test_a_way_to_a_platform_that_the_station_lacks_is_refused() -> None:
    plain = _plain(make_dataset(YISHUN))
    plain["stations"][0]["exits"][0]["platforms"][0]["platform_id"] = "bishan-nsl-NS13"
    with pytest.raises(
        ValidationError, match="yishun-nsl-A leads to platform 'bishan-nsl-NS13'; expected a platform"
    ):
        read_output(Stage3Output, plain)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"platform_id": "bishan-nsl-NS13"},
            "leave 'bishan-nsl-NS13'; expected a platform of its own station",
        ),
        ({"last_train": "24:31"}, "should match pattern"),
        ({"is_last_next_day": False}, "expected true only for a last_train that a clock shows as earlier"),
        ({"last_train": "23:31"}, "expected true only for a last_train"),
        ({"evidence": {}}, "no evidence for first_train, last_train"),
    ],
)
def test_trains_that_cannot_be_are_refused(changes: dict[str, Any], words: str) -> None:
    station = YISHUN.model_copy(update={"trains": (make_trains(YISHUN.platforms[0]),)})
    plain = _plain(make_dataset(station))
    assert read_output(Stage3Output, plain).stations[0].trains == station.trains
    plain = _plain(make_dataset(station))
    plain["stations"][0]["trains"][0] |= changes
    with pytest.raises(ValidationError, match=words):
        read_output(Stage3Output, plain)


@pytest.mark.parametrize("content", [b"[]", b"1", b'{"stations": 1}', b'{"stations": [1, [2], null]}'])
def test_what_is_no_output_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        read_output(Stage1Output, content)


def test_deep_nesting_is_refused_and_not_followed_without_end() -> None:
    deep = b'{"x":' * 900 + b"1" + b"}" * 900
    content = b'{"stations":[{"reasons":[],"exits":[%b]}]}' % deep
    with pytest.raises(ValidationError):
        read_output(Stage3Output, content)


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_hash_leaves_out_when_an_output_was_made_and_nothing_else(output: StageOutput) -> None:
    later = output.metadata.model_copy(update={"generated_at": NOW + timedelta(days=1)})
    made, again = render_output(output), render_output(output.model_copy(update={"metadata": later}))
    assert made != again
    assert sha256_without_metadata([made]) == sha256_without_metadata([again])
    assert sha256_without_metadata([made]) != sha256_without_metadata([made.replace(b"SODL", b"sodl")])


def test_the_hash_of_a_file_of_schema_1_leaves_out_its_block_of_metadata() -> None:
    older = b'{\n "schema_version": "1",\n "metadata": {\n  "a": %d\n },\n "stations": []\n}\n'
    assert sha256_without_metadata([older % 1]) == sha256_without_metadata([older % 2])
    assert sha256_without_metadata([older % 1]) != sha256_without_metadata(
        [(older % 1).replace(b"[]", b"[1]")]
    )


def test_metadata_in_a_text_are_no_metadata() -> None:
    station = YISHUN.model_copy(update={"name": '\n"metadata":\n'})
    made = render_output(make_dataset(station))
    other = render_output(make_dataset(station.model_copy(update={"name": '\n"metadata":x\n'})))
    assert sha256_without_metadata([made]) != sha256_without_metadata([other])
    assert read_output(Stage3Output, made).stations[0].name == station.name


def test_an_enrichment_cites_by_positions_too() -> None:
    enrichment = enrich_nothing((YISHUN,))[0].model_copy(update={"platforms": YISHUN.platforms})
    plain = _plain(make_stage2(enrichment))
    assert plain["enrichments"][0]["platforms"][0]["evidence"] == {"record": [0]}
    assert read_output(Stage2Output, plain).enrichments == (enrichment,)


def _file(*stations: Station) -> bytes:
    return render_output(make_dataset(*stations))


def test_a_file_that_a_person_laid_out_anew_says_the_same() -> None:
    made = _file(*open_stations())
    plain = json.loads(made)
    for anew in (
        json.dumps(plain),
        json.dumps(plain, indent=1),
        made.replace(b",\n", b" ,\n").decode(),
        made.replace(b",\n", b",\n\n").decode(),
    ):
        assert read_output(Stage3Output, anew.encode()) == read_output(Stage3Output, made)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b"},\n{", b"}\n{"),
        (b"},\n{", b"},,\n{"),
        (b"},\n{", b"},\n]\n{"),
        (b'"stations":[\n{', b'"stations":[\n,{'),
        (b'"stations":[\n{', b'"stations":[\n'),
        (b"\n],", b",\n],"),
        (b"\n],", b"\n"),
        (b'"slug":"', b'"slug":"\n'),
        (b'"lat":', b'"lat":NaN'),
    ],
)
def test_a_broken_line_among_stations_is_no_json(found: bytes, put: bytes) -> None:
    made = _file(*open_stations())
    assert found in made
    with pytest.raises(orjson.JSONDecodeError):
        read_output(Stage3Output, made.replace(found, put, 1))


def test_what_is_wrong_with_a_line_is_told_with_its_place_in_the_file() -> None:
    made = _file(*open_stations())
    first, second = open_stations()[:2]
    assert first.slug != second.slug
    with pytest.raises(ValidationError, match=r"stations\.1\.slug"):
        read_output(Stage3Output, made.replace(b'"slug":"%b"' % second.slug.encode(), b'"slug":1'))


def test_a_list_of_stations_in_the_wrong_place_is_refused() -> None:
    made = _file(*open_stations())
    with pytest.raises(ValidationError):
        read_output(
            Stage3Output,
            made.replace(b'"stations":[\n', b'"stations":[],"x":{\n"stations":[\n').replace(
                b"\n],", b"\n]},", 1
            ),
        )


def test_datasets_in_use_hold_what_they_have_in_common_once() -> None:
    one = read_output(Stage3Output, _file(YISHUN, *open_stations()[1:]))
    moved = YISHUN.model_copy(update={"lat": YISHUN.lat + 0.001})
    other = read_output(Stage3Output, _file(moved, *open_stations()[1:]))
    assert other.stations[0] == moved != one.stations[0]
    assert all(it is same for it, same in zip(one.stations[1:], other.stations[1:], strict=True))


def test_a_dataset_just_written_is_read_as_the_records_that_were_written() -> None:
    dataset = make_dataset(YISHUN.model_copy(update={"name": "Just made"}))
    assert read_output(Stage3Output, render_output(dataset)).stations[0] is dataset.stations[0]


def test_equal_texts_of_a_file_are_one_object() -> None:
    names = [
        station.evidence["record"][0].licence
        for station in read_output(Stage3Output, _file(*open_stations())).stations
    ]
    assert len(names) > 1
    assert len(set(map(id, names))) == 1


def test_reading_takes_hardly_more_memory_than_the_records_that_are_read() -> None:
    content = _file(*(YISHUN.model_copy(update={"name": f"Yishun {number}"}) for number in range(300)))
    read_output(Stage3Output, content)  # what is made once for all
    tracemalloc.start()
    try:
        read = read_output(Stage3Output, content)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(read.stations) == 300
    assert peak < 1.2 * kept
