"""Merge what is said of the exits of a station: by the statements of one page, and by several sources.

The same value is published once, with the evidence of all who say it. The most trusted reading decides how
(order of ``Method``: LTA's record, topology, distance, a rule, a model). Two publishers that state the same
make its confidence high; distance states nothing, and two readings of one page are one. What contradicts
itself is not published, and a finding shows a person both sides. What a page said against itself stays
disputed among sources, even if another reader of the page saw only one of the two sides. What follows from
statements (``deduction``) is published where no source states it, and disputed where one denies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
from mrt_pipeline.contracts.outputs import ExitEnrichment, FeatureDenial
from mrt_pipeline.errors import InternalError
from mrt_pipeline.extraction.deduction import NO_CONCLUSIONS, Conclusion, find_standing
from mrt_pipeline.extraction.deduction import SPEAKER as DEDUCTION
from mrt_pipeline.extraction.disputes import (
    Dispute,
    Speaker,
    answers_of,
    disagreement,
    field_of_letter,
    find_disputes,
    letter_dispute,
    words_of,
)
from mrt_pipeline.extraction.uniting import (
    best_confidence,
    code_of,
    direction_of,
    distinct,
    group,
    letters_of,
    name_of,
    nearest_first,
    rank_of,
    unite_access,
    unite_landmarks,
    unite_same,
)
from mrt_pipeline.runtime.records import natural_key

Item = ExitPlatform | ExitBusStop | ExitAccess | FeatureDenial | Landmark
ItemT = TypeVar("ItemT", ExitPlatform, ExitBusStop, ExitAccess, FeatureDenial, Landmark)
ListedT = TypeVar("ListedT", ExitBusStop, Landmark)
_STATING_NOTHING = (Method.GEOMETRY, Method.DEDUCTION)
"""methods that add no publisher's own word: a conclusion has its premises of several, and stays medium"""
ONE_PAGE = "one page"
"""who says what its statements say"""


@dataclass(frozen=True, slots=True)
class GroundedValue:
    """A value that may be published, and the exit it belongs to."""

    exit_id: str
    item: Item


@dataclass(frozen=True, slots=True)
class Said:
    """One value, who says it, and at which place among all that the speaker says."""

    speaker: str
    place: int
    item: Item


@dataclass(frozen=True, slots=True)
class ExitClaims:
    """All that is said about one exit."""

    station: Station
    station_exit: StationExit
    said: tuple[Said, ...]
    """in the order of the page, or of the configured sources"""
    told: tuple[Finding, ...] = ()
    """what sources found contradicted within themselves"""
    publishers: Mapping[str, str] | None = None
    """document id to publisher; none if one page alone says it all"""
    conclusion: Conclusion | None = None
    """that the exit is step-free, as it follows from what is said"""

    @property
    def disputed(self) -> frozenset[str]:
        """Return the fields that a source found contradicted within itself."""
        return frozenset(finding.field for finding in self.told if finding.field is not None)

    def items(self, kind: type[ItemT]) -> list[ItemT]:
        """Return the values of one kind."""
        return [said.item for said in self.said if isinstance(said.item, kind)]

    def finding(self, dispute: Dispute) -> Finding:
        """Return the finding that statements about this exit contradict each other."""
        return disagreement(self.station, self.station_exit, dispute)

    def agrees(self, reasons: Sequence[Evidence]) -> bool:
        """Tell whether two publishers state the same."""
        known = self.publishers
        if known is None:
            return False
        stating = [item for item in reasons if item.method not in _STATING_NOTHING]
        return len({known.get(item.document_id, item.document_id) for item in stating}) > 1


