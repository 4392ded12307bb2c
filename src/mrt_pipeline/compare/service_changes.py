"""Changes in where trains go, reported once per line and not for each platform.

Two platforms are the same if trains go from the same station towards the same one, with replaced codes
counting as their successors. If the directions of a line differ at a station, the line's services changed. If
one exit lacks a direction that the station still has, that is a value of this exit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from mrt_pipeline.compare.matching import Pair
from mrt_pipeline.contracts.comparison import LineChange
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.network import Platform, PlatformLink, Station
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import NETWORK_DOCUMENT, Network, Service

Direction = tuple[str, str, str, str]
"""line, and the current codes of the station, the next one and the terminal"""

LinkedPlatform = tuple[PlatformLink, Platform]
"""a platform that an exit leads to"""

LinkedPair = tuple[LinkedPlatform | None, LinkedPlatform | None]
ItemT = TypeVar("ItemT")


class Rerouting:
    """The lines whose trains run differently, and the differences of exits' platforms that this explains."""

    def __init__(self, successors: Mapping[str, str]) -> None:
        """Start without any station compared.

        Args:
            successors: replaced code to its replacement.
        """
        self._successors = successors
        self._gone: dict[str, set[Direction]] = defaultdict(set)
        self._come: dict[str, set[Direction]] = defaultdict(set)
        self._exits: Counter[str] = Counter()

    def watch(self, pair: Pair) -> None:
        """Compare the directions of all lines at a station."""
        old, new = self._directions_at(pair.old), self._directions_at(pair.new)
        for line in old.keys() | new.keys():
            before, after = old.get(line, set()), new.get(line, set())
            if before != after and ((before and after) or not _has_stayed(pair, line)):
                self._gone[pair.new.slug] |= before - after
                self._come[pair.new.slug] |= after - before

    def match_platforms(self, pair: Pair) -> Iterator[tuple[Platform, Platform]]:
        """Yield the platforms that a station has in both datasets, in pairs."""
        before, after = (
            {self._direction_of(item): item for item in side.platforms} for side in (pair.old, pair.new)
        )
        for then, now in self._match(pair.new.slug, before, after):
            if then is not None and now is not None:
                yield then, now

    def match_linked(
        self, slug: str, old: Iterable[LinkedPlatform], new: Iterable[LinkedPlatform]
    ) -> Iterator[LinkedPair]:
        """Yield the platforms of an exit in pairs; alone if the line's change does not explain it."""
        before, after = ({self._direction_of(item[1]): item for item in side} for side in (old, new))
        self._exits.update({key[0] for key in self._rerouted(slug, before, after)})
        yield from self._match(slug, before, after)

    def _rerouted(
        self, slug: str, before: Mapping[Direction, ItemT], after: Mapping[Direction, ItemT]
    ) -> set[Direction]:
        """Return the directions on one side only that the line's change explains."""
        gone, come = before.keys() - after.keys(), after.keys() - before.keys()
        return gone & self._gone[slug] | come & self._come[slug]

    def _match(
        self, slug: str, before: Mapping[Direction, ItemT], after: Mapping[Direction, ItemT]
    ) -> Iterator[tuple[ItemT | None, ItemT | None]]:
        yield from ((before[key], item) for key, item in after.items() if key in before)
        gone = {key: item for key, item in before.items() if key not in after}
        come = {key: item for key, item in after.items() if key not in before}
        rerouted = self._rerouted(slug, before, after)
        earlier = {key[:3]: gone[key] for key in gone if key in rerouted}
        yield from (
            (earlier[key[:3]], item) for key, item in come.items() if key in rerouted and key[:3] in earlier
        )
        yield from ((item, None) for key, item in gone.items() if key not in rerouted)
        yield from ((None, item) for key, item in come.items() if key not in rerouted)

    def changes(self, old: Stage3Output, new: Stage3Output, network: Network) -> Iterator[LineChange]:
        """Yield the lines whose trains run differently, in the order of lines."""
        before = _services_by_line(old, network)
        after = _services_by_line(new, network)
        for line in (item.line_code for item in network.lines):
            then, now = before.get(line, {}), after.get(line, {})
            slugs = tuple(self._slugs_on(line, new))
            if slugs or bool(then) != bool(now):
                yield LineChange(
                    line_code=line,
                    is_ring_opened=bool(then) and _has_loop(now) and not _has_loop(then),
                    is_same_way=bool(slugs) and all(self._is_same_way(line, slug) for slug in slugs),
                    old_services=tuple(text for text in then if text not in now),
                    new_services=tuple(text for text in now if text not in then),
                    slugs=slugs,
                    exits=self._exits.get(line, 0),
                )

    def _slugs_on(self, line: str, dataset: Stage3Output) -> Iterator[str]:
        for station in dataset.stations:
            if any(key[0] == line for key in self._gone[station.slug] | self._come[station.slug]):
                yield station.slug

    def _is_same_way(self, line: str, slug: str) -> bool:
        """Return whether a line's trains go from a station to the same next stations as before."""
        gone, come = ({key[:3] for key in side[slug] if key[0] == line} for side in (self._gone, self._come))
        return gone == come

    def _directions_at(self, station: Station) -> dict[str, set[Direction]]:
        found: dict[str, set[Direction]] = {}
        for platform in station.platforms:
            found.setdefault(platform.line_code, set()).add(self._direction_of(platform))
        return found

    def _direction_of(self, platform: Platform) -> Direction:
        codes = (platform.station_code, platform.next_code, platform.towards_code)
        here, following, terminal = (self._successors.get(code, code) for code in codes)
        return platform.line_code, here, following, terminal


def _has_stayed(pair: Pair, line: str) -> bool:
    """Return whether a line calls at a station in both datasets."""
    return line in pair.old.lines and line in pair.new.lines


def _services_by_line(dataset: Stage3Output, network: Network) -> dict[str, dict[str, bool]]:
    """Return the stopping patterns that platforms cite, in words, and whether each is a loop, by line."""
    cited = {
        (platform.line_code, str(evidence.record_id))
        for station in dataset.stations
        for platform in station.platforms
        for evidence in platform.all_evidence()
        if evidence.document_id == NETWORK_DOCUMENT and evidence.method is Method.TOPOLOGY
    }
    services = {service.service_id: service for service in network.services}
    found: dict[str, dict[str, bool]] = {}
    for line, service_id in sorted(cited):
        service = services.get(service_id)
        text = _describe(service, network, dataset.metadata.as_of) if service else service_id
        found.setdefault(line, {})[text] = service is not None and service.is_loop
    return found


def _describe(service: Service, network: Network, as_of: date) -> str:
    """Return a stopping pattern with its first and last station on a date, e.g. ``ccl-main (CC1 – CC29)``."""
    stops = _open_stops(service, network, as_of)
    if not stops:
        return service.service_id
    shape = "ring " if service.is_loop else ""
    return f"{service.service_id} ({shape}{stops[0]} – {stops[-1]})"


def _open_stops(service: Service, network: Network, as_of: date) -> Sequence[str]:
    entries = (network.find_code(code) for code in service.station_codes)
    return [entry.station_code for entry in entries if entry is not None and entry.is_open(as_of)]


def _has_loop(services: Mapping[str, bool]) -> bool:
    return any(services.values())
