"""``Dataset``: a published dataset with look-ups; its records are those of ``contracts``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit, index_platforms
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.errors import UsageError
from mrt_pipeline.exports.plain import OF_EXIT, OF_STATION, plain_enrichment
from mrt_pipeline.network import load_network


@dataclass(frozen=True, eq=False)
class Dataset:
    """Stations in operation and their exits, each value with its evidence; future stations are separate."""

    output: Stage3Output = field(repr=False)
    """the dataset as stage 3 published it"""
    manifest: Manifest | None = field(repr=False)
    """the run that made it; None: its bytes could not be verified"""
    path: Path
    """the run's folder, or the file that was read"""

    @property
    def as_of(self) -> date:
        """Return the date of the network that it describes."""
        return self.output.metadata.as_of

    @property
    def stations(self) -> tuple[Station, ...]:
        """Return the stations in operation, by (first line, travel order)."""
        return self.output.stations

    @property
    def future_stations(self) -> tuple[Station, ...]:
        """Return the stations that passengers cannot use yet; no look-up finds them."""
        return self.output.future_stations

    @property
    def provenance(self) -> Mapping[str, Provenance]:
        """Return every document that evidence refers to, by ``document_id``."""
        return self.output.provenance

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of the checks."""
        return self.output.findings

    @cached_property
    def exits(self) -> tuple[StationExit, ...]:
        """Return the exits of all stations in operation, in the order of the stations."""
        return tuple(found for station in self.stations for found in station.exits)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the codes of all lines, in the order in which a station's first line is chosen."""
        firsts = (station.lines[0] for station in self.stations)
        others = (line for station in self.stations for line in station.lines)
        return tuple(dict.fromkeys((*firsts, *others)))

    def find_station(self, key: str) -> Station | None:
        """Return the station in operation with a code or slug, such as ``NS13`` or ``yishun``, or None."""
        return self._stations_by_key.get(key)

    def get_station(self, key: str) -> Station:
        """Return the station in operation with a code such as ``NS13`` or a slug such as ``yishun``.

        Raises:
            UsageError: if there is none.
        """
        found = self.find_station(key)
        if found is None:
            raise self._unknown(
                "station in operation",
                "a code such as NS13 or a slug such as yishun",
                key,
                self._stations_by_key,
            )
        return found

    def stations_on(self, line_code: str) -> tuple[Station, ...]:
        """Return the stations in operation on a line such as ``NSL``, in the dataset's order.

        Raises:
            UsageError: if there is no such line.
        """
        if line_code not in self.lines:
            raise self._unknown("line", f"one of {', '.join(self.lines)}", line_code, self.lines)
        return tuple(station for station in self.stations if line_code in station.lines)

    def find_exit(self, exit_id: str) -> StationExit | None:
        """Return the exit with an ``exit_id`` such as ``bugis-ewl-B``, or None."""
        found = self._exits_by_id.get(exit_id)
        return None if found is None else found[1]

    def get_exit(self, exit_id: str) -> StationExit:
        """Return the exit with an ``exit_id`` such as ``bugis-ewl-B``.

        Raises:
            UsageError: if there is none.
        """
        return self._get_pair(exit_id)[1]

    def station_of(self, exit_id: str) -> Station:
        """Return the station that an exit belongs to.

        Raises:
            UsageError: if there is no such exit.
        """
        return self._get_pair(exit_id)[0]

    def exit_rows(self) -> list[dict[str, object]]:
        """Return a flat row for each exit, for a table; every row has every column.

        ``access_step_free`` is ``yes``, ``no`` or ``unknown``: if no source states it, it is ``unknown``,
        never ``no``. Lists stay lists. Evidence is not included: see ``get_exit(row["exit_id"]).evidence``.
        """
        return [_row(station, found) for station in self.stations for found in station.exits]

    @cached_property
    def _stations_by_key(self) -> dict[str, Station]:
        return {key: station for station in self.stations for key in (station.slug, *station.mrt_codes)}

    @cached_property
    def _exits_by_id(self) -> dict[str, tuple[Station, StationExit]]:
        return {found.exit_id: (station, found) for station in self.stations for found in station.exits}

    def _get_pair(self, exit_id: str) -> tuple[Station, StationExit]:
        pair = self._exits_by_id.get(exit_id)
        if pair is None:
            raise self._unknown("exit", "an exit_id such as bugis-ewl-B", exit_id, self._exits_by_id)
        return pair

    def _unknown(self, kind: str, expected: str, key: str, known: Collection[str]) -> UsageError:
        spelled = {name.casefold(): name for name in known}
        wanted = str(key).casefold()
        close = [wanted] if wanted in spelled else get_close_matches(wanted, spelled, n=3)
        hint = f" Did you mean {' or '.join(spelled[name] for name in close)}?" if close else ""
        if (entry := load_network().find_code(wanted.upper())) is not None and entry.renumbered_to in known:
            hint = f" {entry.station_code} is {entry.renumbered_to} since {entry.closed_date}."
        return UsageError(f"The dataset as of {self.as_of} has no {kind} {key!r}; expected {expected}.{hint}")


def _row(station: Station, found: StationExit) -> dict[str, object]:
    return {
        **{name: getattr(station, name) for name in OF_STATION},
        **{name: getattr(found, name) for name in ("exit_id", *OF_EXIT, "lat", "lng")},
        **dict(_flatten(plain_enrichment(found, index_platforms([station])))),
    }


def _flatten(plain: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield each value under its own name; a value with parts is yielded part by part."""
    for name, value in plain.items():
        if isinstance(value, dict):
            yield from ((f"{name}_{part}", below) for part, below in value.items())
        else:
            yield name, value
