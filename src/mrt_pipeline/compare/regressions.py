"""What a newer dataset has no more: stations, exits, and values that hung on exits.

A renumbered or renamed station is the same station, a relabelled exit the same exit, and a value that another
one took the place of is a change: values are counted for each exit, and only having fewer counts as a loss.
The one value whose change is watched too is step-free access (``turns``), and each answer lost is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mrt_pipeline.compare.matching import Pair, match_exits
from mrt_pipeline.compare.turns import find_lost_answers, find_turns
from mrt_pipeline.contracts.fields import FIELDS, ExitField
from mrt_pipeline.contracts.gates import AccessTurn, FieldLoss, LostAnswer, LostExit, LostStation, RecordLoss
from mrt_pipeline.contracts.network import Platform, StationExit, index_platforms
from mrt_pipeline.contracts.outputs import Stage3Output

ExitPair = tuple[StationExit, StationExit]


@dataclass(frozen=True, slots=True)
class Losses:
    """Everything that is gone, in the older dataset's order."""

    stations: tuple[LostStation, ...]
    exits: tuple[LostExit, ...]
    fields: tuple[FieldLoss, ...]
    """only fields of which something is gone"""
    turns: tuple[AccessTurn, ...] = ()
    """exits whose step-free access is told otherwise"""
    lost_answers: tuple[LostAnswer, ...] = ()
    """exits of which it is not known any more whether they are step-free"""
    sources: tuple[RecordLoss, ...] = ()
    """only sources that have fewer records"""


def find_losses(old: Stage3Output, new: Stage3Output) -> Losses:
    """Return what is gone from an older dataset to a newer one, everything told once."""
    pairs = list(_pair_stations(old, new))
    exits: list[LostExit] = []
    kept: list[ExitPair] = []
    slugs: list[str] = []
    for pair in pairs:
        for then, now in _pair_exits(pair):
            if then is not None and now is not None:
                kept.append((then, now))
                slugs.append(pair.new.slug)
            elif then is not None:
                exits.append(_lost_exit(pair.old.slug, then))
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


def _pair_exits(pair: Pair) -> Iterable[tuple[StationExit | None, StationExit | None]]:
    return zip(pair.old.exits, pair.new.exits, strict=True) if pair.old == pair.new else match_exits(pair)


def _lost_stations(old: Stage3Output, new: Stage3Output) -> Iterator[LostStation]:
    there = {station.slug for station in new.stations}
    for station in old.stations:
        if station.slug not in there:
            yield LostStation(
                slug=station.slug,
                name=station.name,
                codes=station.mrt_codes,
                exits=tuple(found.exit_id for found in station.exits),
            )


def _record_losses(old: Stage3Output, new: Stage3Output) -> Iterator[RecordLoss]:
    """Yield each source whose documents hold fewer records, by its id."""
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


def _lost_exit(slug: str, found: StationExit) -> LostExit:
    return LostExit(
        exit_id=found.exit_id, slug=slug, exit_code=found.exit_code, station_code=found.station_code
    )


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
