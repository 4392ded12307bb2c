from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.findings import Finding, Severity, Side
from mrt_pipeline.contracts.network import (
    AccessFeature,
    BusStopRelation,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    LandmarkKind,
    LinkedExit,
    Platform,
    StepFree,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment, FeatureDenial
from mrt_pipeline.errors import InternalError
from mrt_pipeline.extraction import merging
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.disputes import disagreement, letter_dispute
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.merging import merge_claims
from tests.fakes.enrichment_sources import quote_of, quoted
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_platform,
    open_stations,
    provenance,
    station_platform,
)
from tests.unit.extraction import scene

NS13, NS17, *_OTHERS = SMALL_NETWORK.codes
YISHUN, BISHAN, _SENJA = open_stations()
[EXIT] = YISHUN.exits
PAGE = "wiki:Yishun@7"
OTHER_PAGE = "blog:Yishun"
PUBLISHERS = {
    "lta-bus-stops": provenance("lta-bus-stops", publisher="LTA"),
    PAGE: provenance(PAGE, publisher="Wiki"),
    OTHER_PAGE: provenance(OTHER_PAGE, publisher="Blog"),
}


def _claims(source: str, findings: tuple[Finding, ...] = (), **said: Any) -> StationClaims:
    return StationClaims(
        source=source,
        exits=(ExitEnrichment(exit_id=EXIT.exit_id, **said),),
        findings=findings,
        provenance=PUBLISHERS,
    )


def _merge(*claims: StationClaims) -> tuple[LinkedExit, tuple[Finding, ...]]:
    merged = merge_claims(YISHUN, claims)
    [found] = merged.exits
    return found, merged.findings


def _platforms(*claims: StationClaims) -> tuple[Platform, ...]:
    """Return the station's platforms, to all of which its exit must lead."""
    merged = merge_claims(YISHUN, claims)
    assert [link.platform_id for link in merged.exits[0].platforms] == [
        platform.platform_id for platform in merged.platforms
    ]
    return merged.platforms


def _lta_stop(relation: BusStopRelation = BusStopRelation.AT, **changes: Any) -> ExitBusStop:
    return make_bus_stop(
        EXIT, relation=relation, evidence=cited("59069", "lta-bus-stops"), **{"road_name": "Ave 2"} | changes
    )


def _wiki_stop(**changes: Any) -> ExitBusStop:
    stop = _lta_stop(BusStopRelation.LISTED, confidence=Confidence.MEDIUM, **changes)
    record = cited("59069", "lta-bus-stops")["record"]
    evidence = {"record": record, "relation": (quote_of("59069 at Exit A"),)}
    return stop.model_copy(update={"evidence": evidence})


def _wiki_platform(letter: str, quote: str = "Platform A", **changes: Any) -> ExitPlatform:
    facts = {"platform_code": letter, "evidence": quoted(quote), "confidence": Confidence.MEDIUM}
    return make_platform(NS13, NS17, **facts | changes)


def _access(
    step_free: StepFree, quote: str = "has a lift", *features: AccessFeature, **changes: Any
) -> ExitAccess:
    [reason] = quoted(quote)["record"]
    evidence = {"step_free": (reason,), **({"features": (reason,)} if features else {})}
    facts = {"confidence": Confidence.MEDIUM, "evidence": evidence}
    return ExitAccess(step_free=step_free, features=features, **facts | changes)


def test_every_exit_is_there_in_the_stations_order_even_when_nobody_speaks_of_it() -> None:
    claims = StationClaims(source="network", exits=(ExitEnrichment(exit_id=BISHAN.exits[1].exit_id),))
    merged = merge_claims(BISHAN, [claims])
    assert [item.exit_id for item in merged.exits] == [found.exit_id for found in BISHAN.exits]
    assert (merged.platforms, merged.findings) == ((), ())


def test_every_part_of_an_exit_is_merged() -> None:
    assert set(PARTS) <= _merge()[0].model_fields_set


