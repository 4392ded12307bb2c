"""Determine from the headings above a block what it is about, and whether it can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.access_words import is_elsewhere, is_hostile, is_not_now, years_in
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import heads_foreign_exits, labels_named
from mrt_pipeline.extraction.page_model import Block, Heading, Line, Piece, Table
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.access_said import access_in
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE
from mrt_pipeline.extraction.rules.headers import (
    MAX_HEADER_CHARS,
    is_noted,
    is_taken_back,
    is_way_by_exit,
    without_notes,
)
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.owners import names_another_exit
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.place_mentions import (
    are_at_roads,
    is_generic,
    is_kind_alone,
    is_location,
    without_location,
    without_place_names,
)
from mrt_pipeline.extraction.rules.platforms import led_sign
from mrt_pipeline.extraction.rules.words import FEATURES, UNREAD_TOPICS, Meaning, folded
from mrt_pipeline.extraction.word_lists import wording

_MODE = re.compile(r"\b[ML]RT\b")
"""names one part of an interchange of both modes: `LRT exits`"""
_AS_OF = re.compile(
    r"\s*[(（]?\bas (?:of|at|in) (?:\d{1,2} )?(?:[A-Za-z]+ )?(?P<year>(?:19|20)\d\d)\b[)）]?", re.IGNORECASE
)
"""the date of a section; the caller decides whether that year is the present one"""
_THEN = re.compile(r"\bexits? in (?:the )?(?:(?:19\d\d|20[01]\d)s?|20\d0s)\b", re.IGNORECASE)
"""exits in a year or decade long past: `Exits in the 1980s`"""
_OWN_THING = re.compile(
    r"car ?parks?|food courts?|(?:coffee ?)?shops?|offices?|restaurants?|condominiums?|taxi stands?",
    re.IGNORECASE,
)
_ABOUT_TRAINS = (Meaning.PLATFORM, Meaning.TOWARDS, Meaning.LINE)
_NEXT_STATION = re.compile(
    r"\b(?:next|other|another|adjacent|neighbou?ring|nearby|nearest|previous|following)\s+(?:[ML]RT\s+)?stations?\b",
    re.IGNORECASE,
)
_PLATFORMS_OF = re.compile(r"\bplatforms? (?:of|at|in) (?:the )?$", re.IGNORECASE)
"""makes the platforms those of the station named next"""
_ROAD_BEHIND = re.compile(
    r"\s(?:Road|Rd|Street|St|Avenue|Ave|Drive|Dr|Lane|Crescent|Cres|Close|Walk|Boulevard|Highway|Expressway)\b"
    r"(?!\s(?:MRT|LRT|[Ss]tation|[Ss]tn|[Ii]nterchange)\b)"
)
"""makes the name of a station that of a road: `Serangoon Road side`"""
_BRANCH = re.compile(r"\b(?:branch|extension|loop)\b", re.IGNORECASE)
"""a part of a line, which may be named after another station"""

_OF_NEARBY_THINGS = frozenset({Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK})
"""things for which words like `nearest` and `opposite` only give the location"""
EXITS_LINE, LABEL_LINE, KEY_LINE = 7, 8, 9
"""heading levels of a line that takes back exits (`Future exits`), or is only an exit or only a key"""
_BY_EXIT = re.compile(r"\b(?:by|per|at each|for each|of each) exits?\b", re.IGNORECASE)
_FROM = re.compile(r"^\s*from\s+(?=exit\s+\w{1,2}\s*$)", re.IGNORECASE)
"""as in the heading `From Exit A`"""
_COUNTED = re.compile(r"\W*(?:exits|entrances)\s*[(（\[]", re.IGNORECASE)
_ONE_WORD = re.compile(r"[A-Z][a-z]+")
_EXIT_BEHIND = re.compile(
    r"(?P<where>[^(（:：–—]{3,40})[(（:：–—]\s*(?P<exit>exits? [^()（）]{1,12})[)）]?\s*", re.IGNORECASE
)
"""a heading that ends with its exit: `Pagoda Street (Exit A)`"""
_LABEL_ENDS = re.compile(r"\s*\Z|\s*[:：–—-]\s")
"""what may follow a bare label"""
_SENTENCE_ENDS = re.compile(r"[.!?。]\s*$")
_SENTENCE = re.compile(r"[.!?。]\s+")
_LEADS_ON = re.compile(
    r"\b(?:following|below(?!\s+(?:the\s+)?(?-i:[A-Z]))|as follows|these"
    r"|th(?:is|e) (?:\w+ )?(?:table|list))\b|以下|下列|\bberikut\b|பின்வரும்",
    re.IGNORECASE,
)
"""words that introduce what follows; not `below Kim Seng Road`, which is a location"""
_LEADS_BACK = re.compile(
    r"\W*(?:(?:note|nb|please note)\W+(?:that\s+)?)?"
    r"(?:(?:th(?:is|e|ese)|our)\s+(?:\w+\s+)?(?:table|list|information|details|data)"
    r"|last (?:updated|revised|checked|verified)|(?:these|those)\s+(?:\w+\s+)?(?:exits|entrances|lifts)"
    r"|(?:all|both|none) of (?:these|those|them|the above)|the above)\b"
    r"(?!.*\b(?:below|following|as follows)\b)",
    re.IGNORECASE,
)
"""how a sentence that speaks of what is above it begins"""
_OF_ANOTHER_TIME = wording("of_another_time")
_SPEAKS_OF_ALL = re.compile(
    r"\b(?:exits|entrances|them|these|those|all|(?:only|none|any|nothing) (?:of|but|except|exit))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Section:
    """The headings above a block, and what they say about it."""

    headings: tuple[str, ...] = ()
    """nearest first"""
    labels: tuple[str, ...] = ()
    """exits that the nearest headings name"""
    topic: Meaning | None = None
    """the meaning of the nearest heading that has one"""
    sign: tuple[str, int] | None = None
    """the platform that the nearest heading names, and the position of that heading in the text"""
    head: Piece | None = None
    """the nearest heading"""
    is_unread: bool = False
    """whether the section is about the past, plans or another station, so that it must not be read"""

    def below(self, page: RulePage, heading: Piece) -> Section:
        """Return the section of what is below a caption or full-width row within this section."""
        words = page.words(heading)
        topic = topic_below(page, undated(words), self.topic)
        sign = sign_of_heading(page, heading) or self.sign
        return replace(self, headings=(words, *self.headings), topic=topic, sign=sign)


def sections_of(page: RulePage) -> Iterator[tuple[int, Block, Section]]:
    """Yield each block except headings, with its number and section.

    What stands behind a line of a paragraph that turns it round is unread, up to the next exit, and so is a
    table or list if the paragraph directly behind it says that it is of another time.
    """
    first, turned_at, turned = _first_lines(page), -1, Section()
    taken_back = _taken_back_behind(page)
    for number, block, section in _sections_of(page):
        if number in taken_back:
            yield number, block, replace(section, is_unread=True)
            continue
        is_of_next = bool(turned.labels) and section.labels != turned.labels
        if first[number] == turned_at and not is_of_next:
            yield number, block, replace(section, is_unread=True)
            continue
        words = page.words(block.piece) if isinstance(block, Line) and block.kind == "paragraph" else ""
        if words and (section.is_unread or _turns_what_is_behind(page, words, section)):
            is_of_all = _SPEAKS_OF_ALL.search(words) is not None
            turned_at, turned = first[number], Section() if is_of_all else section
        yield number, block, section


def _taken_back_behind(page: RulePage) -> set[int]:
    """Return the numbers of tables and list items that the paragraph behind them says are of another time."""
    found: set[int] = set()
    run: list[int] = []
    for number, block in enumerate(page.page.blocks):
        if isinstance(block, Table) or (isinstance(block, Line) and block.kind != "paragraph"):
            run.append(number)
            continue
        if run and isinstance(block, Line):
            sentences = _SENTENCE.split(page.words(block.piece).strip())
            if any(_LEADS_BACK.match(one) and _is_of_another_time(one) for one in sentences):
                found.update(run)
        run = []
    return found


def _is_of_another_time(sentence: str) -> bool:
    """Return whether a sentence says that a list is of another time, or in what year somebody made it."""
    return is_not_now(sentence) or _OF_ANOTHER_TIME.search(sentence) is not None


def _first_lines(page: RulePage) -> list[int]:
    """Return for each block the number of the first line that only breaks separate it from."""
    first: list[int] = []
    for number, block in enumerate(page.page.blocks):
        first.append(first[-1] if first and isinstance(block, Line) and block.goes_on else number)
    return first


def _sections_of(page: RulePage) -> Iterator[tuple[int, Block, Section]]:
    above: list[tuple[int, Piece]] = []
    own = section = Section()
    for number, block in enumerate(page.page.blocks):
        level, is_heading = _level_of(page, block, own)
        if level is not None:
            above = [item for item in above if item[0] < level]
            if is_heading and not isinstance(block, Table):
                above.append((level, block.piece))
            own = section = _section_below(page, [piece for _, piece in above])
        if (
            isinstance(block, Line)
            and not is_heading
            and names_another_exit(page.words(block.piece), own.labels)
        ):
            while own.labels:
                above.pop()
                own = section = _section_below(page, [piece for _, piece in above])
        if not is_heading:
            if isinstance(block, Line) and block.kind == "paragraph":
                is_unread = _heads_another_station(page, block, own) or is_untrusted_lead(page, block)
                is_unread = is_unread or (
                    bool(own.labels) and _is_turning_lead(page, block, page.page.blocks[number + 1 :][:1])
                )
                section = replace(own, is_unread=True) if is_unread else own
            yield number, block, section


def _level_of(page: RulePage, block: Block, own: Section) -> tuple[int | None, bool]:
    """Return the level at which a block ends earlier headings, and whether it is a heading itself.

    The level is None for a block that ends none. Lines such as `Exit A` count as headings.
    """
    if isinstance(block, Heading):
        return block.level, True
    if not isinstance(block, Line) or block.kind != "paragraph":
        return None, False
    words = page.words(block.piece)
    name = without_notes(words).rstrip(" :：")
    if not name:  # `†`: the omitted words may name another exit
        return LABEL_LINE, True
    is_sentence = _SENTENCE_ENDS.search(words) is not None and not has_key(page, words)
    if len(words) <= MAX_HEADER_CHARS and not is_sentence:
        found, platform = read_labels(page, name), led_sign(name, 0, len(name))
        rest = name[found.rest_start :].strip() if found else ""
        is_where = rest.startswith("(") and rest.endswith(")") and are_at_roads(rest[1:-1])
        is_alone = is_where or folded(rest) in ("", "show hide")  # a toggle, not a remark
        is_exit = found is not None and is_alone and (found.has_word or _heads_bare_labels(page, own))
        if is_exit or (platform and platform[1] == len(name)):
            return LABEL_LINE, True
        if _takes_back_exits(page, words):
            return EXITS_LINE, True
        meaning = None if ":" in name else page.vocabulary.meaning_of_key(name)
        is_what_exit_has = bool(own.labels) and page.vocabulary.meanings_in(name) & FEATURES.keys()
        if meaning and (
            name != words or not (meaning in FEATURES or is_what_exit_has)
        ):  # `Lift` alone is a feature of the exit
            return KEY_LINE, True
    return (LABEL_LINE if is_sentence else None), False


def _takes_back_exits(page: RulePage, words: str) -> bool:
    """Return whether words are about exits of other times, none by its label: `Future exits`."""
    is_of_exits = Meaning.EXIT in page.vocabulary.meanings_in(words) and not labels_named(words)
    return is_of_exits and ":" not in words and is_not_now(words)


def _turns_what_is_behind(page: RulePage, words: str, own: Section) -> bool:
    """Return whether a line of a paragraph may turn those behind its break; where trains go does not."""
    is_goal = own.topic is Meaning.PLATFORM and page.names_other_station(words) and not is_taken_back(words)
    return may_lead(page, words) and not is_goal and not page.names_itself(words)


def may_lead(page: RulePage, words: str) -> bool:
    """Return whether a line before a break is no thing at an exit, but may head those behind it: `Avoid`."""
    is_word = _ONE_WORD.fullmatch(words.rstrip(" :：")) is not None and not access_in(words)
    is_away = is_elsewhere(words) and not has_key(page, words)  # `Bus: 59049 (opposite)`
    return words.endswith((":", "：")) or is_word or is_untrusted_head(page, words) or is_away


def _heads_bare_labels(page: RulePage, own: Section) -> bool:
    """Return whether labels without the word are expected: below a heading on exits or behind another one."""
    above = read_labels(page, page.words(own.head)) if own.labels and own.head else None
    return own.topic is Meaning.EXIT and (not own.labels or (above is not None and not above.has_word))


def has_key(page: RulePage, words: str) -> bool:
    """Return whether words begin with a key: `Nearby: White Sands`."""
    key, colon, _ = words.replace("：", ":").partition(":")
    return bool(colon) and page.vocabulary.meaning_of_key(key) is not None


def read_label_heading(page: RulePage, text: str, *, is_about_exits: bool = False) -> tuple[str, ...]:
    """Return the exits that a heading or caption names.

    A bare label, as in `A` or `A – Golden Mall`, counts only with ``is_about_exits``: below words on exits.
    Several in brackets, as in `Exits (A–F)`, say which exits there are; what is below belongs to one of them.
    """
    text = _FROM.sub("", text)
    behind = _EXIT_BEHIND.fullmatch(text)
    if behind and (are_at_roads(behind["where"]) or is_location(page, behind["where"])):
        text = behind["exit"]
    found = read_labels(page, text)
    if found and len(found.labels) > 1 and _COUNTED.match(text):
        return ()
    rest = text[found.rest_start :] if found else ""
    is_bare = found is not None and (
        _LABEL_ENDS.match(rest) is not None or are_at_roads(rest.strip(" ()（）"))
    )
    return found.labels if found and (found.has_word or (is_about_exits and is_bare)) else ()


def of_line(page: RulePage, candidates: Iterable[Candidate], leads: Sequence[str]) -> Iterator[Candidate]:
    """Add to statements the year, and to those about exits the line or mode, that the words above name.

    Args:
        page: the page.
        candidates: the statements.
        leads: headings and other words above them, nearest first.
    """
    named: set[str] = next((lines for text in leads if (lines := page.names.lines_headed(text))), set())
    named = named or next((modes for text in leads if (modes := set(_MODE.findall(text)))), set())
    line = named.pop() if len(named) == 1 else None
    dated = (int(found["year"]) for text in leads if (found := _AS_OF.search(text)))
    year = max((year for text in leads for year in years_in(undated(text))), default=next(dated, None))
    for item in candidates:
        yield replace(item, line=line if item.exit_label is not None and line else item.line, as_of_year=year)


def topic_below(page: RulePage, heading: str, topic: Meaning | None) -> Meaning | None:
    """Return what stands below a heading is about; one that names a line is about what those above it are."""
    found = page.vocabulary.meaning_of(heading)
    return topic or found if found is Meaning.LINE else found or topic


def topic_of_values(section: Section) -> Meaning | None:
    """Return the section's topic if it is a kind of value, such as bus stops or lifts."""
    said = (Meaning.BUS_STOP, Meaning.BUS, Meaning.ACCESS, Meaning.LANDMARK)
    return section.topic if section.topic in said or section.topic in FEATURES else None


