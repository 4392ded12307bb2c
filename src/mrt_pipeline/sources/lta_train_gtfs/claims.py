"""``lta_train_gtfs``: platform letters, and step-free access of entrances where the timetable states it.

Its entrances are compared with LTA's own exit dataset as well: each entrance without an exit, and each exit
without an entrance, is a finding. DataMall is asked for a link to the timetable, which is then downloaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitAccess, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import Entrance, match_entrance
from mrt_pipeline.extraction.exit_platforms import claim_letters, find_strays, key_of
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import NETWORK_DOCUMENT, Network, load_network, network_provenance
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url, read_rows
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.records import is_object, show
from mrt_pipeline.runtime.signed_links import download, is_link
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.runtime.table_source import LateTableSource, TableSource
from mrt_pipeline.sources.lta_train_gtfs import SCHEDULE, SPEC
from mrt_pipeline.sources.lta_train_gtfs.letters import find_doubts, letters_of, platforms_served
from mrt_pipeline.sources.lta_train_gtfs.parsing import TrainEntrance, TrainSchedule, parse_schedule

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer


WORDS = "LTA's train timetable"
OUTRANKED = ("mrtdown",)
"""volunteers' letters give way to LTA's where they differ"""


def open_source(context: RunContext, tables: BusTables) -> LateTableSource:
    """Return the source; it reads the timetable when the stage starts."""

    def load() -> TableSource:
        payload, schedule = context.access.read_checked(SCHEDULE_ID, read)
        return source_of(payload, schedule, load_network(), context.as_of)

    def read(answers: Answers) -> tuple[Payload, TrainSchedule]:
        payload = fetch_schedule(context.access, answers)
        return payload, parse_schedule(payload.content)

    return LateTableSource(SPEC.name, load)


def source_of(payload: Payload, schedule: TrainSchedule, network: Network, as_of: date) -> TableSource:
    """Return the source over a timetable, for the network of one day."""
    document = provenance_of(SCHEDULE, payload, schedule.number)
    ways_by_code = network.directions(as_of)
    ways = [way for found in ways_by_code.values() for way in found]
    served = platforms_served(schedule, ways, network)
    letters = letters_of(served, document)
    entrances = _by_slug(schedule.entrances, network)
    said = {entrance.step_free for entrance in schedule.entrances}
    tells_apart = StepFree.NO in said  # if no entrance is called inaccessible, a yes says nothing

    def claim(station: Station) -> StationClaims:
        access, findings = _match(station, entrances.get(station.slug, []))
        return StationClaims(
            source=SPEC.name,
            outranks=OUTRANKED,
            exits=(
                *claim_letters(station, ways_by_code, letters, network),
                *(_claim(exit_id, entrance, document) for exit_id, entrance in access if tells_apart),
            ),
            findings=tuple(findings),
            provenance={
                NETWORK_DOCUMENT: network_provenance(network),
                document.document_id: document,
            },
        )

    findings = (
        *schedule.findings,
        *find_doubts(served, network, SCHEDULE_ID),
        *find_strays(letters, set(map(key_of, ways)), SCHEDULE_ID),
        *map(_unplaced, entrances.get("", ())),
        *([_all_alike()] if StepFree.YES in said and not tells_apart else []),
    )
    return TableSource(SPEC.name, f"{document.sha256}+{network.sha256}", claim, findings)


def _by_slug(entrances: Iterable[TrainEntrance], network: Network) -> Mapping[str, list[TrainEntrance]]:
    """Return the entrances of each station; those of unknown stations are under the empty name."""
    found: dict[str, list[TrainEntrance]] = defaultdict(list)
    for entrance in entrances:
        entry = network.find_current(entrance.station_code)
        found[entry.slug if entry else ""].append(entrance)
    return found


def _match(
    station: Station, entrances: Sequence[TrainEntrance]
) -> tuple[list[tuple[str, TrainEntrance]], list[Finding]]:
    """Return the exit of each entrance with stated access, and findings about unmatched ones."""
    said: list[tuple[str, TrainEntrance]] = []
    findings: list[Finding] = []
    beside = [_entrance_of(entrance) for entrance in entrances]
    for entrance in entrances:
        found = match_entrance(station, _entrance_of(entrance), station.exits, beside)
        if isinstance(found, Finding):
            findings.append(found)
        elif entrance.step_free is not StepFree.UNKNOWN:
            said.append((found.exit_id, entrance))
    return said, [*findings, *_find_lacking(station, {entrance.label for entrance in entrances})]


def _claim(exit_id: str, entrance: TrainEntrance, document: Provenance) -> ExitEnrichment:
    access = ExitAccess(
        step_free=entrance.step_free,
        confidence=Confidence.HIGH,
        evidence={WHOLE_RECORD: (document.cite(entrance.stop_id),)},
    )
    return ExitEnrichment(exit_id=exit_id, access=access)


def _entrance_of(entrance: TrainEntrance) -> Entrance:
    record_id = f"{SCHEDULE_ID}:{entrance.stop_id}"
    return Entrance(entrance.label, entrance.lat, entrance.lng, record_id, WORDS)


def _find_lacking(station: Station, labels: set[str]) -> Iterator[Finding]:
    for found in station.exits:
        if found.exit_code not in labels:
            yield finding_of(
                "exit-without-entrance",
                f"{WORDS} has no entrance {found.exit_code} at {station.name}, which LTA's exit dataset has. "
                "Check whether the exit is open.",
                slug=station.slug,
                exit_id=found.exit_id,
            )


def _unplaced(entrance: TrainEntrance) -> Finding:
    return finding_of(
        "entrance-without-exit",
        f"{WORDS} has an entrance {entrance.label} of {entrance.station_code}, a station that the network "
        "table lacks; the entrance is not used. Check whether the station is new.",
        record_id=f"{SCHEDULE_ID}:{entrance.stop_id}",
    )


def _all_alike() -> Finding:
    return finding_of(
        "access-words-unread",
        f"{WORDS} marks entrances as accessible (wheelchair_boarding 1) and none as inaccessible (2), but "
        "LTA says that not every entrance is accessible; they are not used. Ask LTA what the field means.",
        record_id=SCHEDULE_ID,
    )


SERVICE = "GTFSScheduleTrain"
SCHEDULE_ID = SCHEDULE.document_id
MAX_ZIP_BYTES = 32 * 2**20
"""2.3 MB in September 2026"""
MAX_TIME_CHARS = 40
NOT_MODIFIED = 304


def fetch_schedule(access: SourceAccess, answers: Answers) -> Payload:
    """Return the zip file of the timetable; its revision is the time that DataMall gives.

    A copy on disk with the same time is used again without a download.

    Raises:
        SourceError: if it cannot be obtained.
    """
    url = datamall_url(access, SERVICE)

    def ask(conditions: Mapping[str, str]) -> Answer:
        envelope = ask_datamall(access, SCHEDULE_ID, url, {})
        made_at, link = _read_envelope(envelope, url)
        if made_at and conditions.get("if-modified-since") == made_at:
            return replace(envelope, status=NOT_MODIFIED)
        links = iter((link,))
        answer = download(
            SCHEDULE_ID,
            lambda: next(links, None) or _read_envelope(ask_datamall(access, SCHEDULE_ID, url, {}), url)[1],
            lambda link: access.http("datamall").get(SCHEDULE_ID, link, max_bytes=MAX_ZIP_BYTES),
            publisher="LTA DataMall",
            way_out="set apis.datamall.mode to snapshot",
        )
        return replace(answer, headers={"last-modified": made_at} if made_at else {}, shown_url=url)

    answer = answers.get(url, ask, max_bytes=MAX_ZIP_BYTES)
    return Payload(answer.content, answer.retrieved_at, answer.headers.get("last-modified"))


def _read_envelope(answer: Answer, url: str) -> tuple[str, str]:
    """Return when the timetable was made (empty if not given) and the link, which is never shown."""
    rows = read_rows(answer.content, SCHEDULE_ID, may_hold_secrets=True)  # such as its own link
    fields = rows[0] if len(rows) == 1 and is_object(rows[0]) else {}
    link = fields.get("link", fields.get("Link"))
    if not is_link(link, url):
        raise SourceFormatError(
            SCHEDULE_ID,
            f"{SERVICE} lists {len(rows)} rows, and no single one with an https link; expected one. "
            "Run again later.",
        )
    made_at = fields.get("timestamp")
    if made_at is not None and not (
        isinstance(made_at, str) and made_at.isprintable() and len(made_at) <= 40
    ):
        raise SourceFormatError(SCHEDULE_ID, f"{SERVICE} has {show(made_at)} as timestamp; expected a time.")
    return made_at or "", str(link)
