"""Decide which station a ``STATION_NA`` denotes: a name, with or without its mode, or a bare code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mrt_pipeline.network import CodeEntry, Network

MODES = ("mrt", "lrt")
_ENDINGS = ("station", "stn")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_APOSTROPHES = re.compile(r"['’‘`´]")
_WORD = re.compile(r"[a-z0-9]+")
_ENOUGH_ALIKE = 0.8
"""one wrong letter in five, two in ten; no two names within reach of each other are that similar"""


@dataclass(frozen=True, slots=True)
class StationMatch:
    """The station that a text denotes, and what else the text says."""

    slug: str
    mode: str | None
    """``mrt`` or ``lrt`` if the text names one half of an interchange"""
    codes: tuple[CodeEntry, ...]
    """codes in the text"""
    is_usual: bool
    """whether it is spelled like most of LTA's, e.g. ``YISHUN MRT STATION``"""


class StationFinder:
    """Finds the station for a text; built once per network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._slug_of = {fold_name(name): slug for slug, name in network.names.items()}
        self._code_of = {entry.station_code.lower(): entry for entry in network.codes}
        mode_of = {line.line_code: line.mode for line in network.lines}
        self._halves = {(entry.slug, mode_of[entry.line_code]) for entry in network.codes}

    def match(self, text: str) -> StationMatch | None:
        """Return the station for a name or otherwise for a code; only letters and digits are compared."""
        words, modes = _split_mode(_words(_BRACKETED.sub(" ", text)))
        slug = self._slug_of.get("".join(words))
        if slug is None:
            return self._match_codes(text)
        mode = modes[0] if len(modes) == 1 else None
        codes = [self._code_of.get(word) for part in _BRACKETED.findall(text) for word in _words(part)]
        own = tuple(entry for entry in codes if entry is not None and entry.slug == slug)
        return StationMatch(slug, mode, own, self._is_usual(text, slug, mode))

    def resembles(self, text: str, slug: str) -> bool:
        """Return whether a text resembles a station's name closely enough to be a misspelling."""
        from rapidfuzz.distance import OSA

        words, _ = _split_mode(_words(_BRACKETED.sub(" ", text)))
        name = fold_name(self._network.names[slug])
        return OSA.normalized_similarity("".join(words), name) >= _ENOUGH_ALIKE

    def _match_codes(self, text: str) -> StationMatch | None:
        entries = [self._code_of.get(word) for word in _words(text)]
        known = [entry for entry in entries if entry is not None]
        slugs = {entry.slug for entry in known}
        if len(known) != len(entries) or len(slugs) != 1:
            return None
        return StationMatch(slugs.pop(), None, tuple(known), is_usual=False)

    def _is_usual(self, text: str, slug: str, mode: str | None) -> bool:
        has_mode = mode is not None and (slug, mode) in self._halves
        return has_mode and text == f"{self._network.names[slug]} {mode} station".upper()


def fold_name(name: str) -> str:
    """Return only a name's letters and digits, in lower case: ``one-north`` and ``ONE NORTH`` are equal."""
    return "".join(_words(name))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _WORD.findall(_APOSTROPHES.sub("", folded))


def _split_mode(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return a name's words without ``MRT STATION`` and the like, and the modes named."""
    rest, modes = list(words), []
    if rest and rest[-1] in _ENDINGS:
        rest.pop()
    while rest and rest[-1] in MODES:
        modes.append(rest.pop())
    return rest, modes
