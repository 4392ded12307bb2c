"""The hand-made answer sheet, and a source's claims in the same form for comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import Station, StepFree, TowardsKind
from mrt_pipeline.contracts.outputs import ExitEnrichment

SHEET = Path(__file__).with_name("answers.txt")

_LINE = re.compile(r"(?P<slug>[\w-]+) (?P<exit>\*|\w+): (?P<values>.+)")
_VALUE = re.compile(r'"([^"]+)"|(\S+)')


class Fact(NamedTuple):
    """One statement of a page about one exit, or with ``*`` about all."""

    slug: str
    exit_label: str
    value: str


def read_sheet(path: Path = SHEET) -> set[Fact]:
    """Return what a person read in the pages."""
    facts: set[Fact] = set()
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        for name, word in _VALUE.findall(match["values"]):
            facts.add(Fact(match["slug"], match["exit"], name or word))
    return facts


def facts_of(station: Station, claims: StationClaims) -> set[Fact]:
    """Return what a source claims about a station."""
    labels = {item.exit_id: item.exit_code for item in station.exits}
    return {
        Fact(station.slug, label, value)
        for item in claims.exits
        for label, value in _values_of(item, labels[item.exit_id])
    }


def show(facts: Iterable[Fact]) -> str:
    """Return facts in readable form, one per line."""
    return "\n".join(" ".join(fact) for fact in sorted(facts))


def _values_of(item: ExitEnrichment, label: str) -> Iterator[tuple[str, str]]:
    for platform in item.platforms:
        is_on_loop = platform.towards_kind is TowardsKind.LOOP_RETURN
        goal = platform.next_code if is_on_loop else platform.towards_code
        yield "*", f"{platform.platform_code}>{goal}"
    for stop in item.bus_stops:
        yield label, stop.bus_stop_code
    for landmark in item.landmarks:
        yield label, landmark.name
    if item.access:
        for feature in item.access.features:
            yield label, feature.value
        if item.access.step_free is not StepFree.UNKNOWN:
            yield label, item.access.step_free.value
