"""What a column, an entry or a heading is about, by the meaning of its words in ``vocabulary.csv``."""

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

MAX_HEADER_CHARS = 60
MAX_PARSED = 4096
VOCABULARY = Path(__file__).parents[1] / "vocabulary.csv"
"""``meaning,language,words``: a row for each list of words, divided by ``|``, that mean the same"""

_ACCESS = frozenset(
    {
        *(Meaning.STEP_FREE, Meaning.WHEELCHAIR, Meaning.BARRIER_FREE, Meaning.LIFT, Meaning.ESCALATOR),
        *(Meaning.STAIRS_ONLY, Meaning.TACTILE, Meaning.TOILET, Meaning.ACCESS),
    }
)
_WITHOUT_STEPS = frozenset({Meaning.STEP_FREE, Meaning.BARRIER_FREE, Meaning.WHEELCHAIR})
_CLAIMED = _ACCESS | {Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK}
"""Meanings that every word of a header must agree with: `Old bus stop` may not be one."""
_ORDER = (
    *(Meaning.BUS_STOP, Meaning.TOWARDS, Meaning.PLATFORM, Meaning.LANDMARK, Meaning.EXIT, Meaning.LINE),
    *(Meaning.STATION, Meaning.STATUS, Meaning.TIME, Meaning.BUS, Meaning.OTHER),
)
"""Which meaning counts when a header has several: the one that says most."""
_LEADING_ON = frozenset({"for", "near", "to"})
"""Prepositions that head places by themselves."""
_SHORT_IS = re.compile(r"(?<=what)['’]s\b", re.IGNORECASE)
_AFFIRMED = re.compile(
    r"无障碍|无台阶|\bwithout (?:any )?steps\b|\btanpa halangan\b|\bno\.|\bnos?\b(?=\W*$)"
    r"|\bif you (?:want|wish|need|like)\b",
    re.IGNORECASE,
)
"""Looks like a denial and is none."""
_EITHER = re.compile(r"\b(?:or|and)\b|[/&]", re.IGNORECASE)
_NOTED = re.compile(r"[†‡]|(?<=[^\s*])\s*\*+")
"""A star before words may be the mark of a list."""
_SIGNS = str.maketrans(SIGNS)
_SEPARATED = "\u4e00"
_SEPARATED_END = "\u9fff"
"""Between these lie Chinese characters, which are written without spaces."""


_BY_EXIT = re.compile(
    r"\b(?:from|next to|via|through|towards?|than|like|unlike|as|between|past|behind|beyond)"
    r"\s+(?:the\s+)?exits?\b",
    re.IGNORECASE,
)
"""Tells where a thing is by an exit that may not be its own."""


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and what they mean, to be found in one pass over a header's words."""

    meanings: Mapping[tuple[str, ...], Meaning]
    _by_first: Mapping[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False)
    _parsed: dict[str, tuple[tuple[str, Meaning | None], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """headers are asked about again and again"""

    def __post_init__(self) -> None:
        by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(self.meanings, key=lambda words: -sum(map(len, words))):
            by_first.setdefault(phrase[0], []).append(phrase)
        object.__setattr__(self, "_by_first", {word: tuple(found) for word, found in by_first.items()})

    def meanings_in(self, header: str) -> frozenset[Meaning]:
        """Return everything that a header's words mean, longer phrases before the words they consist of."""
        return frozenset(meaning for _, meaning in self._parse(header) if meaning is not None)

    def meaning_of(self, header: str) -> Meaning | None:
        """Return what a header means; words that take it back make it one of no use."""
        if folded(header) in _LEADING_ON:
            return Meaning.LANDMARK
        parsed = list(self._parse(header))
        found = {meaning for _, meaning in parsed if meaning is not None}
        if {Meaning.BUS_STOP, Meaning.LANDMARK} <= found and _EITHER.search(header):
            found.discard(Meaning.BUS_STOP)  # a column of places takes stops as well
        is_doubtful = bool(found & _CLAIMED) and not _is_understood(parsed)
        return Meaning.OTHER if found and (is_doubtful or is_taken_back(header)) else _one_of(found)

    def is_harmless(self, header: str) -> bool:
        """Return whether no word of a header can turn round what stands below it, whatever that is."""
        return _is_understood(self._parse(header)) and not is_taken_back(header)

    def turns_nothing(self, head: str) -> bool:
        """Return whether no word of a head that means nothing known can turn round what stands below it."""
        return not is_elsewhere(head) and (self.is_harmless(head) or is_harmless_head(head))

    def meaning_of_key(self, words: str) -> Meaning | None:
        """Return what some words mean if all of them belong to the name of a column or entry."""
        parsed = list(self._parse(words))
        is_key = all(meaning or word in _FILLERS for word, meaning in parsed) and parsed[-1:] != [("a", None)]
        meaning = self.meaning_of(words) if is_key else None
        is_one_exit = meaning is Meaning.EXIT and EXIT.pattern.search(words) is not None
        return None if is_one_exit else meaning

    def meaning_below(self, header: str, lowest: str) -> Meaning | None:
        """Return what a head in several rows means; of words about access the lowest count: `Lift`.

        A lowest row about something else, such as `Ramp`, is not what the upper ones say.
        """
        found = self.meaning_of(header)
        precise = _one_of(self.meanings_in(lowest))
        if found not in _ACCESS or precise in _ACCESS:
            return precise if found is Meaning.ACCESS and precise in _ACCESS else found
        if [meaning for _, meaning in self._parse(header)][-1:] == [found]:
            return found  # the lowest row ends a phrase that the upper one begins: `Stepless | Route`
        return found if precise is None and self.is_harmless(lowest) else Meaning.OTHER

    def _parse(self, header: str) -> Sequence[tuple[str, Meaning | None]]:
        """Return the phrases of a header with their meanings, and other words with none."""
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
    """Return the vocabulary of the package, with a person's own file laid over it.

    Raises:
        ConfigError: if their file cannot be read; every wrong row is named.
    """
    meanings = dict(_read(VOCABULARY))
    if own is not None:
        meanings.update(_read(own))
    return Vocabulary(meanings)


def is_taken_back(header: str) -> bool:
    """Return whether a header mentions the past, of plans, of what there is not, or has a note."""
    plain = _AFFIRMED.sub(" ", header)
    return is_noted(header) or is_not_now(plain) or is_denying(plain)


def is_harmless_head(words: str) -> bool:
    """Return whether no word of an unknown head can turn round what stands below it."""
    beside = " ".join(word for word in folded(words).split() if word not in FILLERS)
    return not is_taken_back(words) and not is_elsewhere(words) and is_understood(beside, is_sentence=True)


def is_way_by_exit(words: str) -> bool:
    """Return whether words tell a way or a place by an exit: what stands below need not be at it."""
    return _BY_EXIT.search(words) is not None


def is_noted(words: str) -> bool:
    """Return whether a note, or what may be hidden, may take some words back."""
    return _NOTED.search(words) is not None


def without_notes(words: str) -> str:
    """Return some words without the signs of notes."""
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
    """Yield a text's words as they are looked up: in the singular, and each Chinese character by itself."""
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
