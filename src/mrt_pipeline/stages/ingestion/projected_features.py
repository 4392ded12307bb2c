"""The features of the exits file in the plane, each with what stands nearest to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.network import CodeEntry
from mrt_pipeline.runtime.geometry import Point, to_svy21_all
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.stages.ingestion.reference import Reference


@dataclass(frozen=True, slots=True)
class Survey:
    """A feature of the exits file, and where it lies."""

    feature: ExitFeature
    point: Point
    nearest: CodeEntry | None
    """the code whose building is nearest, of whatever station"""
    nearest_m: float
    """how far that is"""


def survey_features(
    features: Sequence[ExitFeature], reference: Reference
) -> tuple[list[Survey], list[ExitFeature]]:
    """Return the features that lie somewhere, in natural order of their ids, and those that do not."""
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
