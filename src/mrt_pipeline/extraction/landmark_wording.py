"""Whether a page says that an exit leads to a place, or is near it, and does not merely name it.

A language model is free to call anything a landmark that stands in a sentence about an exit: the artist of a
mural, the days on which it is open. A place counts when words for `leads to` or `near` tie it to the exit, or
when it is listed under the exit with nothing but other names.
"""

from __future__ import annotations

import re

from mrt_pipeline.extraction.mentions import EXIT, is_row, labels_named, line_at, mentions_in, sentence_at
from mrt_pipeline.extraction.word_lists import wording

_RELATED = wording("leads_to")
_RELATED_BACK = wording("is_near")
_GOES_ON = wording("goes_on")
_AMISS = wording("not_the_way")
_PERSON = wording("person_next")
_LISTED = wording("beside_a_name")


def is_led_to(text: str, start: int, end: int) -> bool:
    """Return whether the place named at ``text[start:end]`` is said to be where an exit leads."""
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
    """Return whether only names, and the exit's label, stand before a place in its entry or cell."""
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
    """Return whether words for `leads to` come before a place, with nothing but other places between."""
    return any(
        not _GOES_ON.search(text, match.end(), place_start)
        and not mentions_in(text, match.end(), place_start)
        for match in _RELATED.finditer(text, start, place_start)
    )


def _is_before(text: str, place_end: int, end: int) -> bool:
    """Return whether a place is said to be near an exit named behind it: `The mall is next to Exit A`."""
    return any(
        _RELATED_BACK.search(text, place_end, mention.start)
        for mention in mentions_in(text, place_end, end, EXIT)
    )
