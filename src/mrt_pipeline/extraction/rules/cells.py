"""Read one table cell or list item, given its exits and the meaning of its column or key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, zip_longest

from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.extraction.access_words import (
    DENIALS,
    MEANING,
    READ_FEATURES,
    STEP_FREE_NO,
    STEP_FREE_YES,
    VOCABULARY,
    has_steps,
    is_by_building,
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
from mrt_pipeline.extraction.rules.labels import labels_listed, labels_of, read_labels
from mrt_pipeline.extraction.rules.owners import POINTS_FIRST, TO_ANOTHER, owned_parts
from mrt_pipeline.extraction.rules.page import Bounds, Labels, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import (
    BRACKETS,
    LINE_BREAK,
    SMALL_LETTER_BRAND,
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
    rf"(?:(?:bus )?stops?\s+)?(?:(?:{BUS_STOP_CODE.pattern})[\s,;]*)+(?:$|(?<![,;])[^\d\s,;])", re.IGNORECASE
)
"""stop codes in a column of bus services, where a number counts only if alone or followed by a description"""
STOP_NAMED = re.compile(rf"(?:{BUS_STOP_CODE.pattern})\s+(?:[(（A-Z]|{SMALL_LETTER_BRAND.pattern})")
"""a stop code with its name: `22499 Opp Blk 662C`"""
_STOP_AFTER_NAME = re.compile(
    r"(?=[^;,()]{0,60}\b(?:Opp|Aft|Bef|Stn|Int|Ter|Blk)\b)[A-Z][^;,()]{0,60}\s[(（]?\d{5}[)）]?(?!\w)"
)
"""a stop's name, with one of LTA's short words, before its code: `Clementi Int 17009`"""
_STOP_SAID = re.compile(r"\b(?:bus|buses|stops?)\s+\d{5}(?!\d)", re.IGNORECASE)
_STOP_WITH_SERVICES = re.compile(r"\d{5}\s*[:：]\s*\d{1,3}[A-Z]?(?:[\s,/]+\d{1,3}[A-Z]?)*")
_CODES = re.compile(r"\s*\d{5}(?:(?:,\s*|\s*[/&;]\s*|\s+and\s+)\d{5})*\s*")
_STOP_NAME = re.compile(
    r"\b(?:St(?:n|ation)|Int(?:erchange)?) Exits? [A-Z0-9]{1,2}(?:/[A-Z0-9]{1,2})*", re.IGNORECASE
)
"""the name of a bus stop; a stop called `Stn Exit A/D` may be nearest to another exit"""
_COUNT = re.compile(r"(?:[1-9]|one|two|three|four)", re.IGNORECASE)
_NO_COUNT = re.compile(r"(?:0+|zero)", re.IGNORECASE)
_COUNT_BEHIND = re.compile(r"[(（][2-9][)）]")
"""how many there are: `✓ (2)`"""
_DASH = re.compile(r"[-‐‑–—]+")
"""a dash publishes nothing, but contradicts a yes"""
_SENTENCE_END = re.compile(r"[.!?。](?=\s|$)")
_ACCESS = re.compile(
    "|".join(f"(?:{pattern.pattern})" for pattern in (*VOCABULARY.values(), *FEATURE_WORDS.values())),
    re.IGNORECASE,
)
_DENYING = frozenset({STEP_FREE_NO, "stairs_only", *DENIALS})
_FOOTNOTE = re.compile(r"[*†‡#]|[(（\[]\s*(?:\d{1,2}|[A-Za-z])\s*[)）\]]")
"""a footnote mark, or one of several exits: `Yes #`, `Yes (1)`, `Yes (A)`; the note may retract the answer"""
_NOT_OF_OTHERS = r"(?![^(),;]*\b(?:exit|entrance|escalator|stair|both|all|they|these))"
_LIFT_WITH_REMARK = re.compile(
    rf"(?:^|[:,;])\s*(?:(?:lif|升降机|电梯)\s*/?\s*)?lifts?"
    rf"(?P<remark>\s*[(（]{_NOT_OF_OTHERS.replace('(),;', '()（）')}[^()（）]*[)）]"
    rf"|\s{_NOT_OF_OTHERS}[^(),;]+(?:\([^()]*\))?)\s*(?:[,;]|$)",
    re.IGNORECASE,
)
"""a remark that applies only to a lift in a list: `Escalator, lift (planned)`"""
_BY_RAMP = re.compile(r"\b(?:via|by|using)\s+(?:(?:the|a)\s+)?ramps?\b", re.IGNORECASE)
_OF_A_THING = re.compile(
    r"(?:(?:(?:does|do|has|have)\s(?:this|the)\s(?:exit|entrance|station)(?:\shave)?|(?:is|are)\sthere|any)\s(?:an?\s|any\s)?)?"
    r"(?:(?:former|previous|old|planned|proposed|future)\s+)?(?:bus stops?|lifts?|elevators?"
    r"|escalators?|ramps?|stairs|staircases?|(?:accessible )?toilets?)\b"
    r"(?!.*\b(?:exit|entrance|station|all|both)s?\b)",
    re.IGNORECASE,
)
"""a remark on a thing, not on the exit: `Lift (under construction)` retracts only the lift"""
_EXIT_ALONE = re.compile(r"\A[\s(\[（]*exit\s+[A-Z0-9]{1,2}[\s)\]）.]*\Z", re.IGNORECASE)
"""a line or bracket that names another exit and nothing else"""
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_LETTER = r"[A-Z][0-9]?(?!\w)"
_LABEL_ALONE = re.compile(
    rf"[(（\[]\s*(?:(?:at|for|only)\s+)?(?P<labels>{labels_listed(_LETTER)})(?:\s+only)?\s*[)）\]]"
    rf"|\b(?:at|for)\s+(?P<said>{labels_listed(_LETTER)})(?=\s*(?:[,;)]|only\b|\Z))"
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
    """Yield the statements of a piece about its exits, and about exits that items in it begin with.

    Args:
        page: the page.
        piece: a cell, or the part of a list item after the exit's label.
        meaning: the meaning of the column or key; None if unknown.
        labels: the exits that the piece is about.
        row: bounds of the row or line around it, if there is one.
        need: how certain a place name must be if ``meaning`` does not announce places.
    """
    for owners, part in owned_parts(page, piece, labels):
        if owners and not (len(owners) > 1 and _RESPECTIVELY.search(page.words(part))):
            yield from _read_part_of(page, part, meaning, owners, row, need=need)


def _read_part_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, labels: Labels, row: Bounds | None, *, need: Need
) -> Iterator[Candidate]:
    """Yield the statements of a part that belongs to some exits, except where a remark is not understood."""
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
    is_answered = any(map(_begins_with_yes, page.words(piece).replace("：", ":").split(":")))
    is_by_way = (is_about_access or is_answered) and is_by_building(
        page.words(piece)
    )  # `Yes<br>via Northpoint`
    is_access_doubtful = (is_by_way and is_answered) or _needs_doubted_lift(page.words(piece))
    items = (it for part in parts for it in _read_items(page, part, meaning, labels, row, need=need))
    in_brackets = (
        found
        for stops in _stops_in_brackets(page, piece)
        for found in _read_items(page, stops, Meaning.BUS_STOP, labels, row, need=need)
    )
    for found in chain(items, in_brackets):
        is_step_free = MEANING.get(found.value) is StepFree.YES
        if (is_access_doubtful and found.field == "access") or (is_by_way and is_step_free):
            continue
        left, right = found.cell or (piece.start, piece.end)
        if not any(left < end and start < right for start, end in doubtful):
            yield found


def _stops_in_brackets(page: RulePage, piece: Piece) -> Iterator[Piece]:
    """Yield the codes of stops that stand in brackets behind a key: `Golden Mall (bus: 59049, 59041)`."""
    if is_not_now(page.words(piece)):
        return
    for bracket in BRACKETS.finditer(page.text, piece.start, piece.end):
        key, colon, codes = bracket.group()[1:-1].partition(":")
        is_key = page.vocabulary.meaning_of_key(key) in (Meaning.BUS_STOP, Meaning.BUS)
        if colon and is_key and _CODES.fullmatch(codes):
            yield part_of(piece, bracket.end() - 1 - len(codes), bracket.end() - 1)


def _around_doubted_lift(text: str, start: int, end: int) -> list[Bounds]:
    """Return the bounds of a list around a lift that may not exist, as in `Escalator, lift (planned)`."""
    found = _LIFT_WITH_REMARK.search(text[start:end])
    if found is None or is_understood(found["remark"].strip(" ()（）"), may_name=True, may_deny=True):
        return [(start, end)]
    both = (start, start + found.start()), (start + found.end(), end)
    around = [bounds for bounds in both if text[slice(*bounds)].strip()]
    return around if around or BRACKETS.search(found["remark"]) else [(start, end)]


def _needs_doubted_lift(words: str) -> bool:
    """Return whether the rest of a list has a lift or step-free way that may be the doubtful lift itself."""
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
    """Return a list item without a lift that may not exist, unless it lists nothing else."""
    return " ".join(words[start:end] for start, end in _around_doubted_lift(words, 0, len(words))) or words


def without_stop_names(words: str) -> str:
    """Remove bus stop names that contain an exit, such as `Stn Exit A`: the stop may serve other exits."""
    return _STOP_NAME.sub(" ", words)


def is_remark_on_exit(words: str) -> bool:
    """Return whether a list item is only a remark on its exit, such as `closed`."""
    return is_bare_remark(words) and not _OF_A_THING.match(words)


def is_bad_status(words: str) -> bool:
    """Return whether a status may mean that the thing does not exist or is not in use now."""
    return is_denying(words) or not is_understood(words, may_name=True)


def read_answered(
    page: RulePage, words: str, head: Piece, meaning: Meaning | None, labels: Labels
) -> Iterator[Candidate]:
    """Yield the place or bus stop in a column's head for the exits whose cell below it answers yes."""
    if _answer_of(words, may_count=False):
        yield from read_cell(page, head, meaning, labels, None)


