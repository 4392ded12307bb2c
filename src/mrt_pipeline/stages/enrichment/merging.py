"""Unite what several sources say about the exits of a station.

Sources that say the same are one value with the evidence of all. The most trusted one decides how it is
published (order of ``Method``: LTA's record, topology, distance, a rule, a model). Two publishers that state
the same make its confidence high; distance states nothing, and two readings of one page are one. Where
sources contradict each other, neither is published and a finding shows a person both sides. What a page said
against itself before stays disputed, even if another reader of the page saw only one of the two sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.findings import Finding, Side
from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    Station,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.errors import InternalError
from mrt_pipeline.extraction.disputes import (
    Dispute,
    Speaker,
    answers_of,
    disagreement,
    field_of_letter,
    find_disputes,
    letter_dispute,
)
from mrt_pipeline.extraction.uniting import (
    best_confidence,
    code_of,
    direction_of,
    distinct,
    group,
    name_of,
    nearest_first,
    rank_of,
    unite_access,
    unite_same,
)

ItemT = TypeVar("ItemT", ExitPlatform, ExitBusStop, ExitAccess, Landmark)
ListedT = TypeVar("ListedT", ExitBusStop, Landmark)


@dataclass(frozen=True, slots=True)
class Said(Generic[ItemT]):
    """One value, who says it, and at which place among that source's values."""

    source: str
    place: int
    item: ItemT


@dataclass(frozen=True, slots=True)
class ExitClaims:
    """All that is said about one exit."""

    station: Station
    station_exit: StationExit
    said: tuple[tuple[str, ExitEnrichment], ...]
    """source name and what it says, in the configured order"""
    disputes: tuple[Finding, ...]
    """what sources found contradicted within themselves"""
    publishers: Mapping[str, str]
    """document id to publisher"""

    @property
    def disputed(self) -> frozenset[str]:
        """Return the fields that a source found contradicted within itself."""
        return frozenset(finding.field for finding in self.disputes if finding.field is not None)

    def finding(self, dispute: Dispute) -> Finding:
        """Return the finding that sources contradict each other about this exit."""
        return disagreement(self.station, self.station_exit, dispute)

    def agrees(self, reasons: Sequence[Evidence]) -> bool:
        """Tell whether two publishers state the same."""
        stating = [item for item in reasons if item.method is not Method.GEOMETRY]
        return len({self.publishers.get(item.document_id, item.document_id) for item in stating}) > 1


