"""What may be concluded of step-free access, and above all what may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment, FeatureDenial, RejectedClaim
from mrt_pipeline.extraction.deduction import conclude_step_free, documents_of
from mrt_pipeline.extraction.merging import merge_claims
from tests.fakes.network_builder import provenance
from tests.fakes.real_stations import real_station

SBS = "LicenseRef-SBS-Transit-facts"
AS_OF = date(2026, 11, 23)


HOUGANG = real_station("hougang", NE14="A B")
SIMEI = real_station("simei", EW3="A")
JELAPANG = real_station("jelapang", BP12="A")
FERNVALE = real_station("fernvale", SW5="A")
PUNGGOL_COAST = real_station("punggol-coast", NE18="1 2")
A = HOUGANG.exits[0].exit_id


def record_of(
    document_id: str = "lta-lifts", record_id: str = "NE14:B1 L01", licence: str = "SODL-1.0"
) -> Evidence:
    return Evidence(document_id=document_id, method=Method.RECORD, licence=licence, record_id=record_id)


def lift_at(
    exit_id: str, *records: Evidence, source: str = "lta_lifts", from_street: bool = True
) -> StationClaims:
    reasons = records or (record_of(),)
    access = ExitAccess(
        step_free=StepFree.UNKNOWN, features=(AccessFeature.LIFT,), evidence={"record": reasons}
    )
    found = ExitEnrichment(exit_id=exit_id, access=access, street_lifts=reasons if from_street else ())
    return StationClaims(source=source, exits=(found,), provenance={"lta-lifts": provenance("lta-lifts")})


def said_of(exit_id: str, step_free: StepFree, source: str = "fandom_wiki") -> StationClaims:
    evidence = Evidence(
        document_id="wiki", method=Method.RULE, licence="CC-BY-SA-3.0", quote=f"it is {step_free}"
    )
    access = ExitAccess(
        step_free=step_free, confidence=Confidence.MEDIUM, evidence={"step_free": (evidence,)}
    )
    return StationClaims(source=source, exits=(ExitEnrichment(exit_id=exit_id, access=access),))


def access_of(exit_id: str, about: Station, *claims: StationClaims) -> ExitAccess | None:
    merged = merge_claims(about, claims, conclude_step_free(about, claims, AS_OF))
    return next(found.access for found in merged.exits if found.exit_id == exit_id)


def answers(about: Station, *claims: StationClaims) -> dict[str, str]:
    concluded = conclude_step_free(about, claims, AS_OF)
    return {exit_id: one.access.step_free.value for exit_id, one in concluded.items()}


def test_a_lift_from_the_street_makes_its_exit_step_free_with_medium_confidence() -> None:
    access = access_of(A, HOUGANG, lift_at(A))
    assert access is not None
    assert (access.step_free, access.confidence) == (StepFree.YES, Confidence.MEDIUM)
    assert access.features == (AccessFeature.LIFT,)


def test_both_premises_are_cited_and_the_building_that_the_statement_must_cover() -> None:
    concluded = conclude_step_free(HOUGANG, [lift_at(A)], AS_OF)[A]
    assert {(one.document_id, one.record_id) for one in concluded.access.evidence["step_free"]} == {
        ("mot-2022-01-11", "barrier-free"),
        ("lta-lifts", "NE14:B1 L01"),
        ("network-table", "NE14"),
    }
    assert {one.method for one in concluded.access.all_evidence()} == {Method.DEDUCTION}
    assert {"mot-2022-01-11", "network-table"} <= documents_of({A: concluded}).keys()


def test_nothing_is_concluded_of_an_exit_that_is_not_listed() -> None:
    assert answers(HOUGANG, lift_at(A)) == {A: "yes"}
    assert answers(HOUGANG) == {}


def test_a_lift_that_does_not_serve_the_street_proves_nothing() -> None:
    assert answers(HOUGANG, lift_at(A, from_street=False)) == {}


def test_a_station_that_opened_after_the_statements_is_not_covered_by_them() -> None:
    exit_id = PUNGGOL_COAST.exits[0].exit_id
    assert answers(PUNGGOL_COAST, lift_at(exit_id)) == {}
    access = access_of(exit_id, PUNGGOL_COAST, lift_at(exit_id))
    assert access is not None
    assert (access.step_free, access.features) == (StepFree.UNKNOWN, (AccessFeature.LIFT,))


@pytest.mark.parametrize(("about", "statement"), [(SIMEI, "mot-2022-01-11"), (JELAPANG, "lta-2023-01-03")])
def test_the_only_exit_of_a_station_is_its_barrier_free_one(about: Station, statement: str) -> None:
    (only,) = about.exits
    concluded = conclude_step_free(about, (), AS_OF)[only.exit_id]
    assert (concluded.access.step_free, concluded.access.confidence) == (StepFree.YES, Confidence.MEDIUM)
    assert {one.document_id for one in concluded.access.evidence["step_free"]} == {
        statement,
        "lta-station-exits",
        "network-table",
    }


@pytest.mark.parametrize("day", [date(1998, 1, 1), date(2022, 1, 10)])
def test_a_statement_says_nothing_of_a_day_before_it(day: date) -> None:
    assert conclude_step_free(SIMEI, (), day) == {}
    assert conclude_step_free(HOUGANG, [lift_at(A)], day) == {}


def test_a_page_that_names_another_exit_leaves_no_only_one() -> None:
    rejected = RejectedClaim(
        source="fandom_wiki", reason="exit-unknown", field="access", value="lift", exit_label="B"
    )
    assert answers(SIMEI, StationClaims(source="fandom_wiki", rejected=(rejected,))) == {}
    other = rejected.model_copy(update={"reason": "negated"})
    assert answers(SIMEI, StationClaims(source="fandom_wiki", rejected=(other,))) != {}


def test_a_station_that_may_have_further_exits_has_no_only_one() -> None:
    assert answers(FERNVALE) == {}


@pytest.mark.parametrize("check", ["access-exit-unknown", "bus-stop-exit-unknown"])
def test_an_exit_is_not_the_only_one_if_a_source_names_another(check: str) -> None:
    told = StationClaims(source="sbs_transit", findings=(finding_of(check, "names exit B", slug="simei"),))
    assert answers(SIMEI, told) == {}


def test_a_source_that_states_it_of_the_exit_stands_above_a_conclusion() -> None:
    access = access_of(A, HOUGANG, lift_at(A), said_of(A, StepFree.YES))
    assert access is not None
    assert access.step_free is StepFree.YES
    assert {one.method for one in access.evidence["step_free"]} == {Method.RULE}


def test_a_source_that_denies_what_follows_leaves_it_unknown_with_both_sides() -> None:
    claims = [lift_at(A), said_of(A, StepFree.NO)]
    merged = merge_claims(HOUGANG, claims, conclude_step_free(HOUGANG, claims, AS_OF))
    exits, findings = merged.exits, merged.findings
    assert exits[0].access is not None
    assert exits[0].access.step_free is StepFree.UNKNOWN
    (dispute,) = [found for found in findings if found.field == "access.step_free"]
    assert [(side.speaker, side.says) for side in dispute.sides or ()] == [
        ("deduction", "yes"),
        ("fandom_wiki", "no"),
    ]


def test_nothing_follows_from_a_lift_that_is_denied() -> None:
    words = Evidence(document_id="wiki", method=Method.RULE, licence="CC-BY-SA-3.0", quote="no lift")
    denial = FeatureDenial(feature=AccessFeature.LIFT, evidence=words)
    wiki = StationClaims(source="fandom_wiki", exits=(ExitEnrichment(exit_id=A, denied=(denial,)),))
    access = access_of(A, HOUGANG, lift_at(A), wiki)
    assert access is not None
    assert (access.step_free, access.features) == (StepFree.UNKNOWN, ())


def test_of_several_records_an_open_one_is_the_premise() -> None:
    closed = record_of("a-list", "HGN/A", SBS)
    for records in ((closed, record_of()), (record_of(), closed)):
        premises = conclude_step_free(HOUGANG, [lift_at(A, *records)], AS_OF)[A].access.evidence["step_free"]
        assert SBS not in {one.licence for one in premises}


def test_two_publishers_of_a_lift_do_not_make_a_conclusion_high() -> None:
    claims = [lift_at(A), lift_at(A, record_of("a-list", "HGN/A", SBS), source="sbs_transit")]
    access = access_of(A, HOUGANG, *claims)
    assert access is not None
    assert access.confidence is Confidence.MEDIUM


LIFTS = st.lists(
    st.builds(
        lambda place, document, from_street: lift_at(
            HOUGANG.exits[place].exit_id, record_of(document, f"r{place}"), from_street=from_street
        ),
        st.integers(0, 1),
        st.sampled_from(["lta-lifts", "a-list", "b-list"]),
        st.booleans(),
    ),
    max_size=5,
)
DIRECT = st.lists(
    st.builds(said_of, st.just(A), st.sampled_from(StepFree), st.sampled_from(["x", "y"])), max_size=3
)


@given(LIFTS, DIRECT, st.randoms(use_true_random=False))
def test_the_order_of_sources_decides_nothing(
    lifts: list[StationClaims], direct: list[StationClaims], random: Random
) -> None:
    claims = [*lifts, *direct]
    shuffled = random.sample(claims, len(claims))

    def made_of(given: Sequence[StationClaims]) -> list[ExitAccess | None]:
        merged = merge_claims(HOUGANG, given, conclude_step_free(HOUGANG, given, AS_OF))
        return [found.access for found in merged.exits]

    assert made_of(shuffled) == made_of(claims)


@given(LIFTS, DIRECT)
def test_a_no_is_never_concluded_and_a_conclusion_is_never_high(
    lifts: list[StationClaims], direct: list[StationClaims]
) -> None:
    claims = [*lifts, *direct]
    concluded = conclude_step_free(HOUGANG, claims, AS_OF)
    assert all(one.access.step_free is StepFree.YES for one in concluded.values())
    for found in merge_claims(HOUGANG, claims, concluded).exits:
        if found.access is not None and any(
            one.method is Method.DEDUCTION for one in found.access.evidence_for("step_free")
        ):
            assert found.access.confidence is not Confidence.HIGH
