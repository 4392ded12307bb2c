"""Read sentences about exits; the wording itself must make clear which exit each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import (
    DENIALS,
    MEANING,
    STEP_FREE_NO,
    STEP_FREE_YES,
    VOCABULARY,
    is_denied,
    is_denying,
    is_elsewhere,
    is_not_now,
    is_plain_denial,
)
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import (
    FOREIGN,
    Labels,
    Mention,
    labels_named,
    mentions_in,
    owner_at,
    sentence_at,
)
from mrt_pipeline.extraction.page_model import Line
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, is_sent_elsewhere
from mrt_pipeline.extraction.rules.labels import labels_alone
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import Item, split_bounds
from mrt_pipeline.extraction.rules.place_mentions import find_names, is_sure_place
from mrt_pipeline.extraction.rules.platforms import read_platform_prose
from mrt_pipeline.extraction.rules.sections import Section
from mrt_pipeline.extraction.rules.told import read_places_told
from mrt_pipeline.extraction.rules.words import BUS_STOP_WORDS
from mrt_pipeline.extraction.word_lists import wording

LEADS_TO = re.compile(
    r"\b(?:leads?|opens?|connects?|links?|exits|comes (?:out|up)|emerges|surfaces|gives (?:direct )?access"
    r"|(?:brings?|lands?|drops?|puts?|lets?) \w+(?: (?:out|up|off))?"
    r"|takes (?:you|one|passengers|visitors|commuters)"
    r"|provides (?:direct )?access|(?:is|are)(?: also)?(?: (?:linked|connected|located|situated"
    r"|convenient|handy|the (?:(?:best|nearest|closest|nearer|closer|handier) )?(?:exit|one)"
    r"|the (?:nearest|closest)))?)"
    r"\s+(?:(?:directly|straight|out|right|just)\s+)?"
    r"(?:(?:on)?(?:in)?to|next to|beside|near|close(?:st)? to|opposite|behind|in front of|for)\s+"
    r"(?:the\s+)?(?:(?:grounds|premises|compound|forecourt|lobby|basement) of\s+(?:the\s+)?)?"
    r"|\b(?:serves?|faces)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_AND_TO = re.compile(r"\s*,?\s+and\s+(?:to\s+(?:the\s+)?|the\s+)")
"""separates two places for certain"""
_STOP = re.compile(r"\W*(?:(?:the|bus)\s+)*stops?\b", re.IGNORECASE)
"""the start of a sentence about a bus stop: `Stop 59049 is outside Exit A`"""
_BUSES_STOP = re.compile(r"\bbuses (?:\w+ ){0,5}at\s+$", re.IGNORECASE)
"""Right before its code says what it is: `buses stop outside at 59049`."""
_STOP_TOLD = re.compile(
    r"\b(?:with|serves|near|beside|outside|(?:brings?|takes?|leads?|gets?)(?: (?:you|one|passengers))? to)"
    r"\s+(?:the\s+)?stops?\s+$",
    re.IGNORECASE,
)
"""behind an exit and right before a code: `Exit A brings you to stop 59049`"""
_FACING = re.compile(r"\bfaces\s+(?:the\s+)?$", re.IGNORECASE)
"""`Faces North` names no place, but for one that says what it is."""
MAX_FACING_CHARS = 12
_ADJACENT = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:also\s+)?")
_GOES_ON = re.compile(
    r"\s*(?:,\s*)?\b(?:and (?:is|has|leads?|serves?|opens?|exits?|brings?|takes?|on)"
    r"|while|whereas|but|which|where|with)\b"
    r"|\s*(?:,\s*)?\b(?:via|through|by|on|along)\b|[.;](?!\d)",
    re.IGNORECASE,
)


_OF_ALL = wording("of_the_whole_station")


def read_prose(page: RulePage, line: Line, section: Section) -> Iterator[Candidate]:
    """Yield the statements of a line's sentences about exits and platforms."""
    bounds = line.piece.start, line.piece.end
    yield from read_platform_prose(page, *bounds, section.headings)
    yield from _read_access(page, line)
    yield from _read_stops(page, line)
    yield from _read_places(page, line)
    yield from read_places_told(page, line)


def _read_access(page: RulePage, line: Line) -> Iterator[Candidate]:
    """Yield the access features that sentences affirm or deny: `Exit A has a lift`."""
    for value, pattern in VOCABULARY.items():
        for match in pattern.finditer(page.text, line.piece.start, line.piece.end):
            if _has_own_feature(value, match.group()):
                continue
            for label, said in _owners(page, match.span(), line):
                start = said.cell[0]
                words = page.text[slice(*said.cell)]
                place = match.start() - start, match.end() - start
                if is_elsewhere(words):
                    continue
                if not is_denied(words, *place):
                    yield claim(page, "access", label, value, said, is_tied=False)
                elif f"no_{value}" in DENIALS and is_plain_denial(words, *place):
                    yield claim(page, "access", label, f"no_{value}", said, is_tied=False)


