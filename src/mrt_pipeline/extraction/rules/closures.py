"""Find sentences saying that an exit or the station is not open, which retract all statements about it.

A sentence saying that an exit's access is gone retracts what else the page says about that access.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import STEP_FREE_YES, VOCABULARY, is_plain_denial
from mrt_pipeline.extraction.mentions import EXIT, labels_named, mentions_in, owner_at, sentence_at
from mrt_pipeline.extraction.page_model import Block, bounds_of
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.sections import Section
from mrt_pipeline.extraction.word_lists import wording

ALL = "*"
"""stands for the whole station in ``RulePage.withdrawn``"""

_ACCESS_GONE = wording("access_gone")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OF_ALL = wording("of_the_whole_station")
_NOT_FOR_WHEELS = wording("not_for_wheels")
_LEAD = re.compile(
    r"(?:\A|[,:;(•-]|\b(?:and|but|while|whereas|although|though|however|currently|now|the|that|as|note))\s*\Z",
    re.IGNORECASE,
)
"""what may precede a subject; `the lift at Exit A` and `if Exit A` are about something else"""
_BESIDE = r"(?:\s*\([^()]*\)|\s*,[^,.;]*,|\s+(?:of|at|to) [^,.;]*?)?"
_STILL = r"(?:\s+(?:\w+ly|now|still|also|both))*"
_STAFF_ONLY = wording("staff_only").pattern
_STATE = (
    r"(?:closed|shut|sealed|demolished|(?:being|(?:yet |due )?to be) (?:built|constructed|opened|completed)"
    r"|(?:planned|proposed)(?!\s+to\b)|off limits|out of (?:service|use|order)"
    rf"|{_STAFF_ONLY}"
    r"|under (?:construction|renovation|repair\w*|maintenance)"
    r"|not (?:yet |currently |now )?(?:open\w*|operational|in (?:use|service|operation)|built|completed)"
    r"|(?:inaccessible|not (?:yet |currently |now )?accessible)(?=\s*(?:[.,;)]|\Z|until|for now)))"
)
_CLOSED = (
    rf"\s+(?:(?:is|are|remains?|stays?|(?:has|have|will) (?:been|be)){_STILL}\s+{_STATE}"
    r"|(?:has|have) (?:not|yet) (?:\w+\s+){0,2}open\w*|(?:is|are)(?:n['’]t| yet| due) (?:\w+\s+)?open\w*"
    r"|will (?:only )?open|opens (?:soon|later|next|in 20\d\d))\b"
)
_NOT_ITSELF = (
    r"\s+(?:(?:was|were|(?:has|have) been) (?:replaced|renamed|relettered|renumbered|removed)"
    r"|(?:is|are) now (?:called |known as )?(?:exit|entrance)|(?:(?:is|are) )?(?:only opens?|opens? only))\b"
)
_ENTRY = (
    r"\s*(?:[:：–—(→⇒➔➜»-]|[-=]?>)\s*(?:currently |still )?"
    r"(?:closed|not (?:yet )?open|under construction|out of service)\b"
)
_OF_EXIT = re.compile(f"{_BESIDE}(?:{_CLOSED}|{_NOT_ITSELF})|{_ENTRY}", re.IGNORECASE)
_EVERY_NIGHT = (
    r"(?!\s+(?:daily|overnight|at night|every (?:night|day)"
    r"|(?:from|between|after|at|by) (?:about )?\d{1,2}\D))"
)
"""excludes the nightly closure of every station"""
_OF_STATION = re.compile(
    rf"(?:\s+(?:MRT|LRT|station|stn|interchange))*{_BESIDE}{_CLOSED}{_EVERY_NIGHT}", re.IGNORECASE
)
_THE_STATION = re.compile(
    r"(?:\bth(?:e|is)\s+(?:\w+\s+)?(?:station|stop)|\ball\s+(?:\w+\s+){0,2}exits"
    r"|\bthe exits)\b",
    re.IGNORECASE,
)


def withdraw_closed(page: RulePage, block: Block, section: Section) -> None:
    """Note in ``page`` the exits, or the station, that a block says are not open or lost their access."""
    if any(map(page.names_other_station, section.headings)):
        return
    for start, end in _lines_of(page, block):
        page.withdrawn.update(_closed_in(page, start, end))
        page.without_access.update(_without_access_in(page, start, end))


def _lines_of(page: RulePage, block: Block) -> Iterator[tuple[int, int]]:
    start, end = bounds_of(block)
    while start < end:
        stop = page.text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _closed_in(page: RulePage, start: int, end: int) -> Iterator[str]:
    """Yield the labels of exits that a line says are not open, and ``ALL`` if the station is not."""
    for mention in mentions_in(page.text, start, end, EXIT):
        if _is_subject(page, mention.start, start) and _OF_EXIT.match(page.text, mention.end, end):
            yield from mention.labels
    words = page.text[start:end]
    named = page.names.stations_in(words)
    subjects = [(found.start, found.end) for found in named if found.slug == page.slug]
    subjects += [match.span() for match in _THE_STATION.finditer(words)]
    for left, right in subjects:
        if _is_subject(page, start + left, start) and _OF_STATION.match(words, right):
            yield ALL


def _without_access_in(page: RulePage, start: int, end: int) -> Iterator[str]:
    """Yield the labels of exits whose access a line says is missing: `The lift at Exit A was removed`."""
    gone = (
        match.span()
        for match in _ACCESS_GONE.finditer(page.text, start, end)
        if _names_access(page.text[slice(*sentence_at(page.text, *match.span()))])
    )
    yield from _all_without_access(page, start, end)
    unusable = (match.span() for match in _NOT_FOR_WHEELS.finditer(page.text, start, end))
    for place in (*gone, *unusable):
        words = page.text[slice(*sentence_at(page.text, *place))]
        named = labels_named(words)
        if not named and _OF_ALL.search(words) and not page.names_other_station(words):
            yield ALL
        if named and not page.names_other_station(words):
            owner = owner_at(page.text, *place)
            yield from owner.labels if owner else named


def _all_without_access(page: RulePage, start: int, end: int) -> Iterator[str]:
    """Yield ``ALL`` if a sentence denies the whole station a lift or step-free access."""
    for pattern in (VOCABULARY["lift"], VOCABULARY[STEP_FREE_YES]):
        for match in pattern.finditer(page.text, start, end):
            left, right = sentence_at(page.text, *match.span())
            words = page.text[left:right]
            is_denied_here = is_plain_denial(words, match.start() - left, match.end() - left)
            is_of_all = _OF_ALL.search(words) is not None and not labels_named(words)
            is_of_all = is_of_all and _YEAR.search(words) is None  # `opened without lifts in 1988`
            if is_denied_here and is_of_all and not page.names_other_station(words):
                yield ALL


def _names_access(words: str) -> bool:
    return any(pattern.search(words) for pattern in VOCABULARY.values())


def _is_subject(page: RulePage, position: int, line_start: int) -> bool:
    """Return whether the words at a position are the subject of a sentence about this station."""
    begin = max(line_start, sentence_at(page.text, position, position + 1)[0])
    lead = page.text[begin:position]
    return _LEAD.search(lead.rstrip()) is not None and not page.names_other_station(lead)
