"""Entries that begin with an exit or a key: ``Exit A: Northpoint City``, ``Lift: yes``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Line, Piece
from mrt_pipeline.extraction.rules.cells import (
    BUS_STOP_CODE,
    is_remark_on_exit,
    read_cell,
    read_exits_of,
    read_stop_head,
    without_doubted_lift,
)
from mrt_pipeline.extraction.rules.headers import MAX_HEADER_CHARS
from mrt_pipeline.extraction.rules.labels import LabelText, has_doubtful_bracket, pieces_behind, read_labels
from mrt_pipeline.extraction.rules.owners import names_another_exit
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import BRACKETS, part_of, strip_bounds
from mrt_pipeline.extraction.rules.place_mentions import Need
from mrt_pipeline.extraction.rules.platforms import (
    TO,
    claim_platform,
    goals_in,
    is_towards,
    led_sign,
    line_of,
    lone_goal,
    read_signed,
    sign_in,
)
from mrt_pipeline.extraction.rules.sections import (
    Section,
    has_key,
    is_untrusted,
    may_turn,
    sign_of_heading,
    topic_of_values,
)
from mrt_pipeline.extraction.rules.words import Meaning

TERM_DEPTH = 0
EXITS_BEHIND = re.compile(
    r"(?P<name>[^:：–—()]+?)\s*(?:[:：–—]|\s-\s|\((?=.*\)$))\s*(?P<exits>[^()]+?)"
    r"(?:\)?\.?|\s*\(\d+(?:[-–]\d+)?[ -]min(?:ute)?s?(?: walk)?\))"
)
"""`Parkview Square (Exit E)`, `National Library – Exits E and F`."""

_EXITS_IN_BRACKETS = re.compile(r"\((?P<exits>Exits? [^()]*)\)\s*\Z")
"""`92041 Stn Exit 2 (Exit 3)`: a stop named after one exit, beside another."""
_SENTENCE_END = re.compile(r"(?<=[.!。])\s+")
_NAME_GOES_ON = re.compile(r"\s+(?!(?:MRT|LRT|Station|Stn|Exits?|Entrances?|Platforms?|Line|Branch)\b)[A-Z]")


@dataclass(frozen=True, slots=True)
class _Owner:
    """An entry that those below it belong to."""

    depth: int
    labels: tuple[str, ...]
    meaning: Meaning | None
    is_unread: bool
    piece: Piece | None = None
    """the entry itself, which may name what those below it are about"""
    may_turn: bool = False
    """whether nobody can tell what its words make of those below it"""


@dataclass(slots=True)
class ListReader:
    """Reads lines in their order, since an entry may belong to the one above it."""

    page: RulePage
    _owners: list[_Owner] = field(default_factory=list)
    _section: Section | None = None
    _is_below_doubt: bool = False

    @property
    def has_owner(self) -> bool:
        """Return whether the line read last belongs to an exit by its place."""
        return bool(self._owners and self._owners[-1].labels)

    @property
    def is_unread(self) -> bool:
        """Return whether the line read last is about the past, plans, or another station, by its place."""
        return self._is_below_doubt or any(owner.is_unread for owner in self._owners)

    def read(self, line: Line, section: Section) -> Iterator[Candidate]:
        """Yield what a line says by its form; sentences are not read here."""
        words = self.page.words(line.piece)
        if line.kind == "paragraph" and is_remark_on_exit(_SENTENCE_END.split(words, maxsplit=1)[0]):
            self.page.withdrawn.update(section.labels)
        is_below = line.goes_on and has_key(self.page, words)
        if section is not self._section or (line.kind == "paragraph" and not is_below):
            self._owners, self._section = [], section
        depth = TERM_DEPTH if line.kind == "term" else line.depth + is_below
        self._owners = [owner for owner in self._owners if owner.depth < depth]
        if self._owners and names_another_exit(words, self._owners[-1].labels):
            self._owners = [replace(owner, labels=()) for owner in self._owners]
        owner = self._owners[-1] if self._owners else _Owner(-1, section.labels, None, is_unread=False)
        self._is_below_doubt = any(owner.may_turn for owner in self._owners)
        if owner.is_unread or self._is_below_doubt:
            return
        found = self._labels_of(line, words, section)
        labels = found.labels if found else owner.labels
        known = None if found else self.page.vocabulary.meaning_of_key(words.rstrip(" :："))
        meaning = known or owner.meaning
        is_below_sign = owner.piece is not None and sign_of_heading(self.page, owner.piece) is not None
        is_about_trains = is_below_sign or section.topic is Meaning.PLATFORM or section.sign is not None
        is_short_entry = line.kind != "paragraph" and len(words) < MAX_HEADER_CHARS
        key, colon, rest = words.partition(":")
        is_keyed = has_key(self.page, words) and any(map(str.isupper, BRACKETS.sub("", rest)))
        is_unread = (
            not found
            and is_short_entry
            and not is_about_trains
            and not is_keyed  # what it says is judged by its parts
            and is_untrusted(self.page, _without_places(self.page, without_doubted_lift(words)))
        )
        is_head = is_short_entry and not found and not is_about_trains and not (colon and rest.strip())
        is_doubtful = is_head and may_turn(self.page, words)
        self._owners.append(_Owner(depth, labels, meaning, is_unread, line.piece, is_doubtful))
        names_things = self.page.vocabulary.meanings_in(words) & {Meaning.BUS_STOP, Meaning.LANDMARK}
        is_status = (
            self.page.vocabulary.meaning_of_key(key) is Meaning.STATUS
            if colon
            else (is_remark_on_exit(words) and not names_things)
        )
        is_about_exit = (
            owner.piece is None or read_labels(self.page, self.page.words(owner.piece)) is not None
        )
        if is_unread and is_status and is_about_exit:
            self.page.withdrawn.update(owner.labels)
        if not is_unread:
            yield from self._read(line, found, owner, section)

    def _labels_of(self, line: Line, words: str, section: Section) -> LabelText | None:
        """Return the labels that a line begins with; a bare one counts only below a heading about exits.

        There it counts before a colon or dash, as a term, and a letter of an entry in brackets or with a full
        stop too; `1.` and `(1)` number entries, and in a paragraph `(a)` numbers its parts.
        """
        found = read_labels(self.page, words)
        if found is None or found.has_word:
            return found
        is_about_exits = section.topic is Meaning.EXIT or topic_of_values(section) is not None
        rest = words[found.rest_start :].strip()
        has_mark = rest[:1] in (":", "：", "–", "—", "-") and rest != ""
        is_entry = line.kind != "paragraph"
        is_label = has_mark or (is_entry and (found.is_set_off or not rest))
        return found if is_about_exits and is_label else None

    def _read(
        self, line: Line, found: LabelText | None, owner: _Owner, section: Section
    ) -> Iterator[Candidate]:
        page, piece, bounds = self.page, line.piece, (line.piece.start, line.piece.end)
        words = page.words(piece)
        yield from _read_platforms(page, piece, section, owner.piece)
        yield from _read_keyed_exits(page, piece, bounds)
        yield from self._read_exits_of_stop(words, found, owner, section)
        meaning = owner.meaning or topic_of_values(section)
        if found is not None:
            if not has_doubtful_bracket(words, found) and not _is_new_sentence(words, found):
                yield from self._read_labelled(piece, found, owner, meaning)
        elif owner.labels and (_is_entry(line, words) or has_key(page, words)):
            yield from read_cell(page, piece, meaning, owner.labels, bounds, need="sign")
        elif section.topic in (Meaning.BUS_STOP, Meaning.BUS) and line.kind == "item":
            yield from _read_stop_entry(page, piece, bounds)
        elif line.kind == "item" and section.topic in (Meaning.EXIT, Meaning.LANDMARK, None):
            yield from _read_place_entry(page, piece, bounds, need="nothing" if section.topic else "sign")

    def _read_exits_of_stop(
        self, words: str, found: LabelText | None, owner: _Owner, section: Section
    ) -> Iterator[Candidate]:
        """Yield the stop that heads an entry which names nothing but its exits: `Nearest exit: A`."""
        key, _, rest = words.replace("：", ":").partition(":")
        if found is None and self.page.vocabulary.meaning_of_key(key) is Meaning.EXIT:
            words, found = rest.strip(), read_labels(self.page, rest.strip())
        head = owner.piece or section.head
        if found and head and not owner.labels and not words[found.rest_start :].strip(" ."):
            yield from read_stop_head(self.page, head, found.labels)

    def _read_labelled(
        self, piece: Piece, found: LabelText, owner: _Owner, meaning: Meaning | None
    ) -> Iterator[Candidate]:
        """Yield what an entry says that begins with exits: what stands behind them, or else above them."""
        page, bounds = self.page, (piece.start, piece.end)
        yield from read_exits_of(page, piece, meaning, bounds)
        rest = list(pieces_behind(page, piece, found))
        for part in rest:
            yield from read_cell(page, part, meaning, found.labels, bounds)
        is_alone = not any(part.start < part.end for part in rest)
        if is_alone and owner.piece and meaning in (Meaning.LANDMARK, Meaning.BUS_STOP) and not owner.labels:
            yield from read_cell(page, owner.piece, meaning, found.labels, None)


def _without_places(page: RulePage, words: str) -> str:
    """Return an entry without stations whose names go on as those of places: `Yishun Pond`."""
    for found in page.names.stations_in(words):
        if _NAME_GOES_ON.match(words, found.end):
            words = words[: found.start] + " " * (found.end - found.start) + words[found.end :]
    return words


def _read_platforms(
    page: RulePage, piece: Piece, section: Section, above: Piece | None
) -> Iterator[Candidate]:
    """Yield what a line says of platforms: of those it begins with, lists, or stands below."""
    bounds = piece.start, piece.end
    key, colon, _ = page.words(piece).partition(":")
    if colon and page.vocabulary.meaning_of_key(key) is Meaning.PLATFORM and sign_in(key) is None:
        yield from read_signed(page, piece.start + len(key) + 1, piece.end, section.headings, bounds)
    elif led_sign(page.text, *bounds):
        yield from read_signed(page, *bounds, section.headings)
    elif found := (_sign_above(page, above, section) if above else None) or section.sign:
        start = piece.start + len(key) + 1 if is_towards(page, key) else piece.start
        goals = goals_in(page, *bounds, TO) or lone_goal(page, start, piece.end)
        sign, sign_start = found
        yield from claim_platform(
            page, sign, goals, line_of(page, *section.headings), (sign_start, piece.end)
        )
    elif section.topic is Meaning.PLATFORM:
        yield from read_signed(page, *bounds, section.headings, bounds)


def _sign_above(page: RulePage, above: Piece, section: Section) -> tuple[str, int] | None:
    """Return the platform that an entry's own head names; a bare sign only below a heading about them."""
    bare = sign_in(page.words(above)) if section.topic is Meaning.PLATFORM else None
    return sign_of_heading(page, above) or ((bare, above.start) if bare else None)


