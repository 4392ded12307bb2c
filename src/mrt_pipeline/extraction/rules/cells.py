"""What one cell, or one entry of a list, says of its exits, by what its column or its key means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.extraction.access_words import (
    DENIALS,
    MEANING,
    READ_FEATURES,
    STEP_FREE_NO,
    STEP_FREE_YES,
    VOCABULARY,
    has_steps,
    is_denied,
    is_denying,
    is_elsewhere,
    is_not_now,
    is_plain_denial,
)
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.place_names import without_stations
from mrt_pipeline.extraction.qualifiers import doubtful_stretches, is_bare_date, is_bare_remark, is_understood
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.owners import owned_parts
from mrt_pipeline.extraction.rules.page import Bounds, Labels, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import (
    BRACKETS,
    LINE_BREAK,
    Item,
    Part,
    part_of,
    split_bounds,
    split_items,
    split_parts,
    without_spans,
)
from mrt_pipeline.extraction.rules.place_mentions import Need, find_names
from mrt_pipeline.extraction.rules.words import (
    BUS_STOP_WORDS,
    FEATURE_WORDS,
    FEATURES,
    FILLERS,
    NO_WORDS,
    YES_WORDS,
    Meaning,
    folded,
)

BUS_STOP_CODE = re.compile(
    r"(?<![\w#])\d{5}(?![\w-]|\.\w)|(?<=[\u4e00-\u9fff])\d{5}(?!\d)|(?<!\d)\d{5}(?=[\u4e00-\u9fff])"
)
_STOP_LED = re.compile(
    rf"(?:bus stop\s+)?(?:(?:{BUS_STOP_CODE.pattern})[\s,;]*)+(?:$|(?<![,;])[^\d\s,;])", re.IGNORECASE
)
"""Among bus services a number may be anything, unless it stands alone or more is said of it."""
STOP_NAMED = re.compile(rf"(?:{BUS_STOP_CODE.pattern})\s+[(（A-Z]")
"""`22499 Opp Blk 662C`"""
_STOP_SAID = re.compile(r"\bstops?\s+\d{5}(?!\d)", re.IGNORECASE)
_STOP_WITH_SERVICES = re.compile(r"\d{5}\s*[:：]\s*\d{1,3}[A-Z]?(?:[\s,/]+\d{1,3}[A-Z]?)*")
_STOP_NAME = re.compile(
    r"\b(?:St(?:n|ation)|Int(?:erchange)?) Exits? [A-Z0-9]{1,2}(?:/[A-Z0-9]{1,2})*", re.IGNORECASE
)
"""Whichever exit a stop is named after, it may serve others: `Stn Exit A/D`."""
_COUNT = re.compile(r"(?:[1-9]|one|two|three|four)", re.IGNORECASE)
_NO_COUNT = re.compile(r"(?:0+|zero)", re.IGNORECASE)
_DASH = re.compile(r"[-‐‑–—]+")
"""Answers nothing by itself, but is at odds with a yes."""
_SENTENCE_END = re.compile(r"[.!?。](?=\s|$)")
_ACCESS = re.compile(
    "|".join(f"(?:{pattern.pattern})" for pattern in (*VOCABULARY.values(), *FEATURE_WORDS.values())),
    re.IGNORECASE,
)
_DENYING = frozenset({STEP_FREE_NO, "stairs_only", *DENIALS})
_FOOTNOTE = re.compile(r"[*†‡]")
"""A footnote elsewhere on the page may take the answer back."""
_NOT_OF_OTHERS = r"(?![^(),;]*\b(?:exit|entrance|escalator|stair|both|all|they|these))"
_LIFT_WITH_REMARK = re.compile(
    rf"(?:^|[:,;])\s*lifts?(?P<remark>\s*\({_NOT_OF_OTHERS.replace('(),;', '()')}[^()]*\)"
    rf"|\s{_NOT_OF_OTHERS}[^(),;]+(?:\([^()]*\))?)\s*(?:[,;]|$)",
    re.IGNORECASE,
)
"""A remark on nothing but a lift that is listed by itself."""
_BY_RAMP = re.compile(r"\b(?:via|by|using)\s+(?:(?:the|a)\s+)?ramps?\b", re.IGNORECASE)
_OF_A_THING = re.compile(
    r"(?:(?:former|previous|old|planned|proposed|future)\s+)?(?:bus stops?|lifts?|elevators?"
    r"|escalators?|ramps?|stairs|staircases?|(?:accessible )?toilets?)\b"
    r"(?!.*\b(?:exit|entrance|station|all|both)s?\b)",
    re.IGNORECASE,
)
"""`Lift (under construction)` takes back the lift, not the exit whose entry it is."""
_TO_ANOTHER = re.compile(
    r"\b(?:use|take|try|via|through|by|from|at|near(?:er|est)?(?: to)?|closest(?: to)?|beside|next to)"
    r"\s+(?:the\s+)?(?:exits?|entrances?)\s+[A-Z0-9]{1,2}\b(?:\s*(?:[/&,]|and|or)\s*(?:exits?\s+)?[A-Z0-9]{1,2}\b)*",
    re.IGNORECASE,
)
_MAY_NAME_STOPS = frozenset({Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK, None})
_COUNTED = frozenset({Meaning.LIFT, Meaning.ESCALATOR, Meaning.TOILET})
_IGNORED = frozenset({Meaning.OTHER, Meaning.TIME, Meaning.STATUS, Meaning.STATION, Meaning.EXIT})


def read_cell(
    page: RulePage,
    piece: Piece,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need = "nothing",
) -> Iterator[Candidate]:
    """Yield what a piece says of some exits, and of others that it names at the head of an entry.

    Args:
        page: the page.
        piece: a cell, or the part of a list's entry behind the exit's label.
        meaning: what the column or the entry's key means; nothing if it has none that is known.
        labels: the exits it is about.
        row: bounds of the row or line around it, if it has one.
        need: what a place must be, unless the meaning says that places are listed.
    """
    for owners, part in owned_parts(page, piece, labels):
        if owners:
            yield from _read_part_of(page, part, meaning, owners, row, need=need)


def _read_part_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, labels: Labels, row: Bounds | None, *, need: Need
) -> Iterator[Candidate]:
    is_about_access = meaning in FEATURES or meaning is Meaning.ACCESS
    around = _around_doubted_lift(page.text, piece.start, piece.end)
    if is_not_now(BRACKETS.sub(" ", page.words(piece))):  # else it takes back all that it stands with
        parts = [part_of(piece, *bounds) for bounds in around]
    else:
        parts = [piece]
    doubtful = [
        stretch
        for start, end in around
        for stretch in doubtful_stretches(page.text, start, end, is_about_access=is_about_access)
    ]
    is_access_doubtful = _needs_doubted_lift(page.words(piece))
    items = (it for part in parts for it in _read_items(page, part, meaning, labels, row, need=need))
    for found in items:
        if is_access_doubtful and found.field == "access":
            continue
        left, right = found.cell or (piece.start, piece.end)
        if not any(left < end and start < right for start, end in doubtful):
            yield found


def _around_doubted_lift(text: str, start: int, end: int) -> list[Bounds]:
    """Return a list without a lift that may not be there: of `Escalator, lift (planned)` the escalator."""
    found = _LIFT_WITH_REMARK.search(text[start:end])
    if found is None or is_understood(found["remark"].strip(" ()"), may_name=True, may_deny=True):
        return [(start, end)]
    both = (start, start + found.start()), (start + found.end(), end)
    around = [bounds for bounds in both if text[slice(*bounds)].strip()]
    return around if around or "(" in found["remark"] else [(start, end)]


def _needs_doubted_lift(words: str) -> bool:
    """Return whether a list beside a lift that may not be there has a lift, or a way that may be by it."""
    around = _around_doubted_lift(words, 0, len(words))
    said = [
        (value, _BY_RAMP.search(words[slice(*bounds)]))
        for bounds in around
        for value in access_in(words[slice(*bounds)])
    ]
    is_divided = around != [(0, len(words))]
    return is_divided and any(
        value == "lift" or (MEANING.get(value) is StepFree.YES and not by_ramp) for value, by_ramp in said
    )


def without_doubted_lift(words: str) -> str:
    """Return an entry without a lift that may not be there, unless it lists nothing else."""
    return " ".join(words[start:end] for start, end in _around_doubted_lift(words, 0, len(words))) or words


def without_stop_names(words: str) -> str:
    """Return some words without the exits that bus stops are named after, since others may have them too."""
    return _STOP_NAME.sub(" ", words)


def is_remark_on_exit(words: str) -> bool:
    """Return whether an entry names nothing, but qualifies the exit that it is about."""
    return is_bare_remark(words) and not _OF_A_THING.match(words)


def is_bad_status(words: str) -> bool:
    """Return whether a remark says that what it stands beside may not be there now."""
    return is_denying(words) or not is_understood(words, may_name=True)


def read_answered(
    page: RulePage, words: str, head: Piece, meaning: Meaning | None, labels: Labels
) -> Iterator[Candidate]:
    """Yield the place or stop that heads a column, if the cell below it says that some exits have it."""
    if _answer_of(words, may_count=False):
        yield from read_cell(page, head, meaning, labels, None)


def read_exits_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, row: Bounds | None
) -> Iterator[Candidate]:
    """Yield that exits have what a key says, if a piece lists nothing but them: `Lifts: A and C`."""
    if meaning is None or meaning not in FEATURES:
        return
    listed: list[tuple[Item, Labels]] = []
    for item in split_items(page.text, piece):
        words = page.text[item.start : item.end]
        found = read_labels(page, words)
        is_known = is_not_now(words) or is_understood(words)  # `Exit A; platform to concourse`
        if item.lead is not None or (found is None and not is_known):  # `A; planned: B`
            return
        if found is not None and not words[found.rest_start :].strip(" ."):
            listed.append((item, found.labels))
    for item, labels in listed:
        for label in labels:
            yield claim(page, "access", label, FEATURES[meaning][0], Said((item.start, item.end), row))


def read_stop_head(page: RulePage, head: Piece, labels: Labels) -> Iterator[Candidate]:
    """Yield the one stop that heads what is below it, of the exits above it or else those it names."""
    words = page.words(head)
    if len(BUS_STOP_CODE.findall(words)) == 1 and not is_not_now(words):
        yield from read_cell(page, head, Meaning.BUS_STOP, labels or sorted(labels_named(words)), None)


def _read_items(
    page: RulePage,
    piece: Piece,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need,
) -> Iterator[Candidate]:
    is_denied = False
    for item, known, is_behind_answer in _items_with_meaning(page, piece, meaning, labels):
        words = page.text[item.start : item.end]
        if known is Meaning.STATUS and is_bad_status(words):
            page.withdrawn.update(labels)
        if item.lead is None and is_denied:
            continue  # `No<br>Lift`: what the no is about is the reader's guess
        is_denied = is_bare_date(words) or (
            known in (Meaning.ACCESS, None)
            and (_denies_alone(words) or any(map(_is_bare_no, words.split(". "))))
        )
        if is_bare_date(words) or item.is_taken_back or known in _IGNORED:
            continue
        for start, end in _around_doubted_lift(page.text, item.start, item.end):
            part = item if end - start == item.end - item.start else replace(item, start=start, end=end)
            for found in _read_part(page, part, known, labels, row, need=need):
                if not (is_behind_answer and found.field == "access"):  # `Lift: yes; Escalator; no`
                    yield found


def _items_with_meaning(
    page: RulePage, piece: Piece, meaning: Meaning | None, labels: Labels
) -> Iterator[tuple[Item, Meaning | None, bool]]:
    """Yield the items of a piece, each with what its key or the last one means, unless nobody knows that.

    The last of each says whether it stands behind an answer to such a key, and is no longer about that.
    """
    known, is_answered = meaning, False
    for item in _items_of(page, piece, labels):
        if item.lead is None:
            known = meaning if is_answered else known
            yield item, known, is_answered
            continue
        is_answered = False
        if BUS_STOP_CODE.search(item.lead) and known in _MAY_NAME_STOPS:  # `54261 Opp Stn: 22, 24`
            start = page.text.rfind(item.lead, piece.start, item.start)
            yield replace(item, start=start, lead=None), Meaning.BUS_STOP, False
        elif found := page.vocabulary.meaning_of(item.lead):
            known = found
            is_answered = _is_answered_yes(page.text[item.start : item.end], known)
            yield item, known, False
        else:  # words before a colon that are not known may turn round what follows
            page.note_unknown(item.lead, labels, item.start, item.end)


def _items_of(page: RulePage, piece: Piece, labels: Labels) -> Iterator[Item]:
    """Yield the items of a piece, but for the lines of it that send one to another exit."""
    lines = split_bounds(LINE_BREAK, page.text, piece.start, piece.end)
    of_others = [bounds for bounds in lines if is_sent_elsewhere(page.text[slice(*bounds)], labels)]
    items = list(split_items(page.text, piece))
    for item, following in zip_longest(items, items[1:]):
        is_of_other = any(start <= item.start < end for start, end in of_others)
        if not is_of_other and not (following and _is_key_of(page, item, following)):
            yield item


def _is_key_of(page: RulePage, item: Item, following: Item) -> bool:
    """Return whether an item is the key of the next one in another language: `Lif / lift: no`."""
    if item.lead is not None or following.lead is None:
        return False
    meaning = page.vocabulary.meaning_of_key(page.text[item.start : item.end])
    return meaning is not None and meaning is page.vocabulary.meaning_of(following.lead)


def _read_part(
    page: RulePage,
    item: Item,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need,
) -> Iterator[Candidate]:
    said = Said((item.start, item.end), row)
    found = _read_item(page, item, meaning, labels, said)
    yield from _without_steps(found) if has_steps(page.text[item.start : item.end]) else found
    if meaning in (Meaning.LANDMARK, None):
        yield from _read_names(page, item, labels, said, need=need if meaning is None else "nothing")


def _read_item(
    page: RulePage, item: Item, meaning: Meaning | None, labels: Labels, said: Said
) -> Iterator[Candidate]:
    words = page.text[item.start : item.end]
    if meaning in FEATURES:
        yield from _read_answer(page, words, meaning, labels, said)
    elif meaning is Meaning.ACCESS:
        yield from _read_access(page, item, labels, said)
    elif meaning in _MAY_NAME_STOPS and (meaning is not Meaning.BUS or _STOP_LED.match(words)):
        is_about_stops = (
            meaning in (Meaning.BUS, Meaning.BUS_STOP)
            or _STOP_WITH_SERVICES.fullmatch(words) is not None
            or (meaning is None and (STOP_NAMED.match(words) or _STOP_SAID.search(words)) is not None)
            or any(BUS_STOP_WORDS.search(part) for part in (words, item.lead or ""))
        )
        yield from _read_stops(page, item, labels, said, is_about_stops=is_about_stops)
        if meaning is None:
            yield from _read_access(page, item, labels, said)


def _without_steps(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield what an entry says that names steps, but not that there are none."""
    return (candidate for candidate in found if MEANING.get(candidate.value) is not StepFree.YES)


