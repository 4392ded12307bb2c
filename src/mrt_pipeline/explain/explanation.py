"""Explain why a value is published: the whole way from a source's record or words to the dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from functools import cache

from mrt_pipeline.compare.values import RECORD_TYPES, name_item
from mrt_pipeline.config.registry import sources_filling
from mrt_pipeline.contracts.evidence import Published, weaker
from mrt_pipeline.contracts.explanation import ExplainedValue, Explanation, SilentField
from mrt_pipeline.contracts.fields import FIELDS, PARTS
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import (
    ExitBusStop,
    Platform,
    PlatformLink,
    Station,
    StationCode,
    StationExit,
    TrainTimes,
    index_platforms,
    join_platforms,
)
from mrt_pipeline.contracts.outputs import RejectedClaim, Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.explain.reasons import Reasons
from mrt_pipeline.explain.stations import choose_exits
from mrt_pipeline.extraction.exit_platforms import cite_link

Part = tuple[str, str | None]
"""a field of a station or exit, and the field of its records; None: all of them"""

COMPUTED: dict[tuple[type[Published], str], str] = {
    (Station, "station_id"): "its code on the first of its lines, in the order of the network table",
    (Station, "slug"): "the key of the place in the network table, which never changes",
    (Station, "wiki_title"): "built from the name and the modes of its lines",
    (Station, "status"): "follows from the opening dates of its codes and the day described",
    (StationCode, "station_code"): "the key of this record",
    (StationExit, "exit_id"): "built from slug, line and exit label",
    (Platform, "platform_id"): "built from slug, line, and code of the next station",
    (Platform, "station_code"): "part of this platform's key: its station",
    (Platform, "line_code"): "part of this platform's key: its line",
    (ExitBusStop, "bus_stop_code"): "the key of this bus stop",
    **dict.fromkeys(
        [(TrainTimes, name) for name in ("platform_id", "service", "days")], "part of the key of this record"
    ),
    (TrainTimes, "is_last_next_day"): "true if the last train leaves after midnight",
}
"""for fields that name a record or are computed from others, how"""

CONFIDENCE = "set by a fixed rule, from which sources gave the value and how many agree (no language model)"
OF_BOTH = (
    "the lower of two: the platform's own confidence, set from which sources gave it and how many agree, "
    "and the confidence that this exit leads to it, which is high only in the same building"
)

CONCLUDED: dict[tuple[type[Published], str], str] = {
    (PlatformLink, "platform_id"): "names the platform that the exit leads to",
    (PlatformLink, "confidence"): "high if the platform is in the exit's building, otherwise medium",
    (PlatformLink, "is_same_building"): (
        "true if the exit and the platform are in the same building: they have the same station_code, or "
        "both codes have the same position and the platform's code has no exits of its own"
    ),
}
"""for fields that are concluded from what they cite, how"""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts that only the run's folder has; empty for a separate dataset."""

    rejected: Mapping[str, tuple[RejectedClaim, ...]] = default(default_factory=dict)
    """slug to the claims that were not published"""
    passed_over: Mapping[str, str] = default(default_factory=dict)
    """configured source to the reason why it was not used"""
    model: str | None = None
    """the language model used"""


def explain(
    dataset: Stage3Output,
    station: Station,
    *,
    exit_label: str | None = None,
    field_name: str | None = None,
    facts: RunFacts | None = None,
) -> Explanation:
    """Return why a station, its exits with one label, or one of their fields are published as they are.

    Args:
        dataset: dataset with the station.
        station: one of its stations, in operation or in the future.
        exit_label: a label or ``exit_id``; None: the station and all its exits.
        field_name: a field by any name that ``find_parts`` knows; None: all.
        facts: further facts from the run's folder.

    Raises:
        UsageError: if there is no such exit or field.
    """
    facts = facts or RunFacts()
    parts = None if field_name is None else find_parts(field_name)
    exits = station.exits if exit_label is None else choose_exits(station, exit_label)
    reasons = Reasons(dataset.provenance, facts.model)
    of_station = _explain_record(station, None, reasons) if exit_label is None else ()
    of_exits = (
        value
        for found in exits
        for value in _explain_exit(found, station, reasons, is_alone=exit_label is not None)
    )
    values = [value for value in (*of_station, *of_exits) if parts is None or _is_asked(value, parts)]
    chosen = {found.exit_id for found in exits} if exit_label else None
    return Explanation(
        station_id=station.station_id,
        slug=station.slug,
        name=station.name,
        as_of=dataset.metadata.as_of,
        exit_id=exits[0].exit_id if exit_label and len(exits) == 1 else None,
        field=field_name,
        values=tuple(values),
        silent=tuple(_silences(station, exits, parts, facts)),
        findings=tuple(_findings_about(dataset.findings, station, chosen, field_name, values)),
        rejected=tuple(
            _rejected_about(facts.rejected.get(station.slug, ()), exits if exit_label else None, parts)
        ),
    )