def read_exits_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, row: Bounds | None
) -> Iterator[Candidate]:
    """Yield the feature of a key for each exit listed after it: `Lifts: A and C`.

    A piece that contains anything else that is not understood yields nothing.
    """
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
    """Yield the bus stop that a heading names, for ``labels`` or else the exits named in the heading."""
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
    """Yield the statements of a part, item by item; after a lone denial, items without a key are skipped."""
    is_denied = False
    for item, known, is_behind_answer in _items_with_meaning(page, piece, meaning, labels):
        words = page.text[item.start : item.end]
        if known is Meaning.STATUS and is_bad_status(words):
            page.withdrawn.update(labels)
        if item.lead is None and is_denied:
            continue  # `No<br>Lift`: unclear what the no is about
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
    """Yield the items of a piece with the meaning of their key, or of the last key before them.

    Items whose key is unknown are skipped and noted. The third value is True for an item after one that
    answered its key with yes: that item no longer belongs to the key.
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
        else:  # an unknown key may change the meaning of what follows
            page.note_unknown(item.lead, labels, item.start, item.end)


def _items_of(page: RulePage, piece: Piece, labels: Labels) -> Iterator[Item]:
    """Yield the items of a piece, except in lines that point to another exit: `use Exit B`.

    A line that begins with such a pointer concerns the line before it, which is left unread too.
    """
    lines = list(split_bounds(LINE_BREAK, page.text, piece.start, piece.end))
    of_others = []
    for before, bounds in zip([None, *lines], lines, strict=False):
        words = page.text[slice(*bounds)]
        if is_sent_elsewhere(words, labels):
            of_others.append(bounds)
            if before is not None and (_EXIT_ALONE.match(words) or POINTS_FIRST.match(words)):
                of_others.append(before)
    items = list(split_items(page.text, piece))
    is_behind_key = False  # the answer to two keys may be about either
    for item, following in zip_longest(items, items[1:]):
        is_of_other = is_behind_key or any(start <= item.start < end for start, end in of_others)
        is_behind_key = following is not None and _is_joined_key(page, item, following)
        is_key = is_behind_key or (following is not None and _is_key_of(page, item, following))
        if not is_of_other and not is_key:
            yield item


def _is_joined_key(page: RulePage, item: Item, following: Item) -> bool:
    """Return whether an item is one of two keys of what follows them: `Lift / ramp: no`."""
    if item.lead is not None or following.lead is None or not page.text[item.end :].lstrip().startswith("/"):
        return False
    own, other = (
        page.vocabulary.meaning_of_key(words) for words in (page.text[item.start : item.end], following.lead)
    )
    return own is not None and other is not None and own is not other


def _is_key_of(page: RulePage, item: Item, following: Item) -> bool:
    """Return whether an item repeats the key of the next one in another language: `Lif / lift: no`."""
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
    """Yield the statements of one item, including the places that it names."""
    said = Said((item.start, item.end), row)
    found = _read_item(page, item, meaning, labels, said)
    yield from _without_steps(found) if has_steps(page.text[item.start : item.end]) else found
    if meaning in (Meaning.LANDMARK, None):
        yield from _read_names(page, item, labels, said, need=need if meaning is None else "nothing")


def _read_item(
    page: RulePage, item: Item, meaning: Meaning | None, labels: Labels, said: Said
) -> Iterator[Candidate]:
    """Yield the statements of one item about access and bus stops."""
    words = page.text[item.start : item.end]
    if meaning in FEATURES:
        yield from _read_answer(page, words, meaning, labels, said)
    elif meaning is Meaning.ACCESS:
        yield from _read_access(page, item, labels, said)
    elif meaning in _MAY_NAME_STOPS and (meaning is not Meaning.BUS or _STOP_LED.match(words)):
        is_about_stops = (
            meaning in (Meaning.BUS, Meaning.BUS_STOP)
            or _STOP_WITH_SERVICES.fullmatch(words) is not None
            or (
                meaning is None
                and any((STOP_NAMED.match(words), _STOP_AFTER_NAME.match(words), _STOP_SAID.search(words)))
            )
            or any(BUS_STOP_WORDS.search(part) for part in (words, item.lead or ""))
        )
        yield from _read_stops(page, item, labels, said, is_about_stops=is_about_stops)
        if meaning is None:
            yield from _read_access(page, item, labels, said)


def _without_steps(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drop the statements that there is a step-free way, as the words name steps."""
    return (candidate for candidate in found if MEANING.get(candidate.value) is not StepFree.YES)


