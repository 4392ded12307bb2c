"""Measure how well the rules read pages that a person has read: a folder with the pages and an answer sheet.

``FOLDER/answers.csv`` has a row for each statement on a page, with the columns
    ``page``     file name in the folder: HTML, or JSON as MediaWiki's ``action=parse`` answers
    ``station``  slug, code or name of the station that the page is about
    ``exit``     label as signed; ``*`` for platforms, which concern all exits
    ``field``    ``bus_stop``, ``platform``, ``access`` or ``landmark``
    ``value``    code of a stop; ``A>NS1`` for platform A towards NS1 (on a loop: the next station); an
                 access feature, or ``yes`` / ``no`` for step-free; a place's name
    ``kind``     optional: its form on the page, e.g. ``table``; results are counted by it; ``trap`` is a
                 value that must not be read

Every published value without a row is false. Nothing is fetched: exits and stops are those recorded.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.counting import counted, joined
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.network import StepFree, TowardsKind
from mrt_pipeline.errors import UsageError
from mrt_pipeline.extraction.facts import GroundingFacts
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.page_reading import PageReading, read_html
from mrt_pipeline.extraction.place_names import PlaceNames, place_key
from mrt_pipeline.extraction.rules.headers import Vocabulary, load_vocabulary
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import default_context
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion

if TYPE_CHECKING:
    from mrt_pipeline.config import PipelineConfig
    from mrt_pipeline.contracts.network import Station
    from mrt_pipeline.contracts.outputs import ExitEnrichment, RejectedClaim

SHEET = "answers.csv"
COLUMNS = ("page", "station", "exit", "field", "value")
FIELDS = tuple(part.claimed_as for part in PARTS.values())
LINE = "line"
"""number of a row's line in the sheet, kept with its cells"""
TRAP = "trap"
ALL_EXITS = "*"
SOURCE = "evaluate"
FORM_NOT_READ = "form-not-read"
VALUE_NOT_IN_TEXT = "value-not-in-text"


class Fact(NamedTuple):
    """One statement on a page about one exit, or about all of them."""

    page: str
    exit_label: str
    field: str
    value: str

    @property
    def key(self) -> Fact:
        """Return the fact with its value normalised for comparison: spellings of a place are unified."""
        return self._replace(value=place_key(self.value) or self.value) if self.field == "landmark" else self