def test_records_of_a_kind_without_a_way_of_its_own_are_merged_by_their_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(merging, "_WAYS", {})
    other = _lta_stop(bus_stop_code="01012")
    found, findings = _merge(
        _claims("wiki", bus_stops=(_wiki_stop(),)), _claims("lta", bus_stops=(_lta_stop(), other))
    )
    first, second = found.bus_stops
    assert (first, second.bus_stop_code, findings) == (other, "59069", ())
    assert second.evidence_for("bus_stop_code") == _lta_stop().evidence_for("bus_stop_code")
    assert quote_of("59069 at Exit A") in second.all_evidence()


def test_what_one_source_alone_says_is_left_as_it_is() -> None:
    platform = make_platform(NS13, NS17, platform_code="A")
    claims = _claims("lta_datamall", bus_stops=(_lta_stop(),), platforms=(platform,))
    merged, _ = _merge(claims)
    [published] = _platforms(claims)
    assert published == station_platform(NS13, NS17, platform_codes=("A",))
    assert merged == LinkedExit(exit_id=EXIT.exit_id, bus_stops=(_lta_stop(),), platforms=links_to(published))


def test_a_claim_about_no_exit_of_the_station_is_a_bug() -> None:
    stray = StationClaims(source="network", exits=(ExitEnrichment(exit_id="bishan-nsl-A"),))
    with pytest.raises(InternalError, match="network mentions bishan-nsl-A, which is not an exit of yishun"):
        merge_claims(YISHUN, [stray])


def test_a_stop_that_lta_and_a_page_name_is_one_stop_in_ltas_words_with_both_reasons() -> None:
    wiki = _claims("fandom_wiki", bus_stops=(_wiki_stop(description="Opp Yishun Stn"),))
    merged, findings = _merge(wiki, _claims("lta_datamall", bus_stops=(_lta_stop(),)))
    [stop] = merged.bus_stops
    assert (stop.relation, stop.description) == (BusStopRelation.AT, "Yishun Stn Exit A")
    assert stop.confidence is Confidence.HIGH
    assert [item.document_id for item in stop.evidence_for("relation")] == ["lta-bus-stops", PAGE]
    assert [item.document_id for item in stop.evidence_for("services")] == ["lta-bus-stops"]
    assert findings == ()


def test_distance_alone_does_not_make_a_listed_stop_certain() -> None:
    evidence = cited("59069", "lta-bus-stops", Method.GEOMETRY)
    nearby = make_bus_stop(
        EXIT, relation=BusStopRelation.NEARBY, confidence=Confidence.LOW, evidence=evidence
    )
    merged, _ = _merge(
        _claims("lta_datamall", bus_stops=(nearby,)), _claims("fandom_wiki", bus_stops=(_wiki_stop(),))
    )
    [stop] = merged.bus_stops
    assert (stop.relation, stop.confidence) == (BusStopRelation.NEARBY, Confidence.MEDIUM)


def test_different_stops_are_in_order_of_distance() -> None:
    far, near = make_bus_stop(EXIT, "59001", north_m=90), make_bus_stop(EXIT, "59002", north_m=10)
    merged, _ = _merge(_claims("lta_datamall", bus_stops=(far,)), _claims("fandom_wiki", bus_stops=(near,)))
    assert merged.bus_stops == (near, far)


def test_a_letter_joins_the_direction_and_the_page_stands_behind_the_letter_only() -> None:
    topology = make_platform(NS13, NS17)
    claims = (
        _claims("network", platforms=(topology,)),
        _claims("fandom_wiki", platforms=(_wiki_platform("A"),)),
    )
    [platform] = _platforms(*claims)
    assert (platform.platform_codes, platform.confidence) == (("A",), Confidence.MEDIUM)
    assert platform.evidence_for("towards_code") == topology.evidence["record"]
    assert [item.quote for item in platform.evidence_for("platform_codes")] == ["Platform A"]
    merged, findings = _merge(*claims)
    assert findings == ()
    assert [link.evidence for link in merged.platforms] == [{}]


def test_two_publishers_that_give_the_same_letter_make_it_certain() -> None:
    blog = _wiki_platform("A", evidence=quoted("A: trains to Bishan", OTHER_PAGE))
    [platform] = _platforms(
        _claims("network", platforms=(make_platform(NS13, NS17),)),
        _claims("fandom_wiki", platforms=(_wiki_platform("A"),)),
        _claims("openrouter_llm", platforms=(blog,)),
    )
    assert platform.confidence is Confidence.HIGH
    assert len(platform.evidence_for("platform_codes")) == 2