def _has_own_feature(value: str, words: str) -> bool:
    """Return whether words about step-free access name a feature, which is read instead: `stairs only`."""
    return value in (STEP_FREE_YES, STEP_FREE_NO) and any(
        VOCABULARY[feature].fullmatch(words)
        for feature in MEANING
        if feature not in (STEP_FREE_YES, STEP_FREE_NO)
    )


def _read_stops(page: RulePage, line: Line) -> Iterator[Candidate]:
    """Yield the bus stops whose codes are in sentences about stops."""
    for match in BUS_STOP_CODE.finditer(page.text, line.piece.start, line.piece.end):
        for label, said in _owners(page, match.span(), line):
            lead = page.text[said.cell[0] : match.start()]
            is_stop = _STOP.match(page.text, *said.cell) or BUS_STOP_WORDS.search(page.text, *said.cell)
            is_told = _STOP_TOLD.search(lead) and labels_named(lead)
            if is_stop or is_told or _BUSES_STOP.search(lead):
                yield claim(page, "bus_stop", label, match.group(), said, is_tied=False)


def _read_places(page: RulePage, line: Line) -> Iterator[Candidate]:
    """Yield the places that an exit leads to: `Exit A leads to Golden Mall`."""
    for match in LEADS_TO.finditer(page.text, line.piece.start, line.piece.end):
        sentence = sentence_at(page.text, *match.span())
        end, subject = sentence[1], _subject_of(page, match.start(), sentence)
        if subject is not None and not _is_said_of(page, subject, match.span(), sentence):
            continue
        for start, name_end in names_led_to(page, match.end(), end, line.piece.links):
            name = page.text[start:name_end]
            if subject is not None:
                for label in sorted(subject.labels):
                    yield claim(page, "landmark", label, name, Said((subject.start, end)))
            else:
                for label, said in _owners(page, (start, name_end), line):
                    yield claim(page, "landmark", label, name, said, is_tied=False)


def names_led_to(page: RulePage, start: int, end: int, links: tuple[Bounds, ...]) -> Iterator[Bounds]:
    """Yield the bounds of place names after `leads to`, up to where the sentence turns to something else."""
    is_facing = _FACING.search(page.text, max(0, start - MAX_FACING_CHARS), start) is not None
    end = _first_outside(_GOES_ON, page.text, start, end, links) or end
    for left, right in split_bounds(_AND_TO, page.text, start, end, links):
        within = tuple(link for link in links if left <= link[0] and link[1] <= right)
        for bounds, _ in find_names(page, Item(left, right, within)):
            if not is_facing or is_sure_place(page.text[slice(*bounds)]):
                yield bounds


def _subject_of(page: RulePage, start: int, sentence: Bounds) -> Mention | None:
    """Return the mention directly before a verb, which is its subject."""
    before = mentions_in(page.text, sentence[0], start)
    return before[-1] if before and _ADJACENT.fullmatch(page.text, before[-1].end, start) else None


def _is_said_of(page: RulePage, subject: Mention, verb: Bounds, sentence: Bounds) -> bool:
    """Return whether a sentence states something about this station's present.

    A question, a denial or reported speech does not: `Signs wrongly say that Exit A leads to X Mall`.
    """
    lead_in, beside = page.text[sentence[0] : subject.start], page.text[subject.end : verb[0]]
    is_foreign = page.names_other_station(lead_in) or page.names_other_station(beside)
    is_led_in = is_understood(lead_in, may_name=True, is_sentence=True)  # not `Signs wrongly say that`
    is_asked = page.text[sentence[1] : sentence[1] + 1] in ("?", "？")
    is_denied = is_denying(lead_in) or is_denying(page.text[subject.end : verb[1]])
    is_now = not is_not_now(page.text[slice(*sentence)])
    is_now = is_now and not is_sent_elsewhere(page.text[verb[0] : sentence[1]], tuple(subject.labels))
    return is_now and is_led_in and not (is_foreign or is_asked or is_denied)


def _owners(page: RulePage, place: Bounds, line: Line) -> Iterator[tuple[str, Said]]:
    """Yield the exits that words belong to, with their sentence; none if it is not about the present."""
    owner = owner_at(page.text, *place)
    labels: Labels = owner.labels if owner else frozenset()
    start, end = sentence_at(page.text, *place)
    sentence = max(start, line.piece.start), end
    if page.text.count(":", *sentence) > 1:
        return  # `Lift: Exit A / Escalator: Exit B`: keys and values, not a sentence
    words = page.text[slice(*sentence)]
    if _OF_ALL.search(words) and not labels_named(words):
        return  # `The station is step-free`, below the last exit
    if len(labels) > 1 and labels_alone(page, words, labels):
        return  # `Exits A and B have a lift (A)`
    if labels and labels != FOREIGN and not is_not_now(words):
        for label in sorted(labels):
            yield label, Said(sentence, sentence)


def _first_outside(
    pattern: re.Pattern[str], text: str, start: int, end: int, links: tuple[Bounds, ...]
) -> int | None:
    """Return the position of the first match that is not part of a link."""
    for match in pattern.finditer(text, start, end):
        if not any(left < match.end() and match.start() < right for left, right in links):
            return match.start()
    return None
