from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.cli.explaining import summarise
from mrt_pipeline.compare.values import RECORD_TYPES
from mrt_pipeline.contracts.evidence import Alignment, Confidence, Evidence, Method, Published
from mrt_pipeline.contracts.explanation import ExplainedValue, Explanation
from mrt_pipeline.contracts.fields import FIELDS, PARTS, measure_coverage
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    Landmark,
    Platform,
    PlatformLink,
    Station,
    StationCode,
    StationExit,
    StationNames,
    StepFree,
)
from mrt_pipeline.contracts.outputs import RejectedClaim, Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.explain.explanation import (
    COMPUTED,
    RunFacts,
    explain,
    field_names,
    find_parts,
)
from mrt_pipeline.network import NETWORK_DOCUMENT, network_evidence
from tests.fakes.network_builder import (
    EXITS_DOCUMENT,
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_station,
    make_trains,
    provenance,
    station_platform,
)

WIKI = "fandom-wiki:Yishun MRT Station"
WIKI_LICENCE = "CC-BY-SA-3.0"
ENTRY = SMALL_NETWORK.codes[0]
QUOTE = Evidence(
    document_id=WIKI,
    method=Method.MODEL,
    licence=WIKI_LICENCE,
    quote="Exit A has a lift",
    char_start=120,
    char_end=137,
    alignment=Alignment.EXACT,
)
PLATFORM = station_platform(ENTRY, SMALL_NETWORK.codes[1])
RULE = QUOTE.model_copy(update={"method": Method.RULE})


def _station() -> Station:
    plain = make_station(SMALL_NETWORK, "yishun")
    found = plain.exits[0]
    full = found.model_copy(
        update={
            "platforms": links_to(PLATFORM),
            "bus_stops": (make_bus_stop(found, evidence={**cited("59069"), "services": (RULE,)}),),
            "access": ExitAccess(
                step_free=StepFree.YES, confidence=Confidence.LOW, evidence={"step_free": (QUOTE,)}
            ),
        }
    )
    names = StationNames(zh_hans="义顺", ms="Yishun", ta="யீஷூன்", evidence=cited())
    trains = (make_trains(PLATFORM),)
    return plain.model_copy(
        update={"platforms": (PLATFORM,), "trains": trains, "exits": (full,), "names": names}
    )


def _dataset(*findings: Finding) -> Stage3Output:
    return make_dataset(
        _station(),
        provenance={
            EXITS_DOCUMENT: provenance(),
            WIKI: provenance(WIKI, revision="41", licence=WIKI_LICENCE),
        },
        findings=findings,
    )


def _explain(*findings: Finding, facts: RunFacts | None = None, **asked: Any) -> Explanation:
    return explain(_dataset(*findings), _station(), facts=facts, **asked)


def _value(explanation: Explanation, name: str, attribute: str | None = None) -> ExplainedValue:
    return next(item for item in explanation.values if (item.field, item.attribute) == (name, attribute))


def test_a_quoted_value_names_words_place_revision_licence_and_model() -> None:
    facts = RunFacts(model="openai/gpt-oss-120b")
    value = _value(_explain(facts=facts), "access", "step_free")
    [reason] = value.reasons
    assert (reason.quote, reason.char_start, reason.char_end) == ("Exit A has a lift", 120, 137)
    assert (reason.revision, reason.licence) == ("41", WIKI_LICENCE)
    assert "openai/gpt-oss-120b" in reason.how
    assert value.confidence is Confidence.LOW


def test_a_model_that_is_not_known_is_called_a_language_model() -> None:
    assert "a language model" in _value(_explain(), "access", "step_free").reasons[0].how


def test_a_field_with_reasons_of_its_own_is_explained_by_these() -> None:
    explanation = _explain()
    assert _value(explanation, "bus_stops", "services").reasons[0].method is Method.RULE
    assert _value(explanation, "bus_stops", "description").reasons[0].record_id == "59069"


def test_every_field_of_every_record_is_explained_once() -> None:
    explanation = _explain()
    keys = [(item.exit_id, item.field, item.item, item.attribute) for item in explanation.values]
    assert len(keys) == len(set(keys))
    attributes = {item.attribute for item in explanation.values if item.field == "bus_stops"}
    assert attributes == ExitBusStop.model_fields.keys() - {"evidence"}


def test_every_value_has_a_reason_computed_ones_too() -> None:
    explanation = _explain()
    assert all(item.reasons for item in explanation.values)
    assert "no language model" in str(_value(explanation, "access", "confidence").rule)
    assert (
        _value(explanation, "station_id").rule
        == "its code on the first of its lines, in the order of the network table"
    )


@pytest.mark.parametrize(
    "record", [Station, StationCode, StationExit, Platform, ExitBusStop, ExitAccess, Landmark]
)
def test_how_a_field_is_computed_is_reported_for_each_that_needs_no_evidence(record: type[Published]) -> None:
    told = {name for kind, name in COMPUTED if kind is record}
    assert record.IDENTITY - {"confidence"} == told