def _read_stops(
    page: RulePage, item: Item, labels: Labels, said: Said, *, is_about_stops: bool = True
) -> Iterator[Candidate]:
    """Yield the stops of an item by their codes; alone in a part where nothing says that stops are meant."""
    if is_denying(BRACKETS.sub(" ", page.text[item.start : item.end])):
        return
    is_alone = len(BUS_STOP_CODE.findall(page.text[item.start : item.end])) == 1
    for part in split_parts(page.text, item):
        if not is_about_stops and not BUS_STOP_CODE.fullmatch(page.text, part.start, part.end):
            continue
        words = page.text[part.start : part.end]
        named = labels_named(words)
        is_of_all = not labels_named(without_stop_names(words))
        meant = [label for label in labels if label in named and not (is_of_all and is_alone)]
        if not meant and is_of_all:
            meant = list(labels)
        for start, end in _stretches(page.text, part.start, part.end, BUS_STOP_CODE):
            for match in BUS_STOP_CODE.finditer(page.text, start, end):
                for label in meant:
                    yield claim(page, "bus_stop", label, match.group(), said.within(start, end))


def _stretches(text: str, start: int, end: int, wanted: re.Pattern[str]) -> Iterator[Bounds]:
    """Yield a part, but brackets with something of their own apart: `Escalator (no lift)`."""
    for bracket in BRACKETS.finditer(text, start, end):
        if wanted.search(bracket.group()):
            yield start, bracket.start()
            yield bracket.span()
            start = bracket.end()
    yield start, end