@dataclass(frozen=True, slots=True)
class Miss:
    """A row of the sheet that the rules did not read."""

    fact: Fact
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of facts."""

    expected: int
    read: int
    false: int

    @property
    def recall(self) -> float:
        """Return the share of expected facts that were read; 1 if there are none."""
        return self.read / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Return the share of facts read that are correct; 1 if there are none."""
        found = self.read + self.false
        return self.read / found if found else 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of reading the pages."""

    by_field: Mapping[str, Score]
    by_kind: Mapping[str, Score]
    """false ones are counted by field, since they have no kind; traps are separate"""
    false: tuple[Fact, ...]
    missed: tuple[Miss, ...]
    unknown_heads: Mapping[str, int]
    """heads and keys that the vocabulary does not explain, with the number of values that depend on each"""


def evaluate(folder: Path, config: PipelineConfig, as_of: date | None = None) -> Evaluation:
    """Return how the rules read the pages in a folder, compared with its answer sheet.

    Args:
        folder: folder with the pages and ``answers.csv``.
        config: configuration whose recorded or live tables, and whose vocabulary, are used.
        as_of: date of the network that pages are compared with; default: today.

    Raises:
        UsageError: if the sheet or one of its pages cannot be read; all faults of the sheet are listed.
        SourceError: if stage 1 or LTA's bus stops cannot be obtained.
    """
    from mrt_pipeline.sources.datamall.reading import read_bus_tables

    rows = _read_sheet(folder / SHEET)
    context = default_context(config, as_of)
    tables, network = read_bus_tables(context), load_network()
    facts = GroundingFacts(network, context.as_of, tables)
    stations = Stage1Ingestion(config, context).execute(None).stations
    names, own = PlaceNames.of(network), config.settings.apis.fandom.vocabulary
    vocabulary = load_vocabulary(read_path(own) if own else None)
    reader = _Reader(facts, names, vocabulary)
    named = _stations_of(rows, {key: item for item in stations for key in _keys_of(item)}, folder)
    pages = {page: reader.read(folder / page, station) for page, station in named.items()}
    return _compare(rows, pages)


@dataclass(frozen=True, slots=True)
class _Page:
    reading: PageReading
    found: tuple[Fact, ...]
    rejected: tuple[RejectedClaim, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    facts: GroundingFacts
    names: PlaceNames
    vocabulary: Vocabulary

    def read(self, path: Path, station: Station) -> _Page:
        """Return the grounded reading of one page."""
        title, html = _read_page(path)
        if self.names.slug_of_title(title) != station.slug:
            title = station.wiki_title
        reading = read_html(html, title, self.names, self.vocabulary)
        passage = Passage(document_id=path.name, licence="none", text=reading.text, char_start=0)
        exits, rejected, _ = ground([(passage, reading.candidates)], station, self.facts, source=SOURCE)
        labels = {item.exit_id: item.exit_code for item in station.exits}
        found = (fact for item in exits for fact in _facts_of(path.name, item, labels[item.exit_id]))
        return _Page(reading, tuple(dict.fromkeys(found)), rejected)


def _read_sheet(path: Path) -> list[dict[str, str]]:
    if path.parent.exists() and not path.parent.is_dir():
        raise UsageError(f"{path.parent} is not a folder; expected one with pages and {SHEET}.")
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"{path} not found. Create this CSV file with the columns {', '.join(COLUMNS)}."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    reader = csv.DictReader(text.splitlines())
    if lacking := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        columns, them = ("column", "it") if len(lacking) == 1 else ("columns", "them")
        raise UsageError(f"{path} lacks the {columns} {', '.join(lacking)}. Add {them} to its first line.")
    rows: list[dict[str, str]] = []
    faults: list[tuple[int, str]] = []
    for row in reader:
        cells = {name: (row.get(name) or "").strip() for name in (*COLUMNS, "kind")}
        rows.append(cells | {LINE: str(reader.line_num), "kind": cells["kind"].casefold()})
        if fault := _fault_of(cells, is_too_long=None in row):
            faults.append((reader.line_num, fault))
    if not rows:
        raise UsageError(f"{path} has no rows; expected one for each statement on the pages.")
    _refuse_faults(path, faults)
    return rows


def _refuse_faults(path: Path, faults: Sequence[tuple[int, str]]) -> None:
    """Raise if there are faults: each is a line number and a sentence."""
    if faults:
        lines = (f"  - line {number}: {fault}" for number, fault in faults)
        raise UsageError("\n".join([f"{path} has {counted(len(faults), 'invalid line')}:", *lines]))


def _fault_of(row: Mapping[str, str], *, is_too_long: bool) -> str | None:
    if is_too_long:
        return "too many cells; put a value that contains a comma in quotation marks."
    if empty := [name for name in COLUMNS if not row[name]]:
        return f"no {', '.join(empty)}; expected a value in every column but kind."
    if row["field"] not in FIELDS:
        return f"unknown field {row['field']!r}; expected one of {', '.join(FIELDS)}."
    if Path(row["page"]).name != row["page"]:
        return f"page is {row['page']!r}; expected the name of a file in the same folder."
    return None


def _stations_of(
    rows: Iterable[Mapping[str, str]], stations: Mapping[str, Station], folder: Path
) -> dict[str, Station]:
    """Return the station of each page; raise for all rows whose page, station or exit is missing.

    Args:
        rows: the sheet.
        stations: those in operation, by slug, name and codes in lower case.
        folder: folder of the pages.
    """
    named: dict[str, Station] = {}
    faults: list[tuple[int, str]] = []
    for row in rows:
        page, station = row["page"], stations.get(row["station"].casefold())
        if station is None:
            fault = f"no station {row['station']!r} in operation; expected a slug, code or name of one."
        elif named.setdefault(page, station) is not station:
            fault = f"{page} is also about {named[page].name}; expected one station per page."
        elif not (folder / page).exists():
            fault = f"{folder / page} not found. Add the page, or remove its rows."
        elif row["kind"] != TRAP and row["exit"] not in (labels := _labels_of(station, row["field"])):
            fault = f"exit {row['exit']!r}; expected {joined(labels, 'or')} for this field of {station.name}."
        else:
            continue
        faults.append((int(row[LINE]), fault))
    _refuse_faults(folder / SHEET, faults)
    return named


def _labels_of(station: Station, field: str) -> list[str]:
    return [ALL_EXITS] if field == "platform" else sorted({found.exit_code for found in station.exits})


def _read_page(path: Path) -> tuple[str, str]:
    """Return title and HTML of a page."""
    text = read_bytes(path).decode("utf-8", "replace")
    if path.suffix != ".json":
        return path.stem.replace("_", " "), text
    try:
        parsed = json.loads(text)["parse"]
        html = parsed["text"]
        return str(parsed["title"]), str(html["*"] if isinstance(html, dict) else html)
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{path} is not a response of action=parse. Save its JSON, or the page as HTML."
        ) from None


def _keys_of(station: Station) -> Iterator[str]:
    for key in (station.slug, station.name, station.wiki_title, *station.mrt_codes):
        yield key.casefold()


def _facts_of(page: str, item: ExitEnrichment, label: str) -> Iterator[Fact]:
    for platform in item.platforms:
        is_on_loop = platform.towards_kind is TowardsKind.LOOP_RETURN
        goal = platform.next_code if is_on_loop else platform.towards_code
        yield Fact(page, ALL_EXITS, "platform", f"{platform.platform_code}>{goal}")
    for part in (part for part in PARTS.values() if part.is_listed):
        for record in part.records(item):
            yield Fact(page, label, part.claimed_as, getattr(record, part.key))
    if item.access:
        for feature in item.access.features:
            yield Fact(page, label, "access", feature.value)
        if item.access.step_free is not StepFree.UNKNOWN:
            yield Fact(page, label, "access", item.access.step_free.value)


def _compare(rows: Iterable[Mapping[str, str]], pages: Mapping[str, _Page]) -> Evaluation:
    sheet: dict[Fact, tuple[Fact, str]] = {}
    for row in rows:
        fact = Fact(row["page"], row["exit"], row["field"], row["value"])
        sheet.setdefault(fact.key, (fact, row["kind"]))
    expected = {key: item for key, item in sheet.items() if item[1] != TRAP}
    found = {fact.key: fact for page in pages.values() for fact in page.found}
    false = tuple(fact for key, fact in found.items() if key not in expected)
    missed = tuple(
        Miss(fact, kind, _reason_of(fact, pages[fact.page]))
        for key, (fact, kind) in expected.items()
        if key not in found
    )
    heads: Counter[str] = Counter()
    for page in pages.values():
        heads.update(dict(page.reading.unknown_heads))
    return Evaluation(
        by_field={
            name: _score(
                (key for key in expected if key.field == name), found, (f for f in false if f.field == name)
            )
            for name in FIELDS
        },
        by_kind={
            kind: _score((key for key, item in expected.items() if item[1] == kind), found, ())
            for kind in sorted({item[1] for item in expected.values()})
        },
        false=false,
        missed=missed,
        unknown_heads=dict(sorted(heads.items(), key=lambda item: (-item[1], item[0]))),
    )


def _score(expected: Iterable[Fact], found: Mapping[Fact, Fact], false: Iterable[Fact]) -> Score:
    wanted = list(expected)
    return Score(len(wanted), sum(key in found for key in wanted), len(list(false)))


def _reason_of(fact: Fact, page: _Page) -> str:
    """Return why a fact was not read: the reason its statement was rejected, or that there was none."""
    for claim in page.rejected:
        is_same = claim.field == fact.field and claim.exit_label in (fact.exit_label, None)
        if is_same and claim.value.casefold() in fact.value.casefold():
            return claim.reason
    is_there = (
        fact.field == "access" or fact.value.partition(">")[0].casefold() in page.reading.text.casefold()
    )
    return FORM_NOT_READ if is_there else VALUE_NOT_IN_TEXT
