"""The statements read from a page before grounding, and the reasons for rejecting one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.errors import ExtractionError

CandidateField = Literal["bus_stop", "platform", "access", "landmark"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One statement about a station, as read by a rule or a model; it is not trusted yet."""

    field: CandidateField
    exit_label: str | None
    """bare label as on the page; None if the statement is not about an exit"""
    value: str
    """bus stop code, platform code, an ``AccessFeature`` or its denial, ``step_free_yes``, ``step_free_no``,
    or a place name"""
    quote: str
    char_start: int | None
    """start of the quote in the page's clean text, if known"""
    towards: str | None
    """station name or code as written, for platforms"""
    line: str | None
    method: Method
    cell: tuple[int, int] | None = None
    """bounds, in the page's text, of the cell or item within the quote from which a rule read the value"""
    is_prose: bool = False
    """whether a rule found it in running text, where only the wording gives the exit"""
    as_of_year: int | None = None
    """the year in a heading above it, such as `Exits (as of 2026)` or `Phase 2 (2028)`"""


class Reason(StrEnum):
    """Reasons for rejecting a statement; the values are stable, and counted in the manifest."""

    QUOTE_TOO_LONG = "quote-too-long"
    QUOTE_NOT_IN_PAGE = "quote-not-in-page"
    VALUE_NOT_IN_QUOTE = "value-not-in-quote"
    EXIT_MISSING = "exit-missing"
    EXIT_UNKNOWN = "exit-unknown"
    EXIT_AMBIGUOUS = "exit-ambiguous"
    """two buildings have an exit with this label, and the page does not say which is meant"""
    EXIT_NOT_IN_QUOTE = "exit-not-in-quote"
    """the page does not say it about this exit"""
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
    """words beside it are not understood, and may retract it"""
    ELSEWHERE = "elsewhere"
    HOSTILE_TEXT = "hostile-text"


class UngroundedError(ExtractionError):
    """A statement is not supported by its page or by the network; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
