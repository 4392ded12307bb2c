"""Decide which station, and which of its buildings, each feature of the exits file belongs to.

The station is the one whose name the feature has, otherwise the one whose code it has, otherwise (with a
warning) the nearest one, if the name looks like a misspelling of that station's.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.outputs import FeatureOutcome
from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.network import CodeEntry, KnownExit
from mrt_pipeline.network.doubts import find_doubt_of_building
from mrt_pipeline.runtime.geometry import Point, to_svy21_all
from mrt_pipeline.runtime.records import natural_key, show
from mrt_pipeline.stages.ingestion.buildings import choose_building
from mrt_pipeline.stages.ingestion.feature_log import Notes, describe, list_ids
from mrt_pipeline.stages.ingestion.reference import Reference
from mrt_pipeline.stages.ingestion.station_names import StationFinder, StationMatch

WITHIN_REACH_M = 600
"""A misspelled name is read as a station's only within this distance; the farthest real exit is 564 m from
its station (July 2026)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A feature that belongs to a station in operation."""

    feature: ExitFeature
    point: Point
    label: str
    entry: CodeEntry
    """the code whose building it belongs to"""
    method: Method
    """how the building was chosen"""
    distance_m: float
    """from the building's reference position, in metres"""
    known: KnownExit | None
    """the known exit that it is"""
    known_m: float
    """distance from the recorded position of that exit"""


def place_features(
    features: Sequence[ExitFeature], reference: Reference, notes: Notes
) -> dict[str, list[Placed]]:
    """Return the features of each station in operation, by slug; the others are recorded as excluded."""
    surveys, unusable = survey_features(features, reference)
    for feature in unusable:
        fault = f"lies at lat {feature.lat}, lng {feature.lng}, which is not a position"
        notes.lose(feature, "position-unusable", fault, "Get the exits file again.")
    placer = _Placer(reference, notes)
    placed: dict[str, list[Placed]] = defaultdict(list)
    for survey in surveys:
        if found := placer.place(survey):
            placed[found.entry.slug].append(found)
    placer.report_oddities()
    return placed


class _Placer:
    """Assigns features one by one, and remembers what was odd about them."""

    def __init__(self, reference: Reference, notes: Notes) -> None:
        self._reference = reference
        self._notes = notes
        self._finder = StationFinder(reference.network)
        self._matches: dict[str, StationMatch | None] = {}
        self._odd_names: dict[str, list[str]] = defaultdict(list)
        self._odd_labels: dict[str, list[str]] = defaultdict(list)
        self._bare_labels: list[str] = []
        self._closed: dict[str, list[str]] = defaultdict(list)

    def place(self, survey: Survey) -> Placed | None:
        """Return the assignment of a feature, or None after recording why it is excluded."""
        match = self._match(survey)
        if match is None:
            self._lose_unknown(survey)
            return None
        if match.slug not in self._reference.open_codes:
            self._set_apart(survey, self._name(match.slug))
            return None
        label = parse_label(survey.feature.exit_code)
        if label is None:
            fault = "has a label of unknown form; expected e.g. 'Exit A' or 'Exit 1'"
            remedy = "Look up how the exit is signed, and add the form to station_assignment.py."
            self._notes.lose(survey.feature, "label-unknown", fault, remedy)
            return None
        return self._place_at(survey, match, label)

    def report_oddities(self) -> None:
        """Report each odd spelling, and each building that is not open, once for all its features."""
        for text, ids in self._odd_names.items():
            match = self._matches[text]
            name = self._name(match.slug) if match else text
            holds = f"STATION_NA {show(text)}"
            if match and text.upper() in {entry.station_code for entry in match.codes}:
                holds = f"STATION_NA holds the code {show(text)} instead of a name; it"
            fault = f"{holds} was read as {name}"
            self._report_odd("station-spelled-oddly", fault, ids, match.slug if match else None)
        if self._bare_labels:
            self._report_odd(
                "label-bare", "EXIT_CODE is a bare label, without the word Exit", self._bare_labels
            )
        for text, ids in self._odd_labels.items():
            self._report_odd(
                "label-spelled-oddly", f"EXIT_CODE {show(text)} was read as {parse_label(text)}", ids
            )
        for part, ids in self._closed.items():
            fault = f"{part} is not in operation on {self._reference.as_of}, so its exits were excluded"
            self._report_odd("exits-not-in-operation", fault, ids)

    def _match(self, survey: Survey) -> StationMatch | None:
        text = survey.feature.station_na
        if text not in self._matches:
            self._matches[text] = self._finder.match(text)
        match = self._matches[text]
        if match is None:
            return self._match_misspelled(survey)
        if not match.is_usual:
            self._odd_names[text].append(survey.feature.record_id)
        return match

    def _match_misspelled(self, survey: Survey) -> StationMatch | None:
        """Return the nearest station for a feature with an unknown name, if the name resembles its name."""
        nearest, feature = survey.nearest, survey.feature
        if nearest is None or survey.nearest_m > WITHIN_REACH_M:
            return None
        if not self._finder.resembles(feature.station_na, nearest.slug):
            return None
        message = (
            f"{describe(feature)} names no known station; it was assigned to {self._name(nearest.slug)}, "
            f"{survey.nearest_m:.0f} m away. Check that this is right."
        )
        self._warn("station-misspelled", survey, nearest.slug, message)
        return StationMatch(nearest.slug, None, (), is_usual=False)

    def _place_at(self, survey: Survey, match: StationMatch, label: str) -> Placed | None:
        self._look_at_label(survey.feature, label)
        known, known_m = self._reference.find_known(match.slug, label, survey.point)
        buildings = self._reference.buildings_of(match.slug)
        choice = choose_building(survey.point, match, known, buildings)
        entry = self._reference.find_open(match.slug, choice.line_code)
        if entry is None:
            self._set_apart(survey, f"{self._name(match.slug)} ({choice.line_code})")
            return None
        if choice.is_in_doubt:
            self._report_doubt(survey, entry)
        elif (doubt := find_doubt_of_building(match.slug, label)) is not None:
            self._warn(
                "exit-building-in-doubt",
                survey,
                entry.slug,
                f"{describe(survey.feature)} was assigned to {entry.station_code}. {doubt}.",
            )
        distance_m = survey.point.distance_m(self._reference.point_of[entry.station_code])
        self._look_around(survey, entry, distance_m)
        return Placed(survey.feature, survey.point, label, entry, choice.method, distance_m, known, known_m)

    def _look_at_label(self, feature: ExitFeature, label: str) -> None:
        if feature.exit_code == label:
            self._bare_labels.append(feature.record_id)
        elif feature.exit_code != f"Exit {label}":
            self._odd_labels[feature.exit_code].append(feature.record_id)

    def _look_around(self, survey: Survey, entry: CodeEntry, distance_m: float) -> None:
        """Report a feature that is nearer to another station than to the one whose name it has."""
        nearest = survey.nearest
        if nearest is None or nearest.slug == entry.slug or survey.nearest_m >= distance_m:
            return
        message = (
            f"{describe(survey.feature)} lies {distance_m:.0f} m from {entry.station_code}, but "
            f"{survey.nearest_m:.0f} m from {nearest.station_code} ({self._name(nearest.slug)}). It was "
            "kept at the station named by LTA; check that this is right."
        )
        self._warn("exit-nearer-to-another-station", survey, entry.slug, message)

    def _report_doubt(self, survey: Survey, entry: CodeEntry) -> None:
        distances = ", ".join(
            f"{survey.point.distance_m(building.point):.1f} m from {building.station_code}"
            for building in self._reference.buildings_of(entry.slug)
        )
        message = (
            f"{describe(survey.feature)} lies {distances}, and was assigned to {entry.station_code}. A new "
            "survey could change that, and with it the exit's id: settle it in network/known_exits.csv."
        )
        self._warn("exit-building-in-doubt", survey, entry.slug, message)

    def _lose_unknown(self, survey: Survey) -> None:
        nearest = survey.nearest
        where = "no station is in operation"
        if nearest is not None:
            name = f"{self._name(nearest.slug)} ({nearest.station_code})"
            where = f"the nearest one is {name}, {survey.nearest_m:.0f} m away"
        fault = f"is of a station that the network table does not know; {where}"
        self._notes.lose(survey.feature, "station-unknown", fault, "Add the station or the spelling.")

    def _set_apart(self, survey: Survey, part: str) -> None:
        self._closed[part].append(survey.feature.record_id)
        reason = f"{part} is not in operation on {self._reference.as_of}"
        self._notes.account(survey.feature, FeatureOutcome.SET_APART, reason)

    def _name(self, slug: str) -> str:
        return self._reference.network.names[slug]

    def _warn(self, check: str, survey: Survey, slug: str, message: str) -> None:
        self._notes.report(check, message, slug=slug, record_id=survey.feature.record_id)

    def _report_odd(self, check: str, fault: str, ids: Sequence[str], slug: str | None = None) -> None:
        """Report what is odd about several records; the finding's record is the first."""
        self._notes.report(check, f"{fault} ({list_ids(ids)}).", slug=slug, record_id=ids[0])


