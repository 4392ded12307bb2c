"""Merge the claims about the platforms that a station's exits lead to into the station's platforms.

- The direction comes only from the most trusted source; letters come from any source. So a page is evidence
  for a letter only, and the direction keeps its own licence.
- If a page gives one direction two letters, neither is used. A source of records may give several, which are
  all correct.
- Letters of two sources contradict each other unless one source names all letters of the other. Letters of
  one source contradict each other unless it gives all of them at every exit that it mentions.
- If one source outranks the other, its letters are used nevertheless, and the other's are ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap
from mrt_pipeline.contracts.findings import Finding, Side
from mrt_pipeline.contracts.network import (
    Direction,
    ExitPlatform,
    Platform,
    PlatformLink,
    Station,
    StationExit,
    direction_of,
    link_platform,
    name_platforms,
)
from mrt_pipeline.extraction.deduplication import Agreement, best_confidence, distinct, rank_of, unite_same
from mrt_pipeline.extraction.disputes import disagreement, field_of_letter, letter_dispute, words_of
from mrt_pipeline.extraction.exit_platforms import cite_buildings
from mrt_pipeline.extraction.plausibility import doubt_letters, is_read
from mrt_pipeline.runtime.records import natural_key

Ranks = Mapping[str, Collection[str]]
"""speaker to the speakers that it outranks"""
_OF_EXIT = frozenset({"platform_code", "is_same_building"})


@dataclass(frozen=True)
class Reading:
    """A claim about a platform, with its speaker and exit."""

    speaker: str
    station_exit: StationExit
    place: int
    """position among the speaker's values for this exit"""
    platform: ExitPlatform

    @cached_property
    def standing(self) -> int:
        """Return the rank of its direction's evidence; lower is more trusted."""
        return rank_of(self.platform.evidence_for("towards_code"))[0]


@dataclass(frozen=True, slots=True)
class MergedPlatforms:
    """The platforms of a station, with the claims about each."""

    platforms: tuple[Platform, ...]
    directions: tuple[list[Reading], ...]
    """for each platform, the claims about its direction"""

    def links_of(self, station_exit: StationExit) -> Iterator[PlatformLink]:
        """Yield the links from an exit to the platforms that it leads to."""
        for platform, same in zip(self.platforms, self.directions, strict=True):
            own = [reading for reading in same if reading.station_exit is station_exit]
            if own:
                leading = _directing(own)
                best = min(leading, key=lambda one: _key_of(one.platform))
                link = link_platform(platform.platform_id, is_same_building=best.platform.is_same_building)
                evidence = _own_evidence(leading, platform, station_exit)
                yield link.model_copy(update={"evidence": evidence}) if evidence else link


def believe_platforms(
    station: Station, readings: Iterable[Reading]
) -> tuple[list[list[Reading]], list[Finding]]:
    """Group one page's claims by direction; a direction with several letters becomes a finding instead."""
    believed: list[list[Reading]] = []
    findings: list[Finding] = []
    for same in _group_directions(readings):
        if len(_every_letter(same)) > 1:
            findings.append(_letter_finding(station, same))
        else:
            believed.append(same)
    return believed, findings


def claims_of_page(station_exit: StationExit, directions: Iterable[list[Reading]]) -> Iterator[ExitPlatform]:
    """Yield one claim for each direction that an exit leads to, according to a page."""
    for same in directions:
        own = [one.platform for one in same if one.station_exit is station_exit]
        if own:
            yield unite_same(own, "towards_code")


def merge_platforms(
    station: Station,
    readings: Iterable[Reading],
    *,
    ranks: Ranks,
    told: Collection[str | None],
    agrees: Agreement,
) -> tuple[MergedPlatforms, list[Finding]]:
    """Return the platforms of a station, and findings about their letters.

    Args:
        station: the station.
        readings: all sources' claims about the platforms that its exits lead to.
        ranks: the speakers that each speaker outranks.
        told: the fields for which a source contradicts itself.
        agrees: returns whether evidence comes from two publishers that state the same value.
    """
    findings: list[Finding] = []
    as_read = _group_directions(readings)
    directions = [_overrule(station, same, as_read, ranks, findings) for same in as_read]
    names = name_platforms(station.slug, [same[0].platform for same in directions])
    platforms: list[Platform] = []
    for name, same in zip(names, directions, strict=True):
        is_contradictory = _are_contradictory(same)
        if is_contradictory:
            findings.append(_letter_finding(station, same))
        is_lettered = not is_contradictory and field_of_letter(same[0].platform) not in told
        platforms.append(_unite(name, same, is_lettered=is_lettered, agrees=agrees))
    doubted, strange = doubt_letters(platforms, _letters_on_record(directions), station)
    return MergedPlatforms(doubted, tuple(directions)), [*findings, *strange]


