"""What is known in advance: the network on the dates described and surveyed, in plane coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.network import CodeEntry, KnownExit, Network
from mrt_pipeline.runtime.geometry import Point, SpatialIndex, to_svy21_all

KNOWN_EXIT_M = 20
"""A feature within this distance of a known exit with its label is that exit, surveyed again. LTA's surveys
of one exit are up to 5.4 m apart, two exits with one label in one station 21.4 m or more (July 2026)."""


@dataclass(frozen=True, slots=True)
class Building:
    """A line's part of a station, on the date of the survey."""

    line_code: str
    mode: str
    station_code: str
    point: Point


class Reference:
    """The network prepared for stage 1: everything is looked up, nothing searched."""

    def __init__(self, network: Network, as_of: date, surveyed_on: date) -> None:
        """Build the look-up tables.

        Args:
            network: the network through time.
            as_of: the date described.
            surveyed_on: the date of the exits file, which shows buildings that were not open before.
        """
        self.network = network
        self.as_of = as_of
        self.open_codes = network.open_codes(as_of)
        future = network.future_codes(as_of)
        self.future_codes = {slug: codes for slug, codes in future.items() if slug not in self.open_codes}
        self.point_of = _points_of(network.codes)
        self.mode_of = {line.line_code: line.mode for line in network.lines}
        self._surveyed = network.open_codes(surveyed_on)
        self._known = _group_known(network.known_exits)
        self._buildings: dict[str, list[Building]] = {}
        self._line_codes = {
            (slug, entry.line_code): entry
            for slug, entries in self.open_codes.items()
            for entry in reversed(entries)
        }

    def find_open(self, slug: str, line_code: str) -> CodeEntry | None:
        """Return a station's first code in operation on a line."""
        return self._line_codes.get((slug, line_code))

    def buildings_of(self, slug: str) -> list[Building]:
        """Return a station's buildings on the date described or surveyed, one per line, first line first."""
        if slug not in self._buildings:
            entries = (*self.open_codes.get(slug, ()), *self._surveyed.get(slug, ()))
            first = {entry.line_code: entry for entry in reversed(entries)}
            ranked = sorted(first, key=self.network.line_order.__getitem__)
            self._buildings[slug] = [self._building(first[line_code]) for line_code in ranked]
        return self._buildings[slug]

    def find_known(self, slug: str, label: str, point: Point) -> tuple[KnownExit | None, float]:
        """Return the known exit nearest to a feature with its label, and the distance in metres.

        Most exits have no known exit within ``KNOWN_EXIT_M``.
        """
        places = self._known.get((slug, label), ())
        near = [(point.distance_m(place), known) for known, place in places]
        distance_m, nearest = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return (nearest if distance_m <= KNOWN_EXIT_M else None), distance_m

    def nearest_codes(self, points: Sequence[Point]) -> list[CodeEntry | None]:
        """Return the code whose building is nearest to each point, among all opened by the date described."""
        past = [entry for entry in self.network.codes if not entry.is_future(self.as_of)]
        if not past:
            return [None] * len(points)
        index = SpatialIndex(self.point_of[entry.station_code] for entry in past)
        return [past[number] for number in index.nearest(points)]

    def _building(self, entry: CodeEntry) -> Building:
        point = self.point_of[entry.station_code]
        return Building(entry.line_code, self.mode_of[entry.line_code], entry.station_code, point)


def _points_of(codes: Sequence[CodeEntry]) -> dict[str, Point]:
    points = to_svy21_all([(entry.lat, entry.lng) for entry in codes])
    return {entry.station_code: point for entry, point in zip(codes, points, strict=True)}


def _group_known(known: Sequence[KnownExit]) -> dict[tuple[str, str], list[tuple[KnownExit, Point]]]:
    grouped: dict[tuple[str, str], list[tuple[KnownExit, Point]]] = {}
    points = to_svy21_all([(item.lat, item.lng) for item in known])
    for item, point in zip(known, points, strict=True):
        grouped.setdefault((item.slug, item.exit_code), []).append((item, point))
    return grouped