def test_two_readings_of_one_page_do_not_make_a_letter_certain() -> None:
    model = _wiki_platform("A", evidence=quoted("Platform A", method=Method.MODEL), confidence=Confidence.LOW)
    [platform] = _platforms(
        _claims("network", platforms=(make_platform(NS13, NS17),)),
        _claims("fandom_wiki", platforms=(_wiki_platform("A"),)),
        _claims("openrouter_llm", platforms=(model,)),
    )
    assert platform.confidence is Confidence.MEDIUM


def test_contradicting_letters_are_a_finding_with_both_quotes_and_none_is_published() -> None:
    model = _wiki_platform("B", evidence=quoted("trains use B", method=Method.MODEL))
    claims = (
        _claims("network", platforms=(make_platform(NS13, NS17),)),
        _claims("fandom_wiki", platforms=(_wiki_platform("A"),)),
        _claims("openrouter_llm", platforms=(model,)),
    )
    assert _platforms(*claims) == (station_platform(NS13, NS17),)
    _, [finding] = _merge(*claims)
    assert (finding.check, finding.severity) == ("sources-disagree", Severity.WARNING)
    assert (finding.slug, finding.exit_id) == ("yishun", None)
    assert finding.field == "platforms.NS13>NS17.platform_code"
    assert finding.message == (
        "Yishun: fandom_wiki says that platform A ('Platform A') is, openrouter_llm says that "
        "platform B ('trains use B') is, all towards NS17; no letter is published. Check the station, and "
        "correct the page."
    )


def _mrtdown(*letters: str, confidence: Confidence = Confidence.HIGH) -> StationClaims:
    """Return what a source claims that knows several letters of one direction."""
    reasons = cited("YIS_NSL_A", "mrtdown-platforms", licence="CC-BY-4.0")["record"]
    evidence = {**make_platform(NS13, NS17).evidence, "platform_code": reasons}
    facts = {"confidence": confidence, "evidence": evidence}
    return _claims(
        "mrtdown",
        platforms=tuple(make_platform(NS13, NS17, platform_code=letter, **facts) for letter in letters),
    )


NETWORK_ALONE = _claims("network", platforms=(make_platform(NS13, NS17),))


def test_several_letters_of_one_source_are_all_published_with_their_evidence() -> None:
    [platform] = _platforms(NETWORK_ALONE, _mrtdown("A", "D", confidence=Confidence.LOW))
    assert platform.platform_codes == ("A", "D")
    assert platform.confidence is Confidence.LOW
    assert [item.document_id for item in platform.evidence_for("platform_codes")] == ["mrtdown-platforms"]
    assert platform.evidence_for("towards_code") == make_platform(NS13, NS17).evidence["record"]


def test_a_source_that_gives_one_of_several_letters_contradicts_none_and_makes_none_certain() -> None:
    claims = (
        NETWORK_ALONE,
        _mrtdown("A", "D", confidence=Confidence.MEDIUM),
        _claims("fandom_wiki", platforms=(_wiki_platform("D"),)),
    )
    [platform] = _platforms(*claims)
    assert platform.platform_codes == ("A", "D")
    assert platform.confidence is Confidence.MEDIUM
    assert _merge(*claims)[1] == ()


def test_a_letter_that_another_source_has_not_among_its_several_is_a_finding_with_all_sides() -> None:
    claims = (
        NETWORK_ALONE,
        _mrtdown("A", "D"),
        _claims("fandom_wiki", platforms=(_wiki_platform("B"),)),
    )
    [platform] = _platforms(*claims)
    assert platform.platform_codes == ()
    [finding] = _merge(*claims)[1]
    assert finding.sides is not None
    assert sorted((side.speaker, side.says) for side in finding.sides) == [
        ("fandom_wiki", "B"),
        ("mrtdown", "A"),
        ("mrtdown", "D"),
    ]


