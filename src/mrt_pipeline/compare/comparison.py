"""The changes from one dataset to another, as one pure function.

The network comes first: stations, codes, exits. Consequences are reported with their cause: the exits of a
station that opened with the station, the new code of an exit with the renumbering, the directions of
platforms with their line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mrt_pipeline.compare.matching import (
    Pair,
    Replacement,
    codes_without,
    describe_station,
    distance_m,
    find_replacements,
    match_exits,
    presence_of,
    stations_without,
)
from mrt_pipeline.compare.service_changes import Rerouting
from mrt_pipeline.compare.values import Scope, compare_exit_values, compare_station_values
from mrt_pipeline.contracts.comparison import (
    CodeChange,
    Comparison,
    CoverageChange,
    DocumentChange,
    ExitMove,
    ExitRelabelling,
    FindingChange,
    FutureStation,
    Renaming,
    Renumbering,
    Side,
    StationMove,
    StationPresence,
    ValueChange,
)
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit, index_platforms, join_platforms
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import Network, load_network


def compare_datasets(old: Stage3Output, new: Stage3Output, network: Network | None = None) -> Comparison:
    """Return the differences between an older and a newer dataset.

    Args:
        old: the older dataset.
        new: the newer dataset.
        network: network with replaced codes and services; default: the package's own.
    """
    return _Comparing(old, new, network or load_network()).compare()


class _Comparing:
    """Compares two datasets side by side."""

    def __init__(self, old: Stage3Output, new: Stage3Output, network: Network) -> None:
        self._old = old
        self._new = new
        self._network = network
        before = {station.slug: station for station in old.stations}
        self._pairs = [
            Pair(before[station.slug], station)
            for station in new.stations
            if station.slug in before and before[station.slug] != station
        ]
        self._replacements = [found for pair in self._pairs for found in find_replacements(pair, network)]
        self._successors = {found.old_code: found.new_code for found in self._replacements}
        self._rerouting = Rerouting(self._successors)
        self._facts: dict[str, list[Any]] = {}

    def compare(self) -> Comparison:
        """Return all differences."""
        for pair in self._pairs:
            self._rerouting.watch(pair)
        for pair in self._pairs:
            self._compare_station(pair)
        opened = tuple(_only_in(self._new, self._old))
        closed = tuple(_only_in(self._old, self._new))
        return Comparison(
            old=_side(self._old),
            new=_side(self._new),
            stations_opened=opened,
            stations_closed=closed,
            renumberings=tuple(map(_renumbering, self._replacements)),
            lines_changed=tuple(self._rerouting.changes(self._old, self._new, self._network)),
            future_added=tuple(_future_only_in(self._new, self._old)),
            future_removed=tuple(_future_only_in(self._old, self._new)),
            coverage=tuple(_compare_coverage(self._old, self._new)),
            findings=tuple(compare_findings(self._old, self._new)),
            documents=tuple(_compare_documents(self._old.provenance, self._new.provenance)),
            **{name: tuple(facts) for name, facts in self._facts.items()},
        )

    def _note(self, name: str, *facts: Any) -> None:
        self._facts.setdefault(name, []).extend(facts)

    def _compare_station(self, pair: Pair) -> None:
        old, new = pair.old, pair.new
        if old.name != new.name:
            self._note("stations_renamed", Renaming(slug=new.slug, old_name=old.name, new_name=new.name))
        if moved_m := round(distance_m(old, new), 1):
            self._note("stations_moved", StationMove(slug=new.slug, name=new.name, moved_m=moved_m))
        replaced = self._successors.keys() | self._successors.values()
        for name, one, other in (("codes_removed", old, new), ("codes_added", new, old)):
            self._note(name, *_code_changes(one, other, replaced))
        platforms = self._rerouting.match_platforms(pair)
        self._note("values_changed", *compare_station_values(pair, platforms))
        for then, now in match_exits(pair):
            self._compare_exit(pair, then, now)

    def _compare_exit(self, pair: Pair, old: StationExit | None, new: StationExit | None) -> None:
        slug = pair.new.slug
        if old is not None and new is not None:
            self._note_place(slug, old, new)
            self._note("values_changed", *self._compare_values(pair, old, new))
        elif new is not None:
            self._note("exits_added", presence_of(slug, new))
        elif old is not None:
            self._note("exits_removed", presence_of(slug, old))

    def _note_place(self, slug: str, old: StationExit, new: StationExit) -> None:
        """Record that an exit has another label or position."""
        moved_m = round(distance_m(old, new), 1)
        building = self._successors.get(old.station_code, old.station_code)
        if (old.exit_id, old.exit_code, building) != (new.exit_id, new.exit_code, new.station_code):
            self._note("exits_relabelled", _relabelling(slug, old, new, moved_m))
        elif moved_m:
            self._note("exits_moved", ExitMove(slug=slug, exit_id=new.exit_id, moved_m=moved_m))

    def _compare_values(self, pair: Pair, old: StationExit, new: StationExit) -> Iterator[ValueChange]:
        linked = (
            list(join_platforms(found, index_platforms([station])))
            for station, found in ((pair.old, old), (pair.new, new))
        )
        platforms = self._rerouting.match_linked(pair.new.slug, *linked)
        yield from compare_exit_values(Scope(pair.new.slug, new.exit_id), old, new, platforms)


def _side(dataset: Stage3Output) -> Side:
    return Side(
        as_of=dataset.metadata.as_of,
        generated_at=dataset.metadata.generated_at,
        stations=len(dataset.stations),
        exits=sum(len(station.exits) for station in dataset.stations),
    )


def _only_in(dataset: Stage3Output, other: Stage3Output) -> Iterator[StationPresence]:
    to_come = {station.slug for station in other.future_stations}
    for station in stations_without(dataset.stations, other.stations):
        yield StationPresence(**describe_station(station), is_future_in_other=station.slug in to_come)


def _future_only_in(dataset: Stage3Output, other: Stage3Output) -> Iterator[FutureStation]:
    """Yield the future stations that the other dataset has neither as future ones nor in operation."""
    known = (*other.stations, *other.future_stations)
    for station in stations_without(dataset.future_stations, known):
        yield FutureStation(slug=station.slug, name=station.name, codes=station.mrt_codes)


def _renumbering(found: Replacement) -> Renumbering:
    station = found.pair.new
    return Renumbering(
        slug=station.slug,
        name=station.name,
        line_code=found.line_code,
        old_code=found.old_code,
        new_code=found.new_code,
        exits=tuple(item.exit_id for item in station.exits if item.station_code == found.new_code),
    )


def _code_changes(station: Station, other: Station, replaced: Iterable[str]) -> Iterator[CodeChange]:
    known = set(replaced)
    for code, line in codes_without(station, other).items():
        if code not in known:
            yield CodeChange(slug=station.slug, name=station.name, line_code=line, station_code=code)


def _relabelling(slug: str, old: StationExit, new: StationExit, moved_m: float) -> ExitRelabelling:
    names = ("exit_id", "exit_code", "station_code")
    sides = {
        f"{side}_{name}": getattr(it, name) for side, it in (("old", old), ("new", new)) for name in names
    }
    return ExitRelabelling(slug=slug, moved_m=moved_m, **sides)


def _compare_coverage(old: Stage3Output, new: Stage3Output) -> Iterator[CoverageChange]:
    before, after = measure_coverage(old.stations), measure_coverage(new.stations)
    for field, measured in after.items():
        if before[field] != measured:
            yield CoverageChange(field=field, old=before[field], new=measured)


def _compare_documents(old: dict[str, Provenance], new: dict[str, Provenance]) -> Iterator[DocumentChange]:
    for document_id in sorted(old.keys() | new.keys()):
        then, now = old.get(document_id), new.get(document_id)
        if then is None or now is None or _content(then) != _content(now):
            yield DocumentChange(document_id=document_id, old=then, new=now)


def _content(document: Provenance) -> Sequence[str | None]:
    return document.sha256, document.revision, document.licence


COUNTED_ELSEWHERE = frozenset({"field-coverage"})
"""checks whose findings repeat figures that are compared separately"""

Subject = tuple[str | None, ...]


def compare_findings(old: Stage3Output, new: Stage3Output) -> Iterator[FindingChange]:
    """Yield the findings that differ, in the order of the newer dataset, resolved ones last.

    Findings are new or resolved by their subjects: two on the same subject are one finding, and different
    words only mean that it was reworded. Some words contain the date that a dataset describes, which is not a
    difference.
    """
    before, after = _by_message(old), _by_message(new)
    gone: dict[Subject, list[Finding]] = defaultdict(list)
    for key, finding in before.items():
        if key not in after:
            gone[_subject(finding)].append(finding)
    for key, finding in after.items():
        if key not in before:
            earlier = gone[_subject(finding)]
            yield FindingChange(old=earlier.pop(0) if earlier else None, new=finding)
    for left in gone.values():
        yield from (FindingChange(old=finding) for finding in left)


def _by_message(dataset: Stage3Output) -> dict[tuple[Subject, str], Finding]:
    day = dataset.metadata.as_of.isoformat()
    return {
        (_subject(finding), finding.message.replace(day, "as_of")): finding
        for finding in dataset.findings
        if finding.check not in COUNTED_ELSEWHERE
    }


def _subject(finding: Finding) -> Subject:
    which = finding.slug, finding.exit_id, finding.record_id, finding.field, finding.source
    return finding.check, finding.severity.value, *which