def merge_claims(
    station: Station, claims: Sequence[StationClaims]
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Return one enrichment for every exit of a station, in its order, and where sources disagree."""
    by_exit: dict[str, list[tuple[str, ExitEnrichment]]] = {found.exit_id: [] for found in station.exits}
    for claim in claims:
        for enrichment in claim.exits:
            if enrichment.exit_id not in by_exit:
                raise InternalError(
                    f"{claim.source} speaks of {enrichment.exit_id}, no exit of {station.slug}."
                )
            by_exit[enrichment.exit_id].append((claim.source, enrichment))
    disputes = [finding for claim in claims for finding in claim.findings]
    publishers = {key: read.publisher for claim in claims for key, read in claim.provenance.items()}
    merged: list[ExitEnrichment] = []
    findings: list[Finding] = []
    for found in station.exits:
        own = tuple(finding for finding in disputes if finding.exit_id == found.exit_id)
        exit_claims = ExitClaims(station, found, tuple(by_exit[found.exit_id]), own, publishers)
        merged.append(_merge_exit(exit_claims, findings))
    return tuple(merged), tuple(dict.fromkeys(findings))


def _merge_exit(claims: ExitClaims, findings: list[Finding]) -> ExitEnrichment:
    return ExitEnrichment(
        exit_id=claims.station_exit.exit_id,
        platforms=tuple(_merge_platforms(claims, findings)),
        bus_stops=tuple(sorted(_merge_bus_stops(claims), key=nearest_first)),
        access=_merge_access(claims, findings),
        landmarks=tuple(sorted(_merge_landmarks(claims), key=_by_place)),
    )


def _merge_bus_stops(claims: ExitClaims) -> Iterator[ExitBusStop]:
    stops = (stop for _, enrichment in claims.said for stop in enrichment.bus_stops)
    for same in group(stops, code_of):
        yield _unite_listed(same, "relation", claims)


def _merge_landmarks(claims: ExitClaims) -> Iterator[Landmark]:
    landmarks = (landmark for _, enrichment in claims.said for landmark in enrichment.landmarks)
    for same in group(landmarks, name_of):
        yield _unite_listed(same, "name", claims)


def _unite_listed(same: list[ListedT], field: str, claims: ExitClaims) -> ListedT:
    united = unite_same(same, field)
    if len(same) > 1 and claims.agrees(united.evidence_for(field)):
        return united.model_copy(update={"confidence": Confidence.HIGH})
    return united


def _by_place(landmark: Landmark) -> tuple[object, ...]:
    return *rank_of(landmark.evidence_for("name")), name_of(landmark)


def _merge_platforms(claims: ExitClaims, findings: list[Finding]) -> list[ExitPlatform]:
    """Return each direction once; a letter from one source joins the direction from another."""
    by_direction: dict[tuple[str, str, str], list[Said[ExitPlatform]]] = {}
    for source, enrichment in claims.said:
        for place, platform in enumerate(enrichment.platforms):
            by_direction.setdefault(direction_of(platform), []).append(Said(source, place, platform))
    ordered = sorted(by_direction.items(), key=lambda item: (min(map(_standing, item[1])), item[0]))
    for _, same in ordered:
        if len({said.item.platform_code for said in same} - {None}) > 1:
            findings.append(claims.finding(letter_dispute(_sides_of_letters(same), same[0].item)))
    return [_unite_platform([said.item for said in same], claims) for _, same in ordered]


def _standing(said: Said[ExitPlatform]) -> tuple[int, int]:
    return rank_of(said.item.evidence_for("towards_code"))[0], said.place


def _unite_platform(same: list[ExitPlatform], claims: ExitClaims) -> ExitPlatform:
    """Return one platform: its direction by the most trusted source alone, its letter by whoever gives it.

    So the words of a page stand behind the letter only, and the direction stays under its own licence.
    """
    is_disputed = field_of_letter(same[0]) in claims.disputed
    if len(same) == 1 and not is_disputed:
        return same[0]
    best = min(rank_of(item.evidence_for("towards_code"))[0] for item in same)
    directing = [item for item in same if rank_of(item.evidence_for("towards_code"))[0] == best]
    united = unite_same([_without_letter(item) for item in directing], "towards_code")
    lettered = [item for item in same if item.platform_code is not None]
    letters = {item.platform_code for item in lettered}
    if len(letters) != 1 or is_disputed:
        return united
    reasons = distinct(reason for item in lettered for reason in item.evidence_for("platform_code"))
    evidence = dict(united.evidence)
    if reasons != united.evidence_for("platform_code"):
        evidence["platform_code"] = reasons
    confidence = Confidence.HIGH if claims.agrees(reasons) else best_confidence(lettered)
    return united.model_copy(
        update={"platform_code": letters.pop(), "evidence": evidence, "confidence": confidence}
    )


def _without_letter(platform: ExitPlatform) -> ExitPlatform:
    evidence = {name: reasons for name, reasons in platform.evidence.items() if name != "platform_code"}
    return platform.model_copy(update={"platform_code": None, "evidence": evidence})


def _sides_of_letters(same: list[Said[ExitPlatform]]) -> Iterator[Side]:
    for said in same:
        if (letter := said.item.platform_code) is not None:
            words = _quote(said.item.evidence_for("platform_code"))
            yield Side(speaker=said.source, says=letter, words=words)


def _merge_access(claims: ExitClaims, findings: list[Finding]) -> ExitAccess | None:
    said = [item.access for _, item in claims.said if item.access is not None]
    disputes = tuple(find_disputes([Speaker(source, _answers_of(item)) for source, item in claims.said]))
    if not said:
        return None
    new = [dispute for dispute in disputes if dispute.field not in claims.disputed]
    findings.extend(map(claims.finding, new))
    disputed = claims.disputed | {dispute.field for dispute in disputes}
    if len(said) == 1 and not disputed:
        return said[0]
    access = unite_access(said, disputed)
    if access.step_free is not StepFree.UNKNOWN and claims.agrees(access.evidence_for("step_free")):
        return access.model_copy(update={"confidence": Confidence.HIGH})
    return access


def _answers_of(said: ExitEnrichment) -> dict[tuple[str, bool], str]:
    denied = {item.feature: _quote([item.evidence]) for item in said.denied}
    if said.access is None:
        return answers_of({}, denied, StepFree.UNKNOWN, "")
    access = said.access
    features = {feature: _quote(access.evidence_for("features")) for feature in access.features}
    is_known = access.step_free is not StepFree.UNKNOWN
    words = _quote(access.evidence_for("step_free")) if is_known else ""
    return answers_of(features, denied, access.step_free, words)


def _quote(reasons: Sequence[Evidence]) -> str:
    return repr(reasons[0].quote) if reasons[0].quote else f"record {reasons[0].record_id}"
