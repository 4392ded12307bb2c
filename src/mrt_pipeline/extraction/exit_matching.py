"""Which exit a list of a publisher means by a label, and what is said where it means none for certain.

Two buildings of an interchange may each have an exit of one label. Then the line decides for which the list
is made; if it cannot, or the building of these exits is itself in doubt, nothing is claimed and a finding
says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network.doubts import find_doubt_of_building

LABEL = r"(?:[A-Z][0-9]?|[0-9]{1,2}[A-Z]?)"
_WORD = r"(?i:exits?)\s*:?\s*"
_LIST = re.compile(rf"(?:{_WORD})?{LABEL}(?:\s*(?:[,/&;]|(?i:\band\b))\s*(?:{_WORD})?{LABEL})*\.?")


@dataclass(frozen=True, slots=True)
class Naming:
    """A label as a publisher's record names it."""

    label: str
    line_code: str
    """the line whose building is meant if several have the label"""
    record_id: str
    """``document_id:record``"""
    words: str
    """what names it, for a person: ``LTA's lift 'EXIT A STREET LEVEL'``"""
    is_line_stated: bool = False
    """whether the record says expressly whose building it is, so that another one's exit is not meant"""


def read_exit_list(text: str) -> tuple[str, ...] | None:
    """Return the labels of ``A``, ``Exit A``, ``A, B & C``; none if a text is anything else."""
    folded = " ".join(text.split())
    if not _LIST.fullmatch(folded):
        return None
    return tuple(dict.fromkeys(re.findall(rf"\b{LABEL}\b", folded)))


def match_exit(station: Station, naming: Naming) -> StationExit | Finding:
    """Return the exit that a label means, or the finding that it means none, or one of several."""
    named = [found for found in station.exits if found.exit_code == naming.label]
    if len(named) > 1 and find_doubt_of_building(station.slug, naming.label) is not None:
        return _ambiguous(station, naming, named)
    of_line = [found for found in named if found.line_code == naming.line_code]
    if naming.is_line_stated:
        named = of_line
    if not named:
        return _unknown(station, naming)
    if len(named) == 1:
        return named[0]
    return of_line[0] if len(of_line) == 1 else _ambiguous(station, naming, of_line or named)


def _unknown(station: Station, naming: Naming) -> Finding:
    known = ", ".join(sorted({found.exit_code for found in station.exits})) or "none"
    of_line = f" of the {naming.line_code} building" if naming.is_line_stated else ""
    return finding_of(
        "access-exit-unknown",
        f"{naming.words} names exit {naming.label}{of_line} at {station.name}, for which LTA's layer has "
        f"{known}; the record is not used. Check whether the exit is new or the record outdated.",
        slug=station.slug,
        record_id=naming.record_id,
    )


def _ambiguous(station: Station, naming: Naming, choices: list[StationExit]) -> Finding:
    listed = ", ".join(sorted(found.exit_id for found in choices))
    return finding_of(
        "access-exit-ambiguous",
        f"{naming.words} names exit {naming.label} at {station.name}, which may be any of {listed}; "
        "the record is not used. Check which one is meant.",
        slug=station.slug,
        record_id=naming.record_id,
    )