def _read_names(page: RulePage, item: Item, labels: Labels, said: Said, *, need: Need) -> Iterator[Candidate]:
    for (start, end), part in find_names(page, item, need=need):
        for label in labels:
            yield claim(page, "landmark", label, page.text[start:end], said.within(part.start, part.end))


def _read_answer(
    page: RulePage, words: str, meaning: Meaning, labels: Labels, said: Said
) -> Iterator[Candidate]:
    """Yield what a yes or a no in a column of one feature means."""
    yes, no = FEATURES[meaning]
    answer = _answer_of(words, may_count=meaning in _COUNTED)
    if answer is None and not is_elsewhere(words) and _says(words, yes):
        answer = True
    elif answer is None and no and not is_not_now(words) and _undenied(VOCABULARY[no], words):
        answer = False
    answers = [yes] if answer else _no_of(yes, no) if answer is False else []
    if _DASH.fullmatch(words.strip()):
        answers = _no_of(yes, None)
    # `Yes (lift)`, `No, steps only`
    more = [] if is_elsewhere(words) else [*access_in(words), *denied_in(words)]
    for label in _labels_meant(page, *said.cell, labels):
        for found in dict.fromkeys((*answers, *more)):
            yield claim(page, "access", label, found, said)


def _no_of(yes: str, no: str | None) -> list[str]:
    """Return what a no means in a column whose yes means a feature, or step-free access itself."""
    denial = f"no_{yes}"
    return [value for value in (no, denial if denial in DENIALS else None) if value is not None]


