"""Which letters stand at the platforms of each direction: from where trains stop next to the network's own.

The timetable may call a station by another code than the network's table does (``EW4`` for ``CG`` at Tanah
Merah, an old code after a renumbering). So a direction is found by its line and both stations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mrt_pipeline.contracts.evidence import Confidence, Provenance
from mrt_pipeline.extraction.signed_letters import DirectionKey, SignedLetters, key_of
from mrt_pipeline.network import Direction, Network
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.sources.lta_train_gtfs.parsing import TrainPlatform, TrainSchedule


def letters_of(
    schedule: TrainSchedule, ways: Iterable[Direction], network: Network, provenance: Provenance
) -> dict[DirectionKey, SignedLetters]:
    """Return the letters of every direction; one that the network lacks stands under the timetable's codes.

    Args:
        schedule: the timetable.
        ways: where trains go on the run's day.
        network: what codes mean.
        provenance: the timetable's.
    """
    known = {_place_of(network, *key_of(way)): key_of(way) for way in ways}
    by_direction: dict[DirectionKey, set[TrainPlatform]] = defaultdict(set)
    for here, following in schedule.steps:
        platform = schedule.platforms[here]
        direction = _direction_of(platform, schedule.platforms[following], network)
        if platform.letters:
            by_direction[known.get(_place_of(network, *direction), direction)].add(platform)
    return {direction: _sign(same, provenance) for direction, same in sorted(by_direction.items())}


def _direction_of(platform: TrainPlatform, following: TrainPlatform, network: Network) -> DirectionKey:
    entry = network.find_code(platform.station_code)
    return entry.line_code if entry else "", platform.station_code, following.station_code


def _place_of(network: Network, line_code: str, *codes: str) -> tuple[str, ...]:
    """Return a line and the stations of some codes, a code itself where nobody knows it."""
    entries = ((code, network.find_current(code)) for code in codes)
    return line_code, *(entry.slug if entry else code for code, entry in entries)


def _sign(same: Iterable[TrainPlatform], provenance: Provenance) -> SignedLetters:
    letters = {letter for platform in same for letter in platform.letters}
    return SignedLetters(
        codes=tuple(sorted(letters, key=natural_key)),
        confidence=Confidence.HIGH,
        evidence=tuple(map(provenance.cite, sorted(platform.stop_id for platform in same))),
    )
