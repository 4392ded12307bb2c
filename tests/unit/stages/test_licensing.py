from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.config.licences import licence_ids
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap, Method, walk_published
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment, LicenceSet, Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.stages.licensing import restrict
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    make_dataset,
    make_platform,
    make_trains,
    open_stations,
    provenance,
)

SODL, CC_BY, WIKI, SBS = "SODL-1.0", "CC-BY-4.0", "CC-BY-SA-3.0", "LicenseRef-SBS-Transit-facts"
LICENCES = (SODL, CC_BY, WIKI, SBS)
NS13, NS17, CC15, *_ = SMALL_NETWORK.codes
BISHAN = open_stations()[1]
EXIT = BISHAN.exits[0].exit_id
CONFIDENCES = list(Confidence)


def _document(licence: str) -> str:
    return "lta-station-exits" if licence == SODL else f"document-of-{licence}"


DOCUMENTS = {_document(name): provenance(_document(name), licence=name, publisher=name) for name in LICENCES}


def _reason(licence: str, method: Method = Method.RECORD) -> Evidence:
    return Evidence(document_id=_document(licence), method=method, licence=licence, record_id="1")


def _cited(licence: str, method: Method = Method.RECORD) -> EvidenceMap:
    return {"record": (_reason(licence, method),)}


def _access(licence: str, step_free: StepFree, *features: AccessFeature, **changes: Any) -> ExitAccess:
    facts: dict[str, Any] = {"step_free": step_free, "features": features, "evidence": _cited(licence)}
    return ExitAccess(**facts | changes)


def _says(licence: str, **said: Any) -> StationClaims:
    return StationClaims(source=licence, exits=(ExitEnrichment(exit_id=EXIT, **said),), provenance=DOCUMENTS)


def _dataset(*claims: StationClaims, **changes: Any) -> Stage3Output:
    """Return the dataset of one station, of which sources say something."""
    merged = merge_claims(BISHAN, claims)
    exits = tuple(
        found.model_copy(update={name: getattr(told, name) for name in type(told).model_fields})
        for found, told in zip(BISHAN.exits, merged.exits, strict=True)
    )
    station = BISHAN.model_copy(update={"platforms": merged.platforms, "exits": exits})
    return make_dataset(station, provenance=DOCUMENTS, findings=merged.findings, **changes)


def _open(*claims: StationClaims) -> Any:
    return restrict(_dataset(*claims), "open").stations[0].exits[0]


def _licences_in(stations: tuple[Station, ...]) -> set[str]:
    records = (record for station in stations for record in walk_published(station))
    return {reason.licence for record in records for reason in record.all_evidence()}


def test_a_value_that_several_state_stays_with_the_reasons_that_are_allowed() -> None:
    claims = (
        _says(CC_BY, access=_access(CC_BY, StepFree.YES)),
        _says(SBS, access=_access(SBS, StepFree.YES)),
    )
    assert _dataset(*claims).stations[0].exits[0].access.confidence is Confidence.HIGH  # type: ignore[union-attr]
    access = _open(*claims).access
    assert access.step_free is StepFree.YES
    assert access.evidence_for("step_free") == (_reason(CC_BY),)
    assert access.confidence is Confidence.LOW  # that publisher's reading may have been so


@pytest.mark.parametrize(
    ("publisher", "expected"),
    [("Volunteers", Confidence.LOW), ("Land Transport Authority", Confidence.MEDIUM)],
)
def test_step_free_access_that_lost_a_reason_is_low_unless_the_authority_records_it(
    publisher: str, expected: Confidence
) -> None:
    concluded = {"confidence": Confidence.MEDIUM, "evidence": _cited(CC_BY, Method.DEDUCTION)}
    whole = _dataset(
        _says(CC_BY, access=_access(CC_BY, StepFree.YES, **concluded)),
        _says(SODL, access=_access(SODL, StepFree.YES, confidence=Confidence.LOW)),
    )
    document = DOCUMENTS[_document(SODL)].model_copy(update={"publisher": publisher})
    named = whole.model_copy(update={"provenance": {**DOCUMENTS, document.document_id: document}})
    before, after = (
        it.stations[0].exits[0].access.confidence  # type: ignore[union-attr]
        for it in (named, restrict(named, (SODL,)))
    )
    assert (before, after) == (Confidence.MEDIUM, expected)


