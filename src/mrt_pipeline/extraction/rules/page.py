"""What the rules know of the page they read, and how they write down what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.contracts.claims import HeadedValue
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.extraction.candidates import Candidate, CandidateField
from mrt_pipeline.extraction.page_model import PageText, Piece
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.headers import MAX_HEADER_CHARS, Vocabulary
from mrt_pipeline.extraction.rules.legends import read_legend

MAX_ROW_QUOTE_CHARS = 200
"""A longer row is not quoted whole, only the cell that matters."""

Bounds = tuple[int, int]
Labels = Sequence[str]


@dataclass(frozen=True, slots=True)
class RulePage:
    """A page under reading."""

    page: PageText
    names: PlaceNames
    slug: str | None
    """the station that the title names"""
    vocabulary: Vocabulary
    withdrawn: set[str] = field(default_factory=set)
    """exits of which an entry of their own says that they are not in use, noted while the page is read"""
    headed: list[HeadedValue] = field(default_factory=list)
    """cells and entries that were not read, since the vocabulary lacks their head or key"""

    legend: Mapping[str, str] = field(default_factory=dict)
    """what the page says that its codes and signs stand for"""

    @classmethod
    def of(cls, page: PageText, names: PlaceNames, vocabulary: Vocabulary) -> RulePage:
        """Return a page with the station it is about."""
        return cls(page, names, names.slug_of_title(page.title), vocabulary, legend=read_legend(page))

    @property
    def text(self) -> str:
        """Return the page's clean text."""
        return self.page.text

    def words(self, piece: Piece) -> str:
        """Return the text of a piece."""
        return self.page.words(piece)

    def head(self, piece: Piece) -> str:
        """Return the words of a head, or what they are a code for."""
        words = self.words(piece)
        return self.legend.get(words, words)

    def note_unknown(self, head: str, labels: Sequence[str], start: int, end: int) -> None:
        """Note that a value was not read, since nobody knows what its head or key means."""
        if len(head) <= MAX_HEADER_CHARS:
            head = head.strip(" :：")
            noted = HeadedValue(head=head, exit_labels=tuple(labels), start=start, end=end)
            if noted not in self.headed:
                self.headed.append(noted)

    def names_itself(self, text: str) -> bool:
        """Return whether a text names the page's own station."""
        return any(found.slug == self.slug for found in self.names.stations_in(text))

    def names_other_station(self, text: str) -> bool:
        """Return whether a text names a station that is not the page's own."""
        return any(found.slug != self.slug for found in self.names.stations_in(text))


@dataclass(frozen=True, slots=True)
class Said:
    """Where the page says something: the cell or item, and the row or line around it."""

    cell: Bounds
    row: Bounds | None = None

    def within(self, start: int, end: int) -> Said:
        """Return the same row, and a smaller part of its cell."""
        return Said((start, end), self.row)

    def quote(self) -> Bounds:
        """Return what to quote: the row where it is short, so that a person sees whose value it is."""
        if self.row is not None and self.row[1] - self.row[0] <= MAX_ROW_QUOTE_CHARS:
            return self.row
        return self.cell


def claim(
    page: RulePage,
    field: CandidateField,
    exit_label: str | None,
    value: str,
    said: Said,
    *,
    towards: str | None = None,
    line: str | None = None,
    is_tied: bool = True,
) -> Candidate:
    """Return a statement that the page makes; ``is_tied`` false leaves it to the wording whose it is."""
    start, end = said.quote()
    return Candidate(
        field=field,
        exit_label=exit_label,
        value=value,
        quote=page.text[start:end],
        char_start=start,
        towards=towards,
        line=line,
        method=Method.RULE,
        cell=said.cell if is_tied else None,
        is_prose=not is_tied,
    )
