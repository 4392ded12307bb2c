"""Losses in a newer dataset: stations, exits, and values of exits.

A renumbered or renamed station is the same station, a relabelled exit the same exit, and a replaced value is
a change: values are counted for each exit, and only having fewer counts as a loss. The one value whose change
matters too is step-free access (``access_turns``), and each lost answer is reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mrt_pipeline.compare.access_turns import find_lost_answers, find_turns
from mrt_pipeline.compare.matching import Pair, describe_station, match_exits, presence_of, stations_without
from mrt_pipeline.contracts.comparison import ExitPresence, LostStation
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import FIELDS, ExitField, published_values
from mrt_pipeline.contracts.gates import (
    AccessTurn,
    FieldLoss,
    LostAnswer,
    RecordLoss,
    SilentSource,
)
from mrt_pipeline.contracts.network import Platform, Station, StationExit, index_platforms
from mrt_pipeline.contracts.outputs import Stage3Output

ExitPair = tuple[StationExit, StationExit]


@dataclass(frozen=True, slots=True)
class Losses:
    """Everything that was lost, in the older dataset's order."""

    stations: tuple[LostStation, ...]
    exits: tuple[ExitPresence, ...]
    fields: tuple[FieldLoss, ...]
    """only fields with losses"""
    turns: tuple[AccessTurn, ...] = ()
    """exits whose step-free access is reversed"""
    lost_answers: tuple[LostAnswer, ...] = ()
    """exits for which step-free access is no longer known"""
    sources: tuple[RecordLoss, ...] = ()
    """only sources with fewer records"""


def find_losses(old: Stage3Output, new: Stage3Output) -> Losses:
    """Return the losses from an older dataset to a newer one, each once."""
    pairs = list(_pair_stations(old, new))
    exits: list[ExitPresence] = []
    kept: list[ExitPair] = []
    slugs: list[str] = []
    for pair in pairs:
        is_same = pair.old == pair.new
        for then, now in zip(pair.old.exits, pair.new.exits, strict=True) if is_same else match_exits(pair):
            if then is not None and now is not None:
                kept.append((then, now))
                slugs.append(pair.new.slug)
            elif then is not None:
                exits.append(presence_of(pair.old.slug, then))
    platforms = index_platforms(old.stations), index_platforms(new.stations)
    measured = (_measure(field, kept, platforms) for field in FIELDS.values())
    named = [(slug, *found) for slug, found in zip(slugs, kept, strict=True)]
    return Losses(
        stations=tuple(_lost_stations(old, new)),
        exits=tuple(exits),
        fields=tuple(field for field in measured if field.lost),
        turns=tuple(find_turns(old, new, named)),
        lost_answers=tuple(find_lost_answers(old, named)),
        sources=tuple(_record_losses(old, new)),
    )


def _pair_stations(old: Stage3Output, new: Stage3Output) -> Iterator[Pair]:
    after = {station.slug: station for station in new.stations}
    return (Pair(then, after[then.slug]) for then in old.stations if then.slug in after)


def _lost_stations(old: Stage3Output, new: Stage3Output) -> Iterator[LostStation]:
    for station in stations_without(old.stations, new.stations):
        yield LostStation(**describe_station(station))


def _record_losses(old: Stage3Output, new: Stage3Output) -> Iterator[RecordLoss]:
    """Yield each source whose documents hold fewer records, by source id."""
    then, now = _count_records(old), _count_records(new)
    for source_id, number in sorted(then.items()):
        if (left := now[source_id]) < number:
            share = round((number - left) / number, 4)
            yield RecordLoss(source_id=source_id, old=number, new=left, share=share)


def _count_records(dataset: Stage3Output) -> Counter[str]:
    counted: Counter[str] = Counter()
    for document in dataset.provenance.values():
        counted[document.source_id] += document.records
    return counted


def _measure(
    field: ExitField, pairs: Iterable[ExitPair], platforms: tuple[dict[str, Platform], dict[str, Platform]]
) -> FieldLoss:
    old = lost = 0
    exits = []
    for then, now in pairs:
        before, after = (field.count_in(*side) for side in zip((then, now), platforms, strict=True))
        old += before
        if (gone := before - after) > 0:
            lost += gone
            exits.append(then.exit_id)
    share = round(lost / old, 4) if old else 0.0
    return FieldLoss(field=field.name, old=old, lost=lost, share=share, exits=tuple(exits))


def find_silences(old: Stage3Output, new: Stage3Output) -> tuple[SilentSource, ...]:
    """Return each station and source of an older dataset for which a newer one has no value left.

    A page that was blanked, deleted, moved or turned into a redirect is not a failure, and a limit on the
    total of lost values does not notice a single station. So each one is reported by name.

    Returns:
        one record per source and station that both datasets have, in the older dataset's order.
    """
    return tuple(_silences(old, new))


def _silences(old: Stage3Output, new: Stage3Output) -> Iterator[SilentSource]:
    for pair in _pair_stations(old, new):
        if pair.old == pair.new:
            continue
        left = _count_values(pair.new, new.provenance)
        for source_id, cited in _count_values(pair.old, old.provenance).items():
            if source_id not in left:
                yield SilentSource(
                    slug=pair.old.slug,
                    name=pair.old.name,
                    source_id=source_id,
                    values=sum(cited.values()),
                    documents=tuple(sorted({_name(old.provenance[name]) for name in cited})),
                )


def _count_values(station: Station, provenance: Mapping[str, Provenance]) -> dict[str, dict[str, int]]:
    """Return how many values of a station's exits and platforms cite each document, by source."""
    counts: dict[str, dict[str, int]] = {}
    for value in published_values(station):
        cited = {evidence.document_id for evidence in value.all_evidence()}
        for document_id in sorted(cited & provenance.keys()):
            of_source = counts.setdefault(provenance[document_id].source_id, {})
            of_source[document_id] = of_source.get(document_id, 0) + 1
    return counts


def _name(document: Provenance) -> str:
    revision = f", revision {document.revision}" if document.revision else ""
    return f"“{document.title}”{revision}"
