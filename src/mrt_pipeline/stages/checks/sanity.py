"""Check that the dataset contradicts neither itself, nor the network, nor the map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Evidence, Published, walk_published
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Platform, Station, StationExit
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.network import Line, Network
from mrt_pipeline.stages.checks.positions import check_positions


def check_sanity(dataset: Stage3Output, network: Network) -> Iterator[Finding]:
    """Yield contradictions in the stations' positions, identities and evidence."""
    yield from check_positions(dataset.stations, network)
    yield from check_identities((*dataset.stations, *dataset.future_stations), network)
    yield from check_citations(dataset)


def check_citations(dataset: Stage3Output) -> Iterator[Finding]:
    """Yield each cited document that is missing from ``provenance``, or is there under another licence."""
    cited: dict[tuple[str, str], list[str]] = {}
    for station in (*dataset.stations, *dataset.future_stations):
        for record in walk_published(station):
            for evidence in _evidence_of(record):
                cited.setdefault((evidence.document_id, evidence.licence), []).append(station.slug)
    for (document_id, licence), slugs in cited.items():
        document = dataset.provenance.get(document_id)
        if document is None:
            fault = (
                "is not in provenance; expected an entry that says where, when and under what licence it was "
                "read"
            )
            yield _finding("evidence-without-document", document_id, slugs, fault)
        elif document.licence != licence:
            fault = f"is cited as {licence}; its licence is {document.licence}"
            yield _finding("evidence-under-other-licence", document_id, slugs, fault)


def _evidence_of(record: Published) -> Iterator[Evidence]:
    for reasons in record.evidence.values():
        yield from reasons


def _finding(check: str, document_id: str, slugs: list[str], fault: str) -> Finding:
    return finding_of(
        check,
        f"Document {document_id}, cited {counted(len(slugs), 'time')} (first by {slugs[0]}), "
        f"{fault}. Correct the source that made the claim.",
        slug=slugs[0],
        record_id=document_id,
    )


_CODE = re.compile(r"(?P<prefix>[A-Z]+?)(\d+[A-Z]?)?")


def check_identities(stations: tuple[Station, ...], network: Network) -> Iterator[Finding]:
    """Yield every name used for two things, and every code that contradicts its line or station."""
    yield from _check_unique("station_id", (station.station_id for station in stations))
    yield from _check_unique("slug", (station.slug for station in stations))
    yield from _check_unique("station_code", (code for station in stations for code in station.mrt_codes))
    yield from _check_unique("exit_id", (found.exit_id for station in stations for found in station.exits))
    platforms = (platform for station in stations for platform in station.platforms)
    yield from _check_unique("platform_id", (platform.platform_id for platform in platforms))
    trains = (times for station in stations for times in station.trains)
    keys = (f"{it.platform_id} {it.service} {it.days}" for it in trains)
    yield from _check_unique("trains of", keys, own="platform, service or days")
    lines = {line.line_code: line for line in network.lines}
    for station in stations:
        yield from _check_station(station, lines)
        for platform in station.platforms:
            yield from _check_platform(station, platform, network)
        for found in station.exits:
            yield from _check_exit(station, found)


def _check_unique(field: str, values: Iterable[str], own: str | None = None) -> Iterator[Finding]:
    """Yield each value that occurs more than once; ``own`` says what each record needs, if not the field."""
    for value, number in Counter(values).items():
        if number > 1:
            often = "twice" if number == 2 else f"{number} times"
            yield finding_of(
                "name-not-unique",
                f"{field} {value} occurs {often}; expected once. Each record needs its own {own or field}.",
            )


def _check_station(station: Station, lines: dict[str, Line]) -> Iterator[Finding]:
    for code in station.codes:
        if not _is_on_line(code.station_code, lines.get(code.line_code)):
            yield _contradiction(
                station,
                f"code {code.station_code} is given to {code.line_code}, whose codes begin differently",
            )
    if station.mrt_codes != tuple(code.station_code for code in station.codes):
        yield _contradiction(station, "mrt_codes and codes differ")
    if station.lines != tuple(dict.fromkeys(code.line_code for code in station.codes)):
        yield _contradiction(station, "lines are not those of its codes, each once, in their order")
    if station.station_id not in station.mrt_codes[:1]:
        yield _contradiction(station, f"station_id is {station.station_id}, not its first code")
    first = lines.get(station.lines[0]) if station.lines else None
    if first is not None and station.station_type.value != first.mode:
        yield _contradiction(
            station, f"station_type is {station.station_type.value}, but {first.line_code} is {first.mode}"
        )


def _check_exit(station: Station, found: StationExit) -> Iterator[Finding]:
    if _line_of(station, found.station_code) != found.line_code:
        yield _contradiction(
            station,
            f"{found.exit_id} is assigned to {found.station_code} on {found.line_code}, "
            "which is not a code of its station",
            found.exit_id,
        )


def _check_platform(station: Station, platform: Platform, network: Network) -> Iterator[Finding]:
    if _line_of(station, platform.station_code) != platform.line_code:
        fault = f"is assigned to {platform.station_code} on {platform.line_code}, which is not of its station"
        yield _contradiction(station, f"platform {platform.platform_id} {fault}")
    for code in (platform.towards_code, platform.next_code):
        entry = network.find_code(code)
        if entry is None or entry.line_code != platform.line_code:
            fault = f"has trains towards {code}, which is not on {platform.line_code}"
            yield _contradiction(station, f"platform {platform.platform_id} {fault}")


def _line_of(station: Station, station_code: str) -> str | None:
    """Return the line of one of a station's codes; None if the code is not the station's."""
    return next((code.line_code for code in station.codes if code.station_code == station_code), None)


def _is_on_line(station_code: str, line: Line | None) -> bool:
    """Return whether a code (``NS3``, ``NS3A``, ``STC``) has one of the line's prefixes."""
    parts = _CODE.fullmatch(station_code)
    return line is not None and parts is not None and parts["prefix"] in line.code_prefixes


def _contradiction(station: Station, fault: str, exit_id: str | None = None) -> Finding:
    return finding_of(
        "codes-contradict-lines",
        f"{station.name}: {fault}. Correct the network table or the stage that made it.",
        slug=station.slug,
        exit_id=exit_id,
    )
