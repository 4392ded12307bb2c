"""Read sentences that give the places at one exit: `X is next to Exit A`, `From Exit A one can walk to X`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter

from mrt_pipeline.extraction.access_words import is_denying, is_far_away, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import FOREIGN, Mention, mentions_in, sentence_at
from mrt_pipeline.extraction.page_model import Line
from mrt_pipeline.extraction.qualifiers import PLACE_KINDS, is_understood
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import Item, split_bounds
from mrt_pipeline.extraction.rules.place_mentions import find_names, is_name, is_sure_place
from mrt_pipeline.extraction.rules.words import KINDS, TOWN_PARTS
from mrt_pipeline.extraction.word_lists import wording

_ALSO = r"(?:(?:also|both|all|right|just|directly|conveniently|best|easily|located|situated|found|only)\s+)*"
_NEAR = (
    r"next to|beside|near(?:est)?(?: to)?|close(?:st)? to|outside|adjacent to|in front of|behind|above"
    r"|opposite|(?:straight|right|just) ahead of|(?:a few|just|only) steps (?:away )?from"
    r"|(?:an? )?(?:(?:short|sheltered|quick|easy|brief) "
    r"|(?:\d{1,2}|few|two|three|four|five)[- ]min(?:ute)?s?['’]? )+"
    r"(?:walk |stroll )?(?:away )?from"
    r"|(?:linked|connected|attached|joined)(?: directly)? to"
)
_REACHED = r"(?:reached|accessed|entered|reachable|accessible)(?: on foot)? (?:via|from|through|by|at)"
_PLACE_THEN = re.compile(
    r"\s*(?:the\s+)?(?P<names>.+?)\s+"
    rf"(?P<verb>is|are|lies?|stands?|sits?|can(?: also)? be)\s+{_ALSO}(?:{_NEAR}|{_REACHED})\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""`Golden Mall is right beside`, before the exit"""
