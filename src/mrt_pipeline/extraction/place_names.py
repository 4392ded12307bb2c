"""Find the names of stations and lines in a text, including names abbreviated as LTA and NParks do.

Names are never guessed: an abbreviation (``abbreviations.csv``) with several meanings identifies a station
only if exactly one reading is a station's name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

from mrt_pipeline.network import Network

MAX_NAME_WORDS = 5
"""no station name has more words"""

_KIND_OF_STATION = re.compile(r"\b(?:mrt|lrt|station|stn)\b")
_STATION_CODE = re.compile(r"\b([A-Z]{2,3})\d{1,2}\b")
_PLAIN_WORD = re.compile(r"[\w'’.]+")
_PLACE_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SAME_WORDS = {"cc": "community club", "center": "centre", "ctr": "centre"}
_TITLE_NOISE = re.compile(r"\([^()]*\)")

ABBREVIATIONS = Path(__file__).with_name("abbreviations.csv")

MAX_WRITTEN_WORDS = 6
"""no abbreviated station name has more words; longer texts are not expanded"""


@dataclass(frozen=True, slots=True)
class NamedStation:
    """A station name in a text, with its bounds."""

    start: int
    end: int
    slug: str


class PlainNames(dict[str, str]):
    """Slugs of stations by plain name, which has only letters and digits (see ``plain_name``)."""

    @classmethod
    def of(cls, network: Network) -> PlainNames:
        """Return the names in a network's tables."""
        return cls((plain_name(name), slug) for slug, name in network.names.items())

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Return all prefixes of the names, for a quick check whether a name may start at a word."""
        return frozenset(name[:end] for name in self for end in range(len(name) + 1))


@dataclass(frozen=True)
class PlaceNames:
    """All past, present and future stations and lines, by name."""

    slugs: PlainNames
    line_codes: dict[str, str]
    """line code by plain name, code and prefix"""
    codes: dict[str, str]
    """slug by station code, for stations that have opened"""
    _line_pattern: re.Pattern[str] = field(repr=False)

    @classmethod
    def of(cls, network: Network) -> PlaceNames:
        """Return the names in a network's tables."""
        written: dict[str, str] = {}
        for line in network.lines:
            for name in (line.line_code, *line.code_prefixes, line.name, f"{line.name} Line"):
                written.setdefault(name, line.line_code)
        longest_first = sorted(written, key=len, reverse=True)
        pattern = "|".join(name if name.isupper() else f"(?i:{_loosely(name)})" for name in longest_first)
        return cls(
            slugs=PlainNames.of(network),
            line_codes={_folded(name): code for name, code in written.items()},
            codes={
                entry.station_code: entry.slug
                for entry in network.codes
                if entry.opened_date is not None and entry.opened_date <= network.known_until
            },
            _line_pattern=re.compile(rf"(?<![\w–-])(?:{pattern})(?![\w])"),
        )

    def slug_of_title(self, title: str) -> str | None:
        """Return the station that a page's title names; words such as `MRT station` are ignored."""
        return self.slugs.get(plain_name(_TITLE_NOISE.sub(" ", title)))

    def stations_in(self, text: str) -> Iterator[NamedStation]:
        """Yield the stations named in a text, the longest name at each position."""
        return stations_named(text, self.slugs)

    def lines_in(self, text: str) -> set[str]:
        """Return the codes of the lines named in a text."""
        return {self.line_codes[_folded(match.group())] for match in self._line_pattern.finditer(text)}

    def without_lines(self, text: str) -> str:
        """Return a text with blanks in place of the lines named in it."""
        return self._line_pattern.sub(" ", text)

    def slugs_of_codes(self, text: str) -> set[str]:
        """Return the stations whose codes a text contains."""
        return {
            self.codes[code.group()] for code in _STATION_CODE.finditer(text) if code.group() in self.codes
        }

    def without_stations(self, text: str, slug: str | None) -> str:
        """Return a text with blanks in place of station names, and of one station's codes and lines."""
        own = {code for code, at in self.codes.items() if at == slug}
        lines = {self.line_codes.get(_folded(code.rstrip("0123456789"))) for code in own}

        def blank(match: re.Match[str]) -> str:
            found = self.line_codes.get(_folded(match.group())) in lines or match.group() in own
            return " " if found else match.group()

        text = without_stations(text, self.slugs)
        return self._line_pattern.sub(blank, _STATION_CODE.sub(blank, text))

    def lines_headed(self, text: str) -> set[str]:
        """Return the codes of the lines that a heading names, also by a station code: `NS4 exits`."""
        prefixes = {match.group(1) for match in _STATION_CODE.finditer(text)}
        return self.lines_in(text) | {
            self.line_codes[key] for item in prefixes if (key := _folded(item)) in self.line_codes
        }


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """Return a station name as lower-case letters and digits, without words such as `MRT` or `station`."""
    words = _KIND_OF_STATION.sub(" ", name.casefold())
    return "".join(char for char in words if char.isalnum())


