"""Stations of the real network with exits chosen by a test."""

from __future__ import annotations

from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network import load_network
from tests.fakes.network_builder import make_exit, make_station


def real_station(slug: str, **labels: str) -> Station:
    """Return a station with the labels of each building: ``real_station("expo", DT35="A C", CG1="A")``.

    The second exit with a label in a building has ``-2`` in its id, as if it had a suffix.
    """
    exits = tuple(found for code, named in labels.items() for found in _exits_of(code, named.split()))
    network = load_network()
    return make_station(network, slug, network.known_until, exits=exits)


def _exits_of(code: str, labels: list[str]) -> list[StationExit]:
    entry = load_network().find_code(code)
    assert entry is not None, code
    exits = []
    for place, label in enumerate(labels):
        found = make_exit(entry, label)
        number = labels[: place + 1].count(label)
        exit_id = found.exit_id if number == 1 else f"{found.exit_id}-{number}"
        exits.append(found.model_copy(update={"exit_id": exit_id}))
    return exits