def test_platforms_keep_the_networks_order_and_those_of_a_page_alone_come_last() -> None:
    there, back = make_platform(NS13, NS17), make_platform(NS17, NS13)
    other = _wiki_platform("C", towards_code="CC15", next_code="CC15")
    platforms = _platforms(
        _claims("fandom_wiki", platforms=(other, _wiki_platform("A"))),
        _claims("network", platforms=(back, there)),
    )
    assert [item.towards_code for item in platforms] == ["NS13", "NS17", "CC15"]


def test_a_landmark_that_two_sources_spell_in_different_case_is_one() -> None:
    one = Landmark(name="Northpoint City", evidence=quoted("Northpoint City"), confidence=Confidence.MEDIUM)
    other = Landmark(name="NORTHPOINT CITY", evidence=quoted("NORTHPOINT CITY", OTHER_PAGE))
    merged, _ = _merge(_claims("fandom_wiki", landmarks=(one,)), _claims("network", landmarks=(other,)))
    [landmark] = merged.landmarks
    assert landmark.confidence is Confidence.HIGH
    assert {item.quote for item in landmark.evidence["record"]} == {"Northpoint City", "NORTHPOINT CITY"}


def test_features_of_all_sources_are_united_and_agreement_is_certain() -> None:
    lift = _access(StepFree.YES, "has a lift", AccessFeature.LIFT)
    blog = lift.model_copy(update={"evidence": {"step_free": quoted("barrier-free", OTHER_PAGE)["record"]}})
    stairs = blog.model_copy(
        update={
            "features": (AccessFeature.ESCALATOR,),
            "evidence": {**blog.evidence, "features": quoted("escalator", OTHER_PAGE)["record"]},
        }
    )
    merged, findings = _merge(_claims("fandom_wiki", access=lift), _claims("openrouter_llm", access=stairs))
    assert merged.access is not None
    assert merged.access.step_free is StepFree.YES
    assert merged.access.features == (AccessFeature.LIFT, AccessFeature.ESCALATOR)
    assert merged.access.confidence is Confidence.HIGH
    assert findings == ()


@pytest.mark.parametrize("answer", [StepFree.YES, StepFree.NO])
def test_two_words_that_are_low_alone_make_step_free_access_no_more_than_medium(answer: StepFree) -> None:
    tag = _access(answer, confidence=Confidence.LOW, evidence=cited("node/1", "lta-bus-stops"))
    prose = _access(answer, confidence=Confidence.LOW)
    merged, _ = _merge(_claims("fandom_wiki", access=prose), _claims("openstreetmap", access=tag))
    assert merged.access is not None
    assert (merged.access.step_free, merged.access.confidence) == (answer, Confidence.MEDIUM)
    again, _ = _merge(*(_claims(source, access=merged.access) for source in ("fandom_wiki", "openstreetmap")))
    assert again.access == merged.access, "equal claims do not confirm each other"


def test_contradicting_access_is_unknown_and_a_finding_with_both_quotes() -> None:
    yes = _access(StepFree.YES, "has a lift", AccessFeature.LIFT)
    no = _access(StepFree.NO, "stairs only", AccessFeature.STAIRS_ONLY)
    merged, findings = _merge(_claims("fandom_wiki", access=yes), _claims("openrouter_llm", access=no))
    assert merged.access is not None
    assert (merged.access.step_free, merged.access.confidence) == (StepFree.UNKNOWN, Confidence.LOW)
    assert merged.access.features == ()
    assert {item.quote for item in merged.access.evidence["step_free"]} == {"has a lift", "stairs only"}
    assert [finding.field for finding in findings] == [
        "access.step_free",
        "access.features.lift",
        "access.features.stairs_only",
    ]
    assert findings[0].message == (
        "Yishun exit A: fandom_wiki says step-free yes ('has a lift') and openrouter_llm says step-free no "
        "('stairs only'); published as unknown. Check the exit, and correct the page."
    )


