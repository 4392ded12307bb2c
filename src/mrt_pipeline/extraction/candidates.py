"""What reading a page yields before it is grounded: one statement each, with the words it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mrt_pipeline.contracts.evidence import Method

CandidateField = Literal["bus_stop", "platform", "access", "landmark"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One statement about a station, as a rule or a model read it; nothing of it is trusted yet."""

    field: CandidateField
    exit_label: str | None
    """bare label as on the page; none where the statement is about no exit"""
    value: str
    """bus stop code, platform code, one ``AccessFeature``, ``step_free_yes``, ``step_free_no``, or a name"""
    quote: str
    char_start: int | None
    """where the quote starts in the page's clean text, if the reader knows"""
    towards: str | None
    """station name or code as written, for platforms"""
    line: str | None
    method: Method
    cell: tuple[int, int] | None = None
    """where in the page's text the cell or item stands that a rule read the value from, within the quote"""
    is_prose: bool = False
    """a rule found it in running text, where only the wording says whose it is"""