def field_names() -> tuple[str, ...]:
    """Return every field that can be requested by one word."""
    return tuple(_names())


def find_parts(name: str) -> tuple[Part, ...]:
    """Return the fields that a name denotes: names are those of the dataset, coverage, gates and claims.

    Args:
        name: a field of the station or of exits (``bus_stops``), one of its attributes with it
            (``bus_stops.services``) or alone (``services``), or a name of ``FIELDS`` (``step_free``).

    Raises:
        UsageError: if there is no such field.
    """
    field, dot, attribute = name.partition(".")
    if not dot and name in _names():
        return _names()[name]
    known = field_names()
    if dot and field in known:
        known = tuple(f"{field}.{item}" for item in _attributes_of(field))
    if name not in known:
        raise UsageError(f"Unknown field {name!r}; expected one of {', '.join(known) or field}.")
    return ((field, attribute),)


@cache
def _names() -> dict[str, tuple[Part, ...]]:
    """Return what each word denotes; if it has several meanings, the broadest."""
    own = dict.fromkeys((*Station.model_fields, *StationExit.model_fields))
    names: dict[str, tuple[Part, ...]] = {
        name: ((name, None),) for name in own if name not in ("evidence", "exits")
    }
    for field in FIELDS.values():
        names.setdefault(field.name, ((field.part, field.attribute or None),))
    for held in PARTS.values():
        names.setdefault(held.claimed_as, ((held.name, None),))
    attributes = dict.fromkeys(attribute for part in RECORD_TYPES for attribute in _attributes_of(part))
    for attribute in attributes:
        holders = tuple((part, attribute) for part in RECORD_TYPES if attribute in _attributes_of(part))
        names.setdefault(attribute, holders)
    return names


def _explain_record(
    record: Published, exit_id: str | None, reasons: Reasons, part: str | None = None
) -> Iterator[ExplainedValue]:
    """Yield every filled field of a record and of the records in it; exits are explained separately."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        is_explained_elsewhere = name == "exits" or (name == "platforms" and isinstance(record, StationExit))
        if name == "evidence" or is_explained_elsewhere or value is None or value == ():
            continue
        inner = value if isinstance(value, tuple) else (value,)
        if isinstance(inner[0], Published):
            for item in inner:
                yield from _explain_record(item, exit_id, reasons, part=name)
        else:
            yield _explain_field(record, name, exit_id, reasons, part)


def _explain_field(
    record: Published, name: str, exit_id: str | None, reasons: Reasons, part: str | None
) -> ExplainedValue:
    evidence = record.evidence_for(name) or record.all_evidence()
    return ExplainedValue(
        exit_id=exit_id,
        field=part or name,
        item=name_item(record) if part else None,
        attribute=name if part else None,
        value=getattr(record, name),
        confidence=getattr(record, "confidence", None),
        rule=_rule_of(record, name),
        reasons=tuple(map(reasons.of, evidence)),
    )


def _rule_of(record: Published, name: str) -> str | None:
    key = type(record), name
    return COMPUTED.get(key) or CONCLUDED.get(key) or (CONFIDENCE if name == "confidence" else None)


def _explain_exit(
    found: StationExit, station: Station, reasons: Reasons, *, is_alone: bool
) -> Iterator[ExplainedValue]:
    """Yield every filled field of an exit; if it is explained alone, also of the platforms it leads to."""
    own = list(_explain_record(found, found.exit_id, reasons))
    yield from (value for value in own if value.field not in PARTS)
    for led in join_platforms(found, index_platforms([station])):
        if is_alone:
            of_platform = _explain_record(led[1], found.exit_id, reasons, part="platforms")
            yield from (value for value in of_platform if value.attribute != "confidence")
        yield from _explain_way(found, *led, reasons, is_alone=is_alone)
    yield from (value for value in own if value.field in PARTS)


def _explain_way(
    found: StationExit, link: PlatformLink, platform: Platform, reasons: Reasons, *, is_alone: bool
) -> Iterator[ExplainedValue]:
    """Yield the values of the way from an exit to a platform; if alone, with the platform's confidence."""
    for name in ("is_same_building", "confidence") if is_alone else PlatformLink.model_fields:
        if name == "evidence":
            continue
        value, rule = getattr(link, name), _rule_of(link, name)
        cited = cite_link(link, platform, found, name)
        if is_alone and name == "confidence":
            value, rule = weaker(link.confidence, platform.confidence), OF_BOTH
            cited = tuple(dict.fromkeys((*platform.all_evidence(), *cited)))
        yield ExplainedValue(
            exit_id=found.exit_id,
            field="platforms",
            item=name_item(platform),
            attribute=name,
            value=value,
            confidence=link.confidence,
            rule=rule,
            reasons=reasons.of_all(cited),
        )