def place_key(name: str) -> str:
    """Return a key that is equal for spellings of one name: `Bishan CC`, `Bishan Community Club`."""
    words = _PLACE_WORD.findall(name.casefold().replace("’", "'").replace("&", " and "))
    written = " ".join(_SAME_WORDS.get(word, word) for word in words).removeprefix("the ")
    return written.replace("community centre", "community club") or name.casefold()


def stations_named(text: str, slugs: PlainNames) -> Iterator[NamedStation]:
    """Yield the stations named in a text, the longest name at each position.

    Args:
        text: the text.
        slugs: the stations to look for.
    """
    words = list(_PLAIN_WORD.finditer(text))
    position = 0
    while position < len(words):
        found = _longest_at(text, words, position, slugs)
        if found is None:
            position += 1
            continue
        yield found
        position = next((n for n in range(position, len(words)) if words[n].start() >= found.end), len(words))


def without_stations(text: str, slugs: PlainNames) -> str:
    """Return a text with spaces in place of station names."""
    for found in stations_named(text, slugs):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


class StationNames:
    """Finds a station by a name that may be abbreviated."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take the names of all stations, by slug."""
        self._slugs = {plain_name(name): slug for slug, name in names.items()}

    def find_slug(self, written: str) -> str | None:
        """Return the station whose name the words can stand for; None if there are none or several."""
        words = written.split()
        if len(words) > MAX_WRITTEN_WORDS:
            return None
        readings = product(*(_readings(word) for word in words))
        slugs = {self._slugs.get(plain_name(" ".join(words))) for words in readings} - {None}
        return slugs.pop() if len(slugs) == 1 else None


def write_out(word: str) -> str | None:
    """Return the word that an abbreviation stands for, in lower case; None if unknown or ambiguous."""
    meanings = load_abbreviations().get(_word_of(word), ())
    return meanings[0] if len(meanings) == 1 else None


@lru_cache(maxsize=1)
def load_abbreviations() -> dict[str, tuple[str, ...]]:
    """Return the possible meanings of each abbreviation, in lower case."""
    found: dict[str, list[str]] = {}
    with ABBREVIATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["short"], []).append(row["words"])
    return {short: tuple(words) for short, words in found.items()}


def _longest_at(text: str, words: list[re.Match[str]], first: int, slugs: PlainNames) -> NamedStation | None:
    if plain_name(words[first].group()) not in slugs.beginnings:
        return None
    for last in range(min(first + MAX_NAME_WORDS, len(words)) - 1, first - 1, -1):
        start, end = words[first].start(), words[last].end()
        written = text[start:end].rstrip(".")
        if _breaks(written) or not written[:1].isalnum():
            continue
        if (slug := slugs.get(plain_name(written))) and _is_name(written):
            return NamedStation(start, start + len(written), slug)
    return None


def _is_name(written: str) -> bool:
    """Return whether words are written as a name: `Cove`, not `cove`. `one-north` is never capitalised."""
    return written[:1].isupper() or "-" in written


def _breaks(written: str) -> bool:
    """Return whether the words of a name are divided by punctuation other than dashes and slashes."""
    return re.search(r"[,;:()|\n]", written) is not None


def _loosely(name: str) -> str:
    """Return a regular expression of a name whose words are separated by any spaces or dashes."""
    return r"[\s–-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _readings(word: str) -> tuple[str, ...]:
    folded = _word_of(word)
    return folded, *load_abbreviations().get(folded, ())


def _word_of(word: str) -> str:
    return word.replace("’", "'").rstrip(".").lower()
