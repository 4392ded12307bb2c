"""Limits on what a dataset may lose, and the sentences that report it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.config.settings import GatesSection
from mrt_pipeline.contracts.comparison import LostStation
from mrt_pipeline.contracts.counting import counted, listed, past_verb_of
from mrt_pipeline.contracts.gates import AccessTurn, FieldLoss, LostAnswer, RecordLoss, SilentSource

if TYPE_CHECKING:
    from mrt_pipeline.compare.regressions import Losses

SHOWN = 10
"""how many stations or exits a message names; the full list has them all"""


def find_excesses(losses: Losses, limits: GatesSection) -> Iterator[str]:
    """Yield a sentence for each limit that is exceeded, naming what was lost."""
    if (number := len(losses.stations)) > (allowed := limits.max_stations_lost):
        names, gone = listed(map(_name_station, losses.stations), SHOWN), f"{past_verb_of(number)} lost"
        yield f"{counted(number, 'station')} {gone} (gates.max_stations_lost allows {allowed}): {names}."
    if (number := len(losses.exits)) > (allowed := limits.max_exits_lost):
        names = listed((found.exit_id for found in losses.exits), SHOWN)
        gone = f"of other stations {past_verb_of(number)} lost"
        yield f"{counted(number, 'exit')} {gone} (gates.max_exits_lost allows {allowed}): {names}."
    for field in losses.fields:
        if field.lost / field.old > limits.max_enriched_lost_share:
            yield _describe_field(field, limits.max_enriched_lost_share)
    if len(losses.turns) > limits.max_access_turned:
        yield f"{summarise_turns(losses.turns)}; gates.max_access_turned allows {limits.max_access_turned}."
    for source in losses.sources:
        if (source.old - source.new) / source.old > limits.max_records_lost_share:
            yield _describe_source(source, limits.max_records_lost_share)


def describe_silences(silences: Sequence[SilentSource], run: str, full_list: str) -> Iterator[str]:
    """Yield a sentence for each station, or for each source that is silent about very many."""
    by_source: dict[str, list[SilentSource]] = {}
    for silence in silences:
        by_source.setdefault(silence.source_id, []).append(silence)
    for source_id, silent in by_source.items():
        if len(silent) > SHOWN:
            names = listed((silence.name for silence in silent), SHOWN)
            yield (
                f"{len(silent)} stations lost all values from {source_id} since {run}: {names}. "
                f"Full list: {full_list}."
            )
            continue
        for silence in silent:
            number = silence.values
            values = "its only value" if number == 1 else f"all {number} values"
            yield (
                f"{silence.name}: lost {values} from {source_id} since {run}. "
                f"Check this station in {', '.join(silence.documents)}."
            )


def summarise_turns(turns: Sequence[AccessTurn]) -> str:
    """Return how many exits' access is reversed, in which ways, and at which exits."""
    ways = Counter(
        way
        for turn in turns
        for way in (
            *([f"step_free {turn.old.value} to {turn.new.value}"] if turn.old and turn.new else []),
            *(f"{feature.value} new" for feature in turn.gained),
            *(f"{feature.value} no longer listed" for feature in turn.lost),
        )
    )
    numbers = ", ".join(f"{way}: {number}" for way, number in ways.items())
    exits = listed((turn.exit_id for turn in turns), SHOWN)
    return f"Step-free access changed at {counted(len(turns), 'exit')} ({numbers}): {exits}"


def summarise_lost_answers(lost: Sequence[LostAnswer]) -> str:
    """Return for how many exits step-free access is no longer known, and which ones."""
    numbers = ", ".join(f"{old.value}: {number}" for old, number in Counter(it.old for it in lost).items())
    exits = listed((it.exit_id for it in lost), SHOWN)
    return f"step_free was known for {counted(len(lost), 'exit')} ({numbers}) and is now unknown: {exits}"


def _describe_field(field: FieldLoss, allowed: float) -> str:
    values = counted(field.old, "value")
    some = f"{field.lost:,} of {values} ({field.share:.1%}) {past_verb_of(field.lost)}"
    gone = f"all {values} were" if field.lost == field.old > 1 else some
    return (
        f"{field.field}: {gone} lost (gates.max_enriched_lost_share allows {allowed:.1%}), "
        f"at {listed(field.exits, SHOWN)}."
    )


def _describe_source(source: RecordLoss, allowed: float) -> str:
    now = counted(source.new, "record") if source.new else "no records"
    return (
        f"{source.source_id} has {now}; the earlier dataset has {source.old:,} ({source.share:.1%} lost; "
        f"gates.max_records_lost_share allows {allowed:.1%})."
    )


def _name_station(station: LostStation) -> str:
    return f"{station.name} ({', '.join(station.codes)}, {counted(len(station.exits), 'exit')})"
