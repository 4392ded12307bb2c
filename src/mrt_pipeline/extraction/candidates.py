"""What reading a page yields before it is grounded, one statement each, and why one is not published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.errors import ExtractionError

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
    as_of_year: int | None = None
    """the year as of which the heading above it speaks, if it names one"""


class Reason(StrEnum):
    """Stable reasons, counted in the manifest."""

    QUOTE_TOO_LONG = "quote-too-long"
    QUOTE_NOT_IN_PAGE = "quote-not-in-page"
    VALUE_NOT_IN_QUOTE = "value-not-in-quote"
    EXIT_MISSING = "exit-missing"
    EXIT_UNKNOWN = "exit-unknown"
    EXIT_AMBIGUOUS = "exit-ambiguous"
    """two buildings have an exit of this label, and the page does not say which"""
    EXIT_NOT_IN_QUOTE = "exit-not-in-quote"
    """the page does not say it of this exit"""
    EXIT_OF_OTHER_STATION = "exit-of-other-station"
    BUS_STOP_UNKNOWN = "bus-stop-unknown"
    BUS_STOP_TOO_FAR = "bus-stop-too-far"
    BUS_STOP_WITHOUT_SERVICE = "bus-stop-without-service"
    LINE_UNKNOWN = "line-unknown"
    DIRECTION_UNKNOWN = "direction-unknown"
    DIRECTION_AMBIGUOUS = "direction-ambiguous"
    DIRECTION_NOT_SAID = "direction-not-said"
    """the page names a station, but does not say that the platform's trains go there"""
    PLATFORM_NOT_A_LABEL = "platform-not-a-label"
    PLATFORM_NOT_IN_QUOTE = "platform-not-in-quote"
    NOT_IN_VOCABULARY = "not-in-vocabulary"
    NOT_A_NAME = "not-a-name"
    PLACE_NOT_LED_TO = "place-not-led-to"
    """the page names a place, but does not say that the exit leads to it or is near it"""
    NEGATED = "negated"
    NOT_CURRENT = "not-current"
    QUALIFIED = "qualified"
    """something is said beside it that is not understood and may take it back"""
    ELSEWHERE = "elsewhere"
    HOSTILE_TEXT = "hostile-text"


class UngroundedError(ExtractionError):
    """A statement has no hold in its page or in the network; ``reason`` says which is missing."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