def _answer_of(words: str, *, may_count: bool) -> bool | None:
    """Return what a cell answers; a blank, a dash or a question mark answers nothing."""
    first = re.split(r"[(（,]|\s[-–—]\s", words)[0].strip().rstrip(".!").casefold()
    brackets = words[len(first) :]
    is_no = _is_all_of(first, NO_WORDS)
    is_contradicted = is_denying(brackets) and not (is_no and _is_all_of(brackets, NO_WORDS))
    if is_not_now(words) or is_contradicted or _FOOTNOTE.search(words):
        return None
    if may_count and _NO_COUNT.fullmatch(first):
        return False
    if (is_elsewhere(words) and not is_denying(first)) or _has_both_signs(first):
        return None
    if _is_all_of(first, YES_WORDS) or (may_count and _COUNT.fullmatch(first)):
        return True
    return False if is_no else None


def _is_all_of(answer: str, words: frozenset[str]) -> bool:
    """Return whether an answer is one of some words, or says it in several languages: `有 Yes`."""
    parts = folded(answer).split()
    is_one = answer in words or folded(answer) in words
    return is_one or (bool(parts) and all(part in words for part in parts))


def _is_answered_yes(words: str, meaning: Meaning | None) -> bool:
    """Return whether a key of a feature is answered, so that what follows is no longer about it."""
    return meaning in FEATURES and _answer_of(words, may_count=meaning in _COUNTED) is True