def test_a_feature_that_another_source_denies_is_not_published_and_a_finding_shows_both_sides() -> None:
    lift = ExitAccess(
        step_free=StepFree.UNKNOWN,
        features=(AccessFeature.LIFT, AccessFeature.ESCALATOR),
        evidence=quoted("Lift: yes"),
    )
    denial = FeatureDenial(feature=AccessFeature.LIFT, evidence=quoted("no lift", OTHER_PAGE)["record"][0])
    merged, findings = _merge(_claims("fandom_wiki", access=lift), _claims("blog", denied=(denial,)))
    assert merged.access is not None and merged.access.features == (AccessFeature.ESCALATOR,)
    [finding] = findings
    assert (finding.check, finding.field) == ("sources-disagree", "access.features.lift")
    assert finding.message == (
        "Yishun exit A: fandom_wiki says lift yes ('Lift: yes') and blog says lift no ('no lift'); not "
        "published. Check the exit, and correct the page."
    )
    assert finding.sides == (
        Side(speaker="fandom_wiki", says="yes", words="'Lift: yes'"),
        Side(speaker="blog", says="no", words="'no lift'"),
    )


def test_a_feature_that_one_page_disputes_is_not_published_though_another_source_names_it() -> None:
    table = "Exit A has a lift.\nExit A has no lift."
    yes, no = table.split("\n")
    denied = scene.said("access", "no_lift", no)
    merged = merge_claims(
        scene.YISHUN,
        [
            _read_by("fandom_wiki", table, scene.said("access", "lift", yes), denied),
            _read_by("openrouter_llm", table, scene.said("access", "lift", yes)),
        ],
    )
    assert merged.exits[0].access is not None and merged.exits[0].access.features == ()
    assert not merged.findings


def test_a_source_that_does_not_know_does_not_contradict() -> None:
    unknown = _access(StepFree.UNKNOWN, "an escalator", AccessFeature.ESCALATOR)
    merged, findings = _merge(
        _claims("fandom_wiki", access=unknown),
        _claims("openrouter_llm", access=_access(StepFree.NO, "stairs only")),
    )
    assert merged.access is not None
    assert merged.access.step_free is StepFree.NO
    assert [item.quote for item in merged.access.evidence["step_free"]] == ["stairs only"]
    assert findings == ()


def test_access_that_no_source_speaks_of_stays_empty() -> None:
    merged, _ = _merge(_claims("fandom_wiki"), _claims("network"))
    assert merged.access is None


def _read_by(source: str, text: str, *candidates: Candidate) -> StationClaims:
    """Return what a source makes of statements about the scene's page."""
    exits, _, findings = ground([(scene.page(text), candidates)], scene.YISHUN, scene.FACTS, source=source)
    return StationClaims(source=source, exits=exits, findings=findings)


ACCESS_PAGE = "Exit A is step-free.\nExit A is not step-free."
YES, NO = (
    scene.said("access", value, quote)
    for value, quote in zip(("step_free_yes", "step_free_no"), ACCESS_PAGE.split("\n"), strict=True)
)
LETTERS_PAGE = "Platform A: towards Jurong East\nPlatform C: towards Jurong East"
LETTER_A, LETTER_C = (
    scene.said("platform", quote[9], quote, None, towards="Jurong East") for quote in LETTERS_PAGE.split("\n")
)


def test_what_a_page_says_for_and_against_stays_unknown_when_another_reader_sees_one_side_only() -> None:
    merged = merge_claims(
        scene.YISHUN,
        [
            _read_by("fandom_wiki", ACCESS_PAGE, YES, NO),
            _read_by("openrouter_llm", ACCESS_PAGE, YES),
        ],
    )
    assert merged.exits[0].access is not None
    assert merged.exits[0].access.step_free is StepFree.UNKNOWN
    assert merged.findings == ()  # the source has told it already


def test_a_letter_that_a_page_gives_twice_is_not_published_when_another_reader_sees_one_only() -> None:
    sources = [
        _read_by("fandom_wiki", LETTERS_PAGE, LETTER_A, LETTER_C),
        _read_by("openrouter_llm", LETTERS_PAGE, LETTER_A),
    ]
    merged = merge_claims(scene.YISHUN, sources)
    assert {platform.platform_codes for platform in merged.platforms} == {()}
    assert merged.findings == ()  # the source has told it already
    undisputed = merge_claims(scene.YISHUN, sources[1:])
    assert {platform.platform_codes for platform in undisputed.platforms} == {("A",)}