_GO_OUT = wording("go_out").pattern
_SOMEBODY = r"(?:you|one|passengers|visitors|commuters|people)"
_TO_REACH = r"to (?:get to|go to|reach|visit)"
_WHO_GOES = (
    r"(?:those|people|anyone|passengers|visitors|commuters|travellers|shoppers) "
    r"(?:going|heading|headed|bound|walking) (?:to|for)"
)
_TO_PLACE = re.compile(
    rf"\s*(?:{_TO_REACH}|{_WHO_GOES}|{_SOMEBODY} (?:can|may) (?:reach|get to|walk to)|for)\s+"
    rf"(?:the\s+)?(?P<names>.+?),?\s+(?:please\s+|can\s+)?"
    rf"(?:{_GO_OUT}|via|through|using)\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""`To get to Golden Mall, use`, before the exit"""
_BY = re.compile(
    rf"\s*(?:{_SOMEBODY} (?:can|may)(?: also)? )?"
    rf"(?:from|via|through|at|outside|next to|beside|near|{_GO_OUT})\s+",
    re.IGNORECASE,
)
"""`From` or `Use`, before the exit, with the place after it"""
_WALKS = re.compile(
    rf"\s*,?\s*(?:{_SOMEBODY}\s+(?:can|may|will)?\s*(?:also\s+)?(?:walk|go|get|reach|find|see|head)"
    r"(?:\s+(?:straight\s+)?(?:in|on)?to)?|it(?: i|['’])s a (?:short |sheltered )*walk to"
    rf"|for|{_TO_REACH}|(?:is|are|stands?|lies?)(?= (?:the )?[A-Z]))\s+(?:the\s+)?",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:,?\s*(?:too|also|as well))?\s*(?=[.,;!]|\Z|and the\b|and (?-i:[A-Z])|while\b|but\b)",
    re.IGNORECASE,
)
"""what may follow an exit at the end of a statement"""
_NAMES_END = re.compile(
    r"\s*(?:,\s*)?\b(?:and (?:is|has|leads?|you|then|right|on)|while|whereas|but|which|where|with|who|or|if"
    r"|via|through|from)\b|[.;:]",
    re.IGNORECASE,
)
"""where the names after ``_WALKS`` end"""
_CLAUSE_BEGINS = re.compile(r",\s+and\s+|,?\s+(?:while|whereas)\s+", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?<!['’]s)\s*,?\s+and\s+(?:(?:to|for)\s+)?(?:the\s+)?|,\s+(?:(?:to|for)\s+)?(?:the\s+)?"
)
_OF_PLACES = PLACE_KINDS | KINDS | TOWN_PARTS
MAX_PERSON_WORDS = 3
_MAY_GO_ON = re.compile(r"\s(?:to|on|in|along|at)\s")
"""words at which a name may end, so that the whole is uncertain: `Heritage Collection on Pagoda Street`"""


def read_places_told(page: RulePage, line: Line) -> Iterator[Candidate]:
    """Yield the places that sentences locate at the only exit that they name."""
    about: dict[Bounds, bool] = {}
    for mention in mentions_in(page.text, line.piece.start, line.piece.end):
        start, end = sentence_at(page.text, mention.start, mention.end)
        sentence = max(start, line.piece.start), min(end, line.piece.end)
        clause = _clause_of(page, mention, sentence)
        if clause is None or len(mention.labels) != 1 or mention.labels == FOREIGN:
            continue
        if sentence not in about:
            about[sentence] = _is_about(page, sentence)
        if not about[sentence]:
            continue
        for bounds, may_be_people in _names_about(page, mention, clause):
            for name in _names_in(page, bounds, line, may_be_people=may_be_people):
                for label in sorted(mention.labels):
                    yield claim(page, "landmark", label, name, Said(clause))


def _clause_of(page: RulePage, mention: Mention, sentence: Bounds) -> Bounds | None:
    """Return the part of a sentence that names one exit alone; none if others are not clearly set off."""
    start, end = sentence
    named = mentions_in(page.text, *sentence)
    before = bisect_right(named, mention.start, key=attrgetter("end"))
    if before:
        between = _CLAUSE_BEGINS.search(page.text, named[before - 1].end, mention.start)
        start = between.end() if between else end
    behind = bisect_left(named, mention.end, key=attrgetter("start"))
    if behind < len(named):
        between = _CLAUSE_BEGINS.search(page.text, mention.end, named[behind].start)
        end = between.start() if between else start
    return (start, end) if start < end else None


def _is_about(page: RulePage, sentence: Bounds) -> bool:
    """Return whether a sentence is about this station, and states its present."""
    words = page.text[slice(*sentence)]
    is_asked = page.text[sentence[1] : sentence[1] + 1] in ("?", "？")
    is_doubtful = is_asked or is_not_now(words) or is_denying(words) or is_far_away(words)
    return not (is_doubtful or _is_of_other(page, words))


def _is_of_other(page: RulePage, words: str) -> bool:
    """Return whether words name another station, other than as part of a place name: `Yishun Pond`."""
    return any(
        found.slug != page.slug and not re.match(r"\s+[A-Z]", words[found.end :])
        for found in page.names.stations_in(words)
    )


def _names_about(page: RulePage, mention: Mention, sentence: Bounds) -> Iterator[tuple[Bounds, bool]]:
    """Yield the bounds of the places in a sentence, and whether the words may name a person instead."""
    text, (start, end) = page.text, sentence
    for before in (_PLACE_THEN, _TO_PLACE):
        told = before.fullmatch(text, start, mention.start)
        if told and _ENDS.match(text, mention.end, end) and _agrees(told):
            yield told.span("names"), before is _PLACE_THEN
    walks = _WALKS.match(text, mention.end, end)
    if walks and _BY.fullmatch(text, start, mention.start):
        stop = _NAMES_END.search(text, walks.end(), end)
        yield (walks.end(), stop.start() if stop else end), False


def _agrees(told: re.Match[str]) -> bool:
    """Return whether the verb agrees with a single name: `Blue Signs are` does not name a place."""
    verb = told.groupdict().get("verb") or "is"
    return verb.casefold() not in ("are", "lie", "stand", "sit") or " and " in told["names"]


def _names_in(page: RulePage, stretch: Bounds, line: Line, *, may_be_people: bool) -> Iterator[str]:
    """Yield the place names in a stretch, up to the first words that are neither a name nor understood.

    A single capitalised word may be anything, as in `Taxis are near Exit A`, and is no name.
    """
    for left, right in split_bounds(_BETWEEN, page.text, *stretch, line.piece.links):
        links = tuple(link for link in line.piece.links if left <= link[0] and link[1] <= right)
        found = [bounds for bounds, _ in find_names(page, Item(left, right, links))]
        sure = (one for one in found if one in links or _is_sure(page, one, may_be_person=may_be_people))
        names = [page.text[slice(*bounds)] for bounds in sure]
        if not names and not is_understood(page.text[left:right], may_name=True):
            return
        yield from names


def _is_sure(page: RulePage, bounds: Bounds, *, may_be_person: bool) -> bool:
    """Return whether words without a link are certainly a place name: several words, and not a person's."""
    name = page.text[slice(*bounds)]
    is_person = may_be_person and _may_be_person(page, name)
    return len(name.split()) > 1 and is_name(name) and not is_person and _MAY_GO_ON.search(name) is None


def _may_be_person(page: RulePage, name: str) -> bool:
    """Return whether a name may be a person's, as no word in it is one of places: `Peter Tan`."""
    words = name.split()
    is_plain = len(words) <= MAX_PERSON_WORDS and all(word.isalpha() and word[0].isupper() for word in words)
    return is_plain and not (
        is_sure_place(name) or page.names_itself(name) or any(word.casefold() in _OF_PLACES for word in words)
    )
