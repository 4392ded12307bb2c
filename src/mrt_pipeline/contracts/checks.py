"""Every check that the program makes, said once: what it is called, how grave it is, and what a person does.

A new check is a row of ``_CATALOGUE``; whoever makes it states what it found with ``finding_of``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from mrt_pipeline.contracts.findings import REPEATED_ID, Finding, Severity, Side
from mrt_pipeline.errors import InternalError


class Group(StrEnum):
    """When a check is made; three groups of stage 3 are switched in the configuration, under these names."""

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
    """when a dataset is held against the one published before"""
    FILES = "files"
    """when files are held against the manifest that lists them"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked for."""

    group: Group
    severity: Severity
    """of what it finds, unless whoever makes it has a reason for another one"""
    name: str
    """stable, in kebab case"""
    title: str
    """what its findings are called; ``[one|several]`` where the number matters"""
    advice: str
    """what a person does about them; nothing about those that are for the record"""

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
    """Return what a check found; ``severity`` is given only where there is a reason for another one.

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
_GET_AGAIN = "get the document again, or tell the publisher"
_ON_THE_MAP = "see on the map which station is right"
_STAGE = "correct the stage that made it"
_SOURCE = "correct the source that made the claim"
_BOTH_STAGES = "run both stages again on the same inputs"
_OPENING_DATE = "see whether its opening date is in the network table"
_CATALOGUE: dict[Group, tuple[_Row, ...]] = {
    Group.RECORDS: (
        _warning(
            "answer-with-error",
            "answer[|s] of [a source|sources] came with an error",
            "see whether results are missing",
        ),
        _info("document-only-recorded", "document[|s] used as recorded"),
        _error("field-invalid", "record[|s] with [a field|fields] of the wrong form", _GET_AGAIN),
        _error("field-missing", "record[|s] that [lacks a field|lack fields]", _GET_AGAIN),
        _error("geometry-missing", "record[|s] without a position", _GET_AGAIN),
        _error("geometry-not-a-point", "record[|s] whose position[|s] [is|are] no point[|s]", _GET_AGAIN),
        _error("geometry-not-an-area", "record[|s] whose outline[|s] [is|are] no area[|s]", _GET_AGAIN),
        _warning(
            "more-exits-than-expected", "exits file[|s] longer than expected", "see which exits are new"
        ),
        _warning(
            "more-records-than-expected", "document[|s] longer than expected", "see which records are new"
        ),
        _info("place-left-out", "document[|s] with records that are no landmarks"),
        _error(
            "position-not-a-number",
            "record[|s] whose position[|s] [is|are] no pair[|s] of numbers",
            _GET_AGAIN,
        ),
        _info("position-not-onemap", "position[|s] that [is|are] not OneMap's own"),
        _error(
            REPEATED_ID,
            "identifier[|s] that stand[s|] for two records",
            "see which record is right",
        ),
        _warning("record-repeated", "record[|s] that [its|their] publisher repeats", "tell the publisher"),
        _warning(
            "stop-called-at-twice",
            "bus service[|s] that call[s|] at one stop twice in a row",
            "run again later; if it stays, tell the publisher",
        ),
        _warning(
            "stop-sequence-gap",
            "bus service[|s] with a gap in [its|their] stops",
            "run again later; if it stays, tell the publisher",
        ),
        _info("revision-unknown", "document[|s] of unknown revision"),
        _warning(
            "station-ambiguous", "station[|s] that OneMap has in several places", "see which place is right"
        ),
        _warning(
            "station-not-found",
            "station[|s] that OneMap does not find",
            "see whether OneMap uses another name",
        ),
        _warning("text-cleaned", "text[|s] with control characters", "see whether they read well without"),
    ),
    Group.STATIONS: (
        _warning(
            "beyond-network-horizon",
            "day[|s] beyond the network table's horizon",
            "see what opened, closed or was renumbered since",
        ),
        _warning("exit-building-in-doubt", "exit[|s] whose building[|s] [is|are] in doubt", _ON_THE_MAP),
        _warning(
            "exit-label-shared",
            "label[|s] that several exits of a station share",
            "see whether the exits are distinct",
        ),
        _warning("exit-nearer-to-another-station", "exit[|s] nearer to another station", _ON_THE_MAP),
        _info("exit-surveyed-twice", "exit[|s] that [was|were] surveyed twice"),
        _info("exits-not-in-operation", "station[|s] whose exits are not in operation"),
        _info("label-bare", "edition[|s] with labels that lack the word Exit"),
        _info("label-spelled-oddly", "label[|s] that [is|are] spelled oddly"),
        _error("label-unknown", "exit[|s] whose label[|s] could not be read", "look up how they are signed"),
        _error("position-unusable", "exit[|s] that lie[s|] nowhere", "get the exits file again"),
        _warning(
            "station-misspelled",
            "station[|s] whose name[|s] [was|were] guessed",
            "see whether the guess is right",
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
            "see which of the exits is meant",
        ),
        _warning(
            "access-exit-unknown",
            "statement[|s] about access at [an exit|exits] that LTA's layer lacks",
            "see whether an exit is missing",
        ),
        _warning(
            "access-station-unknown",
            "statement[|s] about access at [a station|stations] nobody knows",
            "see whether a station is missing",
        ),
        _warning(
            "access-words-unread",
            "statement[|s] about access whose words could not be read",
            "read the words",
        ),
        _warning(
            "landmarks-too-many",
            "exit[|s] with more landmarks on one page than an exit has",
            "see whether the page is right",
        ),
        _warning(
            "platform-letter-unknown",
            "platform letter[|s] of pages that no record of [the station|their stations] knows",
            "see what the signs say",
        ),
        _warning(
            "platform-letter-doubtful",
            "direction[|s] for which the letters of LTA's train timetable are doubtful",
            "see what the signs say",
        ),
        _warning(
            "bus-stop-exit-ambiguous",
            "bus stop[|s] whose exit[|s] [is|are] ambiguous",
            "see on the map which exit is meant",
        ),
        _warning(
            "bus-stop-exit-too-far",
            "bus stop[|s] far from the exit[|s] [it|they] name[s|]",
            "see whether the exit is right",
        ),
        _warning(
            "bus-stop-exit-unknown",
            "bus stop[|s] that [names an exit|name exits] not in the dataset",
            "see whether an exit is missing",
        ),
        _warning(
            "bus-stop-exit-unreadable",
            "bus stop[|s] whose words about an exit could not be read",
            "read the words",
        ),
        _info("bus-stop-not-listed", "bus service[|s] that call[s|] at [a stop|stops] not listed"),
        _warning(
            "bus-stop-station-not-open",
            "bus stop[|s] named for [a station|stations] not in operation",
            "see whether any has opened",
        ),
        _warning(
            "bus-stop-station-unknown",
            "bus stop[|s] that [names a station|name stations] not in the dataset",
            "see whether a station is missing",
        ),
        _info("bus-stop-without-service", "station[|s] with bus stops that no service calls at"),
        _warning(
            "entrance-ambiguous",
            "entrance[|s] that may be any of several exits",
            "see on the map which exit is meant",
        ),
        _warning(
            "entrance-far-from-exit",
            "entrance[|s] far from the exit of [its|their] label",
            "see on the map which position is right",
        ),
        _warning(
            "entrance-without-exit",
            "entrance[|s] that LTA's exit layer lacks",
            "see whether an exit is missing",
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
            "list[|s] of platform letters for directions nobody knows",
            "see whether the network table lacks a change",
        ),
        _warning("model-passage-unread", "passage[|s] that the model did not read", "run again, or read it"),
        _warning("no-source-used", "run[|s] without any source", "see which were skipped and why"),
        _warning("source-failed", "failure[|s] of a source", "run again with --retry-failed"),
        _warning("sources-disagree", "disagreement[|s] between sources", "see which of them is right"),
        _warning("wiki-page-blank", "page[|s] of the wiki that [is|are] blank", "look at the page's history"),
        _info("trains-without-platform", "list[|s] with trains of no certain platform"),
        _info("head-unknown", "page[|s] with heads that the vocabulary lacks"),
        _info("wiki-page-missing", "station[|s] without a page in the wiki"),
    ),
    Group.MERGING: (
        _error(
            "enrichment-of-unknown-exit", "enrichment[|s] of [an exit|exits] not in the dataset", _BOTH_STAGES
        ),
        _error("exit-enriched-twice", "exit[|s] that [was|were] enriched twice", _BOTH_STAGES),
        _warning("exit-not-enriched", "exit[|s] [was|were] not enriched", "resume from stage 2"),
        _info("licences-left-out", "dataset[|s] that leave[s|] out documents under other licences"),
        _warning("document-changed", "document[|s] changed during the run", "run again if values disagree"),
    ),
    Group.SCHEMA: (
        _error("schema-invalid", "field[|s] that [its|their] own model refuses", _STAGE),
        _error("schema-round-trip", "record[|s] that would read back differently", _STAGE),
    ),
    Group.COMPLETENESS: (
        _error("station-missing", "station[|s] in operation that [is|are] missing", "see where it was lost"),
        _error("station-not-open", "station[|s] that [is|are] not in operation", _OPENING_DATE),
        _error(
            "station-codes",
            "station[|s] with other codes than in operation",
            "compare with the network table",
        ),
        _error(
            "line-missing", "line[|s] in operation that [is|are] missing", "see where its stations were lost"
        ),
        _error("line-not-open", "line[|s] that [is|are] not in operation", _OPENING_DATE),
        _error(
            "expected-stations",
            "number[|s] of stations other than expected",
            "see whether the network has changed",
        ),
        _error(
            "expected-lines", "number[|s] of lines other than expected", "see whether the network has changed"
        ),
        _error(
            "station-without-exit",
            "station[|s] without an exit",
            "look for it in the exits file under its name and codes",
        ),
        _error(
            "feature-without-exit",
            "feature[|s] of the exits file that [is|are] not published",
            "see where its exit was lost",
        ),
        _error(
            "exit-not-one-feature",
            "exit[|s] that [is|are] not one feature of the exits file",
            "look at the account of features",
        ),
        _warning("source-old", "source[|s] read long ago", "see whether a newer edition is available"),
        _info("expected-counts-of-another-day", "dataset[|s] of another day than the expected counts"),
        _info("field-coverage", "figure[|s] of how full [a field is|fields are]"),
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
            "see on the map which position is wrong",
        ),
        _error("name-not-unique", "name[|s] that stand[s|] for two records", "give the records two names"),
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
            "exits-far-apart", "station[|s] whose exits lie far apart", "see whether all of them are its own"
        ),
        _warning("exits-at-one-point", "case[|s] of two exits at one point", "see which position is wrong"),
    ),
    Group.PUBLISHING: (
        _warning(
            "access-turned",
            "exit[|s] whose access is different from before",
            "verify it before anyone relies on it",
        ),
        _warning(
            "step-free-lost",
            "exit[|s] of which it is no longer known whether [it is|they are] step-free",
            "look at the next answer before anyone relies on it",
        ),
    ),
    Group.FILES: (
        _warning(
            "bytes-not-vouched-for",
            "file[|s] that nothing vouches for",
            "get it from its sender with a sha256",
        ),
        _error("file-altered", "file[|s] that [is|are] not [the one|those] written", "make it again"),
        _warning("file-not-recorded", "file[|s] that [its|their] attempt has not recorded", "make it again"),
        _error("manifest-contradicts-dataset", "contradiction[|s] between manifest and dataset", "run again"),
    ),
}

CHECKS = {row.name: Check(group, *row) for group, rows in _CATALOGUE.items() for row in rows}
"""by name, group by group"""
