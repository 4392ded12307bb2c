"""A statement with the position of its quote in the page, and the checks of its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.access_words import (
    is_denied,
    is_denying,
    is_hostile,
    is_markup,
    is_not_now,
    is_of_later_year,
)
from mrt_pipeline.extraction.candidates import Candidate, Reason, UngroundedError
from mrt_pipeline.extraction.facts import GroundingFacts
from mrt_pipeline.extraction.mentions import (
    EXIT,
    Kind,
    Mention,
    is_row,
    line_at,
    mentions_in,
    owner_at,
    sentence_at,
)
from mrt_pipeline.extraction.page_model import CELL_BREAK
from mrt_pipeline.extraction.place_names import MAX_NAME_WORDS, plain_name, stations_named, without_stations
from mrt_pipeline.extraction.qualifiers import is_qualified, is_qualified_row, is_taken_back_below
from mrt_pipeline.extraction.quotes import Span, find_tokens
from mrt_pipeline.extraction.word_lists import wording

Place = tuple[int, int]

_THERE = wording("there")
_NAME_GOES_ON = re.compile(r"\s+(?!MRT\b|LRT\b|Station\b|Exits?\b|Entrances?\b)[A-Z]")


MAX_DATE_CHARS = 20
"""a longer cell contains more than a date: `Lift being built, by 2027`"""


_JOINS_STATION = re.compile(
    r"(?:['’]s)?\s*+(?:[ML]RT\b\s*+)?+(?:(?:station|stn)\b)?+\s*+[,:(（\[–—-]?+\s*+", re.IGNORECASE
)
"""between another station's name and an exit: `Khatib Station Exit A`"""
_JOINS_LABEL = re.compile(r"\s*+(?:[,(（\[]|\b(?:of|at|in)\b(?:\s+the\b)?+)\s*+", re.IGNORECASE)
"""between an exit and another station's name: `Exit A, Khatib`"""
_NAME_ENDS = re.compile(r"\s*(?:[:：.)）\]–—-]|\Z)")
"""what follows the name there; not `Exit A, Khatib Camp`"""
MAX_AROUND_CHARS = 300
"""how far from a statement another station's name is looked for"""
_OPENERS, _CLOSERS = ("(", "（", "["), (")", "）", "]")
_EXITS = re.compile(r"\b(?:exits?|entrances?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A candidate whose quote was found in its page."""

    candidate: Candidate
    page: Passage
    span: Span
    station: Station
    facts: GroundingFacts

    @property
    def is_by_rule(self) -> bool:
        """Return whether a rule took the exit from the page's form, so that the wording need not name it."""
        return self.candidate.method is Method.RULE and not self.candidate.is_prose

    @property
    def confidence(self) -> Confidence:
        """Return the confidence of a single reading of a page: medium by a rule, else low."""
        return Confidence.MEDIUM if self.is_by_rule else Confidence.LOW

    @property
    def bounds(self) -> Place:
        """Return the bounds of the statement's words in the passage: the rule's cell, or else the quote."""
        quote = self.span.start, self.span.end
        if self.candidate.cell is None or not self.is_by_rule:
            return quote
        start, end = (position - self.page.char_start for position in self.candidate.cell)
        return (start, end) if quote[0] <= start <= end <= quote[1] else quote

    def evidence(self) -> Evidence:
        """Return the quote as it is on the page, with its position there."""
        return Evidence(
            document_id=self.page.document_id,
            method=self.candidate.method,
            licence=self.page.licence,
            quote=self.page.text[self.span.start : self.span.end],
            char_start=self.page.char_start + self.span.start,
            char_end=self.page.char_start + self.span.end,
            alignment=self.span.alignment,
        )

    def places_of(self, value: str) -> list[Place]:
        """Return the positions of a value, as whole words, within ``bounds``.

        Raises:
            UngroundedError: if there are none.
        """
        places = list(find_tokens(self.page.text, value, *self.bounds))
        if not places:
            raise UngroundedError(Reason.VALUE_NOT_IN_QUOTE)
        return places


def check_not_hostile(statement: Statement) -> None:
    """Raise ``UngroundedError`` if the lines of the quote contain instructions to a machine."""
    text = statement.page.text
    start, end = line_at(text, statement.span.start)[0], line_at(text, statement.span.end)[1]
    if is_hostile(text[start:end]):
        raise UngroundedError(Reason.HOSTILE_TEXT)


def check_not_of_another_station(statement: Statement) -> None:
    """Raise ``UngroundedError`` if the words around a statement give its exit to another station.

    They do if the name is right beside the label, alone in brackets, or the subject of an earlier sentence on
    exits: `Khatib has five exits. Exit A is step-free.`
    """
    text, (start, end) = statement.page.text, statement.bounds
    line_start, line_end = line_at(text, start)
    line_start, line_end = max(line_start, start - MAX_AROUND_CHARS), min(line_end, end + MAX_AROUND_CHARS)
    left = max(line_start, *(text.rfind(mark, line_start, start) + 1 for mark in "|\t"))
    breaks = (place for mark in "|\t" if (place := text.find(mark, end, line_end)) >= 0)
    right = min(breaks, default=line_end)
    owned = [one for one in mentions_in(text, left, right) if statement.candidate.exit_label in one.labels]
    others = [
        (left + found.start, left + found.end)
        for found in stations_named(text[left:right], statement.facts.slugs_by_name)
        if found.slug != statement.station.slug
    ]
    is_beside = any(_is_beside(text, one, place, right) for one in owned for place in others)
    sentence = sentence_at(text, start, end)
    is_in_brackets = any(
        sentence[0] <= place[0] < sentence[1] and _is_alone_in_brackets(text, place) for place in others
    )
    if is_beside or is_in_brackets or _is_told_of_another(statement, left, sentence[0]):
        raise UngroundedError(Reason.EXIT_OF_OTHER_STATION)


def _is_beside(text: str, label: Mention, station: Place, end: int) -> bool:
    """Return whether a station's name is right before or behind a label."""
    if station[1] <= label.start:
        return _JOINS_STATION.fullmatch(text, station[1], label.start) is not None
    joined = _JOINS_LABEL.fullmatch(text, label.end, station[0])
    is_inserted = joined is not None and "," in joined.group() and text[station[1] : station[1] + 1] == ","
    return is_inserted or (joined is not None and _NAME_ENDS.match(text, station[1], end) is not None)


def _is_alone_in_brackets(text: str, place: Place) -> bool:
    return text[max(0, place[0] - 1) : place[0]] in _OPENERS and text[place[1] : place[1] + 1] in _CLOSERS


def _is_told_of_another(statement: Statement, start: int, end: int) -> bool:
    """Return whether the last station that sentences before a statement name is another, and has exits."""
    text = statement.page.text[start:end]
    last = next(reversed(list(stations_named(text, statement.facts.slugs_by_name))), None)
    if last is None or last.slug == statement.station.slug:
        return False
    sentence = sentence_at(text, last.start, last.end)
    is_subject = not text[sentence[0] : last.start].strip(" -*•·")
    return is_subject and _EXITS.search(text, last.end, sentence[1]) is not None


def check_not_markup(statement: Statement) -> None:
    """Raise ``UngroundedError`` if the statement's lines, or table cells, contain markup shown as text."""
    text, (start, end) = statement.page.text, statement.bounds
    left, right = line_at(text, start)[0], line_at(text, end)[1]
    if is_row(text, left, right):
        left = max(left, text.rfind(CELL_BREAK, left, start))
        right = min(place for place in (text.find(CELL_BREAK, end, right), right) if place >= 0)
    if is_markup(text, left, right):
        raise UngroundedError(Reason.HOSTILE_TEXT)


def choose_place(statement: Statement, places: Iterable[Place]) -> Place:
    """Return the first position at which the page states the value for the candidate's exit.

    The words must be about that exit and not be retracted. For a rule, which took the exit from the page's
    form, only the latter is checked.

    Raises:
        UngroundedError: if there is no such position, with the fault of the first one.
    """
    faults: list[Reason] = []
    find = find_retraction if statement.is_by_rule else find_fault
    for place in places:
        fault = find(statement, place)
        if fault is None:
            return place
        faults.append(fault)
    raise UngroundedError(faults[0])


def find_fault(
    statement: Statement, place: Place, kind: Kind = EXIT, label: str | None = None
) -> Reason | None:
    """Return why the words at a position do not support the statement, or None if they do.

    Args:
        statement: the statement.
        place: bounds of the words.
        kind: whether they must be about an exit or a platform.
        label: its label; default: the candidate's exit.
    """
    owner = owner_at(statement.page.text, *place, kind)
    if owner is None or (label or statement.candidate.exit_label) not in owner.labels:
        return Reason.EXIT_NOT_IN_QUOTE if kind is EXIT else Reason.PLATFORM_NOT_IN_QUOTE
    if kind is EXIT and (_names_other_station(statement, owner) or _is_elsewhere(statement, owner, place)):
        return Reason.EXIT_OF_OTHER_STATION
    return find_retraction(statement, place, owner)


def find_retraction(statement: Statement, place: Place, owner: Mention | None = None) -> Reason | None:
    """Return the reason if the words around a position, or around the label it belongs to, retract it."""
    text = statement.page.text
    unit = _unit_at(statement, place)
    of_label = unit if owner is None else _unit_at(statement, (owner.start, owner.end))
    both = text[slice(*unit)], text[slice(*of_label)]
    year = statement.facts.as_of.year
    row = text[statement.span.start : statement.span.end] if statement.is_by_rule else ""
    cells = row.split(CELL_BREAK) if CELL_BREAK in row else []
    dates = [cell for cell in cells if len(cell) <= MAX_DATE_CHARS]  # when an exit opens
    if any(map(is_not_now, both)) or any(is_of_later_year(words, year) for words in (*both, *dates)):
        return Reason.NOT_CURRENT
    if is_denied(both[0], place[0] - unit[0], place[1] - unit[0]):
        return Reason.NEGATED
    if of_label != unit and is_denying(both[1]):
        return Reason.NEGATED
    return Reason.QUALIFIED if _is_qualified(statement, place) else None


def _is_qualified(statement: Statement, place: Place) -> bool:
    """Return whether words beside a position are not understood; in a cell, the rule has checked that."""
    text, field = statement.page.text, statement.candidate.field
    start, end = statement.bounds if statement.is_by_rule else sentence_at(text, *place)
    if field in ("platform", "access"):  # station names are known words
        text = text[:start] + without_stations(text[start:end], statement.facts.slugs_by_name) + text[end:]
    if field == "platform":
        return is_qualified_row(text, start, end)
    if is_taken_back_below(text, start, end, is_about_access=field == "access"):
        return True
    is_in_cell = statement.is_by_rule and statement.candidate.cell is not None
    return not is_in_cell and is_qualified(text, (start, end), place, is_about_access=field == "access")


def _unit_at(statement: Statement, place: Place) -> Place:
    """Return the bounds of the text that qualifies the words at a position: their sentence or table row.

    For a rule, which knows what part of a row or cell belongs together, it is the rule's cell.
    """
    text = statement.page.text
    sentence = sentence_at(text, *place)
    if statement.is_by_rule:
        return statement.bounds if statement.candidate.cell else sentence
    line = line_at(text, place[0])
    return line if is_row(text, *line) else sentence


def _names_other_station(statement: Statement, owner: Mention) -> bool:
    """Return whether a label belongs to another station: `Khatib Exit A`, `Exit A of Khatib station`."""
    text = statement.page.text
    start, end = sentence_at(text, owner.start, owner.end)
    if _is_of_something_else(statement, text[owner.end : end]):
        return True
    before = _words(text[start : owner.start])
    after = re.match(r"\W*(?:of|at|in)\s+(?:the\s+)?(.*)", text[owner.end : end], re.DOTALL)
    following = _words(after.group(1)) if after else []
    named = {*_names_ending(before), *_names_opening(following)}
    slugs = {statement.facts.slugs_by_name[name] for name in named if name in statement.facts.slugs_by_name}
    return bool(slugs) and statement.station.slug not in slugs


def _is_elsewhere(statement: Statement, owner: Mention, place: Place) -> bool:
    """Return whether a sentence is about another station: `At Khatib, one stop away, Exit A has a lift`."""
    text = statement.page.text
    bounds = owner.start, owner.end
    start, end = _unit_at(statement, bounds)
    if _other_stations(statement, start, owner.start):
        return True
    said_start = sentence_at(text, *place)[0]
    if said_start > owner.end and _other_stations(statement, said_start, place[0]):
        return True
    refers_back = _THERE.search(text, start, end) is not None
    return refers_back and _other_stations(statement, line_at(text, start)[0], start)


def _other_stations(statement: Statement, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` names another station; `Khatib Camp` is not one."""
    text = statement.page.text
    return any(
        found.slug != statement.station.slug and not _NAME_GOES_ON.match(text, start + found.end)
        for found in stations_named(text[start:end], statement.facts.slugs_by_name)
    )


def _is_of_something_else(statement: Statement, following: str) -> bool:
    """Return whether an exit belongs to something other than the station: `Exit A of the mall`."""
    owner = re.match(r"\s+of\s+(?:(?:the|this)\s+)?(.*)", following, re.DOTALL)
    if owner is None:
        return False
    words = _words(owner.group(1))
    if re.match(r"(?:station|(?i:[ml]rt station))(?: |$)", " ".join(words)):
        return False
    slugs = {statement.facts.slugs_by_name.get(name) for name in _names_opening(words)}
    return statement.station.slug not in slugs


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’.\-/]+", text)


def _names_ending(words: list[str]) -> Iterator[str]:
    """Yield the plain names that the last words may form: of one word, of two, and so on."""
    for count in range(1, MAX_NAME_WORDS + 1):
        yield plain_name(" ".join(words[-count:]).removesuffix("'s").removesuffix("’s"))


def _names_opening(words: list[str]) -> Iterator[str]:
    """Yield the plain names that the first words may form: of one word, of two, and so on."""
    for count in range(1, MAX_NAME_WORDS + 1):
        yield plain_name(" ".join(words[:count]))