def test_what_a_source_that_is_left_out_denies_stays_unknown() -> None:
    access = _open(
        _says(SODL, access=_access(SODL, StepFree.YES)), _says(SBS, access=_access(SBS, StepFree.NO))
    ).access
    assert (access.step_free, access.confidence) == (StepFree.UNKNOWN, Confidence.LOW)


def test_each_feature_stays_only_if_a_document_that_is_kept_names_it() -> None:
    access = _open(
        _says(SODL, access=_access(SODL, StepFree.UNKNOWN, AccessFeature.LIFT)),
        _says(SBS, access=_access(SBS, StepFree.UNKNOWN, AccessFeature.LIFT, AccessFeature.TOILET)),
    ).access
    assert access.features == (AccessFeature.LIFT,)
    assert access.all_evidence() == (_reason(SODL),)


def test_a_conclusion_falls_with_one_premise_and_leaves_what_is_stated() -> None:
    premises = (_reason(SODL, Method.DEDUCTION), _reason(SBS, Method.DEDUCTION))
    concluded = ExitAccess(
        step_free=StepFree.YES,
        features=(AccessFeature.LIFT,),
        evidence={"step_free": premises, "features": (_reason(SODL),)},
    )
    access = _open(_says(SODL, access=concluded)).access
    assert (access.step_free, access.features) == (StepFree.UNKNOWN, (AccessFeature.LIFT,))
    assert access.all_evidence() == (_reason(SODL),)


def test_an_exit_of_which_only_others_speak_has_no_access() -> None:
    assert _open(_says(SBS, access=_access(SBS, StepFree.YES, AccessFeature.LIFT))).access is None


def test_a_landmark_that_others_spell_differently_is_named_as_in_the_open_document() -> None:
    official = Landmark(name="Bishan Park", evidence=_cited(SODL, Method.GEOMETRY), distance_m=90)
    (landmark,) = _open(
        _says(SBS, landmarks=(Landmark(name="BISHAN PARK", evidence=_cited(SBS)),)),
        _says(SODL, landmarks=(official,)),
    ).landmarks
    assert (landmark.name, landmark.distance_m) == ("Bishan Park", 90)
    assert landmark.confidence is Confidence.LOW  # only distance speaks now
    assert landmark.all_evidence() == official.all_evidence()


def test_a_platform_loses_its_letters_and_an_exit_those_platforms_that_only_others_know() -> None:
    known = make_platform(NS17, NS13, evidence=_cited(SODL, Method.TOPOLOGY))
    lettered = make_platform(
        NS17, NS13, platform_code="B", evidence={**_cited(SODL), "platform_code": (_reason(WIKI),)}
    )
    other = make_platform(NS17, CC15, platform_code="C", evidence=_cited(WIKI))
    dataset = _dataset(_says(SODL, platforms=(known,)), _says(WIKI, platforms=(lettered, other)))
    assert len(dataset.stations[0].platforms) == 2
    (station,) = restrict(dataset, "open").stations
    (platform,) = station.platforms
    assert (platform.towards_code, platform.platform_codes) == ("NS13", ())
    assert [link.platform_id for link in station.exits[0].platforms] == [platform.platform_id]


def test_trains_go_with_their_platform_and_with_their_licence() -> None:
    platforms = (
        make_platform(NS17, NS13, evidence=_cited(SODL)),
        make_platform(NS17, CC15, evidence=_cited(WIKI)),
    )
    dataset = _dataset(_says(SODL, platforms=platforms))
    [station] = dataset.stations
    trains = tuple(
        make_trains(platform, service=licence, evidence=_cited(licence))
        for platform in station.platforms
        for licence in (CC_BY, WIKI)
    )
    known = dataset.model_copy(update={"stations": (station.model_copy(update={"trains": trains}),)})
    (kept,) = restrict(known, "open").stations
    assert [(it.platform_id, it.service) for it in kept.trains] == [(kept.platforms[0].platform_id, CC_BY)]