def _read_stops(
    page: RulePage, item: Item, labels: Labels, said: Said, *, is_about_stops: bool = True
) -> Iterator[Candidate]:
    """Yield the bus stops whose codes an item contains.

    Unless ``is_about_stops``, a code counts only if it is alone between commas.
    """
    if is_denying(BRACKETS.sub(" ", page.text[item.start : item.end])):
        return
    is_alone = len(BUS_STOP_CODE.findall(page.text[item.start : item.end])) == 1
    for part in split_parts(page.text, item):
        if not is_about_stops and not BUS_STOP_CODE.fullmatch(page.text, part.start, part.end):
            continue
        words = page.text[part.start : part.end]
        bare = labels_alone(page, words, labels)
        named = labels_named(words) | bare
        is_of_all = not (labels_named(without_stop_names(words)) | bare)
        meant = [label for label in labels if label in named and not (is_of_all and is_alone)]
        if not meant and is_of_all:
            meant = list(labels)
        for start, end in _stretches(page.text, part.start, part.end, BUS_STOP_CODE):
            for match in BUS_STOP_CODE.finditer(page.text, start, end):
                for label in meant:
                    yield claim(page, "bus_stop", label, match.group(), said.within(start, end))


def _stretches(text: str, start: int, end: int, wanted: re.Pattern[str]) -> Iterator[Bounds]:
    """Yield the bounds of a part; brackets that match ``wanted`` come separately: `Escalator (no lift)`."""
    for bracket in BRACKETS.finditer(text, start, end):
        if wanted.search(bracket.group()):
            yield start, bracket.start()
            yield bracket.span()
            start = bracket.end()
    yield start, end


