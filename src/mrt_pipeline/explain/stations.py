"""Find the station that a person means: by current or former code, slug, or the beginning of its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from mrt_pipeline.contracts.counting import listed
from mrt_pipeline.contracts.network import Station, StationExit, StationStatus
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.network import Network, load_network

MAX_CANDIDATES = 8


def get_station(dataset: Stage3Output, text: str, network: Network | None = None) -> Station:
    """Return the one station that a text denotes, in operation or in the future.

    Args:
        dataset: dataset to search.
        text: a code, past or present, a slug or a name, or the beginning of a slug or name.
        network: network with the codes no longer in use; default: the package's own.

    Raises:
        UsageError: if it denotes none or several; the message lists candidates.
    """
    stations = (*dataset.stations, *dataset.future_stations)
    wanted = " ".join(text.split()).casefold()
    found = _by_code(stations, wanted.upper(), network or load_network())
    found = found or [item for item in stations if wanted in (item.slug, item.name.casefold())]
    found = found or [
        item
        for item in stations
        if wanted and (item.slug.startswith(wanted) or item.name.casefold().startswith(wanted))
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(_unknown(text, stations))
    raise UsageError(
        f"{text!r} matches several stations: {_list(found)}. Type more of the name, or use a code."
    )


def choose_exits(station: Station, label: str) -> tuple[StationExit, ...]:
    """Return a station's exits with a label or an ``exit_id``; two buildings may use one label.

    Raises:
        UsageError: if there is none; the message lists the station's exits.
    """
    wanted = label.strip().casefold().removeprefix("exit ")
    found = tuple(
        item for item in station.exits if wanted in (item.exit_code.casefold(), item.exit_id.casefold())
    )
    if not found and not station.exits:
        is_future = station.status is StationStatus.FUTURE
        why = "it is not open yet" if is_future else "no source lists any"
        raise UsageError(f"{station.name} has no known exits: {why}.")
    if not found:
        there = ", ".join(item.exit_code for item in station.exits)
        raise UsageError(f"{station.name} has no exit {label!r}; its exits are: {there}.")
    return found


def _by_code(stations: Sequence[Station], code: str, network: Network) -> list[Station]:
    """Return the station that has a code, or whose place had or will have it."""
    found = [item for item in stations if code == item.station_id or code in item.mrt_codes]
    entry = network.find_code(code)
    if found or entry is None:
        return found
    return [item for item in stations if item.slug == entry.slug]


def _unknown(text: str, stations: Iterable[Station]) -> str:
    by_name = {item.name.casefold(): item for item in stations}
    close = get_close_matches(text.casefold(), by_name, n=3)
    hint = f" Did you mean {_list([by_name[name] for name in close])}?" if close else ""
    return f"No station {text!r}; expected a code, a slug, or the beginning of a name.{hint}"


def _list(stations: Sequence[Station]) -> str:
    return listed((f"{item.name} ({', '.join(item.mrt_codes)})" for item in stations), MAX_CANDIDATES)