def _is_bare_no(words: str) -> bool:
    return folded(words) in NO_WORDS or _NO_COUNT.fullmatch(words.strip()) is not None


def denies_what_follows(words: str) -> bool:
    """Return whether an entry only denies, so that nobody can tell of the next ones what is meant: `No`."""
    return _is_bare_no(words) or _denies_alone(words)


def _denies_alone(words: str) -> bool:
    """Return whether words do nothing but deny: `without`, `except for`."""
    return is_denying(words) and all(is_denying(word) or word in FILLERS for word in folded(words).split())


def is_sent_elsewhere(words: str, labels: Labels) -> bool:
    """Return whether words send one to another exit than some: `59049 – use Exit B`."""
    return any(not labels_named(match.group()) <= set(labels) for match in _TO_ANOTHER.finditer(words))


def _has_both_signs(answer: str) -> bool:
    """Return whether a yes and a no stand side by side: `Yes ❌`."""
    parts = {part.strip("\ufe0f") for part in re.findall(r"\w+|[^\w\s]", answer)}
    return not parts.isdisjoint(YES_WORDS) and not parts.isdisjoint(NO_WORDS)


def _read_access(page: RulePage, item: Item, labels: Labels, said: Said) -> Iterator[Candidate]:
    """Yield the features whose words stand in an item and are not denied there."""
    for sentence in _sentences(page.text, item):
        words = page.text[sentence.start : sentence.end]
        if _is_bare_no(words):
            return  # `No. Lift`: what the no is about is the reader's guess
        if is_elsewhere(words):
            continue
        if not all(_is_name_or_understood(page, part) for part in split_parts(page.text, sentence)):
            continue
        meant = _labels_meant(page, sentence.start, sentence.end, labels)
        for part in split_parts(page.text, sentence):
            is_denied_before = is_denying(page.text[sentence.start : part.start])
            for start, end in _stretches(page.text, part.start, part.end, _ACCESS):
                for value in _values_at(page, part.start, start, end, item):
                    # denied before the comma: `No lift, escalator`, but not `No lift, stairs only`
                    if value in _DENYING or not is_denied_before:
                        for label in meant:
                            yield claim(page, "access", label, value, said.within(start, end))


