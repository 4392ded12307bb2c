"""What may be known about an exit: its parts, and the fields that are counted.

A *part* is an attribute of ``LinkedExit`` that holds records; a *field* is what coverage, losses, gates,
alerts, lineage and the report count, for every exit. A new field is a row of ``FIELDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.network import (
    EnrichedExit,
    ExitAccess,
    ExitBusStop,
    Landmark,
    LinkedExit,
    Platform,
    PlatformLink,
    Station,
    StepFree,
    index_platforms,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attribute of an exit that sources fill."""

    name: str
    title: str
    """title of its records at all exits"""
    record_type: type[Published]
    key: str = ""
    """the attribute that distinguishes its records at one exit; empty: an exit has at most one"""
    shared_type: type[Published] | None = None
    """type of the station's records, under the same name, that those of its exits refer to"""
    claimed_as: str
    """name of one of its values in a claim"""
    named_by: str = ""
    """the only attribute of its records in plain formats, if they give just one"""
    earlier_name: str = ""
    """name in ``mrt_transit_graph.json``, if different"""
    has_own_form: bool = False
    """whether ``mrt_transit_graph.json`` and the report have special code for it"""
    silence: Mapping[str, object] = field(default_factory=dict)
    """what plain formats write for an exit that no source mentions, if not nothing"""

    @property
    def kinds(self) -> tuple[type[Published], ...]:
        """Return the types of its records: those shared by the station's exits first."""
        return (*([self.shared_type] if self.shared_type else []), self.record_type)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return the names of the values in its records, in order."""
        return tuple(name for name in self.record_type.model_fields if name != "evidence")

    @property
    def is_listed(self) -> bool:
        """Return whether an exit may have several records of its own."""
        return bool(self.key) and self.shared_type is None

    def records(self, found: EnrichedExit) -> tuple[Any, ...]:
        """Return an exit's records of this part."""
        held = getattr(found, self.name)
        return held if isinstance(held, tuple) else () if held is None else (held,)

    def records_or_silence(self, found: EnrichedExit) -> tuple[Any, ...]:
        """Return the records, or ``(None,)`` if an exit lacks its only one: a gap could be taken for a no."""
        return self.records(found) or (() if self.key else (None,))

    def values(self, record: Published | None) -> dict[str, Any]:
        """Return a record's values without their evidence, or the placeholders for a missing record."""
        if record is not None:
            return {name: getattr(record, name) for name in self.attributes}
        fields = self.record_type.model_fields
        nothing = {name: () if fields[name].default == () else None for name in self.attributes}
        return {**nothing, **self.silence}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitField:
    """A kind of value of which an exit has zero or more."""

    name: str
    """key in counts, gates and configuration"""
    title: str
    """heading of its column"""
    part: str
    """the part that holds it"""
    attribute: str = ""
    """attribute of the part's records that holds it, if not the records themselves"""
    count: Callable[[LinkedExit], int] | None = None
    """counts an exit's values, if not one for each record of the part"""
    count_shared: Callable[[Platform], int] | None = None
    """counts a platform's values, if an exit has the values of its platforms"""
    is_filled: Callable[[LinkedExit], bool] | None = None
    """whether an exit counts as filled, if that differs from having a value"""
    is_covered: bool = True
    """whether the share of exits with a value is measured"""
    usual_share: float = 0
    """default of ``alerting.coverage_min``"""

    def count_in(self, found: LinkedExit, platforms: Mapping[str, Platform]) -> int:
        """Return the number of values of an exit.

        Args:
            found: the exit.
            platforms: platforms by id, at least those that the exit leads to.
        """
        if self.count_shared is not None:
            return sum(self.count_shared(platforms[link.platform_id]) for link in found.platforms)
        return self.count(found) if self.count else len(PARTS[self.part].records(found))

    def is_filled_in(self, found: LinkedExit, platforms: Mapping[str, Platform]) -> bool:
        """Return whether an exit counts as filled."""
        return self.is_filled(found) if self.is_filled else self.count_in(found, platforms) > 0


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part(
            name="platforms",
            title="Platforms that an exit leads to",
            record_type=PlatformLink,
            key="platform_id",
            shared_type=Platform,
            claimed_as="platform",
            has_own_form=True,
        ),
        Part(
            name="bus_stops",
            title="Bus stops within reach of an exit",
            record_type=ExitBusStop,
            key="bus_stop_code",
            claimed_as="bus_stop",
            has_own_form=True,
        ),
        Part(
            name="access",
            title="Step-free access of every exit; unknown where no source mentions it",
            record_type=ExitAccess,
            claimed_as="access",
            has_own_form=True,
            silence={"step_free": StepFree.UNKNOWN},
        ),
        Part(
            name="landmarks",
            title="Landmarks of an exit",
            record_type=Landmark,
            key="name",
            claimed_as="landmark",
            named_by="name",
            earlier_name="nearby_landmarks",
        ),
    )
}

