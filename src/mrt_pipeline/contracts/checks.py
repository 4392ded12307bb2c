"""The catalogue of all checks: name, severity, title, and what a person should do about a finding.

A new check is a row of ``_CATALOGUE``; the code that makes it reports what it found with ``finding_of``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from mrt_pipeline.contracts.findings import REPEATED_ID, Finding, Severity, Side
from mrt_pipeline.errors import InternalError


class Group(StrEnum):
    """When a check is made; the configuration enables three groups of stage 3 by these names."""

    RECORDS = "records"
    """while a publisher's document is read"""
    STATIONS = "stations"
    """while stage 1 places exits at stations"""
    ENRICHMENT = "enrichment"
    """while stage 2 asks sources about exits"""
    MERGING = "merging"
    """while stage 3 attaches to exits what stage 2 found"""
    SCHEMA = "schema_check"
    COMPLETENESS = "completeness_check"
    SANITY = "sanity_check"
    PUBLISHING = "publishing"
    """when a dataset is compared with the one published before"""
    FILES = "files"
    """when files are compared with the manifest that lists them"""


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of problem that the program looks for."""

    group: Group
    severity: Severity
    """of its findings, unless there is a reason for another one"""
    name: str
    """stable, in kebab case"""
    title: str
    """what its findings are called; ``[one|several]`` where the number matters"""
    advice: str
    """what a person should do about them; empty if nothing"""

    @property
    def one(self) -> str:
        """Return what one finding is called."""
        return _ALTERNATIVES.sub(r"\1", self.title)

    @property
    def several(self) -> str:
        """Return what several findings are called."""
        return _ALTERNATIVES.sub(r"\2", self.title)


def finding_of(
    name: str,
    message: str,
    *,
    severity: Severity | None = None,
    slug: str | None = None,
    exit_id: str | None = None,
    record_id: str | None = None,
    field: str | None = None,
    source: str | None = None,
    sides: tuple[Side, ...] | None = None,
) -> Finding:
    """Return a finding of a check; pass ``severity`` only to override that of the catalogue.

    Raises:
        InternalError: if there is no such check.
    """
    check = CHECKS.get(name)
    if check is None:
        raise InternalError(f"There is no check {name!r}; expected one of contracts/checks.py.")
    return Finding(
        check=name,
        severity=severity or check.severity,
        message=message,
        slug=slug,
        exit_id=exit_id,
        record_id=record_id,
        field=field,
        source=source,
        sides=sides,
    )


_ALTERNATIVES = re.compile(r"\[([^|]*)\|([^]]*)\]")


class _Row(NamedTuple):
    severity: Severity
    name: str
    title: str
    advice: str = ""


_error = partial(_Row, Severity.ERROR)
_warning = partial(_Row, Severity.WARNING)
_info = partial(_Row, Severity.INFO)
_GET_AGAIN = "get the document again, or inform the publisher"
_ON_THE_MAP = "check on the map which station is right"
_STAGE = "correct the stage that made it"
_SOURCE = "correct the source that made the claim"
_BOTH_STAGES = "run both stages again on the same inputs"
_OPENING_DATE = "check whether its opening date is in the network table"
_CATALOGUE: dict[Group, tuple[_Row, ...]] = {
    Group.RECORDS: (
        _warning(
            "answer-with-error",
            "answer[|s] of [a source|sources] came with an error",
            "check whether results are missing",
        ),
        _info("document-only-recorded", "document[|s] used as recorded"),
        _error("field-invalid", "record[|s] with [a field|fields] of the wrong form", _GET_AGAIN),
        _error("field-missing", "record[|s] that [lacks a field|lack fields]", _GET_AGAIN),
        _error("geometry-missing", "record[|s] without a position", _GET_AGAIN),
        _error(
            "geometry-not-a-point",
            "record[|s] whose position[|s] [is not a point|are not points]",
            _GET_AGAIN,
        ),
        _error(
            "geometry-not-an-area", "record[|s] whose outline[|s] [is not an area|are not areas]", _GET_AGAIN
        ),
        _warning(
            "more-exits-than-expected", "exits file[|s] longer than expected", "check which exits are new"
        ),
        _warning(
            "more-records-than-expected", "document[|s] longer than expected", "check which records are new"
        ),
        _info("place-left-out", "document[|s] with records that are left out"),
        _error(
            "position-not-a-number",
            "record[|s] whose position[|s] [is not a pair|are not pairs] of numbers",
            _GET_AGAIN,
        ),
        _info("position-not-onemap", "position[|s] not from OneMap"),
        _error(
            REPEATED_ID,
            "identifier[|s] used for two records",
            "find out which record is right",
        ),
        _warning("record-repeated", "record[|s] that [its|their] publisher repeats", "inform the publisher"),
        _warning(
            "stop-called-at-twice",
            "bus service[|s] that call[s|] at one stop twice in a row",
            "run again later; if it persists, inform the publisher",
        ),
        _warning(
            "stop-sequence-gap",
            "bus service[|s] with a gap in [its|their] stops",
            "run again later; if it persists, inform the publisher",
        ),
        _info("revision-unknown", "document[|s] of unknown revision"),
        _warning(
            "station-ambiguous",
            "station[|s] that OneMap has in several places",
            "find out which place is right",
        ),
        _warning(
            "station-not-found",
            "station[|s] that OneMap does not find",
            "check whether OneMap uses another name",
        ),
        _warning("text-cleaned", "text[|s] with control characters", "check that they still read well"),
    ),
    Group.STATIONS: (
        _warning(
            "beyond-network-horizon",
            "day[|s] beyond the network table's horizon",
            "find out what has opened, closed or been renumbered since",
        ),
        _warning("exit-building-in-doubt", "exit[|s] whose building[|s] [is|are] in doubt", _ON_THE_MAP),
        _warning(
            "exit-label-shared",
            "label[|s] that several exits of a station share",
            "check whether the exits are distinct",
        ),
        _warning("exit-nearer-to-another-station", "exit[|s] nearer to another station", _ON_THE_MAP),
        _info("exit-surveyed-twice", "exit[|s] that [was|were] surveyed twice"),
        _info("exits-not-in-operation", "station[|s] whose exits are not in operation"),
        _info("label-bare", "edition[|s] with labels that lack the word Exit"),
        _info("label-spelled-oddly", "label[|s] that [is|are] spelled oddly"),
        _error("label-unknown", "exit[|s] whose label[|s] could not be read", "look up how they are signed"),
        _error("position-unusable", "exit[|s] without a usable position", "get the exits file again"),
        _warning(
            "station-misspelled",
            "station[|s] whose name[|s] [was|were] guessed",
            "check whether the guess is right",
        ),
        _warning(
            "station-position-disagrees",
            "station[|s] whose position[|s] [is|are] in doubt",
            "compare with OneMap",
        ),
        _info("station-spelled-oddly", "station[|s] that [is|are] spelled oddly"),
        _error(
            "station-unknown",
            "exit[|s] of [a station|stations] not in the dataset",
            "add the station, or its spelling",
        ),
    ),
    Group.ENRICHMENT: (
        _warning(
            "access-exit-ambiguous",
            "statement[|s] about access whose exit[|s] [is|are] ambiguous",
            "find out which exit is meant",
        ),
        _warning(
            "access-exit-unknown",
            "statement[|s] about access at [an exit|exits] that LTA's layer lacks",
            "check whether an exit is missing",
        ),
        _warning(
            "access-station-unknown",
            "statement[|s] about access at [an unknown station|unknown stations]",
            "check whether a station is missing",
        ),
        _warning(
            "access-words-unread",
            "statement[|s] about access whose words could not be read",
            "read the words",
        ),
        _warning(
            "landmarks-too-many",
            "exit[|s] with an implausible number of landmarks on one page",
            "check whether the page is right",
        ),
        _warning(
            "platform-letter-unknown",
            "platform letter[|s] from pages that [is|are] in no record of [the station|their stations]",
            "check the signs",
        ),
        _warning(
            "platform-letter-doubtful",
            "direction[|s] for which the letters of LTA's train timetable are doubtful",
            "check the signs",
        ),
        _warning(
            "bus-stop-exit-ambiguous",
            "bus stop[|s] whose exit[|s] [is|are] ambiguous",
            "check on the map which exit is meant",
        ),
        _warning(
            "bus-stop-exit-too-far",
            "bus stop[|s] far from the exit[|s] [it|they] name[s|]",
            "check whether the exit is right",
        ),
        _warning(
            "bus-stop-exit-unknown",
            "bus stop[|s] that [names an exit|name exits] not in the dataset",
            "check whether an exit is missing",
        ),
        _warning(
            "bus-stop-exit-unreadable",
            "bus stop[|s] whose description of an exit could not be read",
            "read the words",
        ),
        _info("bus-stop-not-listed", "bus service[|s] that call[s|] at [an unlisted stop|unlisted stops]"),
        _warning(
            "bus-stop-station-not-open",
            "bus stop[|s] named for [a station|stations] not in operation",
            "check whether any has opened",
        ),
        _warning(
            "bus-stop-station-unknown",
            "bus stop[|s] that [names a station|name stations] not in the dataset",
            "check whether a station is missing",
        ),
        _info("bus-stop-without-service", "station[|s] with bus stops that no service calls at"),
        _warning(
            "entrance-ambiguous",
            "entrance[|s] that may be any of several exits",
            "check on the map which exit is meant",
        ),
        _warning(
            "entrance-far-from-exit",
            "entrance[|s] far from the exit of [its|their] label",
            "check on the map which position is right",
        ),
        _warning(
            "entrance-without-exit",
            "entrance[|s] that LTA's exit layer lacks",
            "check whether an exit is missing",
        ),
        _info("entrance-left-out", "document[|s] with entrances of no exit"),
        _info("exit-without-entrance", "exit[|s] that LTA's train timetable lacks"),
        _warning(
            "enrichment-disabled",
            "run[|s] without enrichment",
            'consumers must not read empty fields as "no"',
        ),
        _warning(
            "letter-without-direction",
            "list[|s] of platform letters for unknown directions",
            "check whether a change is missing in the network table",
        ),
        _warning(
            "model-passage-unread", "passage[|s] not read by the model", "run again, or read it yourself"
        ),
        _warning("no-source-used", "run[|s] without any source", "check which were skipped, and why"),
        _warning("source-failed", "failure[|s] of a source", "run again with --retry-failed"),
        _warning("sources-disagree", "disagreement[|s] between sources", "find out which one is right"),
        _warning("wiki-page-blank", "page[|s] of the wiki that [is|are] blank", "look at the page's history"),
        _warning("wiki-page-cut", "page[|s] of the wiki with parts too long to be read", "look at the page"),
        _info("head-unknown", "page[|s] with headers that are not in the vocabulary"),
        _info("trains-without-platform", "list[|s] of trains whose platform is not certain"),
        _info("wiki-page-missing", "station[|s] without a page in the wiki"),
    ),
    Group.MERGING: (
        _error(
            "enrichment-of-unknown-exit", "enrichment[|s] of [an exit|exits] not in the dataset", _BOTH_STAGES
        ),
        _error("exit-enriched-twice", "exit[|s] that [was|were] enriched twice", _BOTH_STAGES),
        _warning("exit-not-enriched", "exit[|s] [was|were] not enriched", "resume from stage 2"),
        _info("licences-left-out", "dataset[|s] that leave[s|] out documents under other licences"),
        _warning(
            "document-changed",
            "document[|s] changed during the run",
            "run again if values contradict each other",
        ),
        _warning(
            "landmark-far-away",
            "landmark[|s] of pages that records know far from the exit",
            "check whether the page is right",
        ),
    ),
    Group.SCHEMA: (
        _error("schema-invalid", "field[|s] with a value that the schema does not allow", _STAGE),
        _error("schema-round-trip", "record[|s] that would be different when read back", _STAGE),
    ),
    Group.COMPLETENESS: (
        _error(
            "station-missing", "station[|s] in operation that [is|are] missing", "find out where it was lost"
        ),
        _error("station-not-open", "station[|s] that [is|are] not in operation", _OPENING_DATE),
        _error(
            "station-codes",
            "station[|s] with other codes than in operation",
            "compare with the network table",
        ),
        _error(
            "line-missing",
            "line[|s] in operation that [is|are] missing",
            "find out where its stations were lost",
        ),
        _error("line-not-open", "line[|s] that [is|are] not in operation", _OPENING_DATE),
        _error(
            "expected-stations",
            "unexpected number[|s] of stations",
            "check whether the network has changed",
        ),
        _error("expected-lines", "unexpected number[|s] of lines", "check whether the network has changed"),
        _error(
            "station-without-exit",
            "station[|s] without an exit",
            "look for it in the exits file under its name and codes",
        ),
        _error(
            "feature-without-exit",
            "feature[|s] of the exits file that [is|are] not published",
            "find out where its exit was lost",
        ),
        _error(
            "exit-not-one-feature",
            "exit[|s] that [is|are] not one feature of the exits file",
            "check what became of each feature",
        ),
        _warning("source-old", "source[|s] read long ago", "check whether a newer edition is available"),
        _info(
            "expected-counts-of-another-day",
            "dataset[|s] for a day to which the expected counts do not apply",
        ),
        _info("field-coverage", "coverage figure[|s]"),
    ),
    Group.SANITY: (
        _error(
            "position-outside-singapore", "position[|s] outside Singapore", "correct the source that gave it"
        ),
        _error(
            "position-swapped",
            "position[|s] with latitude and longitude swapped",
            "correct the source that gave it",
        ),
        _error(
            "exit-far-from-station",
            "exit[|s] far from [its|their] station[|s]",
            "compare its position with the map",
        ),
        _error(
            "bus-stop-too-far",
            "bus stop[|s] far from [its|their] exit[|s]",
            "check on the map which position is wrong",
        ),
        _error("name-not-unique", "name[|s] used for two records", "give the records different names"),
        _error(
            "codes-contradict-lines",
            "contradiction[|s] between codes and lines",
            "correct the network table or the stage that made it",
        ),
        _error("evidence-without-document", "cited document[|s] that [is|are] not in provenance", _SOURCE),
        _error(
            "evidence-under-other-licence", "document[|s] cited under [another|other] licence[|s]", _SOURCE
        ),
        _warning(
            "exits-far-apart",
            "station[|s] whose exits lie far apart",
            "check whether all of them belong to it",
        ),
        _warning(
            "exits-at-one-point", "case[|s] of two exits at one point", "find out which position is wrong"
        ),
    ),
    Group.PUBLISHING: (
        _warning(
            "access-turned",
            "exit[|s] whose access has changed",
            "verify it before anyone relies on it",
        ),
        _warning(
            "step-free-lost",
            "exit[|s] whose step-free access is no longer known",
            "check the next run before anyone relies on it",
        ),
    ),
    Group.FILES: (
        _warning(
            "bytes-not-vouched-for",
            "file[|s] without a checksum to verify [it|them]",
            "request it again from the sender, with its SHA-256",
        ),
        _error("file-altered", "file[|s] changed since [it was|they were] written", "make it again"),
        _warning("file-not-recorded", "file[|s] not recorded by [its|their] attempt", "make it again"),
        _error("manifest-contradicts-dataset", "contradiction[|s] between manifest and dataset", "run again"),
    ),
}

CHECKS = {row.name: Check(group, *row) for group, rows in _CATALOGUE.items() for row in rows}
"""by name, group by group"""
