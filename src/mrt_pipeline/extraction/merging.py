"""Merge claims about a station's exits: the statements of one page, or the claims of several sources.

Each value is published once, in the form of its most trusted reading (order of ``Method``: LTA's record,
topology, distance, rule, model), with the evidence of all that give it.

- Confidence becomes high if two publishers state the same value; for step-free access, only if one of them
  has more than low confidence by itself. Distance is no statement, and two readings of a page count as one.
- Contradictory claims are not published; a finding shows both sides. A contradiction within a page remains a
  dispute, even if another reader of the page saw only one side.
- A conclusion from other statements (``deduction``) is published if no source states the value, or only with
  low confidence. If a source denies it, it is disputed.
- Platforms belong to the station, whichever exits lead to them (``station_platforms.py``).
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
"""methods that are no statement of a publisher: a conclusion cites several, and keeps medium confidence"""
ONE_PAGE = "one page"
"""the speaker of all statements when a single page is merged"""


@dataclass(frozen=True, slots=True)
class GroundedValue:
    """A value that passed grounding, and the exit that it belongs to."""

    exit_id: str
    item: Item


@dataclass(frozen=True, slots=True)
class Said:
    """One value, and who says it."""

    speaker: str
    place: int
    """position among the values of the speaker"""
    item: Item


@dataclass(frozen=True, slots=True)
class ExitClaims:
    """All claims about one exit."""

    station: Station
    station_exit: StationExit
    said: tuple[Said, ...]
    """in page order, or in the order of the configured sources"""
    told: tuple[Finding, ...] = ()
    """findings of contradictions within one source"""
    publishers: Mapping[str, str] | None = None
    """document id to publisher; None if all claims come from one page"""
    conclusion: Conclusion | None = None
    """the conclusion that the exit is step-free, if the claims allow it"""

    @property
    def disputed(self) -> frozenset[str]:
        """Return the fields for which a source contradicts itself."""
        return frozenset(finding.field for finding in self.told if finding.field is not None)

    def items(self, kind: type[ItemT]) -> list[ItemT]:
        """Return the values of one kind."""
        return [said.item for said in self.said if isinstance(said.item, kind)]

    def agrees(self, reasons: Sequence[Evidence]) -> bool:
        """Return whether the evidence of a value comes from two publishers that state it."""
        return _agree(reasons, self.publishers)


@dataclass(frozen=True, slots=True)
class MergedStation:
    """The merged claims about a station."""

    platforms: tuple[Platform, ...]
    exits: tuple[LinkedExit, ...]
    """all exits, in the station's order"""
    findings: tuple[Finding, ...]
    """where sources disagree"""


def merge_page(
    values: Iterable[GroundedValue], station: Station
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Merge the values of one page.

    Returns:
        One enrichment for each exit that has values, in the station's order; and the page's contradictions.
    """
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
    """Merge all sources' claims about a station.

    Args:
        station: the station as stage 1 returns it.
        claims: one per source.
        conclusions: conclusions from the claims, by exit id.

    Raises:
        InternalError: if a claim is about an exit that the station does not have.
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
    """Yield all claims about the platforms that exits lead to."""
    for claims in exits:
        for said in claims.said:
            if isinstance(said.item, ExitPlatform):
                yield Reading(said.speaker, claims.station_exit, said.place, said.item)


def _agree(reasons: Iterable[Evidence], publishers: Mapping[str, str] | None) -> bool:
    """Return whether evidence of one value comes from two publishers that state it; never within one page."""
    if publishers is None:
        return False
    stating = [item for item in reasons if item.method not in _STATING_NOTHING]
    return len({publishers.get(item.document_id, item.document_id) for item in stating}) > 1


def _items_of(enrichment: ExitEnrichment) -> Iterator[Item]:
    for part in PARTS.values():
        yield from part.records(enrichment)
    yield from enrichment.denied


def _merge_parts(claims: ExitClaims, findings: list[Finding]) -> dict[str, Any]:
    """Merge the fields of ``EnrichedExit`` other than platforms, by field name."""
    return {
        "exit_id": claims.station_exit.exit_id,
        "access": _merge_access(claims, findings),
        **{part.name: _merge_listed(part, claims) for part in PARTS.values() if part.is_listed},
    }


@dataclass(frozen=True, slots=True)
class _Way:
    """How an exit's records of one type are merged."""

    key: Callable[[Any], object]
    """records with equal keys are the same thing"""
    unite: Callable[[list[Any]], Any]
    """merges records that are the same thing"""
    field: str
    """the field whose evidence decides how far a record is trusted"""
    order: Callable[[Any], Any]
    """sort key of the result"""


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
    """Merge an exit's records of one part, by the part's own key unless ``_WAYS`` has another way."""
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
    """Merge the claims about access through an exit, and append a finding for each new contradiction."""
    items = claims.items(ExitAccess)
    stated = said = [item for number, item in enumerate(items) if item not in items[:number]]
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
