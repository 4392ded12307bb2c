"""Why a statement read from a page is not published."""

from __future__ import annotations

from enum import StrEnum

from mrt_pipeline.errors import ExtractionError


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