def _attributes_of(name: str) -> tuple[str, ...]:
    """Return the fields of the records in a field."""
    fields = (attribute for kind in RECORD_TYPES.get(name, ()) for attribute in kind.model_fields)
    return tuple(dict.fromkeys(attribute for attribute in fields if attribute != "evidence"))


def _is_asked(value: ExplainedValue, parts: tuple[Part, ...]) -> bool:
    return any(value.field == part and attribute in (None, value.attribute) for part, attribute in parts)


def _silences(
    station: Station, exits: Iterable[StationExit], parts: tuple[Part, ...] | None, facts: RunFacts
) -> Iterator[SilentField]:
    """Yield the requested enriched fields of the exits that have no value."""
    asked = tuple((part, None) for part in PARTS) if parts is None else parts
    for found in exits:
        for part, attribute in asked:
            if part in PARTS and not _says_something(found, station, part, attribute):
                name = part if attribute is None else f"{part}.{attribute}"
                yield SilentField(exit_id=found.exit_id, field=name, why=_why_silent(part, facts))


def _says_something(found: StationExit, station: Station, part: str, attribute: str | None) -> bool:
    records = PARTS[part].records(found)
    if PARTS[part].shared_type is not None:
        records = (*records, *(shared for _, shared in join_platforms(found, index_platforms([station]))))
    return any(attribute is None or getattr(record, attribute, ()) not in (None, ()) for record in records)


def _why_silent(name: str, facts: RunFacts) -> str:
    skipped = [
        f"{source} was skipped ({facts.passed_over[source]})"
        for source in sources_filling(name)
        if source in facts.passed_over
    ]
    return "; ".join(["no source that was read gave a usable value", *skipped])


def _findings_about(
    findings: Iterable[Finding],
    station: Station,
    chosen: set[str] | None,
    field_name: str | None,
    values: Iterable[ExplainedValue],
) -> Iterator[Finding]:
    """Yield the findings about what was requested; for a field, those about the records it cites."""
    cited = {f"{reason.document_id}:{reason.record_id}" for value in values for reason in value.reasons}
    for finding in findings:
        if finding.slug != station.slug:
            continue
        is_of_exit = chosen is None or finding.exit_id in chosen or _is_of_all_exits(finding)
        is_of_field = field_name is None or finding.record_id is None
        if (is_of_exit and is_of_field) or finding.record_id in cited:
            yield finding


def _is_of_all_exits(finding: Finding) -> bool:
    """Return whether a finding is about something that a station's exits share, such as its platforms."""
    part = PARTS.get((finding.field or "").partition(".")[0])
    return finding.exit_id is None and part is not None and part.shared_type is not None


def _rejected_about(
    rejected: Iterable[RejectedClaim], exits: Iterable[StationExit] | None, parts: tuple[Part, ...] | None
) -> Iterator[RejectedClaim]:
    """Yield the rejected claims about what was requested; one that names no exit may be about any."""
    labels = None if exits is None else {found.exit_code for found in exits}
    wanted = None if parts is None else {part for part, _ in parts}
    for claim in rejected:
        is_of_exit = labels is None or claim.exit_label is None or claim.exit_label in labels
        if is_of_exit and (wanted is None or _part_of(claim) in wanted):
            yield claim


def _part_of(claim: RejectedClaim) -> str:
    """Return the dataset's name for the part that a claim is about."""
    return next((part.name for part in PARTS.values() if part.claimed_as == claim.field), claim.field)
