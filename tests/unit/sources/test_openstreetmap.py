"""What entrances of OpenStreetMap say of exits, and what is no answer of the Overpass API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.network import Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.deduction import conclude_step_free
from mrt_pipeline.extraction.merging import MergedStation, merge_claims
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.table_source import SurveyedSource
from mrt_pipeline.sources.openstreetmap.claims import source_of
from mrt_pipeline.sources.openstreetmap.parsing import parse_entrances
from tests.fakes.network_builder import provenance
from tests.fakes.publishers import osm_node
from tests.fakes.real_stations import real_station

AS_OF = date(2026, 11, 23)
METRES = 1 / 111_000
"""degrees of latitude, roughly"""
HERE = (1.3000, 103.8000)


def placed(slug: str, **exits: tuple[str, float]) -> Station:
    """Return a station whose exits lie so many metres north of ``HERE``: ``DT14=("A", 0)``."""
    station = real_station(slug, **{code: label for code, (label, _) in exits.items()})
    moved = tuple(
        found.model_copy(update={"lat": HERE[0] + metres * METRES, "lng": HERE[1]})
        for found, (_, metres) in zip(station.exits, exits.values(), strict=True)
    )
    return station.model_copy(update={"exits": moved})


BUGIS = placed("bugis", EW12=("A", 0), DT14=("B", 100))
NEXT = placed("rochor", DT13=("A", 30))


def at(metres: float) -> tuple[float, float]:
    return HERE[0] + metres * METRES, HERE[1]


def answer(*elements: object, **more: object) -> bytes:
    return json.dumps({"elements": elements, **more}).encode()


def source(*elements: object, stations: tuple[Station, ...] = (BUGIS,)) -> SurveyedSource:
    parsed, _ = parse_entrances(answer(*elements), AS_OF)
    where = provenance("osm-entrances", licence="ODbL-1.0", publisher="OpenStreetMap contributors")
    made = source_of(lambda: SourceTable(parsed.records, where, parsed.findings))
    made.prepare(stations)
    made.survey(stations)
    return made


def claims(*elements: object, **options: Any) -> StationClaims:
    return source(*elements, **options).claims_for(BUGIS, ())


def step_free(said: StationClaims) -> list[tuple[str, StepFree]]:
    return [(found.exit_id, found.access.step_free) for found in said.exits if found.access]


def checks(*elements: object) -> tuple[list[str], list[str]]:
    """Return what is found about the station, and about no single one."""
    made = source(*elements)
    about, others = made.claims_for(BUGIS, ()).findings, made.findings
    return [finding.check for finding in about], [finding.check for finding in others]


@pytest.mark.parametrize("ref", ["A", "Exit A"])
def test_a_tag_is_a_statement_of_low_confidence_about_the_exit_of_its_label(ref: str) -> None:
    said = claims(osm_node(7, at(-40), ref=ref, wheelchair="yes"))
    assert step_free(said) == [("bugis-ewl-A", StepFree.YES)]
    access = said.exits[0].access
    assert access is not None
    assert access.confidence is Confidence.LOW
    (reason,) = access.evidence_for("step_free")
    assert (reason.document_id, reason.record_id, reason.licence) == ("osm-entrances", "node/7", "ODbL-1.0")


def test_an_entrance_of_two_labels_is_both_exits() -> None:
    said = claims(osm_node(7, at(50), ref="A;B", wheelchair="no"))
    assert step_free(said) == [("bugis-ewl-A", StepFree.NO), ("bugis-dtl-B", StepFree.NO)]


@pytest.mark.parametrize("tags", [{}, {"wheelchair": "limited"}, {"wheelchair": "Yes"}])
def test_any_other_word_is_no_statement(tags: dict[str, str]) -> None:
    assert claims(osm_node(7, at(0), ref="A", **tags)).exits == ()


@pytest.mark.parametrize(
    "tag",
    [
        *("access=no", "opening_hours=off", "start_date=2027-06", "start_date=2026", "start_date=soon"),
        *("note=x", "entrance=emergency", "highway=steps", "disused=yes", "stairs=yes", "elevator=no"),
        *("access:conditional=no @ (2026-11)", "a_tag_of_next_year=yes"),
    ],
)
def test_a_yes_beside_a_tag_that_may_restrict_it_claims_nothing_and_a_no_is_kept(tag: str) -> None:
    key, _, value = tag.partition("=")
    node = osm_node(7, at(0), ref="A", wheelchair="yes")
    node["tags"][key] = value
    assert (claims(node).exits, checks(node)) == ((), ([], ["access-words-unread"]))
    node["tags"]["wheelchair"] = "no"
    assert step_free(claims(node)) == [("bugis-ewl-A", StepFree.NO)]


@pytest.mark.parametrize(
    "tag",
    ["name:ms=x", "level=-1", "entrance=main", "start_date=2025", "start_date=2026-11-23", "colour=red"],
)
def test_a_tag_that_restricts_nothing_leaves_a_yes(tag: str) -> None:
    key, _, value = tag.partition("=")
    node = osm_node(7, at(0), ref="A", wheelchair="yes", stairs="yes", elevator="yes")
    node["tags"][key] = value
    assert step_free(claims(node)) == [("bugis-ewl-A", StepFree.YES)]


def test_a_statement_that_another_tag_may_restrict_is_left_to_a_person() -> None:
    node = osm_node(7, at(0), ref="A", wheelchair="yes", wheelchair__description="only with help")
    assert claims(node).exits == ()
    assert checks(node) == ([], ["access-words-unread"])


@pytest.mark.parametrize(
    ("metres", "ref", "check"),
    [(-60, "A", "entrance-far-from-exit"), (0, "C", "entrance-without-exit")],
)
def test_an_entrance_that_is_no_exit_of_ours_is_reported_and_claims_nothing(
    metres: float, ref: str, check: str
) -> None:
    node = osm_node(7, at(metres), ref=ref, wheelchair="yes")
    assert (claims(node).exits, checks(node)) == ((), ([check], []))


def test_two_exits_with_one_label_at_two_nearby_stations_are_ambiguous() -> None:
    node = osm_node(7, at(0), ref="A", wheelchair="yes")
    said = claims(node, stations=(BUGIS, NEXT))
    assert (said.exits, [finding.check for finding in said.findings]) == ((), ["entrance-ambiguous"])


def test_an_exit_of_the_next_station_but_one_may_be_meant() -> None:
    made = source(osm_node(7, at(80), ref="A", wheelchair="no"), stations=(BUGIS, NEXT))
    assert step_free(made.claims_for(NEXT, ())) == [("rochor-dtl-A", StepFree.NO)]


@pytest.mark.parametrize(("metres", "is_claimed"), [(0, True), (9, True), (12, False), (1000, False)])
def test_an_entrance_without_a_label_is_an_exit_only_at_ten_metres(metres: float, is_claimed: bool) -> None:
    node = osm_node(7, at(-metres), wheelchair="no")
    assert step_free(claims(node)) == ([("bugis-ewl-A", StepFree.NO)] if is_claimed else [])
    assert checks(node) == ([], [] if is_claimed else ["entrance-left-out"])


def test_an_entrance_without_a_label_at_two_exits_is_neither() -> None:
    twin = placed("rochor", DT13=("A", 5))
    made = source(osm_node(7, at(0), wheelchair="no"), stations=(BUGIS, twin))
    assert made.claims_for(BUGIS, ()).exits == made.claims_for(twin, ()).exits == ()
    assert [finding.check for finding in made.findings] == ["entrance-left-out"]


def test_an_entrance_near_no_exit_is_counted() -> None:
    assert checks(osm_node(7, at(-1000), ref="A", wheelchair="yes")) == ([], ["entrance-left-out"])


def test_the_version_changes_with_what_is_said_of_a_station_alone() -> None:
    first = source(osm_node(7, at(0), ref="A", wheelchair="yes"), stations=(BUGIS, NEXT))
    second = source(osm_node(7, at(0), ref="A", wheelchair="yes"), stations=(BUGIS,))
    assert first.version_for(BUGIS) != second.version_for(BUGIS)


# among other sources


CHINATOWN = real_station("chinatown", NE4="A")
LIFT = Evidence(document_id="lta-lifts", method=Method.RECORD, licence="SODL-1.0", record_id="NE4:1:Exit A")


def lifts() -> StationClaims:
    found = ExitEnrichment(exit_id="chinatown-nel-A", street_lifts=(LIFT,))
    return StationClaims(
        source="lta_lifts", exits=(found,), provenance={"lta-lifts": provenance("lta-lifts")}
    )


def merged(*tags: str, beside: tuple[StationClaims, ...] = ()) -> MergedStation:
    place = (CHINATOWN.exits[0].lat, CHINATOWN.exits[0].lng)
    nodes = [osm_node(number, place, ref="A", wheelchair=tag) for number, tag in enumerate(tags)]
    said = [source(*nodes, stations=(CHINATOWN,)).claims_for(CHINATOWN, ()), *beside]
    network = load_network()
    return merge_claims(CHINATOWN, said, conclude_step_free(CHINATOWN, said, network.known_until, network))


def test_two_entrances_of_one_exit_that_contradict_each_other_publish_nothing() -> None:
    made = merged("yes", "no")
    access = made.exits[0].access
    assert access is not None
    assert access.step_free is StepFree.UNKNOWN
    assert [(finding.check, finding.field) for finding in made.findings] == [
        ("sources-disagree", "access.step_free")
    ]


def test_a_tag_that_contradicts_what_follows_from_a_lift_publishes_nothing() -> None:
    made = merged("no", beside=(lifts(),))
    access = made.exits[0].access
    assert access is not None
    assert access.step_free is StepFree.UNKNOWN
    assert {side.speaker for side in made.findings[0].sides or ()} == {"openstreetmap", "deduction"}


def test_a_tag_takes_nothing_from_what_follows_from_a_lift() -> None:
    access, alone = merged("yes", beside=(lifts(),)).exits[0].access, merged("limited", beside=(lifts(),))
    concluded = alone.exits[0].access
    assert access is not None
    assert concluded is not None
    assert (access.step_free, access.confidence) == (StepFree.YES, Confidence.MEDIUM)
    reasons = access.evidence_for("step_free")
    assert set(concluded.evidence_for("step_free")) < set(reasons)
    assert "osm-entrances" in {reason.document_id for reason in reasons}


# what is no answer


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<html>busy</html>", "HTML"),
        (b'{"elements": [', "cut off"),
        (answer(), "as elements"),
        (b"[]", "as elements"),
        (b'{"elements": {}}', "as elements"),
        (answer(osm_node(7, at(0)), remark="runtime error: Query timed out"), "timed out"),
    ],
)
def test_what_is_no_whole_answer_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_entrances(content, AS_OF)


@pytest.mark.parametrize(
    "changes",
    [{"id": None}, {"id": "x" * 99}, {"lat": "north"}, {"lon": 1.3}, {"tags": {"ref": "A (lift)"}}],
)
def test_an_entrance_that_cannot_be_read_is_a_warning_and_left_out(changes: dict[str, Any]) -> None:
    good = osm_node(8, at(0), ref="A", wheelchair="no")
    made = source({**osm_node(7, at(0), ref="A", wheelchair="yes"), **changes}, good)
    assert [finding.severity.value for finding in made.findings] == ["warning"]
    assert step_free(made.claims_for(BUGIS, ())) == [("bugis-ewl-A", StepFree.NO)]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, JSON)
def test_any_answer_is_read_or_refused(whole: object, part: object) -> None:
    for content in (json.dumps(whole), json.dumps({"elements": [part, {"tags": part}, {"id": part}]})):
        try:
            parse_entrances(content.encode(), AS_OF)
        except SourceFormatError:
            continue