PLAIN_PARTS = tuple(part for part in PARTS.values() if not part.has_own_form)

FIELDS: dict[str, ExitField] = {
    field.name: field
    for field in (
        ExitField(name="platforms", title="Platforms", part="platforms", usual_share=0.95),
        ExitField(
            name="platform_codes",
            title="Platform letters",
            part="platforms",
            attribute="platform_codes",
            count_shared=lambda platform: bool(platform.platform_codes),
            usual_share=0.95,
        ),
        ExitField(name="bus_stops", title="Bus stops", part="bus_stops", usual_share=0.9),
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
            title="Access (any information)",
            part="access",
            count=lambda found: len(found.access.features) if found.access is not None else 0,
            is_filled=lambda found: found.access is not None,
            usual_share=0.15,
        ),
        ExitField(
            name="step_free",
            title="Step-free access (yes or no)",
            part="access",
            attribute="step_free",
            count=lambda found: int(
                found.access is not None and found.access.step_free is not StepFree.UNKNOWN
            ),
            usual_share=0.15,
        ),
        ExitField(name="landmarks", title="Landmarks", part="landmarks", usual_share=0.4),
    )
}

COVERED = tuple(field for field in FIELDS.values() if field.is_covered)
"""the fields whose coverage is measured, in display order"""


def title_of(name: str) -> str:
    """Return the title of a field; for one that only another version has, its name."""
    return FIELDS[name].title if name in FIELDS else name


def published_parts(found: EnrichedExit) -> Iterable[Published]:
    """Yield every record of an exit, part by part."""
    for part in PARTS.values():
        yield from part.records(found)


def published_values(station: Station) -> Iterable[Published]:
    """Yield every record of a station's exits, and the records that they share."""
    for part in PARTS.values():
        if part.shared_type is not None:
            yield from getattr(station, part.name)
    for found in station.exits:
        yield from published_parts(found)


THIN = 0.5
"""a field with a smaller share of exits must not look complete"""


class FieldCoverage(Record):
    """How many exits have a value in a field."""

    filled: int = Field(ge=0)
    total: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """``filled`` of ``total``, to four decimals; 0 if there is no exit"""

    @property
    def unknown(self) -> int:
        """Return the number of exits without a value in the field."""
        return self.total - self.filled

    @property
    def is_thin(self) -> bool:
        """Return whether most exits have no value."""
        return self.share < THIN


def measure_coverage(stations: Iterable[Station]) -> dict[str, FieldCoverage]:
    """Return the coverage of each enriched field over all exits of the given stations."""
    listed = list(stations)
    platforms = index_platforms(listed)
    exits = [found for station in listed for found in station.exits]
    return {
        field.name: _measure(sum(field.is_filled_in(found, platforms) for found in exits), len(exits))
        for field in COVERED
    }


def _measure(filled: int, total: int) -> FieldCoverage:
    return FieldCoverage(filled=filled, total=total, share=round(filled / total, 4) if total else 0.0)