def _read_names(page: RulePage, item: Item, labels: Labels, said: Said, *, need: Need) -> Iterator[Candidate]:
    for (start, end), part in find_names(page, item, need=need):
        for label in _labels_meant(page, part.start, part.end, labels):
            yield claim(page, "landmark", label, page.text[start:end], said.within(part.start, part.end))


def _read_answer(
    page: RulePage, words: str, meaning: Meaning, labels: Labels, said: Said
) -> Iterator[Candidate]:
    """Yield the meaning of a yes or no in a column of one feature, and other access words beside it."""
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
    """Return the values of a no: ``no`` itself, and the denial of ``yes`` if that is a feature."""
    denial = f"no_{yes}"
    return [value for value in (no, denial if denial in DENIALS else None) if value is not None]


def _answer_of(words: str, *, may_count: bool) -> bool | None:
    """Return True for a yes, False for a no, and None for anything else, such as a dash or question mark.

    Args:
        words: the cell's text.
        may_count: whether a number answers too: 0 is a no, 2 a yes.
    """
    first = re.split(r"[(（,]|\s[-–—]\s", words)[0].strip().rstrip(".!").casefold()
    brackets = words[len(first) :]
    is_no = _is_all_of(first, NO_WORDS)
    is_contradicted = is_denying(brackets) and not (is_no and _is_all_of(brackets, NO_WORDS))
    is_noted = _FOOTNOTE.search(_COUNT_BEHIND.sub(" ", words) if may_count else words) is not None
    if is_not_now(words) or is_contradicted or is_noted:
        return None
    if may_count and _NO_COUNT.fullmatch(first):
        return False
    if (is_elsewhere(words) and not is_denying(first)) or _has_both_signs(first):
        return None
    if _is_all_of(first, YES_WORDS) or (may_count and _COUNT.fullmatch(first)):
        return True
    return False if is_no else None


