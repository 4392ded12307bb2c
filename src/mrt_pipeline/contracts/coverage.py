"""How much of the dataset is filled: for each enriched field, the share of exits that have it."""

from collections.abc import Callable, Iterable

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.network import Station, StationExit, StepFree


class FieldCoverage(Record):
    """In how many exits a field says something."""

    filled: int = Field(ge=0)
    total: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """``filled`` of ``total``, to four decimals; 0 when there is no exit"""


def measure_coverage(stations: Iterable[Station]) -> dict[str, FieldCoverage]:
    """Return the coverage of each enriched field over all exits of some stations."""
    exits = [found for station in stations for found in station.exits]
    return {name: _measure(sum(map(is_filled, exits)), len(exits)) for name, is_filled in _FIELDS.items()}


def _measure(filled: int, total: int) -> FieldCoverage:
    return FieldCoverage(filled=filled, total=total, share=round(filled / total, 4) if total else 0.0)


def _knows_platform_code(found: StationExit) -> bool:
    return any(platform.platform_code for platform in found.platforms)


def _knows_step_free(found: StationExit) -> bool:
    return found.access is not None and found.access.step_free is not StepFree.UNKNOWN


_FIELDS: dict[str, Callable[[StationExit], bool]] = {
    "platforms": lambda found: bool(found.platforms),
    "platform_codes": _knows_platform_code,
    "bus_stops": lambda found: bool(found.bus_stops),
    "access": lambda found: found.access is not None,
    "step_free": _knows_step_free,
    "landmarks": lambda found: bool(found.landmarks),
}