def test_a_field_that_says_nothing_is_named_with_the_sources_that_were_skipped() -> None:
    facts = RunFacts(passed_over={"fandom_wiki": "nothing of it is recorded", "lta_datamall": "never"})
    [silent] = _explain(field_name="landmarks", facts=facts).silent
    assert (silent.exit_id, silent.field) == ("yishun-nsl-A", "landmarks")
    assert silent.why == (
        "no source that was read gave a usable value; fandom_wiki was skipped (nothing of it is recorded)"
    )


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"exit_label": "A", "field_name": "lat"}, {"lat"}),
        ({"exit_label": "yishun-nsl-a", "field_name": "bus_stops"}, {"bus_stops"}),
        ({"field_name": "codes"}, {"codes"}),
        ({"field_name": "landmarks"}, set()),
    ],
)
def test_only_what_is_requested_is_explained(asked: dict[str, Any], fields: set[str]) -> None:
    assert {value.field for value in _explain(**asked).values} == fields


def test_one_attribute_can_be_asked_for() -> None:
    values = _explain(field_name="bus_stops.services").values
    assert {value.attribute for value in values} == {"services"}


@pytest.mark.parametrize(
    ("name", "field", "attribute"),
    [
        ("step_free", "access", "step_free"),
        ("access.step_free", "access", "step_free"),
        ("bus_services", "bus_stops", "services"),
        ("services", "bus_stops", "services"),
        ("towards_code", "platforms", "towards_code"),
        ("is_same_building", "platforms", "is_same_building"),
        ("bus_stop", "bus_stops", "relation"),
        ("opened_date", "codes", "opened_date"),
    ],
)
def test_a_field_has_the_names_that_all_other_places_use(name: str, field: str, attribute: str) -> None:
    explanation = _explain(field_name=name)
    assert {value.field for value in explanation.values} == {field}
    assert attribute in {value.attribute for value in explanation.values}


@pytest.mark.parametrize(
    "name",
    [
        *measure_coverage([]),
        *FIELDS,
        *PARTS,
        *(part.claimed_as for part in PARTS.values()),
        *(
            name
            for kinds in RECORD_TYPES.values()
            for kind in kinds
            for name in kind.model_fields
            if name != "evidence"
        ),
    ],
)
def test_what_coverage_losses_claims_and_records_call_a_field_can_be_asked_for(name: str) -> None:
    assert find_parts(name)


def test_an_attribute_that_says_nothing_is_named_so() -> None:
    [silent] = _explain(field_name="platform_codes").silent
    assert (silent.exit_id, silent.field) == ("yishun-nsl-A", "platforms.platform_codes")


def test_our_own_table_is_not_called_a_publishers_record() -> None:
    station = _station().model_copy(update={"evidence": {"record": (network_evidence("NS13"),)}})
    dataset = make_dataset(
        station,
        provenance={
            **_dataset().provenance,
            NETWORK_DOCUMENT: provenance(NETWORK_DOCUMENT),
        },
    )
    explanation = explain(dataset, station)
    assert "own network table" in _value(explanation, "name").reasons[0].how
    assert "as published" in _value(explanation, "exit_code").reasons[0].how


def test_one_building_is_concluded_from_codes_and_not_from_the_order_of_stations() -> None:
    station = _station()
    documents = {**_dataset().provenance, NETWORK_DOCUMENT: provenance(NETWORK_DOCUMENT)}
    explanation = explain(make_dataset(station, provenance=documents), station)
    value = _value(explanation, "platforms", "is_same_building")
    assert [(reason.document_id, reason.record_id) for reason in value.reasons] == [
        (EXITS_DOCUMENT, "1"),
        (NETWORK_DOCUMENT, "NS13"),
    ]
    assert {reason.method for reason in value.reasons} == {Method.DEDUCTION}
    assert value.exit_id == "yishun-nsl-A"
    assert "the same building" in str(value.rule)
    assert "order of stations" in _value(explanation, "platforms", "next_code").reasons[0].how


def test_what_a_link_says_for_itself_comes_before_what_it_follows_from() -> None:
    station = _station()
    [found] = station.exits
    [link] = found.platforms
    said = link.model_copy(update={"evidence": {"platform_id": (RULE,), "is_same_building": (QUOTE,)}})
    exits = (found.model_copy(update={"platforms": (said,)}),)
    explanation = explain(_dataset(), station.model_copy(update={"exits": exits}), exit_label="A")
    [building] = _value(explanation, "platforms", "is_same_building").reasons
    assert building.quote == QUOTE.quote