def _begins_with_yes(words: str) -> bool:
    """Return whether a cell begins with a yes, whatever follows it: `Yes, in the mall`."""
    first = re.split(r"[\s,;:(（–—-]", words.strip(), maxsplit=1)[0]
    return _is_all_of(first.casefold(), YES_WORDS)


def _is_all_of(answer: str, words: frozenset[str]) -> bool:
    """Return whether an answer consists of the given words, perhaps in several languages: `有 Yes`."""
    parts = folded(answer).split()
    is_one = answer in words or folded(answer) in words
    return is_one or (bool(parts) and all(part in words for part in parts))


def _is_answered_yes(words: str, meaning: Meaning | None) -> bool:
    """Return whether words answer a feature's key with yes, so that later items do not belong to it."""
    return meaning in FEATURES and _answer_of(words, may_count=meaning in _COUNTED) is True


def _is_bare_no(words: str) -> bool:
    return folded(words) in NO_WORDS or _NO_COUNT.fullmatch(words.strip()) is not None


def denies_what_follows(words: str) -> bool:
    """Return whether a list item is only a denial, which leaves unclear what the next items mean: `No`."""
    return _is_bare_no(words) or _denies_alone(words)


def _denies_alone(words: str) -> bool:
    """Return whether words only deny: `without`, `except for`."""
    return is_denying(words) and all(is_denying(word) or word in FILLERS for word in folded(words).split())


def is_sent_elsewhere(words: str, labels: Labels) -> bool:
    """Return whether words point to an exit that is not in ``labels``: `59049 – use Exit B`, `(Exit B)`."""
    pointers = [*TO_ANOTHER.finditer(words), *_EXIT_ALONE.finditer(words)]
    return any(not labels_named(match.group()) <= set(labels) for match in pointers)


def _has_both_signs(answer: str) -> bool:
    """Return whether an answer contains both a yes and a no: `Yes ❌`."""
    parts = {part.strip("\ufe0f") for part in re.findall(r"\w+|[^\w\s]", answer)}
    return not parts.isdisjoint(YES_WORDS) and not parts.isdisjoint(NO_WORDS)


def _read_access(page: RulePage, item: Item, labels: Labels, said: Said) -> Iterator[Candidate]:
    """Yield what the sentences of an item say about access: features, their denials and step-free access."""
    for sentence in _sentences(page.text, item):
        words = page.text[sentence.start : sentence.end]
        if _is_bare_no(words):
            return  # `No. Lift`: unclear what the no is about
        if is_elsewhere(words):
            continue
        if not all(_is_name_or_understood(page, part) for part in split_parts(page.text, sentence)):
            continue
        of_all = _labels_meant(page, sentence.start, sentence.end, labels)
        is_of_some = bool(labels_alone(page, words, labels))  # `Lift (A), escalator (B)`
        for part in split_parts(page.text, sentence):
            is_of_part = bool(labels_alone(page, page.text[part.start : part.end], labels))
            of_part = _labels_meant(page, part.start, part.end, labels) if is_of_part else ()
            meant = of_part if is_of_some else of_all
            is_denied_before = is_denying(page.text[sentence.start : part.start])
            for start, end in _stretches(page.text, part.start, part.end, _ACCESS):
                for value in _values_at(page, part.start, start, end, item):
                    # denied before the comma: `No lift, escalator`, but not `No lift, stairs only`
                    if value in _DENYING or not is_denied_before:
                        for label in meant:
                            yield claim(page, "access", label, value, said.within(start, end))