def labels_below(page: RulePage, text: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the exits of what a caption or full-width row heads; ``own`` are those of the section around."""
    return read_label_heading(page, text) or (() if names_another_exit(text, own) else own)


def sign_of_heading(page: RulePage, heading: Piece) -> tuple[str, int] | None:
    """Return the sign of the platform that a heading begins with, and the position of the heading.

    A line may come first: `NEL Platform A`.
    """
    words = page.names.without_lines(page.words(heading))
    found = led_sign(words, 0, len(words))
    return (found[0], heading.start) if found else None


def is_untrusted_head(page: RulePage, heading: str) -> bool:
    """Return whether a heading, caption or full-width row retracts everything below it."""
    return is_untrusted(page, undated(heading)) or is_taken_back(undated(heading))


def undated(heading: str) -> str:
    """Return a heading without its date: `Exits` for `Exits (as of 2026)`."""
    return _AS_OF.sub("", heading)


def is_untrusted(page: RulePage, heading: str) -> bool:
    """Return whether the content below a heading is not about the station's present exits."""
    if UNREAD_TOPICS.search(heading) or is_not_now(heading) or is_hostile(heading) or is_noted(heading):
        return True
    is_of_then = _THEN.search(heading) is not None
    return is_of_then or heads_foreign_exits(heading) or _is_of_another_station(page, heading)


def _is_of_another_station(page: RulePage, words: str) -> bool:
    """Return whether words head the content of another station, rather than that of trains to it."""
    about = page.vocabulary.meaning_of(words)
    is_next = _NEXT_STATION.search(words) is not None
    if is_next and Meaning.EXIT in page.vocabulary.meanings_in(words):
        return True
    others = [
        found
        for found in page.names.stations_in(words)
        if found.slug != page.slug and not _ROAD_BEHIND.match(words, found.end)
    ]
    if any(_PLATFORMS_OF.search(words[: found.start]) for found in others):
        return True
    is_about_trains = about in _ABOUT_TRAINS or _BRANCH.search(words)
    is_about_exit = bool(read_label_heading(page, words))
    if is_about_trains or is_about_exit or page.names.lines_in(words):
        return False
    of_codes = page.names.slugs_of_codes(words)
    return bool(others) or is_next or (bool(of_codes) and page.slug not in of_codes)


def _heads_another_station(page: RulePage, line: Line, own: Section) -> bool:
    """Return whether a paragraph says that what is below it is another station's: `Khatib:`.

    A sentence does not unless it leads on: `The station is between Khatib and Canberra.`
    """
    words = page.words(line.piece).strip()
    last = _SENTENCE.split(words)[-1]
    is_head = last.endswith((":", "：")) or (
        len(last) <= MAX_HEADER_CHARS and not _SENTENCE_ENDS.search(last)
    )
    leads = [last] if is_head else list(filter(_LEADS_ON.search, _SENTENCE.split(words)))
    key = words.replace("：", ":").partition(":")[0]
    is_thing = has_key(page, words) and page.vocabulary.meaning_of_key(key) is not Meaning.STATION
    if is_thing or own.topic in _ABOUT_TRAINS or BUS_STOP_CODE.search(words):
        return False
    return any(
        _is_of_another_station(page, without_place_names(page, one)) and not page.names_itself(one)
        for one in leads
    )


def is_untrusted_lead(page: RulePage, line: Line) -> bool:
    """Return whether a paragraph introduces the content below it in words that are not understood.

    `The following exits are not open yet:` retracts that content, as a heading would.
    """
    words = page.words(line.piece).strip()
    if is_noted(words):
        return True
    if words.endswith((":", "：")):
        last = _SENTENCE.split(words)[-1]
        plain = page.names.without_stations(last, page.slug)
        return is_taken_back(last) or not is_understood(plain, may_name=True, is_sentence=True)
    sentences = _SENTENCE.split(words)
    first = next((number for number, one in enumerate(sentences) if _LEADS_ON.search(one)), None)
    return first is not None and any(
        is_taken_back(one) or (number == first and _OF_ANOTHER_TIME.search(one) is not None)
        for number, one in enumerate(sentences)
        if number == first or _is_of_what_follows(one, is_behind=number > first)
    )


def _is_of_what_follows(sentence: str, *, is_behind: bool) -> bool:
    """Return whether a sentence beside an introducing one may also be about the content below.

    After it, a sentence about a single exit is not: `The exits are as follows. Exit B has no lift.`
    """
    is_of_one = len(labels_named(sentence)) == 1
    return _SPEAKS_OF_ALL.search(sentence) is not None or (is_behind and not is_of_one)


def _is_turning_lead(page: RulePage, line: Line, below: Sequence[Block]) -> bool:
    """Return whether a short paragraph heads a list in an exit's section, and may change its meaning."""
    words = page.words(line.piece)
    is_above_list = any(isinstance(block, Line) and block.kind == "item" for block in below)
    is_short = len(words) <= MAX_HEADER_CHARS and not _SENTENCE_ENDS.search(words)
    is_lead = is_above_list and is_short and not has_key(page, words)
    return is_lead and (is_untrusted_head(page, words) or may_turn(page, words))


def may_head(page: RulePage, caption: str) -> bool:
    """Return whether a caption says what its table is about, or at least cannot change its meaning."""
    is_about_station = page.names_itself(caption) or bool(page.names.lines_in(caption))
    return (
        is_about_station or bool(page.vocabulary.meanings_in(caption)) or not may_turn(page, undated(caption))
    )


def may_turn(page: RulePage, words: str) -> bool:
    """Return whether a heading may change the meaning of what is below it: `Lifts we wish for`.

    A known or harmless heading does not, nor does one that names an exit in words that are understood.
    """
    head = without_location(page, words).rstrip(" :：")
    if not head or is_location(page, words):
        return False
    if labels_named(words):
        return is_way_by_exit(words) or not is_understood(
            words.rstrip(" ?:："), may_name=True, is_sentence=True
        )
    if _is_thing_of_its_own(page, head):
        return True
    if page.vocabulary.meaning_of(head) in _OF_NEARBY_THINGS:
        return False
    return not page.vocabulary.turns_nothing(head)


def _is_thing_of_its_own(page: RulePage, head: str) -> bool:
    """Return whether a heading names a thing that may have lifts and stops of its own: `Car park`, `Mall`."""
    is_list = page.vocabulary.meaning_of(head) is not None and head.endswith("s")  # `Malls`
    is_of_places = is_kind_alone(head) and page.vocabulary.meaning_of(head) is Meaning.LANDMARK  # `Shopping`
    return not (is_list or is_of_places) and (is_generic(head) or _OWN_THING.fullmatch(head) is not None)


def _section_below(page: RulePage, headings: list[Piece]) -> Section:
    """Return the section below some headings, outermost first."""
    topic: Meaning | None = None
    labels: tuple[str, ...] = ()
    sign: tuple[str, int] | None = None
    is_doubtful = False
    words = [page.words(piece) for piece in headings]
    for piece, text in zip(headings, map(undated, words), strict=True):
        found = read_label_heading(page, text, is_about_exits=topic is Meaning.EXIT)
        sign = sign_of_heading(page, piece) or sign
        if found:
            labels, topic = found, topic or Meaning.EXIT
        else:
            is_doubtful = is_doubtful or (bool(labels) and may_turn(page, text))
            topic = topic_below(page, _BY_EXIT.sub(" ", text), topic)
            labels = () if names_another_exit(text, labels) else labels
    return Section(
        headings=tuple(reversed(words)),
        labels=labels,
        topic=topic,
        sign=sign,
        head=headings[-1] if headings else None,
        is_unread=is_doubtful or any(is_untrusted_head(page, text) for text in words),
    )
