"""Names of stations and lines, found in a page's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mrt_pipeline.extraction.facts import PlainNames, plain_name
from mrt_pipeline.network import Network

MAX_NAME_WORDS = 5
"""No station's name has more words."""

_STATION_CODE = re.compile(r"\b([A-Z]{2,3})\d{1,2}\b")
_PLAIN_WORD = re.compile(r"[\w'’.]+")
_PLACE_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SAME_WORDS = {"cc": "community club", "center": "centre", "ctr": "centre"}
_TITLE_NOISE = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class NamedStation:
    """A station named in a text."""

    start: int
    end: int
    slug: str


@dataclass(frozen=True)
class PlaceNames:
    """All stations and lines that were, are or will be, by name."""

    slugs: PlainNames
    line_codes: dict[str, str]
    """line code by plain name, code and prefix"""
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
            _line_pattern=re.compile(rf"(?<![\w–-])(?:{pattern})(?![\w])"),
        )

    def slug_of_title(self, title: str) -> str | None:
        """Return the station that a page's title names, whatever kind of station it says it is."""
        return self.slugs.get(plain_name(_TITLE_NOISE.sub(" ", title)))

    def stations_in(self, text: str) -> Iterator[NamedStation]:
        """Yield the stations named in a text, the longest name at each place."""
        return stations_named(text, self.slugs)

    def lines_in(self, text: str) -> set[str]:
        """Return the codes of the lines named in a text."""
        return {self.line_codes[_folded(match.group())] for match in self._line_pattern.finditer(text)}

    def lines_headed(self, text: str) -> set[str]:
        """Return the codes of the lines that a heading names, be it by a station's code: `NS4 exits`."""
        prefixes = {match.group(1) for match in _STATION_CODE.finditer(text)}
        return self.lines_in(text) | {
            self.line_codes[key] for item in prefixes if (key := _folded(item)) in self.line_codes
        }


def place_key(name: str) -> str:
    """Return what two spellings of one place's name have in common: `Bishan CC`, `Bishan Community Club`."""
    words = _PLACE_WORD.findall(name.casefold().replace("’", "'").replace("&", " and "))
    written = " ".join(_SAME_WORDS.get(word, word) for word in words).removeprefix("the ")
    return written.replace("community centre", "community club") or name.casefold()


def stations_named(text: str, slugs: PlainNames) -> Iterator[NamedStation]:
    """Yield the stations of some slugs by plain name that a text names, the longest name at each place."""
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
    """Return a text with blanks in place of the stations of some slugs."""
    for found in stations_named(text, slugs):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


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
    """Return whether words are written as a name: `Cove`, not `cove`; only `one-north` is never capital."""
    return written[:1].isupper() or "-" in written


def _breaks(written: str) -> bool:
    """Return whether something other than spaces, dashes and slashes divides the words of a name."""
    return re.search(r"[,;:()|\n]", written) is not None


def _loosely(name: str) -> str:
    """Return a pattern for a name whose words may be divided by spaces or dashes of any kind."""
    return r"[\s–-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
