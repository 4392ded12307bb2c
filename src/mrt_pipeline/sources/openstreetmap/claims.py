"""``openstreetmap``: step-free access as volunteers have tagged it at station entrances.

One volunteer's tag alone proves little, so its confidence is low. Two entrances of one exit that contradict
each other are in dispute like two sources. All entrances in Singapore are fetched in one request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitAccess, Station, StationExit, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import FetchError
from mrt_pipeline.extraction.exit_matching import Entrance, match_entrance
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.runtime.geometry import SpatialIndex, to_svy21_all
from mrt_pipeline.runtime.table_source import Survey, SurveyedSource
from mrt_pipeline.sources.openstreetmap import ENTRANCES, SPEC
from mrt_pipeline.sources.openstreetmap.parsing import OsmEntrance, parse_entrances

if TYPE_CHECKING:
    from mrt_pipeline.extraction.facts import BusTables
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess


MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Joined:
    """Entrances sorted by the exit they belong to."""

    by_exit: dict[str, list[OsmEntrance]] = field(default_factory=lambda: defaultdict(list))
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """by slug of the nearest station"""
    left_out: list[OsmEntrance] = field(default_factory=list)
    """entrances near no exit, or without a label and ambiguous"""


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the entrances when it is prepared."""

    def read(answers: Answers) -> SourceTable[OsmEntrance]:
        answer = fetch_entrances(context.access, answers)
        parsed, revision = parse_entrances(answer.content, context.as_of)
        return table_of(ENTRANCES, Payload(answer.content, answer.retrieved_at, revision), parsed)

    return source_of(lambda: context.access.read_checked(ENTRANCES_ID, read))


def source_of(read: Callable[[], SourceTable[OsmEntrance]]) -> SurveyedSource:
    """Return the source over a function that reads the entrances."""
    return SurveyedSource(SPEC.name, lambda: partial(_survey, read()))


def _survey(table: SourceTable[OsmEntrance], stations: Sequence[Station]) -> Survey:
    """Return the tags of all entrances, each matched with an exit of any station."""
    joined, provenance = join_entrances(table.records, stations), table.provenance

    def claim(station: Station) -> StationClaims:
        return StationClaims(
            source=SPEC.name,
            exits=tuple(
                ExitEnrichment(exit_id=found.exit_id, access=_claim(entrance, provenance))
                for found in station.exits
                for entrance in joined.by_exit.get(found.exit_id, ())
                if entrance.step_free is not StepFree.UNKNOWN
            ),
            findings=tuple(joined.findings.get(station.slug, ())),
            provenance={provenance.document_id: provenance},
        )

    return Survey(claim, (*table.findings, *_left_out(joined.left_out)))


def _claim(entrance: OsmEntrance, provenance: Provenance) -> ExitAccess:
    return ExitAccess(
        step_free=entrance.step_free,
        confidence=Confidence.LOW,
        evidence={WHOLE_RECORD: (provenance.cite(entrance.record_id),)},
    )


def _left_out(entrances: Sequence[OsmEntrance]) -> Iterator[Finding]:
    if entrances:
        named = listed((entrance.record_id for entrance in entrances), MAX_NAMED)
        yield finding_of(
            "entrance-left-out",
            f"OpenStreetMap has {counted(len(entrances), 'entrance')} that are near no exit, or without a "
            f"label and near several: {named}. They are not used.",
            record_id=ENTRANCES_ID,
        )


NEAR_M = 150.0
"""an entrance farther than this from every exit belongs to no station of the run"""
UNNAMED_M = 10.0
"""distance within which an entrance without a label must have exactly one exit"""

Held = tuple[float, Station, StationExit]
"""an exit with its station and its distance in metres"""


def join_entrances(entrances: Sequence[OsmEntrance], stations: Iterable[Station]) -> Joined:
    """Match each entrance with its exit, by label and distance or by a very short distance alone.

    Each entrance is compared with all exits of the network, since a node does not name its station.
    """
    exits = [(station, found) for station in stations for found in station.exits]
    index = SpatialIndex(to_svy21_all([(found.lat, found.lng) for _, found in exits]))
    centres = to_svy21_all([(entrance.lat, entrance.lng) for entrance in entrances])
    joined = Joined()
    for entrance, around in zip(entrances, index.within(centres, NEAR_M), strict=True):
        held = sorted(
            ((metres, *exits[place]) for place, metres in around), key=lambda one: (one[0], one[2].exit_id)
        )
        _join(entrance, held, joined)
    return joined


def _join(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    near = [found for metres, _, found in held if metres <= UNNAMED_M]
    if not entrance.labels and len(near) == 1:
        joined.by_exit[near[0].exit_id].append(entrance)
    elif not held or not entrance.labels:
        joined.left_out.append(entrance)
    else:
        _join_by_label(entrance, held, joined)


def _join_by_label(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    _, station, _ = held[0]
    others = [found for _, of, found in held if of is not station]
    for label in entrance.labels:
        record = Entrance(
            label, entrance.lat, entrance.lng, f"{ENTRANCES_ID}:{entrance.record_id}", "OpenStreetMap"
        )
        found = match_entrance(station, record, (*station.exits, *others))
        if isinstance(found, Finding):
            joined.findings[station.slug].append(found)
        else:
            joined.by_exit[found.exit_id].append(entrance)


ENTRANCES_ID = ENTRANCES.document_id
MAX_BYTES = 8 * 2**20
"""about 150 kB in 2026"""
NOT_ACCEPTABLE = 406
QUERY = (
    '[out:json][timeout:60];area["ISO3166-1"="SG"][admin_level=2]->.here;'
    'node(area.here)["railway"~"^(subway_entrance|train_station_entrance)$"];out body;'
)


def fetch_entrances(access: SourceAccess, answers: Answers) -> Answer:
    """Return the answer with all entrances.

    Raises:
        SourceError: if there is none.
    """
    url = str(access.settings.apis.openstreetmap.base_url)
    fields = {"data": QUERY}

    def ask(_: Mapping[str, str]) -> Answer:
        try:
            return access.http(SPEC.api).post_form(ENTRANCES_ID, url, fields, max_bytes=MAX_BYTES)
        except FetchError as error:
            if error.status != NOT_ACCEPTABLE:
                raise
            raise FetchError(
                ENTRANCES_ID,
                f"{url} responded with {NOT_ACCEPTABLE}, as it does to a program that does not say who runs "
                "it; set contact to a URL or an e-mail address at which the server's operators can reach "
                "you.",
                status=NOT_ACCEPTABLE,
            ) from error

    return answers.get(f"{url}?{urlencode(fields)}", ask, max_bytes=MAX_BYTES)
