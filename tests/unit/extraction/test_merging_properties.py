from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap, Method, Published
from mrt_pipeline.contracts.network import (
    AccessFeature,
    BusStopRelation,
    EnrichedExit,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    LinkedExit,
    Platform,
    PlatformLink,
    StepFree,
    direction_of,
    index_platforms,
    join_platforms,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.disputes import field_of_letter, is_disputed_feature
from mrt_pipeline.extraction.merging import MergedStation, merge_claims
from tests.fakes.enrichment_sources import quote_of
from tests.fakes.network_builder import SMALL_NETWORK, make_bus_stop, make_platform, open_stations, provenance

NS13, NS17, CC15, *_ = SMALL_NETWORK.codes
BISHAN = open_stations()[1]
DOCUMENTS = ("lta-bus-stops", "wiki:Bishan@7", "blog:Bishan")
PUBLISHERS = {name: provenance(name, publisher=name) for name in DOCUMENTS}


def _access(
    step_free: StepFree, features: set[AccessFeature], evidence: EvidenceMap, confidence: Confidence
) -> ExitAccess:
    reasons = dict.fromkeys(("step_free", "features") if features else ("step_free",), evidence["record"])
    return ExitAccess(
        step_free=step_free,
        features=tuple(feature for feature in AccessFeature if feature in features),
        evidence=reasons,
        confidence=confidence,
    )


def _one_of_each(*choices: Iterable[Any]) -> st.SearchStrategy[Any]:
    """Return what draws all of them at once: each draw costs more than the merging that is tested."""
    return st.sampled_from(list(product(*choices)))


EVIDENCE: st.SearchStrategy[EvidenceMap] = st.sampled_from(
    [{"record": (quote_of(*words),)} for words in product(["Exit A", "Exit B"], DOCUMENTS, Method, range(4))]
)
STOPS = st.builds(
    lambda chosen, evidence: make_bus_stop(
        BISHAN.exits[0], chosen[0], relation=chosen[1], evidence=evidence, confidence=chosen[2]
    ),
    _one_of_each(["53009", "53231"], BusStopRelation, Confidence),
    EVIDENCE,
)
PLATFORMS = st.builds(
    lambda chosen, evidence: make_platform(
        NS17, chosen[0], platform_code=chosen[1], evidence=evidence, confidence=chosen[2]
    ),
    _one_of_each([NS13, CC15], [None, "A", "B"], Confidence),
    EVIDENCE,
)
LANDMARKS = st.builds(
    lambda chosen, evidence: Landmark(name=chosen[0], evidence=evidence, confidence=chosen[1]),
    _one_of_each(["Junction 8", "JUNCTION 8", "Bishan Park"], Confidence),
    EVIDENCE,
)
ACCESS = st.builds(
    lambda chosen, features, evidence: _access(chosen[0], features, evidence, chosen[1]),
    _one_of_each(StepFree, Confidence),
    st.sets(st.sampled_from(AccessFeature)),
    EVIDENCE,
)


def _enrichments(exit_id: str) -> st.SearchStrategy[ExitEnrichment]:
    return st.builds(
        lambda platforms, stops, access, landmarks: ExitEnrichment(
            exit_id=exit_id,
            platforms=tuple(platforms),
            bus_stops=tuple(stops),
            access=access,
            landmarks=tuple(landmarks),
        ),
        st.lists(PLATFORMS, max_size=3, unique_by=lambda item: item.towards_code),
        st.lists(STOPS, max_size=3, unique_by=lambda item: item.bus_stop_code),
        st.none() | ACCESS,
        st.lists(LANDMARKS, max_size=3, unique_by=lambda item: item.name.casefold()),
    )


EXITS = st.tuples(*(_enrichments(found.exit_id) for found in BISHAN.exits))
CLAIMS = st.lists(
    st.builds(
        lambda source, exits, number: StationClaims(
            source=source, exits=exits[:number], provenance=PUBLISHERS
        ),
        st.sampled_from(["lta_datamall", "network", "fandom_wiki", "openrouter_llm"]),
        EXITS,
        st.integers(0, 2),
    ),
    max_size=4,
)


def _again(merged: MergedStation) -> StationClaims:
    """Return what was merged as the claims of one source."""
    exits = tuple(
        ExitEnrichment(
            **{name: getattr(found, name) for name in EnrichedExit.model_fields},
            platforms=tuple(
                _claim_again(*led, letter)
                for led in join_platforms(found, index_platforms([merged]))
                for letter in led[1].platform_codes or (None,)
            ),
        )
        for found in merged.exits
    )
    return StationClaims(source="network", exits=exits, provenance=PUBLISHERS)


def _claim_again(link: PlatformLink, platform: Platform, letter: str | None) -> ExitPlatform:
    named = {"platform_codes": "platform_code"}
    return ExitPlatform(
        **{name: getattr(platform, name) for name in ExitPlatform.model_fields.keys() & Platform.model_fields}
        | {"evidence": {named.get(name, name): reasons for name, reasons in platform.evidence.items()}},
        platform_code=letter,
        is_same_building=link.is_same_building,
    )


def _without_reasons_of_links(merged: MergedStation) -> MergedStation:
    """Leave out why exits lead to platforms: claims made of them anew have the platforms' reasons."""
    exits = tuple(
        found.model_copy(
            update={"platforms": tuple(link.model_copy(update={"evidence": {}}) for link in found.platforms)}
        )
        for found in merged.exits
    )
    return replace(merged, exits=exits, findings=())


def _in_order(merged: MergedStation) -> MergedStation:
    """Return a station with its platforms, and what leads to them, in the order of their ids.

    That a letter is no record's is found again, whoever makes the claim.
    """
    exits = tuple(
        found.model_copy(
            update={"platforms": tuple(sorted(found.platforms, key=lambda link: link.platform_id))}
        )
        for found in merged.exits
    )
    platforms = tuple(sorted(merged.platforms, key=lambda platform: platform.platform_id))
    findings = tuple(item for item in merged.findings if item.check != "platform-letter-unknown")
    return replace(merged, exits=exits, platforms=platforms, findings=findings)


def _values(exits: Iterable[ExitEnrichment | LinkedExit]) -> Iterator[Published]:
    for found in exits:
        yield from found.platforms
        yield from found.bus_stops
        yield from found.landmarks
        if found.access is not None:
            yield found.access


def _reasons(exits: Iterable[ExitEnrichment | LinkedExit]) -> set[Evidence]:
    return _reasons_of(_values(exits))


def _reasons_of(values: Iterable[Published]) -> set[Evidence]:
    return {reason for value in values for reasons in value.evidence.values() for reason in reasons}


def _are_equal(one: object, other: object) -> bool:
    """Compare without a picture of the difference: drawing one of records this size takes minutes."""
    return one == other


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(claims: list[StationClaims], random: Random) -> None:
    shuffled = random.sample(claims, len(claims))
    assert _are_equal(merge_claims(BISHAN, shuffled), merge_claims(BISHAN, claims))


@given(CLAIMS)
def test_merging_what_was_merged_changes_nothing(claims: list[StationClaims]) -> None:
    """But the order of platforms: that of merged claims is by exits, not by who is trusted most."""
    merged = merge_claims(BISHAN, claims)
    # Several letters share their reasons: which of two is a record's is known only before they are merged.
    is_doubted = any(item.check == "platform-letter-unknown" for item in merged.findings)
    assume(not is_doubted or all(len(platform.platform_codes) < 2 for platform in merged.platforms))
    expected = _in_order(_without_reasons_of_links(merged))
    assert _are_equal(_in_order(merge_claims(BISHAN, [_again(merged)])), expected)
    assert _are_equal(_in_order(merge_claims(BISHAN, [_again(merged), _again(merged)])), expected)


@given(CLAIMS)
def test_what_is_said_twice_counts_once(claims: list[StationClaims]) -> None:
    once, twice = merge_claims(BISHAN, claims), merge_claims(BISHAN, [*claims, *claims])
    assert _are_equal((twice.platforms, twice.exits), (once.platforms, once.exits))


@given(CLAIMS)
def test_nothing_is_invented_and_every_value_has_evidence_that_a_source_gave(
    claims: list[StationClaims],
) -> None:
    said = [found for claim in claims for found in claim.exits]
    station = merge_claims(BISHAN, claims)
    findings = station.findings
    _check_platforms(station, said)
    for merged in station.exits:
        LinkedExit.model_validate(merged.model_dump())  # a filled field without evidence is refused here
        own = [found for found in said if found.exit_id == merged.exit_id]
        assert _reasons([merged]) <= _reasons(own)
        fields = {finding.field or "" for finding in findings if finding.exit_id == merged.exit_id}
        disputed = {feature for feature in AccessFeature if is_disputed_feature(feature, fields)}
        assert _names(merged) == {name for found in own for name in _names(found)} - disputed
        led = [platform for _, platform in join_platforms(merged, index_platforms([station]))]
        ways = {direction_of(item) for found in own for item in found.platforms}
        assert {direction_of(platform) for platform in led} == ways
        spelled = {item.name for found in own for item in found.landmarks}
        assert {item.name for item in merged.landmarks} <= spelled
        relations = {(item.bus_stop_code, item.relation) for found in own for item in found.bus_stops}
        assert {(item.bus_stop_code, item.relation) for item in merged.bus_stops} <= relations


def _check_platforms(merged: MergedStation, said: Iterable[ExitEnrichment]) -> None:
    """Check that platforms hold what sources said of their directions, and nothing else."""
    claimed = [item for found in said for item in found.platforms]
    for platform in merged.platforms:
        Platform.model_validate(platform.model_dump())
        same = [item for item in claimed if direction_of(item) == direction_of(platform)]
        assert set(platform.platform_codes) <= {item.platform_code for item in same}
        assert _reasons_of([platform]) <= _reasons_of(same)


def _names(found: ExitEnrichment | LinkedExit) -> set[object]:
    """Return what belongs to one exit alone, whatever is said of it."""
    return {
        *(item.bus_stop_code for item in found.bus_stops),
        *(item.name.casefold() for item in found.landmarks),
        *(found.access.features if found.access else ()),
    }


@given(CLAIMS)
def test_a_contradiction_is_always_told_and_never_published(claims: list[StationClaims]) -> None:
    merged = merge_claims(BISHAN, claims)
    findings = merged.findings
    for platform in merged.platforms:
        said_of = [
            (claim.source, found.exit_id, item.platform_code)
            for claim in claims
            for found in claim.exits
            for item in found.platforms
            if direction_of(item) == direction_of(platform) and item.platform_code
        ]
        told_of = [finding for finding in findings if finding.field == field_of_letter(platform)]
        is_one = len({letter for _, _, letter in said_of}) <= 1
        if is_one or platform.platform_codes == ():
            assert bool(told_of) != is_one
        else:  # one source has named all of them, and for each exit that it speaks of
            assert any(
                {letter for source, _, letter in said_of if source == speaker} == set(platform.platform_codes)
                for speaker, _, _ in said_of
            )
    for found in merged.exits:
        said = [item for claim in claims for item in claim.exits if item.exit_id == found.exit_id]
        answers = {item.access.step_free for item in said if item.access} - {StepFree.UNKNOWN}
        told = [finding for finding in findings if finding.exit_id == found.exit_id]
        is_told = any("published as unknown" in finding.message for finding in told)
        assert is_told == (len(answers) > 1)
        if is_told:
            assert found.access is not None and found.access.step_free is StepFree.UNKNOWN


@given(CLAIMS)
def test_the_most_trusted_source_decides_how_a_stop_lies_to_an_exit(claims: list[StationClaims]) -> None:
    methods = list(Method)

    def trust(stop: ExitBusStop) -> int:
        return min(methods.index(reason.method) for reason in stop.evidence_for("relation"))

    for merged in merge_claims(BISHAN, claims).exits:
        said = [item for claim in claims for item in claim.exits if item.exit_id == merged.exit_id]
        for stop in merged.bus_stops:
            same = [
                item for one in said for item in one.bus_stops if item.bus_stop_code == stop.bus_stop_code
            ]
            best = min(map(trust, same))
            assert stop.relation in {item.relation for item in same if trust(item) == best}