def test_findings_name_no_document_that_is_left_out_unless_they_are_errors() -> None:
    findings = tuple(
        Finding(check=check, severity=severity, message=check, record_id=record_id)
        for check, severity, record_id in (
            ("access-exit-unknown", Severity.WARNING, f"{_document(SBS)}:1"),
            ("exit-surveyed-twice", Severity.INFO, f"{_document(SODL)}:1"),
            ("sources-disagree", Severity.WARNING, None),
            ("exits-far-apart", Severity.WARNING, None),
            ("field-invalid", Severity.ERROR, f"{_document(SBS)}:2"),
        )
    )
    kept = restrict(make_dataset(provenance=DOCUMENTS, findings=findings), "open").findings
    assert [finding.check for finding in kept] == [
        *("exit-surveyed-twice", "exits-far-apart", "field-invalid", "licences-left-out")
    ]


def test_a_dataset_made_for_fewer_licences_is_not_given_out_as_one_for_more() -> None:
    made = restrict(make_dataset(), (SODL,))
    assert made.metadata.licences == (SODL,)
    for wanted in ("open", "all"):
        with pytest.raises(UsageError, match=r"was made for licences SODL-1\.0"):
            restrict(made, wanted)


ANY_LICENCE = st.sampled_from(LICENCES)
CLAIMS = st.lists(
    st.builds(
        lambda licence, method, step_free, features, names: _says(
            licence,
            access=_access(licence, step_free, *sorted(features), evidence=_cited(licence, method)),
            landmarks=tuple(Landmark(name=name, evidence=_cited(licence, method)) for name in names),
        ),
        ANY_LICENCE,
        st.sampled_from((Method.RECORD, Method.GEOMETRY, Method.RULE)),
        st.sampled_from(StepFree),
        st.sets(st.sampled_from((AccessFeature.LIFT, AccessFeature.TOILET, AccessFeature.STAIRS_ONLY))),
        st.sets(st.sampled_from(("Junction 8", "JUNCTION 8", "Bishan Park")), max_size=1),
    ),
    max_size=4,
    unique_by=lambda claims: claims.source,
)
SETS: st.SearchStrategy[LicenceSet] = st.sampled_from(
    ("open", (SODL,), (WIKI, SODL), (SBS, SODL), tuple(sorted(LICENCES)))
)


@given(claims=CLAIMS, chosen=SETS)
def test_a_set_holds_only_its_licences_and_nothing_that_all_sources_together_do_not_say(
    claims: list[StationClaims], chosen: LicenceSet
) -> None:
    whole = _dataset(*claims)
    made = restrict(whole, chosen)
    assert _licences_in(made.stations) <= licence_ids(chosen)
    assert {found.licence for found in made.provenance.values()} <= licence_ids(chosen)
    assert Stage3Output.model_validate(made.model_dump()) == made
    assert restrict(made, chosen) == made
    for before, after in zip(whole.stations[0].exits, made.stations[0].exits, strict=True):
        assert {it.name for it in after.landmarks} <= {it.name for it in before.landmarks}
        if after.access is None:
            continue
        assert before.access is not None
        assert after.access.step_free in (before.access.step_free, StepFree.UNKNOWN)
        assert set(after.access.features) <= set(before.access.features)
        assert CONFIDENCES.index(after.access.confidence) >= CONFIDENCES.index(before.access.confidence)
        for feature in after.access.features:
            own = [
                it.source for it in claims if it.exits[0].access and feature in it.exits[0].access.features
            ]
            assert licence_ids(chosen) & set(own), "nobody whose licence is in the set names it"