def test_a_page_that_gives_two_exits_different_letters_of_one_direction_is_believed_neither() -> None:
    """A letter is the platform's, so that both cannot be meant, whichever exit is spoken of."""
    lines = [f"Exit {label}: platform {letter} towards Jurong East" for label, letter in ("AC", "BD")]
    first, second = (found.exit_code for found in scene.YISHUN.exits[:2])
    text = "\n".join(lines)
    said = [
        scene.said("platform", letter, line, label, towards="Jurong East")
        for label, letter, line in zip((first, second), "CD", lines, strict=True)
    ]
    read = _read_by("fandom_wiki", text, *said)
    assert all(item.platforms == () for item in read.exits)
    assert [(finding.exit_id, finding.check) for finding in read.findings] == [(None, "sources-disagree")]


def test_what_a_page_disputes_of_one_way_round_a_loop_says_nothing_of_the_other() -> None:
    """Both go towards the same station, so that the next one tells the two platforms apart."""
    ways = {code: {"towards_code": "NS17", "next_code": code} for code in ("NS12", "NS14")}
    topology = tuple(make_platform(NS13, NS17, **way) for way in ways.values())
    page = tuple(_wiki_platform(letter, **ways[code]) for letter, code in (("A", "NS12"), ("B", "NS14")))
    said = letter_dispute((Side(speaker="one page", says=letter) for letter in "BC"), page[1])
    dispute = disagreement(YISHUN, None, said)
    platforms = _platforms(
        _claims("network", platforms=topology),
        _claims("openrouter_llm", platforms=page, findings=(dispute,)),
    )
    assert {item.next_code: item.platform_codes for item in platforms} == {"NS12": ("A",), "NS14": ()}


def near(name: str, distance_m: float, record_id: str = "7") -> Landmark:
    """Return a landmark that only distance ties to the exit."""
    return Landmark(
        name=name,
        kind=LandmarkKind.COMMUNITY_CLUB,
        distance_m=distance_m,
        confidence=Confidence.MEDIUM,
        evidence=cited(record_id, "lta-bus-stops", Method.GEOMETRY),
    )


def test_a_landmark_that_a_page_names_and_a_list_has_nearby_is_one() -> None:
    page = Landmark(name="Yishun Community Club", evidence=quoted("Yishun Community Club"))
    merged, _ = _merge(
        _claims("fandom_wiki", landmarks=(page,)),
        _claims("places", landmarks=(near("Yishun CC", 80),)),
    )
    [landmark] = merged.landmarks
    assert (landmark.name, landmark.kind, landmark.distance_m) == (
        "Yishun CC",
        LandmarkKind.COMMUNITY_CLUB,
        80,
    )
    assert {why.method for why in landmark.evidence["record"]} == {Method.GEOMETRY, Method.RULE}


def test_distance_agrees_with_nobody() -> None:
    page = Landmark(name="Yishun CC", evidence=quoted("Yishun CC"), confidence=Confidence.LOW)
    merged, _ = _merge(
        _claims("fandom_wiki", landmarks=(page,)),
        _claims("places", landmarks=(near("Yishun CC", 80),)),
    )
    assert merged.landmarks[0].confidence is Confidence.MEDIUM


def test_a_record_that_names_a_landmark_takes_kind_and_distance_from_the_list_that_has_them() -> None:
    told = Landmark(name="Yishun Community Club", evidence=cited("3", "lta-bus-stops"))
    merged, _ = _merge(_claims("a", landmarks=(told,)), _claims("b", landmarks=(near("Yishun CC", 80),)))
    [landmark] = merged.landmarks
    assert (landmark.name, landmark.distance_m) == ("Yishun Community Club", 80)
    assert {why.record_id for why in landmark.evidence_for("distance_m")} == {"3", "7"}


def test_landmarks_by_distance_stand_nearest_first_before_those_of_pages() -> None:
    page = Landmark(name="A Mall", evidence=quoted("A Mall"))
    places = near("Far CC", 200, "1"), near("Near CC", 20, "2")
    merged, _ = _merge(_claims("fandom_wiki", landmarks=(page,)), _claims("places", landmarks=places))
    assert [landmark.name for landmark in merged.landmarks] == ["Near CC", "Far CC", "A Mall"]
