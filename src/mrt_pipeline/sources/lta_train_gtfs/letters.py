"""Find the platform letters of each direction: where trains stop next, matched with the network's own table.

The timetable may use another code for a station than the network's table (``EW4`` for ``CG`` at Tanah
Merah, an old code after a renumbering). So a direction is identified by its line and its two stations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Confidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.extraction.exit_platforms import DirectionKey, SignedLetters, key_of
from mrt_pipeline.network import Direction, Network
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.sources.lta_train_gtfs.parsing import TrainPlatform, TrainSchedule

MIN_SHARE = 0.05
"""of a direction's trains; a platform with a smaller share may serve only a first train"""
Served = Mapping[DirectionKey, Counter[TrainPlatform]]
"""for each direction, the platforms from which its trains leave, with the number of trains"""


def platforms_served(schedule: TrainSchedule, ways: Iterable[Direction], network: Network) -> Served:
    """Return the platforms of every direction; one missing from the network is under the timetable's codes.

    Args:
        schedule: the timetable.
        ways: where trains go on the run's date.
        network: resolves codes.
    """
    known = {_place_of(network, *key_of(way)): key_of(way) for way in ways}
    served: dict[DirectionKey, Counter[TrainPlatform]] = defaultdict(Counter)
    for (here, following), trains in schedule.steps.items():
        platform = schedule.platforms[here]
        direction = _direction_of(platform, schedule.platforms[following], network)
        served[known.get(_place_of(network, *direction), direction)][platform] += trains
    return dict(sorted(served.items()))


def letters_of(served: Served, provenance: Provenance) -> dict[DirectionKey, SignedLetters]:
    """Return the letters of each direction whose platforms all have some: one without may be the usual."""
    return {
        direction: _sign(usual, provenance)
        for direction, trains in served.items()
        if all(platform.letters for platform in trains) and (usual := _usual(trains))
    }


def find_doubts(served: Served, network: Network, document_id: str) -> Iterator[Finding]:
    """Yield the platforms because of which a direction has no letters, or whose own letters are left out."""
    for direction, trains in served.items():
        without = [platform for platform in trains if not platform.letters]
        if 0 < len(without) < len(trains):
            what = "without a letter that can be read, beside others that have one; no letter is used"
            yield _doubt(direction, without, what, network, document_id)
        rare = [platform for platform in trains if platform.letters and platform not in _usual(trains)]
        if rare and not without:
            what = f"from which fewer than {MIN_SHARE:.0%} of the trains leave; their letters are not used"
            yield _doubt(direction, rare, what, network, document_id)


def _usual(trains: Counter[TrainPlatform]) -> list[TrainPlatform]:
    return [platform for platform, number in trains.items() if number >= MIN_SHARE * trains.total()]


def _doubt(
    direction: DirectionKey, platforms: Iterable[TrainPlatform], what: str, network: Network, document_id: str
) -> Finding:
    line, here, following = direction
    names = sorted(platform.stop_id for platform in platforms)
    entry = network.find_current(here)
    return finding_of(
        "platform-letter-doubtful",
        f"{document_id} has {counted(len(names), 'platform')} from {here} to {following} ({line}) {what}: "
        f"{', '.join(names)}. See what the signs say.",
        slug=entry.slug if entry else None,
        record_id=f"{document_id}:{names[0]}",
    )


def _direction_of(platform: TrainPlatform, following: TrainPlatform, network: Network) -> DirectionKey:
    entry = network.find_code(platform.station_code)
    return entry.line_code if entry else "", platform.station_code, following.station_code


def _place_of(network: Network, line_code: str, *codes: str) -> tuple[str, ...]:
    """Return a line and the stations of the codes; an unknown code stands for itself."""
    entries = ((code, network.find_current(code)) for code in codes)
    return line_code, *(entry.slug if entry else code for code, entry in entries)


def _sign(same: Iterable[TrainPlatform], provenance: Provenance) -> SignedLetters:
    letters = {letter for platform in same for letter in platform.letters}
    return SignedLetters(
        codes=tuple(sorted(letters, key=natural_key)),
        confidence=Confidence.HIGH,
        evidence=tuple(map(provenance.cite, sorted(platform.stop_id for platform in same))),
    )