def _values_at(page: RulePage, part_start: int, start: int, end: int, item: Item) -> list[str]:
    """Return what a stretch says about access, if all of it is understood; not so in `None (lift)`."""
    words = page.text[start:end]
    is_known = is_understood(_without_places(page, start, end, item), may_deny=True, is_sentence=True)
    if not is_known or _is_bare_no(page.text[part_start:start]):
        return []
    return [*access_in(words), *denied_in(words)]


def _is_name_or_understood(page: RulePage, part: Part) -> bool:
    """Return whether a part of an entry is understood, or names something of its own."""
    words = page.text[part.start : part.end]
    return any(char.isupper() for char in words) or is_understood(words, may_name=True, may_deny=True)


def _without_places(page: RulePage, start: int, end: int, item: Item) -> str:
    """Return some words without the names of places that are links, or stations."""
    return without_stations(without_spans(page.text, start, end, item.links), page.names.slugs)


def _sentences(text: str, item: Item) -> Iterator[Item]:
    start = item.start
    for end in (*(match.start() for match in _SENTENCE_END.finditer(text, item.start, item.end)), item.end):
        if text[start:end].strip(" ."):
            yield replace(item, start=start, end=end, links=())
        start = end + 1


def access_in(words: str) -> list[str]:
    """Return what some words say about access: features, or that there is no step-free way."""
    if is_not_now(words):
        return []
    if _undenied(VOCABULARY[STEP_FREE_NO], words):
        return ["stairs_only"] if VOCABULARY["stairs_only"].search(words) else [STEP_FREE_NO]
    found = [feature.value for feature in READ_FEATURES if _says(words, feature.value)]
    if not any(value in MEANING for value in found) and _says(words, STEP_FREE_YES):
        found.append(STEP_FREE_YES)
    return found


def denied_in(words: str) -> list[str]:
    """Return the features that some words say are not there, as statements of that kind."""
    return [value for value, feature in DENIALS.items() if _denies(words, feature.value)]


def _denies(words: str, value: str) -> bool:
    """Return whether words for a value stand somewhere, and each of them is denied."""
    patterns = [pattern for pattern in (VOCABULARY[value], FEATURE_WORDS.get(value)) if pattern]
    places = [match.span() for pattern in patterns for match in pattern.finditer(words)]
    return bool(places) and all(is_plain_denial(words, *place) for place in places)


def _says(words: str, value: str) -> bool:
    """Return whether words for a value stand somewhere, undenied."""
    if _undenied(VOCABULARY[value], words):
        return True
    other = FEATURE_WORDS.get(value)
    match = other.search(words) if other else None
    return match is not None and not is_denying(words[: match.start()] + words[match.end() :])


def _undenied(pattern: re.Pattern[str], words: str) -> bool:
    return any(not is_denied(words, match.start(), match.end()) for match in pattern.finditer(words))


def _labels_meant(page: RulePage, start: int, end: int, labels: Labels) -> Labels:
    """Return the exits that words are about: those they stand under, fewer if they name some of them."""
    named = labels_named(page.text[start:end])
    return [label for label in labels if not named or label in named] if named <= set(labels) else []
