from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap, Method, Published
from mrt_pipeline.contracts.network import (
    AccessFeature,
    BusStopRelation,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    StepFree,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.disputes import is_disputed_feature
from mrt_pipeline.extraction.merging import merge_claims
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


def _again(*exits: ExitEnrichment) -> StationClaims:
    return StationClaims(source="network", exits=exits, provenance=PUBLISHERS)


def _values(exits: Iterable[ExitEnrichment]) -> Iterator[Published]:
    for found in exits:
        yield from found.platforms
        yield from found.bus_stops
        yield from found.landmarks
        if found.access is not None:
            yield found.access


def _reasons(exits: Iterable[ExitEnrichment]) -> set[Evidence]:
    return {reason for value in _values(exits) for reasons in value.evidence.values() for reason in reasons}


def _are_equal(one: object, other: object) -> bool:
    """Compare without a picture of the difference: drawing one of records this size takes minutes."""
    return one == other


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_sources_does_not_matter(claims: list[StationClaims], random: Random) -> None:
    shuffled = random.sample(claims, len(claims))
    assert _are_equal(merge_claims(BISHAN, shuffled), merge_claims(BISHAN, claims))


@given(CLAIMS)
def test_merging_what_was_merged_changes_nothing(claims: list[StationClaims]) -> None:
    merged, _ = merge_claims(BISHAN, claims)
    assert _are_equal(merge_claims(BISHAN, [_again(*merged)]), (merged, ()))
    assert _are_equal(merge_claims(BISHAN, [_again(*merged), _again(*merged)]), (merged, ()))


@given(CLAIMS)
def test_what_is_said_twice_counts_once(claims: list[StationClaims]) -> None:
    assert _are_equal(merge_claims(BISHAN, [*claims, *claims])[0], merge_claims(BISHAN, claims)[0])


@given(CLAIMS)
def test_nothing_is_invented_and_every_value_has_evidence_that_a_source_gave(
    claims: list[StationClaims],
) -> None:
    said = [found for claim in claims for found in claim.exits]
    exits, findings = merge_claims(BISHAN, claims)
    for merged in exits:
        ExitEnrichment.model_validate(merged.model_dump())  # a filled field without evidence is refused here
        own = [found for found in said if found.exit_id == merged.exit_id]
        assert _reasons([merged]) <= _reasons(own)
        fields = {finding.field or "" for finding in findings if finding.exit_id == merged.exit_id}
        disputed = {feature for feature in AccessFeature if is_disputed_feature(feature, fields)}
        assert _names(merged) == {name for found in own for name in _names(found)} - disputed
        letters = {_letter(item) for found in own for item in found.platforms}
        assert {_letter(item) for item in merged.platforms if item.platform_code} <= letters
        spelled = {item.name for found in own for item in found.landmarks}
        assert {item.name for item in merged.landmarks} <= spelled
        relations = {(item.bus_stop_code, item.relation) for found in own for item in found.bus_stops}
        assert {(item.bus_stop_code, item.relation) for item in merged.bus_stops} <= relations


def _names(found: ExitEnrichment) -> set[object]:
    """Return what an enrichment speaks of, whatever it says of it."""
    return {
        *(item.towards_code for item in found.platforms),
        *(item.bus_stop_code for item in found.bus_stops),
        *(item.name.casefold() for item in found.landmarks),
        *(found.access.features if found.access else ()),
    }


def _letter(platform: ExitPlatform) -> tuple[str, str | None]:
    return platform.towards_code, platform.platform_code


@given(CLAIMS)
def test_a_contradiction_is_always_told_and_never_published(claims: list[StationClaims]) -> None:
    merged, findings = merge_claims(BISHAN, claims)
    for found in merged:
        said = [item for claim in claims for item in claim.exits if item.exit_id == found.exit_id]
        answers = {item.access.step_free for item in said if item.access} - {StepFree.UNKNOWN}
        told = [finding for finding in findings if finding.exit_id == found.exit_id]
        is_told = any("published as unknown" in finding.message for finding in told)
        assert is_told == (len(answers) > 1)
        if is_told:
            assert found.access is not None and found.access.step_free is StepFree.UNKNOWN
        for platform in found.platforms:
            letters = {item.platform_code for one in said for item in one.platforms} - {None}
            assert platform.platform_code is None or platform.platform_code in letters


@given(CLAIMS)
def test_the_most_trusted_source_decides_how_a_stop_lies_to_an_exit(claims: list[StationClaims]) -> None:
    methods = list(Method)

    def trust(stop: ExitBusStop) -> int:
        return min(methods.index(reason.method) for reason in stop.evidence_for("relation"))

    for merged in merge_claims(BISHAN, claims)[0]:
        said = [item for claim in claims for item in claim.exits if item.exit_id == merged.exit_id]
        for stop in merged.bus_stops:
            same = [
                item for one in said for item in one.bus_stops if item.bus_stop_code == stop.bus_stop_code
            ]
            best = min(map(trust, same))
            assert stop.relation in {item.relation for item in same if trust(item) == best}
