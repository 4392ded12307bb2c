"""The page that the rules are reading, and how they record its statements."""

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
"""of a longer row, only the relevant cell is quoted"""

Bounds = tuple[int, int]
Labels = Sequence[str]


@dataclass(frozen=True, slots=True)
class RulePage:
    """A page being read."""

    page: PageText
    names: PlaceNames
    slug: str | None
    """the station in the page's title"""
    vocabulary: Vocabulary
    withdrawn: set[str] = field(default_factory=set)
    """exits that the page says are not in use, noted during reading"""
    without_access: set[str] = field(default_factory=set)
    """exits whose access the page says is gone, noted during reading"""
    headed: list[HeadedValue] = field(default_factory=list)
    """cells and items not read because their head or key is not in the vocabulary, noted during reading"""

    legend: Mapping[str, str] = field(default_factory=dict)
    """the page's own explanations of its codes and signs"""

    @classmethod
    def of(cls, page: PageText, names: PlaceNames, vocabulary: Vocabulary) -> RulePage:
        """Return a page with its station and legend."""
        return cls(page, names, names.slug_of_title(page.title), vocabulary, legend=read_legend(page))

    @property
    def text(self) -> str:
        """Return the page's clean text."""
        return self.page.text

    def words(self, piece: Piece) -> str:
        """Return the text of a piece."""
        return self.page.words(piece)

    def head(self, piece: Piece) -> str:
        """Return the words of a head, or of the legend if they are a code."""
        words = self.words(piece)
        return self.legend.get(words, words)

    def note_unknown(self, head: str, labels: Sequence[str], start: int, end: int) -> None:
        """Note that a value was not read because the meaning of its head or key is unknown."""
        if len(head) <= MAX_HEADER_CHARS:
            head = head.strip(" :：")
            noted = HeadedValue(head=head, exit_labels=tuple(labels), start=start, end=end)
            if noted not in self.headed:
                self.headed.append(noted)

    def names_itself(self, text: str) -> bool:
        """Return whether a text names the page's own station."""
        return any(found.slug == self.slug for found in self.names.stations_in(text))

    def names_other_station(self, text: str) -> bool:
        """Return whether a text names a station other than the page's own."""
        return any(found.slug != self.slug for found in self.names.stations_in(text))


@dataclass(frozen=True, slots=True)
class Said:
    """The position of a statement: the cell or item, and the row or line around it."""

    cell: Bounds
    row: Bounds | None = None

    def within(self, start: int, end: int) -> Said:
        """Return a part of the cell, with the same row."""
        return Said((start, end), self.row)

    def quote(self) -> Bounds:
        """Return the bounds to quote: a short row as a whole, so that the quote shows the exit too."""
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
    """Return a statement of the page.

    Args:
        page: the page.
        field: the kind of statement.
        exit_label: the exit's label; None for a platform.
        value: the value, as ``Candidate`` defines it.
        said: the position of the statement.
        towards: for a platform, the station as written.
        line: the line, if it is named.
        is_tied: whether the page's form gives the exit; if not, grounding requires it in the wording.
    """
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
