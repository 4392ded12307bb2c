"""What may be said of an exit, as one table: what each field is called, where it is, and how it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mrt_pipeline.contracts.network import StationExit, StepFree


@dataclass(frozen=True, slots=True)
class ExitField:
    """A field of an exit under the name that coverage, losses, gates and ``explain`` call it by."""

    name: str
    part: str
    """the exit's own field that holds it"""
    attribute: str | None
    """field of the records in there; none: the records themselves"""
    count: Callable[[StationExit], int]
    """how many values an exit has"""
    is_filled: Callable[[StationExit], bool] | None = None
    """whether it says something, where that is not having a value"""
    is_covered: bool = True
    """whether its share of exits is measured"""

    def says_something(self, found: StationExit) -> bool:
        """Return whether an exit has it."""
        return bool(self.count(found)) if self.is_filled is None else self.is_filled(found)


def _count_letters(found: StationExit) -> int:
    return sum(bool(platform.platform_code) for platform in found.platforms)


def _count_services(found: StationExit) -> int:
    return sum(len(stop.services) for stop in found.bus_stops)


def _count_features(found: StationExit) -> int:
    return len(found.access.features) if found.access is not None else 0


def _knows_step_free(found: StationExit) -> int:
    return int(found.access is not None and found.access.step_free is not StepFree.UNKNOWN)


def _has_access(found: StationExit) -> bool:
    return found.access is not None


EXIT_FIELDS = (
    ExitField("platforms", "platforms", None, lambda found: len(found.platforms)),
    ExitField("platform_codes", "platforms", "platform_code", _count_letters),
    ExitField("bus_stops", "bus_stops", None, lambda found: len(found.bus_stops)),
    ExitField("bus_services", "bus_stops", "services", _count_services, is_covered=False),
    ExitField("access", "access", None, _count_features, is_filled=_has_access),
    ExitField("step_free", "access", "step_free", _knows_step_free),
    ExitField("landmarks", "landmarks", None, lambda found: len(found.landmarks)),
)
"""every field of an exit that stage 2 may fill, in the order in which they are shown"""

ENRICHED_PARTS = tuple(dict.fromkeys(field.part for field in EXIT_FIELDS))
"""the exit's own fields that stage 2 may fill, and that may be empty"""