def _values_at(page: RulePage, part_start: int, start: int, end: int, item: Item) -> list[str]:
    """Return the access values of ``text[start:end]`` if it is understood; none in `None (lift)`."""
    words = page.text[start:end]
    is_known = is_understood(_without_places(page, start, end, item), may_deny=True, is_sentence=True)
    if not is_known or _is_bare_no(page.text[part_start:start]):
        return []
    return [*access_in(words), *denied_in(words)]


def _is_name_or_understood(page: RulePage, part: Part) -> bool:
    """Return whether a part of a list item is understood, or contains a capital, as names do."""
    words = page.text[part.start : part.end]
    return any(char.isupper() for char in words) or is_understood(words, may_name=True, may_deny=True)


def _without_places(page: RulePage, start: int, end: int, item: Item) -> str:
    """Return text without linked place names and station names."""
    return without_stations(without_spans(page.text, start, end, item.links), page.names.slugs)


def _sentences(text: str, item: Item) -> Iterator[Item]:
    start = item.start
    for end in (*(match.start() for match in _SENTENCE_END.finditer(text, item.start, item.end)), item.end):
        if text[start:end].strip(" ."):
            yield replace(item, start=start, end=end, links=())
        start = end + 1


def access_in(words: str) -> list[str]:
    """Return the access values that words affirm: features, step-free access, or its absence."""
    if is_not_now(words):
        return []
    if _undenied(VOCABULARY[STEP_FREE_NO], words):
        return ["stairs_only"] if VOCABULARY["stairs_only"].search(words) else [STEP_FREE_NO]
    found = [feature.value for feature in READ_FEATURES if _says(words, feature.value)]
    if not any(value in MEANING for value in found) and _says(words, STEP_FREE_YES):
        found.append(STEP_FREE_YES)
    return found


def denied_in(words: str) -> list[str]:
    """Return the denied features as values of ``DENIALS``: ``no_lift`` for `no lift`."""
    return [value for value, feature in DENIALS.items() if _denies(words, feature.value)]


def _denies(words: str, value: str) -> bool:
    """Return whether words for a value occur, and all of them are denied."""
    patterns = [pattern for pattern in (VOCABULARY[value], FEATURE_WORDS.get(value)) if pattern]
    places = [match.span() for pattern in patterns for match in pattern.finditer(words)]
    return bool(places) and all(is_plain_denial(words, *place) for place in places)


def _says(words: str, value: str) -> bool:
    """Return whether words for a value occur without being denied."""
    if _undenied(VOCABULARY[value], words):
        return True
    other = FEATURE_WORDS.get(value)
    match = other.search(words) if other else None
    return match is not None and not is_denying(words[: match.start()] + words[match.end() :])


def _undenied(pattern: re.Pattern[str], words: str) -> bool:
    return any(not is_denied(words, match.start(), match.end()) for match in pattern.finditer(words))


def labels_alone(page: RulePage, words: str, own: Iterable[str]) -> frozenset[str]:
    """Return the exits that words name by their labels alone: `Lift (A)`, `Lift at A`.

    A label with a number is a floor, as in `(L5)`, unless it is one of ``own``.
    """
    listed = (match["labels"] or match["said"] for match in _LABEL_ALONE.finditer(words))
    labels = frozenset(label for some in listed for label in labels_of(some))
    return frozenset(label for label in labels if label in own or len(label) == 1) - page.legend.keys()


def _labels_meant(page: RulePage, start: int, end: int, labels: Labels) -> Labels:
    """Return the exits that words are about: all of ``labels``, or those that the words name.

    If they name any other exit, it is unclear which are meant, and none is returned.
    """
    words = page.text[start:end]
    named = labels_named(words) | labels_alone(page, words, labels)
    return [label for label in labels if not named or label in named] if named <= set(labels) else []