def test_platforms_are_explained_with_their_station_and_again_with_an_exit_asked_for_alone() -> None:
    whole = [value for value in _explain().values if value.field == "platforms"]
    assert {value.exit_id for value in whole if value.attribute == "next_code"} == {None}
    assert {value.attribute for value in whole if value.exit_id} == PlatformLink.model_fields.keys() - {
        "evidence"
    }
    alone = [value for value in _explain(exit_label="A").values if value.field == "platforms"]
    told = {*Platform.model_fields, *PlatformLink.model_fields} - {
        "evidence",
        "platform_codes",
        "towards_kind",
    }
    assert sorted(str(value.attribute) for value in alone) == sorted(told)
    assert {value.exit_id for value in alone} == {"yishun-nsl-A"}
    assert {value.item for value in (*whole, *alone)} == {"NS13 to NS17"}


def test_with_an_exit_alone_the_lesser_confidence_of_platform_and_way_is_reported() -> None:
    [found] = _station().exits
    far = found.model_copy(update={"platforms": links_to(PLATFORM, is_same_building=False)})
    for platform, exits, told in (
        (PLATFORM, (found,), Confidence.HIGH),
        (PLATFORM, (far,), Confidence.MEDIUM),
        (PLATFORM.model_copy(update={"confidence": Confidence.LOW}), (far,), Confidence.LOW),
    ):
        station = _station().model_copy(update={"platforms": (platform,), "exits": exits})
        value = _value(explain(_dataset(), station, exit_label="A"), "platforms", "confidence")
        assert value.value is told
        assert {reason.record_id for reason in value.reasons} == {"nsl-main", "1"}


@pytest.mark.parametrize("name", ["nothing", "bus_stops.nothing", "lat.x", "evidence", "exits", ""])
def test_a_field_that_there_is_not_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UsageError, match="expected one of"):
        _explain(field_name=name)


def test_every_field_can_be_asked_for() -> None:
    for name in field_names():
        explanation = _explain(field_name=name)
        assert explanation.values or explanation.silent


def test_an_exit_is_explained_without_its_station() -> None:
    assert {value.exit_id for value in _explain(exit_label="A").values} == {"yishun-nsl-A"}


class TestFindings:
    """What checks noticed."""

    STATION = Finding(check="station", severity=Severity.INFO, message=".", slug="yishun")
    EXIT = Finding(check="exit", severity=Severity.INFO, message=".", slug="yishun", exit_id="yishun-nsl-A")
    STOP = Finding(
        check="stop",
        severity=Severity.INFO,
        message=".",
        slug="yishun",
        exit_id="yishun-nsl-A",
        record_id=f"{EXITS_DOCUMENT}:59069",
    )
    LETTER = Finding(
        check="letter",
        severity=Severity.WARNING,
        message=".",
        slug="yishun",
        field="platforms.NS13>NS17.platform_code",
    )
    OTHER = Finding(check="other", severity=Severity.INFO, message=".", slug="bishan")

    @pytest.mark.parametrize(
        ("asked", "checks"),
        [
            ({}, {"station", "exit", "stop", "letter"}),
            ({"exit_label": "A"}, {"exit", "stop", "letter"}),
            ({"exit_label": "A", "field_name": "bus_stops"}, {"exit", "stop", "letter"}),
            ({"exit_label": "A", "field_name": "platforms"}, {"exit", "letter"}),
        ],
    )
    def test_those_about_what_was_asked_for_are_shown(self, asked: dict[str, Any], checks: set[str]) -> None:
        told = (self.STATION, self.EXIT, self.STOP, self.LETTER, self.OTHER)
        found = _explain(*told, **asked).findings
        assert {finding.check for finding in found} == checks


class TestRejectedClaims:
    """What was claimed beside it."""

    CLAIMS = tuple(
        RejectedClaim(source="fandom_wiki", reason="negated", field=field, value="x", exit_label=label)
        for field, label in (("access", "A"), ("bus_stop", "A"), ("access", "B"), ("landmark", None))
    )
    FACTS = RunFacts(rejected={"yishun": CLAIMS, "bishan": CLAIMS})

    @pytest.mark.parametrize(
        ("asked", "rejected"),
        [
            ({}, [0, 1, 2, 3]),
            ({"exit_label": "A"}, [0, 1, 3]),
            ({"exit_label": "A", "field_name": "access"}, [0]),
            ({"field_name": "bus_stops"}, [1]),
            ({"field_name": "landmarks"}, [3]),
        ],
    )
    def test_those_about_what_was_asked_for_are_shown(
        self, asked: dict[str, Any], rejected: list[int]
    ) -> None:
        found = _explain(facts=self.FACTS, **asked).rejected
        assert found == tuple(self.CLAIMS[number] for number in rejected)


def test_the_summary_of_a_station_counts_its_trains_instead_of_naming_each() -> None:
    rows = [" ".join(line.split()) for line in summarise(explain(_dataset(), _station()))]
    assert [row for row in rows if row.startswith("trains ")] == [
        "trains first and last trains, 1 row [lta-station-exits]"
    ]
