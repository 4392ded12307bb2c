"""Merge what is said of the exits of a station: by the statements of one page, and by several sources.

The same value is published once, with the evidence of all who say it. The most trusted reading decides how
(order of ``Method``: LTA's record, topology, distance, a rule, a model). Two publishers that state the same
make its confidence high, for step-free access only if one of them is more than low by itself; distance
states nothing, and two readings of one page are one. What contradicts
itself is not published, and a finding shows a person both sides. What a page said against itself stays
disputed among sources, even if another reader of the page saw only one of the two sides. What follows from
statements (``deduction``) is published where no source states it, or only with low confidence, and disputed
where one denies it. Platforms are the station's, whichever exits they are said to be reached by
(``station_platforms.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method, Published
from mrt_pipeline.contracts.fields import PARTS, Part
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    LinkedExit,
    Platform,
    Station,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment, FeatureDenial
from mrt_pipeline.errors import InternalError
from mrt_pipeline.extraction.deduction import NO_CONCLUSIONS, Conclusion, find_standing
from mrt_pipeline.extraction.deduction import SPEAKER as DEDUCTION
from mrt_pipeline.extraction.deduplication import (
    group,
    rank_of,
    unite_access,
    unite_landmarks,
    unite_same,
)
from mrt_pipeline.extraction.disputes import (
    Speaker,
    answers_of,
    disagreement,
    find_disputes,
)
from mrt_pipeline.extraction.place_names import place_key
from mrt_pipeline.extraction.plausibility import doubt_crowds
from mrt_pipeline.extraction.station_platforms import (
    Reading,
    believe_platforms,
    claims_of_page,
    merge_platforms,
)

Item = ExitPlatform | ExitBusStop | ExitAccess | FeatureDenial | Landmark
ItemT = TypeVar("ItemT", ExitPlatform, ExitBusStop, ExitAccess, FeatureDenial, Landmark)
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

    def agrees(self, reasons: Sequence[Evidence]) -> bool:
        """Return whether two publishers state the same."""
        return _agree(reasons, self.publishers)


@dataclass(frozen=True, slots=True)
class MergedStation:
    """What all sources say of a station, each thing once."""

    platforms: tuple[Platform, ...]
    exits: tuple[LinkedExit, ...]
    """every exit of the station, in its order"""
    findings: tuple[Finding, ...]
    """where sources disagree"""


def merge_page(
    values: Iterable[GroundedValue], station: Station
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Return one enrichment per exit that a page has values for, in the station's order; and its disputes."""
    by_exit: dict[str, list[Said]] = {}
    for place, value in enumerate(values):
        by_exit.setdefault(value.exit_id, []).append(Said(ONE_PAGE, place, value.item))
    exits = [
        ExitClaims(station, found, tuple(by_exit[found.exit_id]))
        for found in station.exits
        if found.exit_id in by_exit
    ]
    believed, findings = believe_platforms(station, _readings_of(exits))
    merged = (
        ExitEnrichment(
            **_merge_parts(claims, findings),
            platforms=tuple(claims_of_page(claims.station_exit, believed)),
            denied=tuple(dict.fromkeys(claims.items(FeatureDenial))),
        )
        for claims in exits
    )
    doubted, crowds = doubt_crowds(merged, station)
    return doubted, tuple(dict.fromkeys([*findings, *crowds]))


