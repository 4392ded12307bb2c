"""Entries that begin with an exit or a key: ``Exit A: Northpoint City``, ``Lift: yes``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Line, Piece
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, read_cell
from mrt_pipeline.extraction.rules.headers import meaning_of_key
from mrt_pipeline.extraction.rules.labels import LabelText, read_labels
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.platforms import read_platform_line
from mrt_pipeline.extraction.rules.sections import Section, is_untrusted
from mrt_pipeline.extraction.rules.tables import has_doubtful_bracket, pieces_behind
from mrt_pipeline.extraction.rules.words import Meaning

TERM_DEPTH = 0


@dataclass(frozen=True, slots=True)
class _Owner:
    """An entry that those below it belong to."""

    depth: int
    labels: tuple[str, ...]
    meaning: Meaning | None
    is_unread: bool


@dataclass(slots=True)
class ListReader:
    """Reads lines in their order, since an entry may belong to the one above it."""

    page: RulePage
    _owners: list[_Owner] = field(default_factory=list)
    _section: Section | None = None

    @property
    def has_owner(self) -> bool:
        """Return whether the line read last belongs to an exit by its place."""
        return bool(self._owners and self._owners[-1].labels)

    @property
    def is_unread(self) -> bool:
        """Return whether the line read last is about the past, plans, or another station, by its place."""
        return any(owner.is_unread for owner in self._owners)

    def read(self, line: Line, section: Section) -> Iterator[Candidate]:
        """Yield what a line says by its form; sentences are not read here."""
        if section is not self._section or line.kind == "paragraph":
            self._owners, self._section = [], section
        depth = TERM_DEPTH if line.kind == "term" else line.depth
        self._owners = [owner for owner in self._owners if owner.depth < depth]
        owner = self._owners[-1] if self._owners else _Owner(-1, section.labels, None, is_unread=False)
        if owner.is_unread:
            return
        words = self.page.words(line.piece)
        found = self._labels_of(words, section, is_entry=line.kind != "paragraph")
        labels = found.labels if found else owner.labels
        meaning = owner.meaning if found else (meaning_of_key(words) or owner.meaning)
        is_unread = (
            not found and is_untrusted(self.page, words) and line.kind != "paragraph" and len(words) < 60
        )
        self._owners.append(_Owner(depth, labels, meaning, is_unread))
        if not is_unread:
            yield from self._read(line, found, owner, section)

    def _labels_of(self, words: str, section: Section, *, is_entry: bool) -> LabelText | None:
        """Return the labels that a line begins with; a bare one counts only below a heading about exits.

        There it counts before a colon or dash, and a letter of an entry in brackets or with a full stop too;
        `1.` and `(1)` number entries, and in a paragraph `(a)` numbers its parts.
        """
        found = read_labels(self.page, words)
        if found is None or found.has_word:
            return found
        is_about_exits = section.topic in (Meaning.EXIT, Meaning.BUS_STOP, Meaning.LANDMARK, Meaning.ACCESS)
        has_mark = words[found.rest_start :].lstrip()[:1] in (":", "：", "–", "—", "-")
        is_label = has_mark or (is_entry and found.is_set_off)
        return found if is_about_exits and is_label else None

    def _read(
        self, line: Line, found: LabelText | None, owner: _Owner, section: Section
    ) -> Iterator[Candidate]:
        bounds = line.piece.start, line.piece.end
        yield from read_platform_line(self.page, *bounds, section.headings)
        if found is not None:
            meaning = owner.meaning or _topic(section)
            is_doubtful = has_doubtful_bracket(line.piece, found, self.page.text)
            if not is_doubtful and not _is_new_sentence(self.page.text, line.piece, found):
                for piece in pieces_behind(line.piece, found, self.page.text):
                    yield from read_cell(self.page, piece, meaning, found.labels, bounds)
        elif owner.labels and (line.kind == "item" or _has_key(self.page.words(line.piece))):
            yield from read_cell(self.page, line.piece, owner.meaning, owner.labels, bounds, needs_link=True)
        elif section.topic is Meaning.BUS_STOP and line.kind == "item":
            yield from _read_stop_entry(self.page, line.piece, bounds)


def _has_key(words: str) -> bool:
    """Return whether a paragraph is an entry all the same: `Nearby: White Sands`."""
    key, colon, _ = words.partition(":")
    return bool(colon) and len(key.split()) <= 4 and meaning_of_key(key) is not None


def _is_new_sentence(text: str, piece: Piece, found: LabelText) -> bool:
    """Return whether what follows a label is not an entry about it: `Exit A, B and lifts`."""
    rest = text[piece.start + found.rest_start : piece.end].lstrip()
    return rest[:1] in (",", ";")


def _topic(section: Section) -> Meaning | None:
    return section.topic if section.topic in (Meaning.BUS_STOP, Meaning.ACCESS) else None


def _read_stop_entry(page: RulePage, piece: Piece, bounds: Bounds) -> Iterator[Candidate]:
    """Yield what an entry of a list of bus stops says: `59041 – Opp Yishun Stn (Exit A)`."""
    words = page.words(piece)
    labels = labels_named(words)
    codes = {match.group() for match in BUS_STOP_CODE.finditer(words)}
    if len(codes) != 1:
        return
    [code] = codes
    for label in sorted(labels):
        yield claim(page, "bus_stop", label, code, Said(bounds, bounds), is_tied=False)