def _group_directions(readings: Iterable[Reading]) -> list[list[Reading]]:
    """Group claims by direction, ordered by trust and then by first mention."""
    groups: dict[Direction, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(direction_of(reading.platform), []).append(reading)
    ordered = sorted(
        groups.items(), key=lambda item: (min((one.standing, one.place) for one in item[1]), item[0])
    )
    return [same for _, same in ordered]


def _letters_of(same: Iterable[Reading]) -> dict[str, frozenset[str]]:
    """Return the letters that each speaker gives to one direction, without speakers that give none."""
    letters: dict[str, frozenset[str]] = {}
    for (speaker, _), given in _letters_by_exit(same).items():
        letters[speaker] = letters.get(speaker, frozenset()) | given
    return letters


def _are_contradictory(same: Sequence[Reading]) -> bool:
    """Return whether no speaker names all letters of a direction, or one gives different ones by exit."""
    letters = _letters_of(same)
    is_uneven = any(given != letters[speaker] for (speaker, _), given in _letters_by_exit(same).items())
    return is_uneven or (bool(letters) and _every_letter(same) not in letters.values())


def _letters_by_exit(same: Iterable[Reading]) -> dict[tuple[str, str], frozenset[str]]:
    """Return the letters of one direction by speaker and exit id."""
    letters: dict[tuple[str, str], frozenset[str]] = {}
    for reading in same:
        if (letter := reading.platform.platform_code) is not None:
            key = reading.speaker, reading.station_exit.exit_id
            letters[key] = letters.get(key, frozenset()) | {letter}
    return letters


def _find_overruled(same: Iterable[Reading], ranks: Ranks) -> dict[str, str]:
    """Return the speakers whose letters for a direction are overruled, each with the one that overrules it.

    Args:
        same: the claims about the direction.
        ranks: the speakers that each outranks. One is overruled if it gives a letter that the higher lacks.
    """
    letters = _letters_of(same)
    return {
        lower: higher
        for higher in sorted(letters)
        for lower in ranks.get(higher, ())
        if lower in letters and not letters[lower] <= letters[higher]
    }


def _find_conflated(
    same: Sequence[Reading], directions: Iterable[Sequence[Reading]], ranks: Ranks
) -> dict[str, str]:
    """Return the speakers that conflate two directions, each with a speaker that distinguishes them.

    The former gives a direction the same single letter as another one of its line; the latter gives the two
    different letters, and is trusted here although it is outranked.

    Args:
        same: the claims about the direction.
        directions: the claims about all directions of the station.
        ranks: the speakers that each outranks; only outranked ones are considered as the latter.
    """
    letters = _letters_of(same)
    others = [_letters_of(other) for other in directions if other is not same and _are_beside(same, other)]
    return {
        higher: lower
        for higher in sorted(letters)
        for lower in ranks.get(higher, ())
        for other in others
        if len(letters[higher]) == 1 and other.get(higher) == letters[higher]
        if lower in letters and lower in other and letters[lower].isdisjoint(other[lower])
    }


def _are_beside(same: Sequence[Reading], other: Sequence[Reading]) -> bool:
    """Return whether two directions are of the same line and station code."""
    one, two = same[0].platform, other[0].platform
    return (one.station_code, one.line_code) == (two.station_code, two.line_code)


def _without_letter(reading: Reading) -> Reading:
    """Return a claim about a platform without its letter."""
    evidence = {name: why for name, why in reading.platform.evidence.items() if name != "platform_code"}
    bare = reading.platform.model_copy(update={"platform_code": None, "evidence": evidence})
    return replace(reading, platform=bare)


def _sides_of_letters(same: Iterable[Reading]) -> Iterator[Side]:
    """Yield each claim of a letter as a side of a dispute."""
    for reading in same:
        if (letter := reading.platform.platform_code) is not None:
            yield Side(
                speaker=reading.speaker, says=letter, words=words_of(reading.platform, "platform_code")
            )


def _overrule(
    station: Station,
    same: list[Reading],
    directions: Sequence[list[Reading]],
    ranks: Ranks,
    findings: list[Finding],
) -> list[Reading]:
    """Remove the letters of overruled sources from the claims about a direction, and record findings.

    A source is overruled if it conflates two directions, or else if it is outranked and differs.
    """
    overruled = _find_conflated(same, directions, ranks) or _find_overruled(same, ranks)
    for lower, higher in overruled.items():
        sides = _sides_of_letters(one for one in same if one.speaker in (lower, higher))
        findings.append(disagreement(station, None, letter_dispute(sides, same[0].platform, higher)))
    return [_without_letter(one) if one.speaker in overruled else one for one in same]


def _letter_finding(station: Station, same: Sequence[Reading]) -> Finding:
    return disagreement(station, None, letter_dispute(_sides_of_letters(same), same[0].platform))


def _letters_on_record(directions: Iterable[Iterable[Reading]]) -> frozenset[str]:
    """Return all platform letters of a station that come from publishers' records, not pages."""
    said = (one.platform for same in directions for one in same)
    return frozenset(
        one.platform_code
        for one in said
        if one.platform_code and not is_read(one.evidence_for("platform_code"))
    )


def _every_letter(same: Iterable[Reading]) -> frozenset[str]:
    return frozenset[str]().union(*_letters_of(same).values())


def _own_evidence(leading: Sequence[Reading], platform: Platform, station_exit: StationExit) -> EvidenceMap:
    """Return the evidence that an exit leads to a platform, unless it is that of the platform itself."""
    evidence: EvidenceMap = {}
    known = (*platform.evidence_for("towards_code"), *platform.evidence_for("platform_codes"))
    if any(reason not in known for reason in _each_reason(leading, "towards_code")):
        evidence["platform_id"] = _reasons(leading, "towards_code")
    told = [reason for one in leading for reason in one.platform.evidence.get("is_same_building", ())]
    implied = cite_buildings(platform.station_code, station_exit)
    if any(reason not in implied for reason in told):
        evidence["is_same_building"] = distinct(told)
    return evidence


def _unite(platform_id: str, same: Sequence[Reading], *, is_lettered: bool, agrees: Agreement) -> Platform:
    """Merge all claims about one platform.

    Args:
        platform_id: the platform's id.
        same: the claims.
        is_lettered: whether its letters are published, as they are not disputed.
        agrees: returns whether evidence comes from two publishers that state the same value.
    """
    directing = _directing(same)
    first = min((reading.platform for reading in directing), key=_key_of)
    evidence = _unite_evidence(directing)
    lettered = _naming_all(same) if is_lettered else []
    confidence = best_confidence(reading.platform for reading in directing)
    if lettered:
        reasons = _reasons(lettered, "platform_code")
        if reasons != evidence.get("record"):
            evidence["platform_codes"] = reasons
        is_certain = agrees(reasons)
        confidence = Confidence.HIGH if is_certain else best_confidence(one.platform for one in lettered)
    return Platform(
        platform_id=platform_id,
        station_code=first.station_code,
        line_code=first.line_code,
        platform_codes=tuple(sorted({one.platform.platform_code or "" for one in lettered}, key=natural_key)),
        towards_code=first.towards_code,
        towards_kind=first.towards_kind,
        next_code=first.next_code,
        confidence=confidence,
        evidence=evidence,
    )


def _key_of(platform: ExitPlatform) -> tuple[object, ...]:
    rank = rank_of(platform.evidence_for("towards_code"))
    return rank, platform.line_code, platform.towards_kind or "", platform.is_same_building


def _naming_all(same: Sequence[Reading]) -> list[Reading]:
    """Return the claims of a letter by the speakers that name all letters."""
    letters, every = _letters_of(same), _every_letter(same)
    return [one for one in same if one.platform.platform_code is not None and letters[one.speaker] == every]


def _directing(readings: Iterable[Reading]) -> list[Reading]:
    """Return the claims whose direction is trusted most."""
    listed = list(readings)
    best = min(reading.standing for reading in listed)
    return [reading for reading in listed if reading.standing == best]


def _unite_evidence(directing: Sequence[Reading]) -> EvidenceMap:
    """Return the evidence for a direction, by field."""
    fields = dict.fromkeys(
        name for reading in directing for name in reading.platform.evidence if name not in _OF_EXIT
    )
    return {name: _reasons(directing, name) for name in fields}


def _reasons(readings: Iterable[Reading], field: str) -> tuple[Evidence, ...]:
    return distinct(_each_reason(readings, field))


def _each_reason(readings: Iterable[Reading], field: str) -> Iterator[Evidence]:
    return (reason for reading in readings for reason in reading.platform.evidence_for(field))