def merge_page(
    values: Iterable[GroundedValue], station: Station
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Return one enrichment per exit that a page has values for, in the station's order; and its disputes."""
    by_exit: dict[str, list[Said]] = {}
    for place, value in enumerate(values):
        by_exit.setdefault(value.exit_id, []).append(Said(ONE_PAGE, place, value.item))
    return _merge(
        ExitClaims(station, found, tuple(by_exit[found.exit_id]))
        for found in station.exits
        if found.exit_id in by_exit
    )


def merge_claims(
    station: Station, claims: Sequence[StationClaims], conclusions: Mapping[str, Conclusion] = NO_CONCLUSIONS
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Return one enrichment for every exit of a station, in its order, and where sources disagree.

    Args:
        station: a station of stage 1.
        claims: what each source says of it.
        conclusions: what follows from the claims, by exit.
    """
    by_exit: dict[str, list[Said]] = {found.exit_id: [] for found in station.exits}
    for claim in claims:
        for enrichment in claim.exits:
            if enrichment.exit_id not in by_exit:
                raise InternalError(
                    f"{claim.source} speaks of {enrichment.exit_id}, no exit of {station.slug}."
                )
            items = enumerate(_items_of(enrichment))
            by_exit[enrichment.exit_id].extend(Said(claim.source, place, item) for place, item in items)
    told = [finding for claim in claims for finding in claim.findings]
    publishers = {key: read.publisher for claim in claims for key, read in claim.provenance.items()}
    return _merge(
        ExitClaims(
            station,
            found,
            tuple(by_exit[found.exit_id]),
            tuple(finding for finding in told if finding.exit_id == found.exit_id),
            publishers,
            conclusions.get(found.exit_id),
        )
        for found in station.exits
    )


def _items_of(enrichment: ExitEnrichment) -> Iterator[Item]:
    yield from enrichment.platforms
    yield from enrichment.bus_stops
    if enrichment.access is not None:
        yield enrichment.access
    yield from enrichment.landmarks
    yield from enrichment.denied


def _merge(exits: Iterable[ExitClaims]) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    findings: list[Finding] = []
    merged = tuple(_merge_exit(claims, findings) for claims in exits)
    return merged, tuple(dict.fromkeys(findings))


def _merge_exit(claims: ExitClaims, findings: list[Finding]) -> ExitEnrichment:
    stops = _unite_listed(
        group(claims.items(ExitBusStop), code_of),
        lambda same: unite_same(same, "relation"),
        "relation",
        claims,
    )
    landmarks = _unite_listed(group(claims.items(Landmark), name_of), unite_landmarks, "name", claims)
    return ExitEnrichment(
        exit_id=claims.station_exit.exit_id,
        platforms=tuple(_merge_platforms(claims, findings)),
        bus_stops=tuple(sorted(stops, key=nearest_first)),
        access=_merge_access(claims, findings),
        landmarks=tuple(sorted(landmarks, key=_by_place)),
        denied=() if claims.publishers is not None else tuple(dict.fromkeys(claims.items(FeatureDenial))),
    )


def _unite_listed(
    groups: Iterable[list[ListedT]],
    unite: Callable[[list[ListedT]], ListedT],
    field: str,
    claims: ExitClaims,
) -> Iterator[ListedT]:
    for same in groups:
        united = unite(same)
        if len(same) > 1 and claims.agrees(united.evidence_for(field)):
            united = united.model_copy(update={"confidence": Confidence.HIGH})
        yield united


def _by_place(landmark: Landmark) -> tuple[object, ...]:
    method, *place = rank_of(landmark.evidence_for("name"))
    return method, landmark.distance_m or 0.0, *place, name_of(landmark)


def _merge_platforms(claims: ExitClaims, findings: list[Finding]) -> Iterator[ExitPlatform]:
    """Yield each direction once; a letter from one source joins the direction from another.

    A reading may give several letters, and another one some of these. A page that gives one direction two
    letters at two places is believed neither; sources still have the direction.
    """
    by_direction: dict[tuple[str, str, str], list[tuple[Said, ExitPlatform]]] = {}
    for said in claims.said:
        if isinstance(said.item, ExitPlatform):
            by_direction.setdefault(direction_of(said.item), []).append((said, said.item))
    for _, readings in sorted(
        by_direction.items(),
        key=lambda item: (min((_standing(platform), said.place) for said, platform in item[1]), item[0]),
    ):
        same = [platform for _, platform in readings]
        is_disputed = not _find_telling_all(same)
        if is_disputed:
            findings.append(claims.finding(letter_dispute(_sides_of_letters(readings), same[0])))
        if not is_disputed or claims.publishers is not None:
            yield _unite_platform(same, claims)


def _find_telling_all(same: Sequence[ExitPlatform]) -> list[ExitPlatform]:
    """Return the readings of one direction that give every letter any of them gives; none: a dispute."""
    every = frozenset[str]().union(*map(letters_of, same))
    return [item for item in same if letters_of(item) == every]


def _standing(platform: ExitPlatform) -> int:
    return rank_of(platform.evidence_for("towards_code"))[0]


def _sides_of_letters(readings: Iterable[tuple[Said, ExitPlatform]]) -> Iterator[Side]:
    for said, platform in readings:
        for letter in sorted(letters_of(platform)):
            yield Side(speaker=said.speaker, says=letter, words=words_of(platform, "platform_code"))


def _unite_platform(same: list[ExitPlatform], claims: ExitClaims) -> ExitPlatform:
    """Return one platform: its direction by the most trusted source alone, its letter by whoever gives it.

    So the words of a page stand behind the letter only, and the direction stays under its own licence.
    """
    is_disputed = field_of_letter(same[0]) in claims.disputed
    if len(same) == 1 and not is_disputed:
        return same[0]
    best = min(map(_standing, same))
    directing = [item for item in same if _standing(item) == best]
    surest = best_confidence(directing)
    united = unite_same([_without_letter(item, surest) for item in directing], "towards_code")
    return united if is_disputed else _sign(united, same, claims)


def _sign(platform: ExitPlatform, same: Sequence[ExitPlatform], claims: ExitClaims) -> ExitPlatform:
    """Return a platform with the letters of its readings, by those of them that give all, if any does."""
    whole = _find_telling_all(same)
    if not whole or not letters_of(whole[0]):
        return platform
    first, *further = sorted(letters_of(whole[0]), key=natural_key)
    evidence = dict(platform.evidence)
    reasons = distinct(reason for item in whole for reason in item.evidence_for("platform_code"))
    for name in ("platform_code", *(["further_codes"] if further else [])):
        if reasons != platform.evidence_for(name):
            evidence[name] = reasons
    return platform.model_copy(
        update={
            "platform_code": first,
            "further_codes": tuple(further),
            "evidence": evidence,
            "confidence": Confidence.HIGH if claims.agrees(reasons) else best_confidence(whole),
        }
    )


def _without_letter(platform: ExitPlatform, confidence: Confidence) -> ExitPlatform:
    letters = ("platform_code", "further_codes")
    evidence = {name: reasons for name, reasons in platform.evidence.items() if name not in letters}
    changes = {"platform_code": None, "further_codes": (), "evidence": evidence, "confidence": confidence}
    return platform.model_copy(update=changes)


def _merge_access(claims: ExitClaims, findings: list[Finding]) -> ExitAccess | None:
    said = claims.items(ExitAccess)
    if not said and claims.conclusion is None:
        return None
    speakers = _speakers_of(claims)
    conclusion = find_standing(claims.conclusion, speakers, claims.disputed)
    if conclusion is not None:
        speakers.append(Speaker(DEDUCTION, answers_of(conclusion)))
    disputes = tuple(find_disputes(speakers))
    findings.extend(claims.finding(one) for one in disputes if one.field not in claims.disputed)
    disputed = claims.disputed | {dispute.field for dispute in disputes}
    if conclusion is not None and all(item.step_free is not StepFree.YES for item in said):
        said = [*said, conclusion]
    if not said:
        return None
    if len(said) == 1 and not disputed:
        return said[0]
    access = unite_access(said, disputed)
    if access.step_free is not StepFree.UNKNOWN and claims.agrees(access.evidence_for("step_free")):
        return access.model_copy(update={"confidence": Confidence.HIGH})
    return access


def _speakers_of(claims: ExitClaims) -> list[Speaker]:
    return [
        Speaker(one.speaker, answers_of(one.item))
        for one in claims.said
        if isinstance(one.item, ExitAccess | FeatureDenial)
    ]
