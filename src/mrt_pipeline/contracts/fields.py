"""What an exit may be enriched with, said once: the parts that hang on it, and the fields that are counted.

A *part* is an attribute of ``LinkedExit`` that holds records; a *field* is what coverage, losses, gates,
alerts, lineage and the report count, for every exit. A new field is a row of ``FIELDS``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    Landmark,
    LinkedExit,
    Platform,
    PlatformLink,
    Station,
    StepFree,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attribute of an exit that sources fill."""

    name: str
    record_type: type[Published]
    shared_type: type[Published] | None = None
    """records of the station, under the same name, that those of its exits refer to"""
    claimed_as: str
    """what a claim calls one of its values"""
    named_by: str = ""
    """the one attribute that plain formats give of its records, if they give no more"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitField:
    """Something that an exit has a number of, none included."""

    name: str
    """key in counts, gates and configuration"""
    title: str
    """heading of its column"""
    part: str
    """the part that holds it"""
    attribute: str = ""
    """the attribute of the part's records that holds it, if it is not the records themselves"""
    count: Callable[[LinkedExit], int] = lambda _: 0
    """how many values an exit has itself"""
    count_shared: Callable[[Platform], int] | None = None
    """how many values each platform adds that an exit leads to"""
    is_filled: Callable[[LinkedExit], bool] | None = None
    """whether an exit says something, if that is not to have a value"""
    is_covered: bool = True
    """whether the share of exits that have it is measured"""
    usual_share: float = 0
    """default of ``alerting.coverage_min``"""

    def count_in(self, found: LinkedExit, platforms: Mapping[str, Platform]) -> int:
        """Return how many values an exit has.

        Args:
            found: the exit.
            platforms: at least those that it leads to, by id.
        """
        number = self.count(found)
        if self.count_shared is not None:
            number += sum(self.count_shared(platforms[link.platform_id]) for link in found.platforms)
        return number

    def is_filled_in(self, found: LinkedExit, platforms: Mapping[str, Platform]) -> bool:
        """Return whether an exit says something."""
        return self.is_filled(found) if self.is_filled else self.count_in(found, platforms) > 0


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part(name="platforms", record_type=PlatformLink, shared_type=Platform, claimed_as="platform"),
        Part(name="bus_stops", record_type=ExitBusStop, claimed_as="bus_stop"),
        Part(name="access", record_type=ExitAccess, claimed_as="access"),
        Part(name="landmarks", record_type=Landmark, claimed_as="landmark", named_by="name"),
    )
}

FIELDS: dict[str, ExitField] = {
    field.name: field
    for field in (
        ExitField(
            name="platforms",
            title="Platforms",
            part="platforms",
            count=lambda found: len(found.platforms),
            usual_share=0.95,
        ),
        ExitField(
            name="platform_codes",
            title="Platform letters",
            part="platforms",
            attribute="platform_codes",
            count_shared=lambda platform: bool(platform.platform_codes),
            usual_share=0.95,
        ),
        ExitField(
            name="bus_stops",
            title="Bus stops",
            part="bus_stops",
            count=lambda found: len(found.bus_stops),
            usual_share=0.9,
        ),
        ExitField(
            name="bus_services",
            title="Bus services",
            part="bus_stops",
            attribute="services",
            count=lambda found: sum(len(stop.services) for stop in found.bus_stops),
            is_covered=False,
        ),
        ExitField(
            name="access",
            title="Access, any statement",
            part="access",
            count=lambda found: len(found.access.features) if found.access is not None else 0,
            is_filled=lambda found: found.access is not None,
            usual_share=0.15,
        ),
        ExitField(
            name="step_free",
            title="Step-free yes or no",
            part="access",
            attribute="step_free",
            count=lambda found: int(
                found.access is not None and found.access.step_free is not StepFree.UNKNOWN
            ),
            usual_share=0.15,
        ),
        ExitField(
            name="landmarks",
            title="Landmarks",
            part="landmarks",
            count=lambda found: len(found.landmarks),
            usual_share=0.4,
        ),
    )
}

COVERED = tuple(field for field in FIELDS.values() if field.is_covered)
"""the fields whose coverage is measured, in the order in which they are shown"""


def published_parts(found: LinkedExit) -> Iterable[Published]:
    """Yield every record that belongs to an exit, part by part."""
    for name in PARTS:
        held = getattr(found, name)
        if isinstance(held, tuple):
            yield from held
        elif held is not None:
            yield held


def published_values(station: Station) -> Iterable[Published]:
    """Yield every record that belongs to the exits of a station, and those that they share."""
    for part in PARTS.values():
        if part.shared_type is not None:
            yield from getattr(station, part.name)
    for found in station.exits:
        yield from published_parts(found)
