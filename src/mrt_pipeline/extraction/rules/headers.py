"""Look up what a column head, key or heading means, by its words in ``vocabulary.csv``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from mrt_pipeline.errors import ConfigError
from mrt_pipeline.extraction.access_words import is_denying, is_elsewhere, is_not_now
from mrt_pipeline.extraction.mentions import EXIT
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.words import FILLERS, SIGNS, Meaning, folded
from mrt_pipeline.extraction.word_lists import wording

MAX_HEADER_CHARS = 60
MAX_PARSED = 4096
VOCABULARY = Path(__file__).parents[1] / "vocabulary.csv"
"""columns ``meaning,language,words``; the words of a row are separated by ``|`` and mean the same"""

_ACCESS = frozenset(
    {
        *(Meaning.STEP_FREE, Meaning.WHEELCHAIR, Meaning.BARRIER_FREE, Meaning.LIFT, Meaning.ESCALATOR),
        *(Meaning.STAIRS_ONLY, Meaning.TACTILE, Meaning.TOILET, Meaning.ACCESS),
    }
)
_WITHOUT_STEPS = frozenset({Meaning.STEP_FREE, Meaning.BARRIER_FREE, Meaning.WHEELCHAIR})
_RAMPS = frozenset({"ramp", "ramps", "slope", "slopes"})
_CLAIMED = _ACCESS | {Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK}
"""meanings that count only if all other words of the header are understood: not in `Old bus stop`"""
_ORDER = (
    *(Meaning.BUS_STOP, Meaning.TOWARDS, Meaning.PLATFORM, Meaning.LANDMARK, Meaning.EXIT, Meaning.LINE),
    *(Meaning.STATION, Meaning.STATUS, Meaning.TIME, Meaning.BUS, Meaning.OTHER),
)
"""precedence if a header has several meanings, the most specific first"""
_LEADING_ON = frozenset({"for", "near", "to"})
"""Prepositions that head places by themselves."""
_SHORT_IS = re.compile(r"(?<=what)['’]s\b", re.IGNORECASE)
_AFFIRMED = re.compile(
    r"无障碍|无台阶|\bwithout (?:any )?steps\b|\btanpa halangan\b|\bno\.|\bnos?\b(?=\W*$)"
    r"|\bif you (?:want|wish|need|like)\b"
    r"|\bwithout (?:having to cross|crossing) (?:a|any|the) (?:road|street)s?\b",
    re.IGNORECASE,
)
"""phrases that look like denials, but are not"""
_EITHER = re.compile(r"\b(?:or|and)\b|[/&]", re.IGNORECASE)
_NOTED = re.compile(r"[†‡]|(?<=[^\s*])\s*\*+")
"""footnote marks; an asterisk before words may be a list mark"""
_LEADS_INSIDE = re.compile(rf"{wording('by_building').pattern}|\bto (?:the )?platforms?\b", re.IGNORECASE)
"""heads a lift that does not lead from the station to the street: `Lift in the mall`, `Lift to platform`"""
_SIGNS = str.maketrans(SIGNS)
_SEPARATED = "\u4e00"
_SEPARATED_END = "\u9fff"
"""the range of Chinese characters, which are written without spaces"""


_BY_EXIT = re.compile(
    r"\b(?:from|next to|via|through|towards?|than|like|unlike|as|between|past|behind|beyond)"
    r"\s+(?:the\s+)?exits?\b",
    re.IGNORECASE,
)
"""describes a location relative to an exit, which may not be the thing's own"""


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and their meanings, found in one pass over a header's words."""

    meanings: Mapping[tuple[str, ...], Meaning]
    _by_first: Mapping[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False)
    _parsed: dict[str, tuple[tuple[str, Meaning | None], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """cache, as the same headers are looked up again and again"""

    def __post_init__(self) -> None:
        by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(self.meanings, key=lambda words: -sum(map(len, words))):
            by_first.setdefault(phrase[0], []).append(phrase)
        object.__setattr__(self, "_by_first", {word: tuple(found) for word, found in by_first.items()})

    def meanings_in(self, header: str) -> frozenset[Meaning]:
        """Return all meanings in a header; a longer phrase takes precedence over the words in it."""
        return frozenset(meaning for _, meaning in self._parse(header) if meaning is not None)

    def meaning_of(self, header: str) -> Meaning | None:
        """Return a header's meaning; ``OTHER`` if other words in it may retract that: `Old bus stop`."""
        if folded(header) in _LEADING_ON:
            return Meaning.LANDMARK
        parsed = list(self._parse(header))
        found = {meaning for _, meaning in parsed if meaning is not None}
        if {Meaning.BUS_STOP, Meaning.LANDMARK} <= found and _EITHER.search(header):
            found.discard(Meaning.BUS_STOP)  # a column of places may contain stops
        if found & _ACCESS and any(phrase in _RAMPS for phrase, _ in parsed):
            found = {Meaning.ACCESS}  # a missing ramp does not say that there is no other way
        plain = self._parse(_AFFIRMED.sub(" ", header))
        is_doubtful = bool(found & _CLAIMED) and not (_is_understood(parsed) or _is_understood(plain))
        is_doubtful = is_doubtful or (bool(found & _ACCESS) and _LEADS_INSIDE.search(header) is not None)
        return Meaning.OTHER if found and (is_doubtful or is_taken_back(header)) else _one_of(found)

    def is_harmless(self, header: str) -> bool:
        """Return whether a header is understood, and cannot change the meaning of what is below it."""
        return _is_understood(self._parse(header)) and not is_taken_back(header)

    def turns_nothing(self, head: str) -> bool:
        """Return whether a header without a known meaning leaves the meaning of what is below unchanged."""
        return not is_elsewhere(head) and (self.is_harmless(head) or is_harmless_head(head))

    def meaning_of_key(self, words: str) -> Meaning | None:
        """Return the meaning of words if all of them belong to the name of a column or item, else None."""
        parsed = list(self._parse(words))
        is_key = all(meaning or word in _FILLERS for word, meaning in parsed) and parsed[-1:] != [("a", None)]
        meaning = self.meaning_of(words) if is_key else None
        is_one_exit = meaning is Meaning.EXIT and EXIT.pattern.search(words) is not None
        return None if is_one_exit else meaning

    def meaning_below(self, header: str, lowest: str) -> Meaning | None:
        """Return the meaning of a head in several rows; if it is about access, the lowest row decides.

        If that row is about something else, such as `Ramp`, the meaning is ``OTHER``.

        Args:
            header: the words of all rows.
            lowest: the words of the lowest row.
        """
        found = self.meaning_of(header)
        precise = _one_of(self.meanings_in(lowest))
        if found not in _ACCESS or precise in _ACCESS:
            return precise if found is Meaning.ACCESS and precise in _ACCESS else found
        if [meaning for _, meaning in self._parse(header)][-1:] == [found]:
            return found  # the lowest row ends a phrase that the upper one begins: `Stepless | Route`
        return found if precise is None and self.is_harmless(lowest) else Meaning.OTHER

    def _parse(self, header: str) -> Sequence[tuple[str, Meaning | None]]:
        """Return the phrases of a header with their meanings, and other words with None."""
        found = self._parsed.get(header)
        if found is None:
            if len(self._parsed) >= MAX_PARSED:
                self._parsed.clear()
            found = self._parsed[header] = tuple(self._phrases_of(header))
        return found

    def _phrases_of(self, header: str) -> Iterator[tuple[str, Meaning | None]]:
        if len(header) > MAX_HEADER_CHARS:
            return
        words = list(_words_of(EXIT.pattern.sub(" exit ", header)))  # whichever it is
        place = 0
        while place < len(words):
            for phrase in self._by_first.get(words[place], ()):
                if tuple(words[place : place + len(phrase)]) == phrase:
                    yield " ".join(phrase), self.meanings[phrase]
                    place += len(phrase)
                    break
            else:
                yield words[place], None
                place += 1


@lru_cache(maxsize=4)
def load_vocabulary(own: Path | None = None) -> Vocabulary:
    """Return the package's vocabulary, extended or overridden by the user's own file.

    Raises:
        ConfigError: if the user's file cannot be read; all wrong rows are listed.
    """
    meanings = dict(_read(VOCABULARY))
    if own is not None:
        meanings.update(_read(own))
    return Vocabulary(meanings)


def is_taken_back(header: str) -> bool:
    """Return whether a header is about the past, plans or an absence, or has a footnote mark."""
    plain = _AFFIRMED.sub(" ", header)
    return is_noted(header) or is_not_now(plain) or is_denying(plain)


def is_harmless_head(words: str) -> bool:
    """Return whether no word of an unknown header can change the meaning of what is below it."""
    beside = " ".join(word for word in folded(words).split() if word not in FILLERS)
    return not is_taken_back(words) and not is_elsewhere(words) and is_understood(beside, is_sentence=True)


def is_way_by_exit(words: str) -> bool:
    """Return whether words give a location relative to an exit: a lift `next to Exit A` may be another's."""
    return _BY_EXIT.search(words) is not None


def is_noted(words: str) -> bool:
    """Return whether words have a footnote mark or an omission that may retract them."""
    return _NOTED.search(words) is not None


def without_notes(words: str) -> str:
    """Return words without footnote marks."""
    return _NOTED.sub("", words).strip()


def _read(path: Path) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(
            f"{path} cannot be read as UTF-8 CSV ({type(fault).__name__}). Name another file."
        ) from fault
    known = {meaning.value: meaning for meaning in Meaning}
    if faults := tuple(
        f"line {number}: meaning {row.get('meaning')!r}; expected one of {', '.join(known)}"
        for number, row in enumerate(rows, 2)
        if row.get("meaning") not in known or not row.get("words")
    ):
        raise ConfigError(f"{path} has rows that are no words with a meaning. Correct them:", faults)
    for row in rows:
        for words in row["words"].split("|"):
            if phrase := tuple(_words_of(words)):
                yield phrase, known[row["meaning"]]


def _words_of(text: str) -> Iterator[str]:
    """Yield words in the form that is looked up: singular, and Chinese characters one by one."""
    for word in folded(_SHORT_IS.sub(" is", text.translate(_SIGNS))).split():
        word = _singular(word)
        if _SEPARATED <= word[0] <= _SEPARATED_END:
            yield from word
        else:
            yield word


def _singular(word: str) -> str:
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word.isascii()
    return word[:-1] if is_plural else word


_FILLERS = frozenset(map(_singular, FILLERS))


def _is_understood(parsed: Iterable[tuple[str, Meaning | None]]) -> bool:
    beside = " ".join(word for word, meaning in parsed if meaning is None and word not in _FILLERS)
    return is_understood(beside)


def _one_of(found: Iterable[Meaning]) -> Meaning | None:
    meanings = set(found)
    if meanings <= {Meaning.EXIT, Meaning.STATION} and Meaning.EXIT in meanings:
        return Meaning.EXIT
    if Meaning.BUS_STOP in meanings:
        return None if Meaning.EXIT in meanings else Meaning.BUS_STOP
    if about_access := meanings & _ACCESS:
        precise = about_access - {Meaning.ACCESS}
        if len(precise) > 1 and precise <= _WITHOUT_STEPS:
            return Meaning.STEP_FREE  # one thing in two languages: `无障碍通道 Step-free`
        return next(iter(precise)) if len(precise) == 1 else Meaning.ACCESS
    return next((meaning for meaning in _ORDER if meaning in meanings), None)