_LABEL = re.compile(r"(?:EXIT\s+)?(?P<label>[A-Z][1-9]?|[1-9][0-9]?)", re.ASCII)


def parse_label(text: str) -> str | None:
    """Return the bare label, a letter or number as signed; None for a form that LTA never used."""
    found = _LABEL.fullmatch(text.strip().upper())
    return found["label"] if found else None


@dataclass(frozen=True, slots=True)
class Survey:
    """A feature of the exits file with its position."""

    feature: ExitFeature
    point: Point
    nearest: CodeEntry | None
    """the code whose building is nearest, at any station"""
    nearest_m: float
    """distance to that building"""


def survey_features(
    features: Sequence[ExitFeature], reference: Reference
) -> tuple[list[Survey], list[ExitFeature]]:
    """Return the features with a valid position, in natural order of their ids, and those without."""
    ordered = sorted(features, key=_feature_key)
    points = to_svy21_all([(feature.lat, feature.lng) for feature in ordered])
    lying = [_is_on_earth(feature, point) for feature, point in zip(ordered, points, strict=True)]
    placed = [(ordered[number], points[number]) for number, lies in enumerate(lying) if lies]
    nearest = reference.nearest_codes([point for _, point in placed])
    surveys = [
        _survey(feature, point, code, reference)
        for (feature, point), code in zip(placed, nearest, strict=True)
    ]
    return surveys, [feature for feature, lies in zip(ordered, lying, strict=True) if not lies]


def _survey(feature: ExitFeature, point: Point, nearest: CodeEntry | None, reference: Reference) -> Survey:
    distance_m = point.distance_m(reference.point_of[nearest.station_code]) if nearest else math.inf
    return Survey(feature, point, nearest, distance_m)


def _feature_key(feature: ExitFeature) -> tuple[object, ...]:
    return natural_key(feature.record_id), feature.station_na, feature.exit_code, feature.lat, feature.lng


def _is_on_earth(feature: ExitFeature, point: Point) -> bool:
    is_valid = abs(feature.lat) <= 90 and abs(feature.lng) <= 180
    return is_valid and math.isfinite(point.easting_m) and math.isfinite(point.northing_m)
