"""Names as people write them, made of published ones: ``Bedok Reservoir Park``, not ``BEDOK RESERVOIR PK``.

What no rule can know stands in tables beside this module: ``spellings.csv`` (words that are not written with
one capital at the front) and ``corrections.csv`` (whole names, and records that are left out, with why).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.extraction.place_names import write_out

SPELLINGS = Path(__file__).with_name("spellings.csv")
CORRECTIONS = Path(__file__).with_name("corrections.csv")

_SMALL_WORDS = frozenset(("a", "an", "and", "at", "by", "de", "for", "in", "of", "on", "the", "to"))
_ABBREVIATED = frozenset((LandmarkKind.PARK, LandmarkKind.HAWKER_CENTRE, LandmarkKind.BUS_INTERCHANGE))
"""kinds whose names hold abbreviations of LTA and NParks; in others ``V`` or ``Ch`` is a name"""
_AT_BLOCK = re.compile(r"(?P<street>[^()]+?) (?P<block>Blk [^()]+?)(?: \((?P<name>[^()]+)\))?")
"""``Jurong East Street 24 Blk 254 (Yuhua Village Market and Food Centre)``"""
_SAYS_FOOD = re.compile(r"\b(?:market|centre|mart|court|food|hawker|square|village)\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_WORD = re.compile(r"[^\s/-]+")
_VOWELS = frozenset("AEIOUY")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a record's name is written as, or why the record is no landmark."""

    written: str
    why: str


def write_name(published: str, kind: LandmarkKind) -> str:
    """Return a name as people write it."""
    if (correction := corrections().get(published)) and correction.written:
        return correction.written
    name = _name_at_block(published) if kind is LandmarkKind.HAWKER_CENTRE else published
    if kind is not LandmarkKind.HOTEL:
        name = _IN_BRACKETS.sub("", name).strip() or name
    if kind in _ABBREVIATED:
        name = _WORD.sub(lambda match: _write_out(match.group()), name)
    return _in_mixed_case(name) if name == name.upper() else name


@cache
def corrections() -> Mapping[str, Correction]:
    """Return what is known of single records by their published names."""
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        return {row["published"]: Correction(row["written"], row["why"]) for row in csv.DictReader(file)}


@cache
def _spellings() -> Mapping[str, str]:
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        return {row["written"].casefold(): row["written"] for row in csv.DictReader(file)}


def _name_at_block(published: str) -> str:
    """Return the name of a hawker centre whose address comes first, or that has no other name."""
    match = _AT_BLOCK.fullmatch(published)
    if match is None:
        return published
    name = match["name"] or f"{match['block']} {match['street']}"
    return name if _SAYS_FOOD.search(name) else f"{name} Hawker Centre"


def _write_out(word: str) -> str:
    """Return a word written out in the case that it has; a single letter tells one street from another."""
    words = write_out(word) if len(word) > 1 else None
    if words is None:
        return word
    return words.upper() if word.isupper() else words.title()


def _in_mixed_case(name: str) -> str:
    """Return a name in capitals with capitals at the front of its words only."""
    words = list(_WORD.finditer(name))
    outer = {words[0].start(), words[-1].start()} if words else set()
    return _WORD.sub(lambda match: _write_word(match.group(), is_inner=match.start() not in outer), name)


def _write_word(word: str, *, is_inner: bool) -> str:
    """Return one word of a name in capitals: small words small, abbreviations of letters in capitals."""
    bare = word.strip("(),.:")
    if spelling := _spellings().get(bare.casefold()):
        return word.replace(bare, spelling)
    if bare.casefold() in _SMALL_WORDS and is_inner:
        return word.lower()
    if len(bare) > 1 and bare.isalpha() and not _VOWELS & set(bare):
        return word
    front, mark, rest = bare.partition("'")
    written = f"{front}{mark}{rest.capitalize()}" if mark and len(front) == 1 else bare.capitalize()
    return word.replace(bare, written)
