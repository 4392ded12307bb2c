"""Read lines and list items about platforms, which they begin or end with, list, or are below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.rules.entries import Entry, meaning_above
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.platforms import (
    BETWEEN_PLATFORMS,
    TO,
    claim_platform,
    goals_in,
    is_towards,
    led_sign,
    line_of,
    lone_goal,
    names_platforms,
    read_signed,
    sign_in,
)
from mrt_pipeline.extraction.rules.sections import Section, sign_of_heading
from mrt_pipeline.extraction.rules.words import PLATFORM_WORDS, Meaning

_PLATFORM_BEHIND = re.compile(
    rf"(?P<goal>[^.;()]+?)\s*[:：(–—-]\s*(?i:{'|'.join(PLATFORM_WORDS)})\s+(?P<sign>[A-Z]|[0-9])\)?\.?"
)
"""a destination followed by its platform: `Downtown Line to Expo: Platform B`, `Bayshore (Platform A)`"""


def read_platforms(page: RulePage, entry: Entry, section: Section) -> Iterator[Candidate]:
    """Yield an entry's statements about the platforms that it begins or ends with, lists, or is below."""
    piece, bounds = entry.line.piece, entry.bounds
    key, colon, _ = page.words(piece).partition(":")
    if colon and names_platforms(page, key):
        yield from read_signed(page, piece.start + len(key) + 1, piece.end, section.headings, bounds)
    elif led_sign(page.text, *bounds) or _leads_to_platforms(page, bounds):
        yield from read_signed(page, *bounds, section.headings)
    elif behind := _PLATFORM_BEHIND.fullmatch(page.text, *bounds):
        goals = goals_in(page, *behind.span("goal"), TO) or lone_goal(page, *behind.span("goal"))
        line = line_of(page, behind["goal"], *section.headings)
        yield from claim_platform(page, behind["sign"], goals, line, bounds)
    elif found := _sign_above(page, entry, section) or section.sign:
        start = piece.start + len(key) + 1 if is_towards(page, key) else piece.start
        goals = goals_in(page, *bounds, TO) or lone_goal(page, start, piece.end)
        sign, sign_start = found
        line = line_of(page, *section.headings)
        yield from claim_platform(page, sign, goals, line, (sign_start, piece.end))
    elif Meaning.PLATFORM in (section.topic, meaning_above(page, entry)):
        yield from read_signed(page, *bounds, section.headings, bounds)


def _leads_to_platforms(page: RulePage, bounds: Bounds) -> bool:
    """Return whether an entry ends with platforms after sentences that do not change what they say."""
    found = BETWEEN_PLATFORMS.search(page.text, *bounds)
    if found is None or led_sign(page.text, found.end(), bounds[1]) is None:
        return False
    lead = page.text[bounds[0] : found.start()]
    return not (is_not_now(lead) or is_denying(lead) or page.names_other_station(lead))


def _sign_above(page: RulePage, entry: Entry, section: Section) -> tuple[str, int] | None:
    """Return the sign and position of the platform named in the line above an entry.

    A bare sign counts only in a section about platforms, or below a line about them.
    """
    above: Piece | None = entry.above[0].piece if entry.above else None
    if above is None:
        return None
    about = {section.topic, *(page.vocabulary.meaning_of(page.words(line.piece)) for line in entry.above[1:])}
    bare = sign_in(page.words(above)) if Meaning.PLATFORM in about else None
    return sign_of_heading(page, above) or ((bare, above.start) if bare else None)