def _is_entry(line: Line, words: str) -> bool:
    """Return whether a line is an item of a list, or as short as one."""
    return line.kind == "item" or (len(words) <= MAX_HEADER_CHARS and not words.endswith(":"))


def _read_keyed_exits(page: RulePage, piece: Piece, bounds: Bounds) -> Iterator[Candidate]:
    """Yield what an entry says whose key names a feature, and the rest nothing but exits: `Lifts: A, C`."""
    key, colon, _ = page.words(piece).replace("：", ":").partition(":")
    if colon:
        rest = Piece(*strip_bounds(page.text, piece.start + len(key) + 1, piece.end))
        yield from read_exits_of(page, rest, page.vocabulary.meaning_of_key(key), bounds)


def _read_place_entry(page: RulePage, piece: Piece, bounds: Bounds, *, need: Need) -> Iterator[Candidate]:
    """Yield the place that an entry names before its exits: `Parkview Square (Exit E)`."""
    match = EXITS_BEHIND.fullmatch(page.text, piece.start, piece.end)
    found = read_labels(page, match["exits"]) if match else None
    if match is None or found is None or not found.has_word or match["exits"][found.rest_start :].strip():
        return
    if len(BUS_STOP_CODE.findall(match["name"])) > 1:  # which one is meant?
        return
    name = part_of(piece, *match.span("name"))
    meaning = Meaning.LANDMARK if need == "nothing" else None
    yield from read_cell(page, name, meaning, found.labels, bounds, need=need)


def _is_new_sentence(words: str, found: LabelText) -> bool:
    """Return whether what follows a label is not an entry about it: `Exit A, B and lifts`."""
    return words[found.rest_start :].lstrip()[:1] in (",", ";")


def _read_stop_entry(page: RulePage, piece: Piece, bounds: Bounds) -> Iterator[Candidate]:
    """Yield what an entry of a list of bus stops says: `59041 – Opp Yishun Stn (Exit A)`."""
    words = page.words(piece)
    behind = _EXITS_IN_BRACKETS.search(words)
    labels = labels_named(behind["exits"] if behind else words)
    codes = {match.group() for match in BUS_STOP_CODE.finditer(words)}
    if len(codes) != 1:
        return
    [code] = codes
    for label in sorted(labels):
        yield claim(page, "bus_stop", label, code, Said(bounds, bounds), is_tied=behind is not None)