def merge_claims(
    station: Station, claims: Sequence[StationClaims], conclusions: Mapping[str, Conclusion] = NO_CONCLUSIONS
) -> MergedStation:
    """Return what all sources say of a station.

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
                    f"{claim.source} mentions {enrichment.exit_id}, which is not an exit of {station.slug}."
                )
            items = enumerate(_items_of(enrichment))
            by_exit[enrichment.exit_id].extend(Said(claim.source, place, item) for place, item in items)
    told = [finding for claim in claims for finding in claim.findings]
    publishers = {key: read.publisher for claim in claims for key, read in claim.provenance.items()}
    exits = [
        ExitClaims(
            station,
            found,
            tuple(by_exit[found.exit_id]),
            tuple(finding for finding in told if finding.exit_id == found.exit_id),
            publishers,
            conclusions.get(found.exit_id),
        )
        for found in station.exits
    ]
    platforms, findings = merge_platforms(
        station,
        _readings_of(exits),
        ranks={claim.source: claim.outranks for claim in claims},
        told={finding.field for finding in told},
        agrees=partial(_agree, publishers=publishers),
    )
    merged = tuple(
        LinkedExit(
            **_merge_parts(claims, findings),
            platforms=tuple(platforms.links_of(claims.station_exit)),
        )
        for claims in exits
    )
    return MergedStation(platforms.platforms, merged, tuple(dict.fromkeys(findings)))


def _readings_of(exits: Iterable[ExitClaims]) -> Iterator[Reading]:
    """Yield what is said of the platforms that some exits lead to."""
    for claims in exits:
        for said in claims.said:
            if isinstance(said.item, ExitPlatform):
                yield Reading(said.speaker, claims.station_exit, said.place, said.item)


def _agree(reasons: Iterable[Evidence], publishers: Mapping[str, str] | None) -> bool:
    """Return whether two publishers state the same; one page agrees with nobody."""
    if publishers is None:
        return False
    stating = [item for item in reasons if item.method not in _STATING_NOTHING]
    return len({publishers.get(item.document_id, item.document_id) for item in stating}) > 1


def _items_of(enrichment: ExitEnrichment) -> Iterator[Item]:
    for part in PARTS.values():
        yield from part.records(enrichment)
    yield from enrichment.denied


def _merge_parts(claims: ExitClaims, findings: list[Finding]) -> dict[str, Any]:
    """Return what belongs to one exit alone, as the fields of ``EnrichedExit``."""
    return {
        "exit_id": claims.station_exit.exit_id,
        "access": _merge_access(claims, findings),
        **{part.name: _merge_listed(part, claims) for part in PARTS.values() if part.is_listed},
    }


@dataclass(frozen=True, slots=True)
class _Way:
    """How an exit's records of one kind are merged."""

    key: Callable[[Any], object]
    """what makes two the same"""
    unite: Callable[[list[Any]], Any]
    field: str
    """whose evidence says how far a reading is to be trusted"""
    order: Callable[[Any], Any]


def _name_of(landmark: Landmark) -> str:
    return place_key(landmark.name)


def _by_place(landmark: Landmark) -> tuple[object, ...]:
    method, *place = rank_of(landmark.evidence_for("name"))
    return method, landmark.distance_m or 0.0, *place, _name_of(landmark)


_WAYS: dict[type[Published], _Way] = {
    ExitBusStop: _Way(
        attrgetter("bus_stop_code"),
        partial(unite_same, field="relation"),
        "relation",
        attrgetter("distance_m", "bus_stop_code"),
    ),
    Landmark: _Way(_name_of, unite_landmarks, "name", _by_place),
}


def _merge_listed(part: Part, claims: ExitClaims) -> tuple[Published, ...]:
    """Return an exit's records of a part, each once; if there is no way of their own, by key."""
    by_key = attrgetter(part.key)
    by_default = _Way(by_key, partial(unite_same, field=part.key), part.key, by_key)
    way = _WAYS.get(part.record_type, by_default)
    said: list[Any] = [one.item for one in claims.said if isinstance(one.item, part.record_type)]
    united = (_unite(same, way, claims) for same in group(said, way.key))
    return tuple(sorted(united, key=way.order))


def _unite(same: list[Any], way: _Way, claims: ExitClaims) -> Published:
    united: Published = way.unite(same)
    if len(same) > 1 and claims.agrees([r for item in same for r in item.evidence_for(way.field)]):
        return united.model_copy(update={"confidence": Confidence.HIGH})
    return united


def _merge_access(claims: ExitClaims, findings: list[Finding]) -> ExitAccess | None:
    stated = said = claims.items(ExitAccess)
    if not said and claims.conclusion is None:
        return None
    speakers = _speakers_of(claims)
    conclusion = find_standing(claims.conclusion, speakers, claims.disputed)
    if conclusion is not None:
        speakers.append(Speaker(DEDUCTION, answers_of(conclusion)))
    disputes = tuple(find_disputes(speakers))
    findings.extend(
        disagreement(claims.station, claims.station_exit, dispute)
        for dispute in disputes
        if dispute.field not in claims.disputed
    )
    disputed = claims.disputed | {dispute.field for dispute in disputes}
    if conclusion is not None and not any(_is_stated_surely(item) for item in said):
        said = [*said, conclusion]
    if not said:
        return None
    if len(said) == 1 and not disputed:
        return said[0]
    access = unite_access(said, disputed)
    if access.step_free is not StepFree.UNKNOWN and claims.agrees(access.evidence_for("step_free")):
        is_sure = any(item.step_free is access.step_free and not _is_low(item) for item in stated)
        return access.model_copy(update={"confidence": Confidence.HIGH if is_sure else Confidence.MEDIUM})
    return access


def _is_stated_surely(item: ExitAccess) -> bool:
    return item.step_free is StepFree.YES and not _is_low(item)


def _is_low(item: ExitAccess) -> bool:
    return item.confidence is Confidence.LOW


def _speakers_of(claims: ExitClaims) -> list[Speaker]:
    return [
        Speaker(one.speaker, answers_of(one.item))
        for one in claims.said
        if isinstance(one.item, ExitAccess | FeatureDenial)
    ]
