"""Ground the places that a page names at an exit.

A language model may call anything in a sentence about an exit a landmark, such as the artist of a mural or
opening days. A place counts only if words such as `leads to` or `near` connect it with the exit, or if it is
listed under the exit among other names.
"""

from __future__ import annotations

import re

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.extraction.access_words import VOCABULARY, is_far_away, is_hostile
from mrt_pipeline.extraction.candidates import Reason, UngroundedError
from mrt_pipeline.extraction.mentions import EXIT, is_row, labels_named, line_at, mentions_in, sentence_at
from mrt_pipeline.extraction.page_model import CELL_BREAK
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.qualifiers import has_remark
from mrt_pipeline.extraction.quotes import clean, fold
from mrt_pipeline.extraction.rules.parts import SMALL_LETTER_BRAND, is_joined, is_part_of_firm, split_list
from mrt_pipeline.extraction.statements import Statement, choose_place
from mrt_pipeline.extraction.word_lists import wording

MAX_NAME_CHARS = 80

_MARKUP = re.compile(r"[<>{}\[\]|\\`*=]|https?:|www\.|&\w+;")
_ADVERT = wording("advert")
_ACCESS_THING = wording("access_thing")
_DULL_WORD = wording("dull_word")
_RELATED = wording("leads_to")
_RELATED_BACK = wording("is_near")
_EXIT_OR_STATION = wording("exit_or_station")
_GOES_ON = wording("goes_on")
_AMISS = wording("not_the_way")
_FAR_BEHIND = re.compile(
    rf"[^\S\n]*+[,，:：–—-]*+[^\S\n]*+(?:[;\n][\s-]*+(?=[(（\d]|by\b))?[(（\[]?"
    rf"(?:(?:(?-i:[a-z\d.~'’]++)(?:-|[^\S\n]++)){{0,5}}?(?:{wording('far_away').pattern})"
    rf"|(?<=[(（])(?:{wording('vehicle').pattern})[)）])",
    re.IGNORECASE,
)
"""behind a place that one does not walk to from the exit: `Zoo (by taxi)`, `Zoo, which is 3 km away`"""
_FAR_CELL = re.compile(
    rf"\W*(?:(?:about|around|approx\.?)\s+)?(?:{wording('far_distance').pattern})"
    r"(?:['’]?\s+(?:walk|away|on foot))*\W*",
    re.IGNORECASE,
)
"""a cell beside a place that only says how far it is"""
_PERSON = wording("person_next")
_LISTED = wording("beside_a_name")


def ground_landmark(statement: Statement) -> Landmark:
    """Return the place that a statement names.

    Raises:
        UngroundedError: if it is not a place name, or the page does not connect it with the exit.
    """
    places = statement.places_of(statement.candidate.value)
    start, end = choose_place(statement, places)
    name = clean(statement.page.text[start:end])
    _check_is_name(name, statement.station)
    is_several = statement.candidate.method is not Method.RULE and (
        is_joined(name) or len(split_list(name)) > 1
    )
    if _is_far_away(statement.page.text, start, end):
        raise UngroundedError(Reason.PLACE_NOT_LED_TO)
    if is_part_of_firm(statement.page.text, start, end):
        raise UngroundedError(Reason.NOT_A_NAME)
    is_remark = statement.candidate.method is not Method.RULE and has_remark(name)
    if is_remark or is_several or plain_name(name) in statement.facts.line_names:
        raise UngroundedError(Reason.NOT_A_NAME)
    if not statement.is_by_rule:
        places = [place for place in places if _is_led_to(statement.page.text, *place)]
        if not places:
            raise UngroundedError(Reason.PLACE_NOT_LED_TO)
        choose_place(statement, places)
    return Landmark(name=name, confidence=statement.confidence, evidence={"name": (statement.evidence(),)})


def _check_is_name(name: str, station: Station) -> None:
    """Raise ``UngroundedError`` unless a name is short, without markup, and not of the station or an exit."""
    words = fold(name).split()
    is_dull = all(_DULL_WORD.fullmatch(word) for word in words)
    is_station = plain_name(name) in {"", plain_name(station.name)} and not name.endswith("+")  # `Bugis+`
    is_own = is_station or bool(labels_named(name)) or _EXIT_OR_STATION.search(name) is not None
    is_lower = name[:1].islower() and not SMALL_LETTER_BRAND.match(name)
    is_access = any(pattern.search(name) for pattern in (_ACCESS_THING, *VOCABULARY.values()))
    is_none = is_dull or is_own or is_lower or is_access or is_far_away(name)
    if not 2 <= len(name) <= MAX_NAME_CHARS or _MARKUP.search(name) or is_none:
        raise UngroundedError(Reason.NOT_A_NAME)
    if is_hostile(name) or _ADVERT.search(name):
        raise UngroundedError(Reason.HOSTILE_TEXT)


def _is_far_away(text: str, start: int, end: int) -> bool:
    """Return whether the words behind a place, or a cell beside it, say that one does not walk to it."""
    line = line_at(text, start)
    cells = text[slice(*line)].split(CELL_BREAK) if is_row(text, *line) else []
    return _FAR_BEHIND.match(text, end) is not None or any(map(_FAR_CELL.fullmatch, cells))


def _is_led_to(text: str, start: int, end: int) -> bool:
    """Return whether the page says that an exit leads to, or is near, the place at ``text[start:end]``."""
    sentence = sentence_at(text, start, end)
    lead = text[sentence[0] : start]
    if _AMISS.search(text, *sentence) or _PERSON.search(lead):
        return False
    return (
        _is_listed(text, sentence[0], start)
        or _is_after(text, sentence[0], start)
        or _is_before(text, end, sentence[1])
    )


def _is_listed(text: str, start: int, place_start: int) -> bool:
    """Return whether only other names and the exit's label precede a place in its list item or cell."""
    mentions = mentions_in(text, start, place_start)
    line_start, line_end = line_at(text, start)
    opens = not text[start : mentions[0].start].strip(" -*•·") if mentions else True
    behind = mentions[-1].end if mentions else start
    words = re.findall(r"[^\W\d_][\w'’-]*", text[behind:place_start])
    is_below = not mentions and (
        is_row(text, line_start, line_end)
        or text[line_start:start].strip(" -*•·") == ""
        or bool(labels_named(text[line_start:start]))
    )
    is_headed = bool(mentions) or is_below
    return opens and is_headed and all(_LISTED.fullmatch(word) or not word[0].islower() for word in words)


def _is_after(text: str, start: int, place_start: int) -> bool:
    """Return whether words such as `leads to` precede a place, with only other places between them."""
    return any(
        not _GOES_ON.search(text, match.end(), place_start)
        and not mentions_in(text, match.end(), place_start)
        for match in _RELATED.finditer(text, start, place_start)
    )


def _is_before(text: str, place_end: int, end: int) -> bool:
    """Return whether a place is near an exit that is named after it: `The mall is next to Exit A`."""
    return any(
        _RELATED_BACK.search(text, place_end, mention.start)
        for mention in mentions_in(text, place_end, end, EXIT)
    )
